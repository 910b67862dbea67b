"""Who may do what with a challenge: small predicates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.network.enums import Audience

from .enums import AnimatorRole, ChallengeState
from .models import Challenge
from .selectors import Known, published


class _Scoped(Protocol):
    @property
    def audience(self) -> str: ...

    @property
    def branch_id(self) -> int | None: ...


def takes_part(user: User, challenge: Known) -> bool:
    """Whether the challenge is open to this person's body, whatever the phase."""
    return user.level("challenges") >= Level.CONSULT and _is_open_to(user, challenge, challenge.bodies)


def _is_open_to(user: User, challenge: _Scoped, bodies: frozenset[int]) -> bool:
    if challenge.audience == Audience.BRANCH:
        return challenge.branch_id == user.organisation.branch_id
    if challenge.audience == Audience.ORGANISATION:
        return user.organisation_id in bodies
    return True


def is_animator(user: User, challenge: Challenge) -> bool:
    return any(one.user_id == user.pk for one in challenge.animators.all())


def works_desk(user: User, challenge: Challenge) -> bool:
    """Changes the challenge and its phases: contributor for the body that carries it, or one of its animators."""
    if user.level("challenges") < Level.CONSULT:
        return False
    contributes = user.level("challenges") >= Level.CONTRIBUTE and user.contributes_to(
        "challenges", challenge.organisation_id
    )
    return contributes or is_animator(user, challenge)


def can_see(user: User, challenge: Challenge) -> bool:
    """Object form of `ChallengeQuerySet.visible_to`; a test proves that they agree."""
    if user.level("challenges") < Level.CONSULT:
        return False
    bodies = frozenset(body.organisation_id for body in challenge.bodies.all())
    shown = challenge.state != ChallengeState.DRAFT and _is_open_to(user, challenge, bodies)
    return shown or works_desk(user, challenge)


def votes_are_open(challenge_id: UUID, at: datetime | None = None) -> bool:
    """Whether the phases let votes in, as far as a screen needs to know."""
    known = published().get(challenge_id)
    return known is not None and known.accepts_votes(at or clock.now())


# --- who prepares one -------------------------------------------------------------------------------------------------


def may_create(user: User) -> bool:
    return user.level("challenges") >= Level.CONTRIBUTE


def may_carry(user: User, organisation_id: int | None) -> bool:
    """Whether this person may prepare a challenge in the name of that body."""
    return may_create(user) and user.contributes_to("challenges", organisation_id)


def may_open_beyond(user: User) -> bool:
    """To a branch, to the network, or to bodies that are not one's own: for contributors of the whole network, and for
    those who administer the brick on their bodies."""
    return may_create(user) and (
        user.contribution_scope("challenges") is None or user.level("challenges") >= Level.ADMIN
    )


def may_invite(user: User, audience: str, bodies: Iterable[int]) -> bool:
    """Whether this person may open a challenge to those people."""
    if may_open_beyond(user):
        return True
    scope = user.contribution_scope("challenges") or frozenset()
    return audience == Audience.ORGANISATION and scope.issuperset(bodies)


def leads(user: User, challenge: Challenge) -> bool:
    """Decides of its team, its dates and its end: its lead, or a contributor of the body that carries it."""
    if user.level("challenges") < Level.CONSULT:
        return False
    is_lead = any(
        one.user_id == user.pk and one.role == AnimatorRole.LEAD for one in challenge.animators.all()
    )
    return is_lead or may_carry(user, challenge.organisation_id)
