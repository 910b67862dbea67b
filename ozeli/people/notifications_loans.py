"""What the borrower and the giver of a profile are told. Never silenced: it is about what one may do in the portal."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.french import NARROW, NBSP, long_date
from ozeli.core.registry import EventType, Message, Pace, event_types

from .services.loans import BEGUN, ENDED, KIND, LENT


def _borrower(event: Any) -> Iterable[int]:
    return [event.data["borrower"]]


def _both(event: Any) -> Iterable[int]:
    return [event.data["borrower"], event.data["lender"]]


def _giver(event: Any) -> str:
    """Asked when it is said: an erased account has no name left."""
    giver = User.objects.filter(pk=event.data["lender"]).first()
    return giver.display_name if giver else "Quelqu’un"


def _of_mine(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    """A loan is known to its two parties alone."""
    loans = Event.objects.filter(kind=KIND, type=LENT, object_id__in=object_ids)
    return loans.filter(Q(actor=user) | Q(data__borrower=user.pk)).values_list("object_id", flat=True)


def _what(event: Any) -> str:
    place = event.data["place"] or "tout le réseau"
    return f"«{NARROW}{event.data['profile']}{NARROW}» ({place})"


def _days(event: Any) -> str:
    first, last = (date.fromisoformat(event.data[name]) for name in ("starts_on", "ends_on"))
    if first == last:
        return f"le {long_date(first)}"
    return f"du {long_date(first)} au {long_date(last)}"


def _lent(event: Any, user: User) -> Message:
    said = f"{_giver(event)} vous prête son profil {_what(event)}, {_days(event)}"
    return Message(
        text=said,
        url=reverse("accounts:me"),
        subject=f"{_giver(event)} vous prête son profil",
        lines=[f"{said}.", "Vous n’avez rien à faire\u00a0: il commence et finit de lui-même."],
    )


def _begun(event: Any, user: User) -> Message:
    until = long_date(date.fromisoformat(event.data["ends_on"]))
    said = f"Le profil {_what(event)} que {_giver(event)} vous prête commence aujourd’hui"
    return Message(
        text=said,
        url=reverse("accounts:me"),
        subject="Le profil que l’on vous prête commence",
        lines=[f"{said}.", f"Il est à vous jusqu’au {until}."],
    )


def _ended(event: Any, user: User) -> Message:
    if user.pk == event.data["borrower"]:
        said = f"Le profil {_what(event)} que {_giver(event)} vous prêtait n’est plus à vous"
        return Message(
            text=said,
            url=reverse("accounts:me"),
            subject="Le profil que l’on vous prêtait a pris fin",
            lines=[
                f"{said}.",
                f"Ce que vous avez fait avec lui reste{NBSP}: le journal le garde à votre nom.",
            ],
        )
    said = f"Votre profil {_what(event)} n’est plus prêté"
    return Message(
        text=said,
        url=reverse("accounts:delegations"),
        subject="Le profil que vous prêtiez a pris fin",
        lines=[f"{said}.", "Les réponses et les rappels ne vont plus qu’à vous."],
    )


def register() -> None:
    rows = (
        (LENT, "Un profil vous est prêté", _borrower, _lent, "un profil vous est prêté"),
        (BEGUN, "Un profil prêté commence", _borrower, _begun, "un profil vous est prêté"),
        (ENDED, "Un profil prêté prend fin", _both, _ended, "ce profil vous était prêté, ou vous le prêtiez"),
    )
    for place, (code, title, recipients, message, reason) in enumerate(rows):
        event_types.register(
            EventType(
                code=code,
                title=title,
                recipients=recipients,
                message=message,
                visible=_of_mine,
                default_pace=Pace.NOW,
                reason=reason,
                position=220 + place,
            )
        )
