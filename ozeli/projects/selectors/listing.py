"""The list of projects: what it may be narrowed to, its rows, its count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
from django.db.models.lookups import GreaterThan

from ozeli.accounts.models import User
from ozeli.activity import selectors as activity
from ozeli.core import clock
from ozeli.core.french import fold
from ozeli.core.memo import kept_for
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.network.models import Organisation
from ozeli.search.selectors import search

from ..enums import LIVE_STATES, Role
from ..models import KIND, Project, ProjectBody, ProjectMember, ProjectMove, ProjectQuerySet, StageReport
from ..models.projects import NO_DAY
from .vocabulary import Outcome, Step, standing_at

COUNTED = 1000
# From this many on, a count may be a minute old.
REMEMBERED = 100
# A search by words looks at its best answers only; beyond, narrow it.
FOUND_BY_WORDS = 500
# « Non dit »: the column is empty.
NONE = "sans"
# What is waited for comes soonest first, the rest the latest or the highest first.
SORTS: dict[str, tuple[str, ...]] = {
    "recentes": ("touched_on", "id"),
    "echeance": ("due_on", "id"),
    "avancement": ("progress", "touched_on", "id"),
    "creation": ("created_on", "id"),
}
CLIMBING = frozenset({"echeance"})
LATE, SOON, OPEN_ENDED = "oui", "bientot", "sans"
SOON_DAYS = 30
# A stage is slow past so many times what its lifecycle expects.
SLOW = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; nothing for what is empty. `states` and other codes are those of `enums`.

    `domains` are ids; `NONE` as a code asks for projects that do not say it.
    """

    words: str = ""
    states: tuple[str, ...] = ()
    organisation: Organisation | None = None
    partner: Organisation | None = None
    direction: str = ""
    branch: int | None = None
    domains: tuple[int, ...] = ()
    no_domain: bool = False
    objective: int | None = None
    trigger: str = ""
    keyword: str = ""
    kind: str = ""
    versions: tuple[int, ...] = ()
    stands_at: tuple[Step, ...] = ()
    entered: tuple[Step, ...] = ()
    passed: tuple[Step, ...] = ()
    slow: tuple[Step, ...] = ()
    stages_passed: int | None = None
    progress_from: int | None = None
    progress_to: int | None = None
    late: str = ""
    weather: str = ""
    cause: str = ""
    outcome: Outcome | None = None
    ever: Outcome | None = None
    started_from: date | None = None
    started_to: date | None = None
    not_started: bool = False
    due_from: date | None = None
    due_to: date | None = None
    ended_from: date | None = None
    ended_to: date | None = None
    silent_days: int = 0
    mine: str = ""
    sort: str = "recentes"


def matching(user: User, wanted: Wanted) -> ProjectQuerySet:
    """The projects that this person may read and asks for."""
    projects = Project.objects.visible_to(user)
    for narrow in (_by_state, _by_place, _by_subject, _by_stage, _by_progress, _by_days):
        projects = narrow(projects, wanted)
    if wanted.mine:
        projects = MINE[wanted.mine](projects, user)
    if wanted.words:
        hits = search(wanted.words, user=user, kinds=[KIND], limit=FOUND_BY_WORDS).hits
        projects = projects.filter(pk__in=[hit.object_id for hit in hits])
    return projects


