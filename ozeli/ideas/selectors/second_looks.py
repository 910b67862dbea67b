"""The second looks of a desk: those to give, the most pressing first, and those that were given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import long_date, month
from ozeli.core.paging import Page, keyset_page

from .. import standing
from ..enums import State
from ..models import Decision, Idea, LookState, SecondLook
from ..services.second_looks import ask_until, may_decide

EXPORT_BATCH = 500
STATES = {"a-rendre": "À rendre", "en-retard": "En retard", "rendus": "Rendus", "tous": "Tous"}
HEADER = (
    "idée", "titre", "organisme", "demandé le", "demandé par", "ce qui mérite d’être relu", "promis pour le",
    "en retard", "où il en est", "rendu le", "rendu par", "réponse",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A second look as a list shows it."""

    look: SecondLook
    who: str
    asked: str
    due: str
    is_mine: bool


def of_desk(user: User, state: str) -> QuerySet[SecondLook]:
    """Those of the ideas of this desk, in one of `STATES`."""
    found = SecondLook.objects.filter(idea__in=Idea.objects.in_scope_of(user))
    if state in ("a-rendre", "en-retard"):
        found = found.filter(state=LookState.PENDING)
    if state == "en-retard":
        found = found.filter(due_on__lt=clock.today())
    if state == "rendus":
        found = found.exclude(state=LookState.PENDING)
    return found


def to_give(user: User) -> QuerySet[SecondLook]:
    """Those that this person may give: not on their own answer, nor on an idea they sign."""
    waiting = of_desk(user, "a-rendre").exclude(first_decider=user, first_decider__isnull=False)
    return waiting.exclude(idea__authors__user=user)


def page(user: User, looks: QuerySet[SecondLook], cursor: str = "") -> Page:
    """A page of `Row`, the first promised first, in two queries."""
    whole = _whole(looks).prefetch_related("idea__authors__user")
    found = keyset_page(whole, ("due_on", "id"), cursor, ascending=True)
    return Page([row(user, look) for look in found.rows], found.next, found.previous)


def _whole(looks: QuerySet[SecondLook]) -> QuerySet[SecondLook]:
    return looks.select_related(
        "idea__organisation", "idea__branch", "asked_by", "decided_by", "first_decider"
    )


def row(user: User, look: SecondLook) -> Row:
    idea = look.idea
    return Row(
        look,
        standing.signature(idea, idea.signatories),
        standing.day(idea, look.asked_on),
        promised(idea, look.due_on),
        look.is_pending and may_decide(user, look),
    )


def promised(idea: Idea, due: date) -> str:
    return f"d’ici la fin du mois {standing.of(month(due))}" if idea.is_anonymous else f"le {long_date(due)}"


def of_idea(idea: Idea) -> SecondLook | None:
    return SecondLook.objects.filter(idea=idea).select_related("decided_by__organisation", "decision").first()


def may_ask(idea: Idea, look: SecondLook | None, decision: Decision | None) -> bool:
    """Whether the authors of an idea may still ask."""
    if idea.state != State.NOT_RETAINED or look is not None or decision is None:
        return False
    return decision.is_published and clock.today() <= ask_until(decision, idea)


def export_lines(looks: QuerySet[SecondLook]) -> Iterator[list[Any]]:
    cursor, is_first = "", True
    while cursor or is_first:
        found = keyset_page(_whole(looks), ("due_on", "id"), cursor, EXPORT_BATCH, ascending=True)
        yield from (_line(look) for look in found.rows)
        cursor, is_first = found.next, False


def _line(look: SecondLook) -> list[Any]:
    idea, day = look.idea, "%Y-%m" if look.idea.is_anonymous else "%Y-%m-%d"
    return [
        idea.short,
        idea.title,
        idea.organisation.name if idea.organisation else "",
        look.asked_on.strftime(day),
        look.asked_by.display_name if look.asked_by else "",
        look.words,
        look.due_on.strftime(day),
        "oui" if look.is_late else "",
        look.get_state_display(),
        look.decided_on.strftime(day) if look.decided_on else "",
        look.decided_by.display_name if look.decided_by else "",
        look.answer,
    ]
