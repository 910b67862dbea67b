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

from ..enums import Cause, State, Verdict
from ..models import Gate, Project, ProjectMove, ProjectQuerySet, StageReport, StageReportQuerySet, Synthesis
from ..models.synthesis import MOST_ROWS
from ..synthesis_rules import covering, within
from .synthesis_periods import Period

# A list of a section names so many projects at most; the others are in the source of its first sentence.
NAMED = 6
LESSONS = 5
MOST_STAGES = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The projects behind a sentence: how many, and the first of them as [id, title, body, what is told]."""

    total: int = 0
    kept: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Turn:
    """The last move of a project in a period, in a few words."""

    pk: int
    project: UUID
    transition: str
    target: str
    cause: str
    ending: str | None
    made_on: date

    @property
    def is_back(self) -> bool:
        return self.transition in ("resume", "reopen")


@dataclass(frozen=True, slots=True)
class Passages:
    """Stages passed: `names` with their counts, `rows` are (project, title, body, stage, day)."""

    stages: int
    among: int
    names: list[tuple[str, int]]
    rows: list[tuple[UUID, str, str, str, date | None]]


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


def rows_of(projects: QuerySet[Project], said: Any = None, *order: str, total: int = -1) -> Rows:
    """Keep the first ones, and count them unless `total` is known; `said` is an expression or a column told of each."""
    told = F(said) if isinstance(said, str) else said
    listed = projects.order_by(*order, "title", "pk").annotate(told=told if told is not None else Value(""))
    kept = [
        [str(pk), title, body, _words(what)]
        for pk, title, body, what in listed.values_list("pk", "title", "organisation__name", "told")[
            :MOST_ROWS
        ]
    ]
    if total < 0:
        total = len(kept) if len(kept) < MOST_ROWS else projects.count()
    return Rows(total, kept)


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
    """With the state of each at the end of a day: where its first later move began, else the one that it has.

    One look at the moves after that day, few or none for a period that ends now.
    """
    later = ProjectMove.objects.filter(project=OuterRef("pk"), made_on__gt=day).order_by("made_on", "pk")
    untold = Case(When(ended_on__gt=day, then=Value(State.UNDER_WAY.value)), default=F("state"))
    return projects.annotate(**{name: Coalesce(Subquery(later.values("source")[:1]), untold)})


def states_on(projects: ProjectQuerySet, day: date) -> Counter[str]:
    """How many in each state at the end of a day."""
    known = with_state(born(projects).filter(born_on__lte=day), day)
    return Counter(dict(known.order_by().values_list("state_then").annotate(Count("pk"))))


def in_state(projects: ProjectQuerySet, day: date, state: str) -> ProjectQuerySet:
    known = with_state(born(projects).filter(born_on__lte=day), day)
    found: ProjectQuerySet = known.filter(state_then=state)
    return found


def turned(projects: ProjectQuerySet, period: Period) -> list[Turn]:
    """The last move of each project in the period, in order of days."""
    latest = (
        ProjectMove.objects.filter(project__in=projects, made_on__range=(period.first, period.last))
        .order_by("project", "-made_on", "-pk")
        .distinct("project")
    )
    columns = ("pk", "project_id", "transition", "target", "cause", "ending__name", "made_on")
    rows = (Turn(*row) for row in latest.values_list(*columns))
    return sorted(rows, key=lambda turn: (turn.made_on, turn.pk))


def moves_of(turns: Iterable[Turn], most: int = MOST_ROWS) -> list[ProjectMove]:
    """The first of these moves, whole, in the same order."""
    keys = [turn.pk for turn in turns][:most]
    found = ProjectMove.objects.select_related("project__organisation", "stage", "ending").in_bulk(keys)
    return [found[key] for key in keys]


def passed(projects: ProjectQuerySet, period: Period) -> StageReportQuerySet:
    """The stages passed in the period."""
    return StageReport.objects.filter(project__in=projects, passed_on__range=(period.first, period.last))


def passages(projects: ProjectQuerySet, period: Period) -> Passages:
    """How many stages were passed, in how many projects, which ones most, and the first rows."""
    found = passed(projects, period).order_by()
    among = found.values("project").distinct().count()
    names = list(found.values_list("stage__name").annotate(n=Count("pk")).order_by("-n", "stage__name"))
    listed = found.order_by("passed_on", "project", "stage__number").values_list(
        "project_id", "project__title", "project__organisation__name", "stage__name", "passed_on"
    )
    return Passages(
        sum(times for _name, times in names), among, names[:MOST_STAGES], list(listed[:MOST_ROWS])
    )


def gates(projects: ProjectQuerySet, period: Period) -> QuerySet[Gate]:
    """The decisions of gates in the period, in order."""
    decided = Gate.objects.filter(project__in=projects, decided_on__range=(period.first, period.last))
    return decided.select_related("project__organisation", "stage").order_by("decided_on", "pk")


def lessons(projects: ProjectQuerySet, period: Period, turns: Iterable[Turn]) -> list[tuple[Any, bool]]:
    """(move or gate, whether it is a gate) of what stops, ends and gates taught: one a project, the stops first."""
    ends = [turn.pk for turn in turns if turn.target in (State.ABANDONED, State.COMPLETED)]
    told = ProjectMove.objects.filter(pk__in=ends, lesson__gt="").order_by("made_on", "pk")
    moves = list(told.select_related("project__organisation")[:MOST_ROWS])
    known = {move.project_id for move in moves}
    others = gates(projects, period).filter(lesson__gt="")[:MOST_ROWS]
    return [(move, False) for move in moves] + [
        (gate, True) for gate in others if gate.project_id not in known
    ]


def counts(
    projects: ProjectQuerySet, period: Period, turns: Iterable[Turn] | None = None, stages: int = -1
) -> Counts:
    """The movements of a period alone: what the former one is compared by."""
    turns = list(turned(projects, period) if turns is None else turns)
    ends = Counter(turn.target for turn in turns)
    decided = Gate.objects.filter(project__in=projects, decided_on__range=(period.first, period.last))
    return Counts(
        followed=followed(projects, period).count(),
        started=started(projects, period).count(),
        stages=passed(projects, period).count() if stages < 0 else stages,
        go=decided.filter(verdict=Verdict.GO).count(),
        completed=ends[State.COMPLETED],
        abandoned=ends[State.ABANDONED],
        frozen=ends[State.FROZEN],
        resumed=sum(1 for turn in turns if turn.is_back),
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
    turns = turned(projects, period)
    ended = [turn.project for turn in turns if turn.target == State.COMPLETED]
    stopped = [turn.pk for turn in turns if turn.target == State.ABANDONED]
    taught_by = ProjectMove.objects.filter(pk__in=stopped, lesson__gt="").order_by("made_on", "pk")
    walked = passed(projects, period).order_by().values_list("project").annotate(n=Count("pk"))
    order: Iterable[UUID] = [
        *ended,
        *taught_by.values_list("project", flat=True)[:most],
        *(pk for pk, _times in walked.order_by("-n", "project")[: 2 * most]),
    ]
    return list(dict.fromkeys(order))[:most]


def cause_words(code: str) -> str:
    return str(Cause(code).label) if code in set(Cause) else ""