def _by_state(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    if wanted.states:
        first, *others = wanted.states
        projects = projects.filter(state__in=wanted.states) if others else projects.filter(state=first)
    if wanted.cause:
        projects = projects.filter(cause="" if wanted.cause == NONE else wanted.cause)
        if wanted.cause == NONE and not wanted.states:
            projects = projects.filter(state__in=["frozen", "abandoned"])
    if wanted.outcome is not None:
        projects = projects.filter(ending__in=wanted.outcome.ids)
    if wanted.ever is not None:
        moves = ProjectMove.objects.filter(project=OuterRef("pk"), ending__in=wanted.ever.ids)
        projects = projects.filter(Exists(moves))
    return projects


def _by_place(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    if wanted.organisation is not None:
        projects = projects.filter(organisation=wanted.organisation)
    if wanted.partner is not None:
        bodies = ProjectBody.objects.filter(project=OuterRef("pk"), organisation=wanted.partner)
        projects = projects.filter(Exists(bodies))
    if wanted.branch is not None:
        projects = projects.filter(branch=wanted.branch)
    if wanted.direction:
        projects = projects.filter(direction__in=directions_like(wanted.direction))
    return projects


def _by_subject(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    if wanted.domains:
        first, *others = wanted.domains
        projects = projects.filter(domain__in=wanted.domains) if others else projects.filter(domain=first)
    if wanted.no_domain:
        projects = projects.filter(domain=None)
    if wanted.objective is not None:
        projects = projects.filter(objective=wanted.objective)
    if wanted.trigger:
        projects = projects.filter(trigger="" if wanted.trigger == NONE else wanted.trigger)
    if wanted.keyword:
        word = wanted.keyword
        projects = projects.filter(keywords__overlap=sorted({word, word.lower(), word.capitalize()}))
    if wanted.kind:
        projects = projects.filter(kind=wanted.kind)
    return projects


def _by_stage(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    if wanted.versions:
        first, *others = wanted.versions
        projects = (
            projects.filter(lifecycle__in=wanted.versions) if others else projects.filter(lifecycle=first)
        )
    if wanted.stands_at:
        projects = projects.filter(standing_at(wanted.stands_at))
    if wanted.stages_passed is not None:
        projects = projects.filter(stages_passed=wanted.stages_passed)
    for steps, condition in (
        (wanted.entered, _of_stages(wanted.entered)),
        (wanted.passed, _of_stages(wanted.passed) & Q(passed_on__isnull=False)),
        (wanted.slow, _slow(wanted.slow)),
    ):
        if steps:
            told = StageReport.objects.filter(condition, project=OuterRef("pk"))
            within = {version for step in steps for version in step.versions}
            projects = projects.filter(Exists(told), lifecycle__in=sorted(within))
    return projects


def _of_stages(steps: Sequence[Step]) -> Q:
    return Q(stage__in=[key for step in steps for key in step.ids])


def _slow(steps: Sequence[Step]) -> Q:
    """The stages passed that took more than `SLOW` times the days that their lifecycle expects."""
    slow = Q(pk__in=[])
    for step in steps:
        for stage, days in step.expected:
            slow |= Q(GreaterThan(F("passed_on") - F("entered_on"), timedelta(SLOW * days)), stage=stage)
    return slow & Q(entered_on__isnull=False, passed_on__isnull=False)


def _by_progress(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    if wanted.progress_from is not None:
        projects = projects.filter(progress__gte=wanted.progress_from)
    if wanted.progress_to is not None:
        projects = projects.filter(progress__lte=wanted.progress_to)
    if wanted.weather:
        projects = projects.filter(weather="" if wanted.weather == NONE else wanted.weather)
    return projects.filter(_term(wanted.late)) if wanted.late else projects


def _term(late: str) -> Q:
    """Of the projects that are not ended: past their expected end, near it, or without one."""
    today = clock.today()
    if late == LATE:
        return Q(due_on__lt=today)
    if late == SOON:
        return Q(due_on__gte=today, due_on__lte=today + timedelta(SOON_DAYS))
    return Q(due_on=NO_DAY, state__in=sorted(LIVE_STATES))


def _by_days(projects: ProjectQuerySet, wanted: Wanted) -> ProjectQuerySet:
    bounds: dict[str, Any] = {
        "started_on__gte": wanted.started_from,
        "started_on__lte": wanted.started_to,
        "expected_end_on__gte": wanted.due_from,
        "expected_end_on__lte": wanted.due_to,
        "ended_on__gte": wanted.ended_from,
        "ended_on__lte": wanted.ended_to,
    }
    asked = {name: day for name, day in bounds.items() if day is not None}
    if wanted.not_started:
        asked["started_on__isnull"] = True
    if wanted.silent_days:
        asked["touched_on__lte"] = clock.today() - timedelta(wanted.silent_days)
        asked["state__in"] = sorted(LIVE_STATES)
    return projects.filter(**asked) if asked else projects


# --- what is one's own ------------------------------------------------------------------------------------------------


def _around(*roles: Role) -> Any:
    def narrow(projects: ProjectQuerySet, user: User) -> ProjectQuerySet:
        around = ProjectMember.objects.filter(user=user)
        return projects.filter(pk__in=(around.filter(role__in=roles) if roles else around).values("project"))

    return narrow


def _followed(projects: ProjectQuerySet, user: User) -> ProjectQuerySet:
    return projects.filter(pk__in=activity.followed(KIND, user))


class _IsOrphan(Func):
    """Whether nobody carries a project: the keys first, since a list that has none would be walked whole."""

    template = """%(expressions)s = any(array(
        select one.id from projects_project one
        left join projects_projectmember owner on owner.project_id = one.id and owner.role = 'owner'
        where owner.id is null
    ))"""
    output_field = BooleanField()


def _without_owner(projects: ProjectQuerySet, user: User) -> ProjectQuerySet:
    """Those that nobody carries: imported, or whose owner left."""
    return projects.filter(_IsOrphan(F("pk")))


MINE = {
    "miens": _around(),
    "portes": _around(Role.OWNER),
    "suivis": _followed,
    "sans-porteur": _without_owner,
}


@kept_for(60)
def _directions() -> tuple[tuple[str, str], ...]:
    """Every direction that a project names, folded beside: asked for by a part of its name."""
    named = Project.objects.exclude(direction="").order_by("direction").values_list("direction", flat=True)
    return tuple((fold(one), one) for one in named.distinct())


def directions_like(words: str) -> list[str]:
    """The directions whose name holds these words, whatever their accents and case."""
    asked = fold(words).split()
    return [name for folded, name in _directions() if all(word in folded for word in asked)]


# --- rows and count ---------------------------------------------------------------------------------------------------


def page(
    projects: ProjectQuerySet, *, sort: str = "recentes", cursor: str = "", size: int = PAGE_SIZE
) -> Page:
    """A page of projects; the caller draws them as rows or as a table."""
    return keyset_page(projects, SORTS[sort], cursor, size, ascending=sort in CLIMBING)


@kept_for(60)
def _counts() -> dict[tuple[object, ...], int]:
    """The counts of long lists, since a minute at most: they are not counted anew at every page."""
    return {}


def count(user: User, projects: ProjectQuerySet, wanted: Wanted, shown: Page) -> int:
    """How many there are, counted up to one past `COUNTED`; a list of one page needs no query."""
    if not shown.next and not shown.previous:
        return len(shown.rows)
    narrowed, scope = replace(wanted, sort=""), user.contribution_scope("projects")
    # « Plus de 1 000 » is the same for a whole body; a number is told to the one for whom it was counted.
    long, own = (user.organisation_id, scope, narrowed, user.pk if wanted.mine else None), (user.pk, narrowed)
    known = _counts().get(long) or _counts().get(own)
    if known is not None:
        return known
    counted = projects.order_by()[: COUNTED + 1].count()
    if counted > COUNTED:
        _counts()[long] = counted
    elif counted >= REMEMBERED:
        _counts()[own] = counted
    return counted
