"""What the one who answers for the answers of a body is told when named, and when relieved."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.registry import EventType, Message, Pace, event_types

from .pacing import DESK, works_a_desk
from .services.leads import KIND, NAMED, RELIEVED


def _person(event: Any) -> Iterable[int]:
    return [event.data["person"]]


def _mine(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    """Known to the person it is about, alone."""
    told = Event.objects.filter(kind=KIND, object_id__in=object_ids, data__person=user.pk)
    return told.values_list("object_id", flat=True)


def _named(event: Any, user: User) -> Message:
    said = f"Les réponses en retard de {event.data['body']} remontent désormais jusqu’à vous"
    return Message(
        text=said,
        url=reverse("ideas:overdue"),
        subject=f"Vous êtes responsable des réponses\u00a0: {event.data['body']}",
        lines=[
            f"{said}.",
            "Vous pouvez y répondre, ou les confier à quelqu’un d’autre. Sans suite, elles remontent au réseau.",
        ],
    )


def _relieved(event: Any, user: User) -> Message:
    said = f"Les réponses en retard de {event.data['body']} ne remontent plus jusqu’à vous"
    return Message(
        text=said,
        url=reverse("ideas:overdue"),
        subject=f"Vous n’êtes plus responsable des réponses\u00a0: {event.data['body']}",
        lines=[f"{said}.", "Vous n’avez rien à faire."],
    )


def register() -> None:
    rows: Sequence[tuple[str, str, Callable[[Any, User], Message]]] = (
        (NAMED, "Vous devenez responsable des réponses d’un organisme", _named),
        (RELIEVED, "Vous n’êtes plus responsable des réponses d’un organisme", _relieved),
    )
    for position, (code, title, words) in enumerate(rows):
        event_types.register(
            EventType(
                code=code,
                title=title,
                recipients=_person,
                message=words,
                visible=_mine,
                reason="vous animez les idées de cet organisme",
                position=90 + position,
                family=DESK,
                topic="idea.assigned",
                default_pace=Pace.NOW,
                offered=works_a_desk,
            )
        )
