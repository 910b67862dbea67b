"""The answers that are late, as the desk, the one who answers for a body and the network take them in hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from ozeli.accounts.models import User
from ozeli.challenges.selectors import published
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import days, long_date, month, of_name
from ozeli.core.paging import Page, keyset_page
from ozeli.network.models import Organisation

from .. import rules, standing
from ..enums import AnswerLevel
from ..models import AnswerLead, AnswerStep, DeskNote, Idea, IdeaAuthor
from ..services.desk import last_entrusted
from . import desk
from .desk_list import MINE

KEYS = ("answer_due_on", "id")
EXPORT_BATCH = 500
LEVELS = {
    "desk": "Au bureau seulement",
    "responsable": "Remontée au responsable",
    "reseau": "Remontée au réseau",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `handler`: as in the desk’s list; `level`: a key of `LEVELS`; `led`: up to me."""

    handler: str = ""
    level: str = ""
    led: bool = False
    organisation: Organisation | None = None
    challenge: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `before`: who answered until it last changed hands."""

    idea: Idea
    who: str
    place: str
    challenge: str
    late: str
    promised: str
    handler: str
    risen: str
    before: str
    is_mine: bool
    may_act: bool


def overdue(user: User) -> QuerySet[Idea]:
    """The ideas of this desk whose promised day has passed, the clock running; prepared decisions included."""
    return desk.in_desk(user).filter(answer_due_on__lt=clock.today())


def matching(user: User, wanted: Wanted) -> QuerySet[Idea]:
    ideas = overdue(user)
    if wanted.handler:
        ideas = ideas.filter(handler=user if wanted.handler == MINE else None)
    if wanted.organisation is not None:
        ideas = ideas.filter(organisation=wanted.organisation)
    if wanted.challenge is not None:
        ideas = ideas.filter(challenge=wanted.challenge)
    if wanted.led:
        ideas = ideas & gone_up_to(user)
    if wanted.level:
        is_up, at_network = Exists(reached(AnswerLevel.LEAD)), Exists(reached(AnswerLevel.NETWORK))
        ideas = ideas.filter(
            {"desk": ~is_up, "responsable": is_up & ~at_network, "reseau": at_network}[wanted.level]
        )
    return ideas


def reached(level: AnswerLevel) -> QuerySet[AnswerStep]:
    """The steps by which an idea (`OuterRef`) went up to a level, for the promise that stands."""
    return AnswerStep.objects.filter(
        idea=OuterRef("pk"), round=OuterRef("round"), due_on=OuterRef("answer_due_on"), level__gte=level
    )


def gone_up_to(user: User) -> QuerySet[Idea]:
    """Late ideas that went up to this person: those of the bodies they answer for."""
    led = AnswerLead.objects.filter(user=user).values("organisation")
    return overdue(user).filter(Exists(reached(AnswerLevel.LEAD)), organisation__in=led)


def gone_up_to_network(user: User) -> QuerySet[Idea] | None:
    """Late ideas that went up to the network; None for those who do not administer ideas for all of it."""
    if user.level("ideas") < Level.ADMIN or user.scope("ideas", Level.ADMIN) is not None:
        return None
    return overdue(user).filter(Exists(reached(AnswerLevel.NETWORK)))


def page(user: User, ideas: QuerySet[Idea], cursor: str = "") -> Page:
    """A page of `Row`, the oldest promise first: four queries."""
    found = keyset_page(_with_row_data(ideas), KEYS, cursor, ascending=True)
    last = last_entrusted([idea.pk for idea in found.rows]) if found.rows else {}
    return Page([_row(user, idea, last.get(idea.pk)) for idea in found.rows], found.next, found.previous)


def _with_row_data(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    steps = AnswerStep.objects.filter(level__gte=AnswerLevel.LEAD).select_related("lead").order_by("level")
    return ideas.select_related("organisation", "branch", "handler").prefetch_related(
        Prefetch("authors", signatures), Prefetch("answer_steps", steps, to_attr="went_up")
    )


def risen(idea: Any) -> str:
    """« Remontée à Claire Delattre le 3 mars 2027 », of an idea whose `went_up` steps are at hand."""
    now = [step for step in idea.went_up if (step.round, step.due_on) == (idea.round, idea.answer_due_on)]
    return step_words(now[-1]) if now else ""


def step_words(step: AnswerStep) -> str:
    lead = step.lead if step.level == AnswerLevel.LEAD else None
    to = f"à {lead.display_name}" if lead else "au réseau"
    return f"Remontée {to} le {long_date(step.made_on)}"


def risen_steps(idea: Idea) -> list[str]:
    """Where the present promise of an idea has gone up, in order: one query, none when it is in time."""
    if not idea.is_overdue or idea.answer_due_on is None:
        return []
    steps = AnswerStep.objects.filter(
        idea=idea, round=idea.round, due_on=idea.answer_due_on, level__gte=AnswerLevel.LEAD
    )
    found = list(steps.select_related("lead").order_by("level"))
    if found and found[0].lead is None:
        found = found[:1]
    return [step_words(step) for step in found]


def late_words(idea: Idea) -> str:
    """« 12 jours »; of an anonymous idea, the month it was promised for."""
    due = idea.answer_due_on
    if due is None:
        return ""
    return f"depuis la fin {of_name(month(due))}" if idea.is_anonymous else days((clock.today() - due).days)


def _promised(idea: Idea) -> str:
    due = idea.answer_due_on
    if due is None:
        return ""
    return f"fin {month(due)}" if idea.is_anonymous else long_date(due)


def _challenge(idea: Idea) -> str:
    known = published().get(idea.challenge_id) if idea.challenge_id else None
    return known.title if known else ""


def _row(user: User, idea: Any, last: DeskNote | None) -> Row:
    before = last.before if last and last.handler_id == idea.handler_id else None
    return Row(
        idea=idea,
        who=standing.signature(idea, idea.signatories),
        place=standing.place(idea),
        challenge=_challenge(idea),
        late=late_words(idea),
        promised=_promised(idea),
        handler=idea.handler.display_name if idea.handler else "",
        risen=risen(idea),
        before=before.display_name if before and before.is_active and before.pk != user.pk else "",
        is_mine=idea.handler_id == user.pk,
        may_act=rules.decides(user, idea),
    )


HEADER = (
    "identifiant", "titre", "signée par", "organisme", "défi", "qui répond", "réponse promise le",
    "promise d’abord le", "jours de retard", "remontée",
)  # fmt: skip


def export_lines(ideas: QuerySet[Idea]) -> Iterator[list[object]]:
    found, cursor, is_first = _with_row_data(ideas), "", True
    while cursor or is_first:
        some = keyset_page(found, KEYS, cursor, EXPORT_BATCH, ascending=True)
        yield from (_line(idea) for idea in some.rows)
        cursor, is_first = some.next, False


def _line(idea: Any) -> list[object]:
    form = "%Y-%m" if idea.is_anonymous else "%Y-%m-%d"
    return [
        idea.short,
        idea.title,
        standing.signature(idea, idea.signatories),
        idea.organisation.name if idea.organisation else "",
        _challenge(idea),
        idea.handler.display_name if idea.handler else "",
        idea.answer_due_on.strftime(form),
        idea.first_due_on.strftime(form) if idea.first_due_on else "",
        "" if idea.is_anonymous else (clock.today() - idea.answer_due_on).days,
        risen(idea),
    ]
