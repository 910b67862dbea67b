"""Who may change rights: small predicates over the brick `rights`.

A level held on one body only (delegation) never reaches the matrix or the journal: these belong to the network.
"""

from datetime import date

from django.conf import settings

from ozeli.core.access import Level

from . import selectors
from .models import Membership, Profile, User


def administers_rights(user: User) -> bool:
    """Administers the rights of the whole network: the matrix, the journal, every membership."""
    return user.level("rights") >= Level.ADMIN and user.scope("rights", Level.ADMIN) is None


def grants_on(user: User, organisation_id: int | None) -> bool:
    """May give or end a membership on that body (None: on the whole network)."""
    if user.level("rights") < Level.ADMIN:
        return False
    scope = user.scope("rights", Level.ADMIN)
    return scope is None or organisation_id in scope


def may_give(user: User, profile: Profile, organisation_id: int | None) -> bool:
    """May give that profile there: on a body alone, nobody gives a level that they do not hold there themselves."""
    if administers_rights(user):
        return True
    return grants_on(user, organisation_id) and all(
        _holds(user, cell.brick, Level(cell.level), organisation_id)
        for cell in profile.cells.filter(level__gt=0)
    )


def may_give_until(user: User, profile: Profile, organisation_id: int | None, ends_on: date | None) -> bool:
    """The right to give rights lasts no longer than the giver’s own: lent for a week, it could be kept for good."""
    if not profile.cells.filter(brick="rights", level=Level.ADMIN).exists():
        return True
    until = selectors.grants_until(user, organisation_id)
    return until is None or (ends_on is not None and ends_on <= until)


def _holds(user: User, brick: str, level: Level, organisation_id: int | None) -> bool:
    scope = user.scope(brick, level)
    return scope is None or organisation_id in scope


def may_end(user: User, membership: Membership) -> bool:
    return grants_on(user, membership.organisation_id)


def sees_person(user: User, person: User) -> bool:
    """Object form of `selectors.people_administered_by`."""
    return grants_on(user, person.organisation_id)


def must_have_second_factor(user: User) -> bool:
    """Administers any brick, anywhere, or holds a profile of administration; nobody does in a demonstration."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    return Level.ADMIN in user.levels.values() or user.pk in selectors.administrators()


def owes_second_factor(user: User) -> bool:
    """Must have one, and has none: the portal shows them nothing but how to set it up."""
    return must_have_second_factor(user) and not selectors.has_second_factor(user)


def may_close(user: User, person: User) -> bool:
    """May close or open again that account, its sessions and its second factor: never one's own.

    A delegate of some bodies has no hold on who administers rights beyond them.
    """
    if user.pk == person.pk or not sees_person(user, person):
        return False
    if administers_rights(user):
        return True
    mine, theirs = user.scope("rights", Level.ADMIN), person.scope("rights", Level.ADMIN)
    return mine is None or (theirs is not None and theirs <= mine)
