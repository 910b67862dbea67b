"""What people are told of their page and of their role."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core.registry import EventType, Message, event_types

from .models import PersonPage
from .services.pages import WRITTEN


def _owner(event: Any) -> Iterable[int]:
    return PersonPage.objects.filter(pk=event.object_id).values_list("user_id", flat=True)


def _own(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    """Only its owner is told anything of a page."""
    return PersonPage.objects.filter(pk__in=object_ids, user=user).values_list("pk", flat=True)


def _letter(event: Any, user: User) -> Message | None:
    """The writer's address is given, as the form said it would be: one answers by mail."""
    writer = (
        User.objects.select_related("organisation")
        .filter(pk=event.data.get("writer"), is_active=True)
        .first()
    )
    if writer is None:
        return None
    return Message(
        text=f"{writer.display_name} vous a écrit",
        url=PersonPage.objects.get(pk=event.object_id).get_absolute_url(),
        subject=f"{writer.display_name} vous écrit",
        lines=[
            f"{writer.display_name}, {writer.organisation.name}, vous écrit depuis votre page :",
            event.data["words"],
            f"Pour répondre : {writer.email}",
        ],
    )


def register() -> None:
    event_types.register(
        EventType(
            code=WRITTEN,
            title="Quelqu’un vous écrit depuis votre page",
            recipients=_owner,
            message=_letter,
            visible=_own,
            reason="vous avez ouvert votre page et accepté d’être contacté",
            position=200,
        )
    )
