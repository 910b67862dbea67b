"""What happened over a period among the projects that a synthesis may quote: rows, sums and counts.

Rules, told to the reader in the guide: a project *starts* the day it says; a stage is passed the day of its passage;
it ends, stops or freezes by its last move of the period, so that what was reopened meanwhile does not count; its
state on a day is that which its moves gave it by then.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Least

from ozeli.core.french import short_date

from ..enums import LIVE_STATES, Cause, State, Verdict
from ..models import Gate, Project, ProjectMove, ProjectQuerySet, StageReport, Synthesis
from ..models.synthesis import MOST_ROWS
from ..synthesis_rules import covering, within
from .synthesis_periods import Period

# A list of a section names so many projects at most; the others are in the source of its first sentence.
NAMED = 6
LESSONS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The projects behind a sentence: how many, and the first of them as [id, title, body, what is told]."""

    total: int = 0
    kept: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A project that a list names: what is said of it besides its title and its body."""

    id: UUID
    title: str
    body: str
    said: str = ""
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The movements of a period, to be compared with another."""

    followed: int = 0
    started: int = 0
    stages: int = 0
    go: int = 0
    completed: int = 0
    abandoned: int = 0
    frozen: int = 0
    resumed: int = 0


def projects_of(synthesis: Synthesis) -> ProjectQuerySet:
    """Those that it is about, among those that all its readers may read."""
    known = {"branch_id": synthesis.branch_id, "organisation_id": synthesis.organisation_id}
    return Project.objects.filter(within(synthesis.scope, **known), covering(synthesis.audience, **known))


def rows_of(projects: QuerySet[Project], said: Any = None, *order: str) -> Rows:
    """Count them, and keep the first ones; `said` is an expression or a column told of each."""
    told = F(said) if isinstance(said, str) else said
    listed = projects.order_by(*order, "title", "pk").annotate(told=told if told is not None else Value(""))
    kept = [
        [str(pk), title, body, _words(what)]
        for pk, title, body, what in listed.values_list("pk", "title", "organisation__name", "told")[
            :MOST_ROWS
        ]
    ]
    return Rows(len(kept) if len(kept) < MOST_ROWS else projects.count(), kept)


def _words(told: Any) -> str:
    if isinstance(told, date):
        return short_date(told, date(1, 1, 1))
    return str(State(told).label) if told in set(State) else str(told or "")


def started(projects: ProjectQuerySet, period: Period) -> ProjectQuerySet:
    return projects.filter(started_on__range=(period.first, period.last))


def born(projects: ProjectQuerySet) -> Any:
    """With the day from which each is known: it started, or was written down."""
    return projects.annotate(born_on=Least("created_on", Coalesce("started_on", "created_on")))


def followed(projects: ProjectQuerySet, period: Period) -> ProjectQuerySet:
    """Begun by the end of the period, and not over before its first day."""
    over = Q(state_before__in=[State.ABANDONED, State.COMPLETED])
    known = with_state(born(projects).filter(born_on__lte=period.last), period.before.last, "state_before")
    found: ProjectQuerySet = known.exclude(over & Q(born_on__lt=period.first))
    return found


def with_state(projects: ProjectQuerySet, day: date, name: str = "state_then") -> Any:
    """With the state of each at the end of a day: its last move by then, else where its first later one began."""
    moves = ProjectMove.objects.filter(project=OuterRef("pk"), made_on__isnull=False)
    by_then = moves.filter(made_on__lte=day).order_by("-made_on", "-pk").values("target")[:1]
    later = moves.filter(made_on__gt=day).order_by("made_on", "pk").values("source")[:1]
    untold = Case(When(ended_on__gt=day, then=Value(State.UNDER_WAY.value)), default=F("state"))
    return projects.annotate(**{name: Coalesce(Subquery(by_then), Subquery(later), untold)})


def states_on(projects: ProjectQuerySet, day: date) -> Counter[str]:
    """How many in each state at the end of a day."""
    known = with_state(born(projects).filter(born_on__lte=day), day)
    return Counter(dict(known.order_by().values_list("state_then").annotate(Count("pk"))))


