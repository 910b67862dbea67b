"""Who may change rights: small predicates over the brick `rights`.

A level held on one body only (delegation) never reaches the matrix or the journal: these belong to the network.
"""

from ozeli.core.access import Level

from .models import Membership, User


def administers_rights(user: User) -> bool:
    """Administers the rights of the whole network: the matrix, the journal, every membership."""
    return user.level("rights") >= Level.ADMIN and user.scope("rights", Level.ADMIN) is None


def grants_on(user: User, organisation_id: int | None) -> bool:
    """May give or end a membership on that body (None: on the whole network)."""
    if user.level("rights") < Level.ADMIN:
        return False
    scope = user.scope("rights", Level.ADMIN)
    return scope is None or organisation_id in scope


def may_end(user: User, membership: Membership) -> bool:
    return grants_on(user, membership.organisation_id)


def sees_person(user: User, person: User) -> bool:
    """Object form of `selectors.people_administered_by`."""
    return grants_on(user, person.organisation_id)
