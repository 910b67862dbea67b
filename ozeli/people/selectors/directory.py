"""Reads of the directory: who does what for the others, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.name_search import named
from ozeli.network.enums import Region
from ozeli.network.models import Branch, Organisation

from .. import rules
from ..enums import RoleState
from ..models import DirectoryEntry, DirectoryRole

KEYS = ("user__sort_name", "id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the directory is narrowed to."""

    words: str = ""
    role: str = ""
    branch: Branch | None = None
    region: str = ""
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line, ready to be drawn: `url` leads to the page of the person when it is open."""

    name: str
    url: str
    role: str
    where: str
    where_url: str
    region: str


def entries(wanted: Wanted = Wanted()) -> QuerySet[DirectoryEntry]:
    """The lines in force today, of open accounts, that answer to a filter."""
    found = DirectoryEntry.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()), user__is_active=True
    )
    found = found.filter(named(wanted.words, "user__sort_name"))
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.organisation is not None:
        found = found.filter(organisation=wanted.organisation)
    if wanted.branch is not None:
        found = found.filter(_where(branch=wanted.branch))
    if wanted.region:
        found = found.filter(_where(region=wanted.region))
    return found


def _where(**wanted: object) -> Q:
    """A role of the whole network stands where its person works."""
    ((name, value),) = wanted.items()
    return Q(**{f"organisation__{name}": value}) | Q(
        **{"organisation__isnull": True, f"user__organisation__{name}": value}
    )


def with_line_data(found: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
    return found.select_related("user__page", "user__organisation", "organisation")


def line(entry: DirectoryEntry) -> Line:
    """Name, role and body are shown without asking: it is their function to be found. The rest is on their page."""
    page = getattr(entry.user, "page", None)
    body = entry.organisation
    return Line(
        name=entry.user.display_name,
        url=page.get_absolute_url() if page is not None and page.is_open else "",
        role=entry.get_role_display(),
        where=body.name if body else "Tout le réseau",
        where_url=body.get_absolute_url() if body else "",
        region=(body or entry.user.organisation).get_region_display(),
    )


def by_region(found: QuerySet[DirectoryEntry]) -> dict[str, int]:
    """Region code → people, each counted once in a region."""
    rows = (
        found.order_by()
        .annotate(place=Coalesce("organisation__region", "user__organisation__region"))
        .values_list("place")
        .annotate(people=Count("user", distinct=True))
    )
    return {code: people for code, people in rows if code}


def region_lines(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """(code, region, people), all eighteen: the same figures as the map, to be read."""
    return [(region.value, str(region.label), counts.get(region.value, 0)) for region in Region]


def roles_of(user: User) -> list[DirectoryEntry]:
    """What a person is in the directory today, référent first."""
    return list(
        entries().filter(user=user).select_related("organisation", "user__organisation").order_by("id")
    )


def of_body(organisation: Organisation) -> list[DirectoryEntry]:
    """The roles of a body besides its référents, who have a place of their own."""
    found = entries(Wanted(organisation=organisation)).exclude(role="referent")
    return list(
        found.select_related("user__page", "user__organisation", "organisation").order_by("role", *KEYS)[:50]
    )


def roles_to_manage(user: User) -> QuerySet[DirectoryRole]:
    """The roles and the requests that this person may deal with, refused ones left out."""
    scope = rules.role_scope(user)
    found = DirectoryRole.objects.exclude(state=RoleState.REFUSED).filter(user__is_active=True)
    found = found.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
    if scope is not None:
        found = found.filter(organisation__in=scope)
    return found.select_related("user__organisation", "organisation")


def asked_of(user: User, roles: Iterable[str]) -> set[str]:
    """Which of these roles this person holds or waits for."""
    held = DirectoryRole.objects.filter(user=user, role__in=list(roles)).exclude(state=RoleState.REFUSED)
    return set(
        held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())).values_list("role", flat=True)
    )