def in_state(projects: ProjectQuerySet, day: date, state: str) -> ProjectQuerySet:
    known = with_state(born(projects).filter(born_on__lte=day), day)
    found: ProjectQuerySet = known.filter(state_then=state)
    return found


def turned(projects: ProjectQuerySet, period: Period) -> dict[UUID, ProjectMove]:
    """The last move of each project in the period."""
    moves = ProjectMove.objects.filter(
        project__in=projects, made_on__range=(period.first, period.last)
    ).select_related("project__organisation", "stage", "ending")
    latest = moves.order_by("project", "-made_on", "-pk").distinct("project")
    return {move.project_id: move for move in latest}


def passages(projects: ProjectQuerySet, period: Period) -> list[tuple[UUID, str, str, str, date | None]]:
    """(project, title, body, stage, day) of the stages passed in the period, in order."""
    passed = StageReport.objects.filter(
        project__in=projects, passed_on__range=(period.first, period.last)
    ).order_by("passed_on", "project", "stage__number")
    return list(
        passed.values_list(
            "project_id", "project__title", "project__organisation__name", "stage__name", "passed_on"
        )
    )


def gates(projects: ProjectQuerySet, period: Period) -> list[Gate]:
    decided = Gate.objects.filter(project__in=projects, decided_on__range=(period.first, period.last))
    return list(decided.select_related("project__organisation", "stage").order_by("decided_on", "pk"))


def counts(projects: ProjectQuerySet, period: Period) -> Counts:
    """The movements of a period alone: what the former one is compared by."""
    ends = Counter(move.target for move in turned(projects, period).values())
    back = sum(1 for move in turned(projects, period).values() if move.transition in ("resume", "reopen"))
    return Counts(
        followed=followed(projects, period).count(),
        started=started(projects, period).count(),
        stages=StageReport.objects.filter(
            project__in=projects, passed_on__range=(period.first, period.last)
        ).count(),
        go=Gate.objects.filter(
            project__in=projects, decided_on__range=(period.first, period.last), verdict=Verdict.GO
        ).count(),
        completed=ends[State.COMPLETED],
        abandoned=ends[State.ABANDONED],
        frozen=ends[State.FROZEN],
        resumed=back,
    )


def money(projects: ProjectQuerySet) -> dict[str, Decimal]:
    sums = projects.order_by().aggregate(
        planned=Sum("budget_planned"), committed=Sum("budget_committed"), spent=Sum("budget_spent")
    )
    return {name: value or Decimal(0) for name, value in sums.items()}


def by_domain(projects: ProjectQuerySet) -> list[tuple[str, int]]:
    """The domains of these projects, the most frequent first."""
    found = (
        projects.filter(domain__isnull=False).order_by().values_list("domain__name").annotate(n=Count("pk"))
    )
    return list(found.order_by("-n", "domain__name"))


def taught(projects: ProjectQuerySet, period: Period) -> list[StageReport]:
    """The reports written in the period that tell a good practice, the latest first, one a project."""
    told = StageReport.objects.filter(
        project__in=projects, written_on__range=(period.first, period.last), practices__gt=""
    ).select_related("project__organisation", "stage")
    latest = told.order_by("project", "-written_on", "-stage__number").distinct("project").values("pk")
    return list(
        StageReport.objects.filter(pk__in=latest)
        .select_related("project__organisation", "stage")
        .order_by("-written_on", "project")[:LESSONS]
    )


def proposed(projects: ProjectQuerySet, period: Period, most: int) -> list[UUID]:
    """The projects that deserve a page: ended, then stopped with a lesson, then those that passed most stages."""
    moves = turned(projects, period).values()
    ended = [move.project_id for move in moves if move.target == State.COMPLETED]
    stopped = [move.project_id for move in moves if move.target == State.ABANDONED and move.lesson]
    walked = Counter(row[0] for row in passages(projects, period))
    order: Iterable[UUID] = [*ended, *stopped, *(pk for pk, _times in walked.most_common())]
    return list(dict.fromkeys(order))[:most]


def cause_words(code: str) -> str:
    return str(Cause(code).label) if code in set(Cause) else ""


def live_count(states: Counter[str]) -> int:
    return sum(states[state] for state in LIVE_STATES)
