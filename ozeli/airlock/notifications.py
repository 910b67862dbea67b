"""Who is told that an anonymous author has written: those who talk with them. Neither the words nor the day."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people, with_grants
from ozeli.activity.models import Event
from ozeli.core.access import Level
from ozeli.core.french import NBSP, month, of_name, quoted
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.ideas.pacing import DESK, works_a_desk

from . import rules
from .models import Deposit
from .services.replies import REPLIED

SUBJECT = "Un auteur anonyme vous a écrit"


def _recipients(event: Event) -> Iterable[int]:
    """Whoever handles the published idea, else those who read what waits."""
    deposit = Deposit.objects.select_related("idea").get(pk=event.object_id)
    if deposit.idea is not None and deposit.idea.handler_id is not None:
        return [deposit.idea.handler_id]
    people = desk_people(None)
    desk = [pk for pk, _body, level in people if level == Level.CONTRIBUTE]
    return desk or [pk for pk, _body, _level in people]


def _message(event: Event, user: User) -> Message | None:
    deposit = Deposit.objects.select_related("idea").get(pk=event.object_id)
    title = quoted(deposit.idea.title if deposit.idea else deposit.title)
    written = deposit.messages.order_by("-position").first()
    if written is None or not written.is_from_author:
        return None  # answered meanwhile
    return Message(
        text=f"L’auteur anonyme de {title} vous a écrit",
        url=f"{reverse('airlock:deposit', args=[deposit.pk])}#echange",
        subject=f"{SUBJECT}{NBSP}: {title}" if deposit.idea else SUBJECT,
        lines=[
            f"L’auteur anonyme de {title} vous a écrit, au mois {of_name(month(written.month))}.",
            "Il lira votre réponse avec son code de suivi.",
        ],
    )


def _talking(user: User, deposits: Iterable[Deposit]) -> list[UUID]:
    return [one.pk for one in deposits if rules.talks(user, one)]


def _visible(user: User, keys: Sequence[UUID]) -> Iterable[UUID]:
    return _talking(user, Deposit.objects.select_related("idea").filter(pk__in=keys))


def _readers(key: UUID, ids: Iterable[int]) -> list[User]:
    deposit = Deposit.objects.select_related("idea").get(pk=key)
    return [user for user in with_grants(ids) if rules.talks(user, deposit)]


def _titles(keys: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Deposit.objects.select_related("idea").filter(pk__in=keys)
    return {one.pk: one.idea.title if one.idea else one.title for one in rows}


def register() -> None:
    event_types.register(
        EventType(
            code=REPLIED,
            title="Un auteur anonyme écrit",
            recipients=_recipients,
            message=_message,
            visible=_visible,
            readers=_readers,
            titles=_titles,
            reason="vous animez les idées du réseau",
            position=60,
            family=DESK,
            topic="idea.deposited",
            default_pace=Pace.DAILY,
            offered=works_a_desk,
            short="son auteur anonyme a écrit",
        )
    )
