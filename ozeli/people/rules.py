"""Who gives roles of the directory: those who work the ideas of a body, and those who administer the directory."""

from ozeli.accounts.models import User
from ozeli.core.access import Level

from .models import PersonPage


def role_scope(user: User) -> frozenset[int] | None:
    """The bodies on which this person gives roles; None is the whole network, empty is nowhere."""
    scopes = (user.contribution_scope("ideas"), user.scope("directory", Level.ADMIN))
    return None if None in scopes else frozenset().union(*(one for one in scopes if one))


def gives_roles(user: User) -> bool:
    """Gives roles somewhere, and may take the directory away in a file."""
    return role_scope(user) != frozenset()


def may_give_role(user: User, organisation_id: int | None) -> bool:
    """May give or end a role there (None: on the whole network)."""
    scope = role_scope(user)
    return scope is None or organisation_id in scope


def is_shown(page: PersonPage) -> bool:
    """A page exists for others as long as its owner keeps it open, and their account is."""
    return page.is_open and page.user.is_active
