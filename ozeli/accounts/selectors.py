"""Reads on people and rights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import sort_key
from ozeli.core.memo import kept_for
from ozeli.core.name_search import named
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation

from .models import (
    ActorKey,
    BodySign,
    Invitation,
    MatrixCell,
    Membership,
    OpenSession,
    Profile,
    User,
)


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


def grants_until(user: User, organisation_id: int | None) -> date | None:
    """The last day on which this person gives rights on that body (None: on the network); None when it has no end."""
    held = memberships_giving("rights", Level.ADMIN).filter(
        Q(organisation__isnull=True) | Q(organisation=organisation_id), user=user
    )
    days = list(held.values_list("ends_on", flat=True))
    return None if None in days else max((day for day in days if day), default=clock.today())


ADMINISTRATORS = ("administrator", "superadmin")
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only replace one


@kept_for(30)
def administrators() -> frozenset[int]:
    """The people who hold a profile of administration today, whatever the matrix makes of it."""
    held = Membership.objects.in_force().filter(profile__code__in=ADMINISTRATORS)
    return frozenset(held.values_list("user", flat=True))


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


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
    state: str = ""


ENDS_SOON, NEVER_CAME, CLOSED = "bientot", "jamais", "fermes"
PEOPLE_STATES = {
    ENDS_SOON: "Un profil finit dans les 30 jours",
    NEVER_CAME: "Jamais entrées",
    CLOSED: "Comptes fermés",
}
SOON = timedelta(days=30)


def people_administered_by(user: User, wanted: PeopleFilter = PeopleFilter()) -> QuerySet[User]:
    """The people whose memberships `user` may see: everybody, or those of the bodies delegated to them."""
    people = User.objects.select_related("organisation")
    if user.level("rights") < Level.ADMIN:
        return people.none()
    scope = user.scope("rights", Level.ADMIN)
    if scope is not None:
        people = people.filter(organisation_id__in=scope)
    people = people.filter(named(wanted.name))
    if wanted.organisation:
        people = people.filter(organisation=wanted.organisation)
    if wanted.profile:
        held = Membership.objects.in_force().filter(user=OuterRef("pk"), profile=wanted.profile)
        people = people.filter(Exists(held))
    return _in_state(people, wanted.state)


def _in_state(people: QuerySet[User], state: str) -> QuerySet[User]:
    if state == ENDS_SOON:
        ending = Membership.objects.in_force().filter(user=OuterRef("pk"), ends_on__lte=clock.today() + SOON)
        return people.filter(Exists(ending))
    if state == NEVER_CAME:
        return people.filter(last_login__isnull=True, is_active=True)
    return people.filter(is_active=False) if state == CLOSED else people


def restorable(user: User) -> dict[int, date | None]:
    """membership id → its former end, of those that an act ended: the act can be undone while that end is to come."""
    key = ActorKey.objects.filter(user=user).values_list("key", flat=True).first()
    acts = Entry.objects.filter(kind="person", object_id=str(key), verb="rights.end_membership")
    found: dict[int, date | None] = {}
    for details in acts.order_by("pk").values_list("details", flat=True) if key else ():
        was = date.fromisoformat(details["was"]) if details.get("was") else None
        if "ended" in details and (was is None or was >= clock.today()):
            found[details["ended"]] = was
    return found


def delegable_by(user: User) -> list[Membership]:
    """The profiles that this person may lend: held in their own name, and worth more than reading."""
    held = user.memberships.in_force().filter(delegated_by__isnull=True)
    more = held.filter(profile__cells__level__gte=Level.CONTRIBUTE).distinct()
    return list(more.select_related("profile", "organisation").order_by("profile__position", "pk"))


def delegations_of(user: User) -> list[Membership]:
    """What this person lends, or is about to."""
    lent = user.delegations.filter(ends_on__gte=clock.today())
    return list(
        lent.select_related("profile", "organisation", "user__organisation").order_by("starts_on", "pk")
    )


def people_meant(text: str) -> list[User]:
    """The open accounts that a typed text names: an address, « nom, organisme », or a name; two at most."""
    opened = User.objects.filter(is_active=True).select_related("organisation")
    if "@" in text:
        return list(opened.filter(email__iexact=text.strip()))
    name, _comma, body = text.partition(",")
    named = opened.filter(sort_name=sort_key(name))
    if body.strip():
        named = named.filter(organisation__sort_name=sort_key(body))
    return list(named.order_by("pk")[:2])


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
    held = user.memberships.select_related("profile", "organisation", "delegated_by")
    rows = held.order_by("profile__position", "pk")
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


# --- entering -------------------------------------------------------------------------------------------------------


def people_at(emails: Iterable[str]) -> QuerySet[User]:
    """The accounts, open or closed, of these addresses (lower-case)."""
    return User.objects.alias(address=Lower("email")).filter(address__in=list(emails))


def person_at(email: str) -> User | None:
    """The account of this very address, whatever its case; open or closed."""
    return people_at([email.strip().lower()]).select_related("organisation").first()


def invited_among(emails: Iterable[str]) -> set[str]:
    """Those of these addresses (lower-case) that an invitation still waits for."""
    return set(Invitation.objects.live().filter(email__in=list(emails)).values_list("email", flat=True))


def invitation_for(email: str) -> Invitation | None:
    """The invitation that waits for this address."""
    rows = Invitation.objects.live().select_related("organisation", "profile", "scope", "invited_by")
    return rows.filter(email=email.strip().lower()).first()


def invitations_of(user: User, state: str = "", email: str = "") -> QuerySet[Invitation]:
    """The invitations into the bodies whose people this person administers."""
    rows = Invitation.objects.select_related("organisation", "profile", "scope", "invited_by")
    if user.level("rights") < Level.ADMIN:
        return rows.none()
    scope = user.scope("rights", Level.ADMIN)
    if scope is not None:
        rows = rows.filter(organisation_id__in=scope)
    if state:
        rows = rows.in_state(state)
    return rows.filter(email__contains=email.strip().lower()) if email.strip() else rows


def open_sessions_of(user: User) -> QuerySet[OpenSession]:
    """The sessions of a person that still stand, the latest first."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return OpenSession.objects.filter(user=user, session_key__in=alive).order_by("-seen_on", "-opened_at")


def is_linked(user: User) -> bool:
    """Whether this account has been entered by single sign-on."""
    return bool(SocialAccount.objects.filter(user=user).exists())


def body_told_by(claim: str, email: str) -> Organisation | None:
    """The open body that the provider's claim names, else the one whose domain the address bears."""
    bodies = Organisation.objects.filter(is_active=True).select_related("branch")
    claim, domain = claim.strip(), email.rpartition("@")[2].lower()
    if claim:
        named = bodies.filter(Q(code=claim.lower()) | Q(signs__kind=BodySign.Kind.CLAIM, signs__value=claim))
        if (body := named.first()) is not None:
            return body
    return bodies.filter(signs__kind=BodySign.Kind.DOMAIN, signs__value=domain).first()
