"""Reads on people and rights."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import sort_key
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation

from .models import ActorKey, MatrixCell, Membership, Profile, User


def _holding(brick: str, level: Level) -> QuerySet[MatrixCell]:
    return MatrixCell.objects.filter(profile=OuterRef("profile"), brick=brick, level__gte=level)


def memberships_giving(brick: str, level: Level) -> QuerySet[Membership]:
    """The memberships in force, of open accounts, that give `level` on the brick."""
    return Membership.objects.in_force().filter(Exists(_holding(brick, level)), user__is_active=True)


def referents_of(organisation: Organisation) -> list[User]:
    """The people who work the ideas desk of this very body (network-wide contributors left out), by name."""
    granted = memberships_giving("ideas", Level.CONTRIBUTE).filter(organisation=organisation)
    return list(User.objects.filter(pk__in=granted.values("user")).order_by("sort_name", "pk"))


def answerer_for(organisation: Organisation | None) -> User | None:
    """Who answers by default for a body: its first référent in length of service, else nobody (the network's desk)."""
    if organisation is None:
        return None
    granted = memberships_giving("ideas", Level.CONTRIBUTE).filter(organisation=organisation)
    first = granted.select_related("user").order_by("pk").first()
    return first.user if first else None


def rights_keepers() -> QuerySet[Membership]:
    """The memberships that keep the portal administrable: rights of the whole network, without end."""
    return memberships_giving("rights", Level.ADMIN).filter(organisation__isnull=True, ends_on__isnull=True)


def matrix() -> dict[tuple[str, str], Level]:
    """(brick, profile code) → level of every written cell; an absent cell is *aucun*."""
    cells = MatrixCell.objects.values_list("brick", "profile__code", "level")
    return {(brick, profile): Level(level) for brick, profile, level in cells}


def people_by_profile() -> dict[int, int]:
    """profile id → number of open accounts that hold it today, whatever the scope."""
    counted = (
        Membership.objects.in_force()
        .filter(user__is_active=True)
        .values_list("profile")
        .annotate(people=Count("user", distinct=True))
    )
    return dict(counted)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list of people is narrowed to."""

    name: str = ""
    organisation: Organisation | None = None
    profile: Profile | None = None


def people_administered_by(user: User, wanted: PeopleFilter = PeopleFilter()) -> QuerySet[User]:
    """The people whose memberships `user` may see: everybody, or those of the bodies delegated to them."""
    people = User.objects.select_related("organisation")
    if user.level("rights") < Level.ADMIN:
        return people.none()
    scope = user.scope("rights", Level.ADMIN)
    if scope is not None:
        people = people.filter(organisation_id__in=scope)
    for word in sort_key(wanted.name).split():
        people = people.filter(Q(sort_name__startswith=word) | Q(sort_name__contains=f" {word}"))
    if wanted.organisation:
        people = people.filter(organisation=wanted.organisation)
    if wanted.profile:
        held = Membership.objects.in_force().filter(user=OuterRef("pk"), profile=wanted.profile)
        people = people.filter(Exists(held))
    return people


def profiles_of(people: Iterable[User]) -> dict[int, list[Membership]]:
    """user id → memberships in force, with profile and body, in one query."""
    found: dict[int, list[Membership]] = {}
    memberships = (
        Membership.objects.in_force().filter(user__in=list(people)).select_related("profile", "organisation")
    )
    for membership in memberships.order_by(
        "profile__position", F("organisation__sort_name").asc(nulls_first=True)
    ):
        found.setdefault(membership.user_id, []).append(membership)
    return found


def current_and_past(user: User) -> tuple[list[Membership], list[Membership]]:
    """The memberships of a person: those in force, then those that ended."""
    rows = user.memberships.select_related("profile", "organisation").order_by("profile__position", "pk")
    today = clock.today()
    current: list[Membership] = []
    past: list[Membership] = []
    for row in rows:
        (past if row.ends_on and row.ends_on < today else current).append(row)
    return current, past


def names_of(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    """actor key → displayed name, of the people who are still known."""
    wanted = {key for key in keys if key}
    rows = ActorKey.objects.filter(key__in=wanted).values_list("key", "user__display_name") if wanted else []
    return dict(rows)


def last_changes_of_matrix(count: int = 8) -> list[Entry]:
    """The latest changes of the matrix, newest first."""
    return list(Entry.objects.filter(kind="matrix").order_by("-pk")[:count])


def with_grants(ids: Iterable[int]) -> list[User]:
    """The open accounts among `ids`, with their body and what they may do, in two queries whatever their number."""
    people = {
        user.pk: user for user in User.objects.with_organisation().filter(pk__in=set(ids), is_active=True)
    }
    granted: dict[int, list[tuple[str, int, int | None]]] = {pk: [] for pk in people}
    rows = (
        Membership.objects.in_force()
        .filter(user__in=people, profile__cells__level__gt=0)
        .values_list("user_id", "profile__cells__brick", "profile__cells__level", "organisation_id")
    )
    for user_id, brick, level, organisation_id in rows:
        granted[user_id].append((brick, level, organisation_id))
    for pk, user in people.items():
        user.__dict__["grants"] = granted[pk]
    return list(people.values())


def desk_people(organisation_id: int | None) -> list[tuple[int, int | None, Level]]:
    """(person, body or None for the network, level) of all who work the ideas desk of a body; None: no known body."""
    rows = (
        Membership.objects.in_force()
        .filter(Q(organisation_id=organisation_id) | Q(organisation__isnull=True), user__is_active=True)
        .filter(profile__cells__brick="ideas", profile__cells__level__gte=Level.CONTRIBUTE)
        .order_by("pk")
        .values_list("user_id", "organisation_id", "profile__cells__level")
    )
    return [(user_id, body, Level(level)) for user_id, body, level in rows]


def last_writers_of_cells(cells: Iterable[str]) -> dict[str, UUID | None]:
    """« brick.profile » → actor key of the last change of that cell."""
    entries = Entry.objects.filter(kind="matrix", object_id__in=set(cells)).order_by("object_id", "-pk")
    return dict(entries.distinct("object_id").values_list("object_id", "actor"))
