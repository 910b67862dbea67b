"""Change rights. Each act is journaled in its own transaction and holds at the next request of those it touches.

The journal knows people by their actor key, so that erasing a person makes it nameless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ozeli.core import clock
from ozeli.core.access import Level, bricks
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import rules, selectors
from ..models import ActorKey, MatrixCell, Membership, Profile, User

LAST_KEEPER = (
    "Ce changement laisserait le portail sans personne pour administrer les droits. "
    "Donnez d’abord ce droit à quelqu’un d’autre, sur tout le réseau et sans date de fin."
)
MORE_THAN_YOURS = (
    "Ce profil donne plus de droits que vous n’en avez sur cet organisme. "
    "Demandez à une personne qui administre les droits du réseau."
)
LONGER_THAN_YOURS = (
    "Ce profil permet de donner des droits, et les vôtres prennent fin plus tôt. "
    "Choisissez une date de fin qui ne dépasse pas la vôtre."
)
NOT_YOURS = "Vos droits d’administration ne couvrent pas cet organisme. Rien n’a été modifié."


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A wanted level, and the level that was on the screen when it was chosen."""

    profile: Profile
    brick: str
    was: Level
    level: Level


@dataclass(frozen=True, slots=True)
class LevelClash:
    """A cell that somebody else changed meanwhile: what was on the screen, what stands now, what was wanted."""

    change: LevelChange
    stands: Level


class LevelsConflict(Conflict):
    """Somebody else changed the same cells first. Nothing is written; `clashes` says what stands now."""

    def __init__(self, clashes: Sequence[LevelClash]) -> None:
        super().__init__("Quelqu’un a modifié les mêmes droits avant vous. Rien n’a été écrasé.")
        self.clashes = list(clashes)


def hold(user: User) -> None:
    """What is counted by person (letters, searches, invitations…) is counted one request at a time, to the end of
    the caller's transaction. Rows that merely refer to the person do not wait."""
    User.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=user.pk)


def actor_key(user: User) -> UUID:
    """The key under which this person stands in the journal, drawn at the first act."""
    return ActorKey.objects.get_or_create(user=user)[0].key


@transaction.atomic
def grant_membership(
    user: User,
    profile: Profile,
    *,
    actor: User | None,
    organisation: Organisation | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give a profile on one body, or on the whole network, until the end of a day or for good.

    A membership that has ended starts again, and one in force takes the new end. `actor` None is the system.
    """
    body_id = organisation.pk if organisation else None
    _refuse_stranger(actor, body_id)
    if actor is not None and not rules.may_give(actor, profile, body_id):
        raise Refused(MORE_THAN_YOURS)
    if actor is not None and not rules.may_give_until(actor, profile, body_id, ends_on):
        raise Refused(LONGER_THAN_YOURS)
    if ends_on is not None and ends_on < clock.today():
        raise Refused("La date de fin est déjà passée : choisissez aujourd’hui ou un jour à venir.")
    _one_change_of_rights_at_a_time()
    membership, created = Membership.objects.select_for_update(of=("self",)).get_or_create(
        user=user, profile=profile, organisation=organisation, defaults={"ends_on": ends_on}
    )
    if not created:
        if membership.ends_on == ends_on and membership.delegated_by_id is None:
            raise Refused(f"{user} a déjà le profil {profile.name}, avec ce périmètre et cette date de fin.")
        membership.ends_on, membership.starts_on, membership.delegated_by = ends_on, None, None
        membership.save(update_fields=["ends_on", "starts_on", "delegated_by"])
        if ends_on is not None:
            _refuse_last_keeper(profile)
    _record_membership("rights.grant_membership", membership, actor)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, actor: User | None) -> None:
    """End a membership at once; its row stays, with yesterday as its last day."""
    _refuse_stranger(actor, membership.organisation_id)
    _one_change_of_rights_at_a_time()
    today = clock.today()
    locked = Membership.objects.select_for_update(of=("self",)).select_related(
        "profile", "user", "organisation"
    )
    membership = locked.get(pk=membership.pk)
    if membership.ends_on is not None and membership.ends_on < today:
        raise Conflict(f"Ce profil a déjà pris fin le {long_date(membership.ends_on)}.")
    was = membership.ends_on
    membership.ends_on = today - timedelta(days=1)
    membership.save(update_fields=["ends_on"])
    _refuse_last_keeper(membership.profile)
    _record_membership(
        "rights.end_membership", membership, actor, ended=membership.pk, was=was.isoformat() if was else ""
    )


def set_level(profile: Profile, brick: str, level: Level, *, actor: User | None) -> None:
    """Set one cell of the matrix, whatever stands in it."""
    was = selectors.matrix().get((brick, profile.code), Level.NONE)
    set_levels([LevelChange(profile, brick, was, level)], actor=actor)


@transaction.atomic
def set_levels(changes: Sequence[LevelChange], *, actor: User | None) -> int:
    """Set many cells of the matrix at once, or none; the number really changed.

    The level that was on the screen is the version of a cell: LevelsConflict when another one stands now.
    """
    if actor is not None and not rules.administers_rights(actor):
        raise Refused(NOT_YOURS)
    if unknown := next((change.brick for change in changes if change.brick not in bricks), None):
        raise Refused(f"La brique « {unknown} » n’existe pas.")
    _one_change_of_rights_at_a_time()
    stands = selectors.matrix()
    levels = [(change, stands.get((change.brick, change.profile.code), Level.NONE)) for change in changes]
    if clashes := [
        LevelClash(change, level) for change, level in levels if level not in (change.was, change.level)
    ]:
        raise LevelsConflict(clashes)
    real = [(change, level) for change, level in levels if level != change.level]
    for change, level in real:
        MatrixCell.objects.update_or_create(
            profile=change.profile, brick=change.brick, defaults={"level": change.level}
        )
        record(
            "rights.set_level",
            "matrix",
            f"{change.brick}.{change.profile.code}",
            actor=actor_key(actor) if actor else None,
            was=int(level),
            level=int(change.level),
        )
    if any(change.brick == "rights" for change, _ in real) and not selectors.rights_keepers().exists():
        raise Refused(LAST_KEEPER)
    return len(real)


def _one_change_of_rights_at_a_time() -> None:
    """Wait for whoever is changing rights: two administrators could otherwise each remove the other."""
    list(Profile.objects.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def _refuse_stranger(actor: User | None, organisation_id: int | None) -> None:
    if actor is not None and not rules.grants_on(actor, organisation_id):
        raise Refused(NOT_YOURS)


def _refuse_last_keeper(profile: Profile) -> None:
    """Called after the change, inside its transaction: the refusal undoes it."""
    gives_rights = profile.cells.filter(brick="rights", level=Level.ADMIN).exists()
    if gives_rights and not selectors.rights_keepers().exists():
        raise Refused(LAST_KEEPER)


def _record_membership(verb: str, membership: Membership, actor: User | None, **more: Any) -> None:
    record(
        verb,
        "person",
        actor_key(membership.user),
        actor=actor_key(actor) if actor else None,
        profile=membership.profile.code,
        organisation=membership.organisation.code if membership.organisation else "",
        ends_on=membership.ends_on.isoformat() if membership.ends_on else "",
        **more,
    )
