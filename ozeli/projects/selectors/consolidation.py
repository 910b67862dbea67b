"""Where experiments stand, counted for a reader: of what the lists would show them, at this moment.

What the whole network or the whole branch of the reader may read is summed from the tally that the database keeps; the
few others (those of their body, those they are around) are counted as they stand. A scope narrower than a year or a
branch is counted whole as it stands: see `docs/decisions/0037-consolidation.md`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Min, Q, Value
from django.db.models.functions import Coalesce, ExtractYear

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.memo import kept_for
from ozeli.network.enums import Audience

from ..enums import State
from ..models import NO_YEAR, Cube, ProjectMember, ProjectQuerySet, Reach, Tally
from .listing import Wanted, matching

STOPPED = (State.FROZEN, State.ABANDONED)
Money = tuple[Any, Any, Any]
NOTHING: Money = (0, 0, 0)
Rows = list[tuple[Any, ...]]

# A row of either source; what of it says which thing is counted, cube by cube.
_COLUMNS = (
    "cube", "year", "branch_id", "organisation_id", "domain_id", "version_id", "state", "passed", "cause", "stage_id",
    "is_passed", "days", "ending_id",
)  # fmt: skip
_N, _STATE = len(_COLUMNS), _COLUMNS.index("state")
_KEYS: dict[str, Any] = {
    cube.value: itemgetter(*(_COLUMNS.index(name) for name in names))
    for cube, names in {
        Cube.STANDING: ("year", "branch_id", "version_id", "state", "passed"),
        Cube.CAUSE: ("state", "cause"),
        Cube.BODY: ("organisation_id", "state"),
        Cube.DOMAIN: ("domain_id", "state"),
        Cube.STAGE: ("stage_id", "is_passed", "days"),
        Cube.ENDING: ("ending_id",),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Count:
    """So many things of each key, and their money where it is told: planned, committed, spent."""

    n: Counter[Any] = field(default_factory=Counter)
    money: dict[Any, Money] = field(default_factory=lambda: defaultdict(lambda: NOTHING))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted. Keys: see `_KEYS`, in that order (a single column is itself the key)."""

    standing: Count = field(default_factory=Count)
    cause: Count = field(default_factory=Count)
    body: Count = field(default_factory=Count)
    domain: Count = field(default_factory=Count)
    stage: Count = field(default_factory=Count)
    ending: Count = field(default_factory=Count)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows of `_COLUMNS`, then how many, then their money."""
        counts: dict[str, Count] = {cube.value: getattr(self, cube) for cube in Cube}
        for row in rows:
            cube, n, money = row[0], row[_N], row[_N + 1 :]
            if cube == Cube.CAUSE and row[_STATE] not in STOPPED:
                continue
            count, key = counts[cube], _KEYS[cube](row)
            count.n[key] += n
            if any(money):
                was = count.money[key]
                count.money[key] = (was[0] + money[0], was[1] + money[1], was[2] + money[2])


@dataclass(frozen=True, slots=True)
class Scope:
    """What is consolidated, as the list would be asked for it: a year of departure, a branch, a body, a domain.

    `kept` are the same filters as the address of the list says them.
    """

    wanted: Wanted
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def year(self) -> int | None:
        if self.wanted.not_started:
            return NO_YEAR
        return self.wanted.started_from.year if self.wanted.started_from else None

    @property
    def is_tallied(self) -> bool:
        """Whether the tally answers for it."""
        return not (self.wanted.organisation or self.wanted.domains or self.wanted.no_domain)

    @property
    def has_tallied_stages(self) -> bool:
        """The durations of stages are tallied by year and by branch, not by both."""
        return self.is_tallied and (self.year is None or self.wanted.branch is None)


def figures(user: User, scope: Scope) -> Figures:
    """Everything that the pages of the consolidation say. Four queries at most."""
    found = Figures()
    if user.level("projects") < Level.CONSULT:
        return found
    if not scope.is_tallied:
        found.add(_counted(matching(user, scope.wanted)))
        return found
    found.add(_tallied(user, scope))
    rest = _rest(user, scope.wanted)
    if not scope.has_tallied_stages:
        found.add(_counted(matching(user, scope.wanted), _OF_STAGES))
        found.add(_counted(rest, _OF_PROJECTS, _OF_ENDINGS) if rest is not None else ())
    elif rest is not None:
        found.add(_counted(rest))
    return found


@kept_for(60)
def first_year() -> int:
    """The year when the first project that everybody may read began; a minute old at most."""
    begun = Tally.objects.filter(cube=Cube.STANDING, reach=Reach.NETWORK, year__gt=NO_YEAR)
    found = begun.aggregate(first=Min("year"))["first"]
    return min(found or clock.today().year, clock.today().year)


# --- the tally --------------------------------------------------------------------------------------------------------


def _tallied(user: User, scope: Scope) -> Rows:
    """What the tally holds of the scope: for the network's desk all of it, else what network and branch may read."""
    conditions, params = ["true"], []
    if user.contribution_scope("projects") is not None:
        conditions.append("(reach = 'network' or reach = 'branch' and branch_id = %s)")
        params.append(user.organisation.branch_id)
    if scope.year is not None:
        conditions.append("year = %s")
        params.append(scope.year)
    else:
        conditions.append("(cube <> 'stage' or year is null)")
    if scope.wanted.branch is not None:
        conditions.append("branch_id = %s")
        params.append(scope.wanted.branch)
    if not scope.has_tallied_stages:
        conditions.append("cube <> 'stage'")
    # Years and branches are told of the standing alone; what is put together here are constants.
    sql = f"""
        select cube, case cube when 'standing' then year end as at_year,
            case cube when 'standing' then branch_id end as in_branch, organisation_id, domain_id, version_id, state,
            passed, cause, stage_id, is_passed, days, ending_id, sum(n)::integer,
            sum(planned), sum(committed), sum(spent)
        from projects_tally where {" and ".join(conditions)}
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: Rows = cursor.fetchall()
    return rows


def _rest(user: User, wanted: Wanted) -> ProjectQuerySet | None:
    """What this person may read besides: of their body and of their desk, or with them around."""
    desk = user.contribution_scope("projects")
    if desk is None:
        return None
    branch = user.organisation.branch_id
    tallied = Q(is_withdrawn=False) & (
        Q(audience=Audience.NETWORK) | Q(audience=Audience.BRANCH, branch_id=branch)
    )
    # Their keys are asked for first: an index then answers for each way of being near a project.
    around = list(ProjectMember.objects.filter(user=user).values_list("project", flat=True))
    near = Q(organisation_id__in={user.organisation_id, *desk}) | Q(pk__in=around)
    return matching(user, wanted).filter(~tallied, near)


# --- as they stand ----------------------------------------------------------------------------------------------------

# `seen` are the projects; the columns are those of `_COLUMNS`.
_OF_PROJECTS = """
select case when grouping(version_id) = 0 then 'standing' when grouping(cause) = 0 then 'cause'
        when grouping(organisation_id) = 0 then 'body' else 'domain' end,
    year, branch_id, organisation_id, domain_id, version_id, state, passed, cause,
    null::bigint, null::boolean, null::integer, null::bigint, count(*), sum(planned), sum(committed), sum(spent)
from seen group by grouping sets ((year, branch_id, version_id, state, passed), (state, cause),
    (organisation_id, state), (domain_id, state))
"""
_OF_STAGES = """
select 'stage', null, null, null, null, null, null, null, null, stage_id, passed_on is not null, passed_on - entered_on,
    null, count(*), null, null, null
from projects_stagereport r join seen on seen.id = r.project_id
where entered_on is not null or passed_on is not null group by 10, 11, 12
"""
_OF_ENDINGS = """
select 'ending', null, null, null, null, null, null, null, null, null, null, null, m.ending_id,
    count(distinct project_id), null, null, null
from projects_projectmove m join seen on seen.id = m.project_id where m.ending_id is not null group by 13
"""


def _counted(projects: ProjectQuerySet, *parts: str) -> Rows:
    """The same rows, of these projects, in one query."""
    asked = projects.order_by().values_list(
        "pk",
        Coalesce(ExtractYear("started_on"), Value(NO_YEAR)),
        "branch_id",
        "organisation_id",
        "domain_id",
        "lifecycle_id",
        "state",
        "stages_passed",
        "cause",
        "budget_planned",
        "budget_committed",
        "budget_spent",
    )
    try:
        inner, params = asked.query.sql_with_params()
    except EmptyResultSet:
        return []
    columns = "id, year, branch_id, organisation_id, domain_id, version_id, state, passed, cause"
    union = " union all ".join(f"({part})" for part in parts or (_OF_PROJECTS, _OF_STAGES, _OF_ENDINGS))
    # The ORM writes the inner query; every value stays a parameter.
    sql = f"with seen({columns}, planned, committed, spent) as materialized ({inner}) {union}"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: Rows = cursor.fetchall()
    return rows
