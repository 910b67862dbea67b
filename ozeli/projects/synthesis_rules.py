"""Who reads and who writes a synthesis, and which projects it may quote."""

from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.network.enums import Audience
from ozeli.network.models import Branch

from .enums import SynthesisState
from .models import Synthesis


def can_see(user: User, synthesis: Synthesis) -> bool:
    """Object form of `SynthesisQuerySet.visible_to`; a test proves that they agree."""
    if user.level("projects") < Level.CONSULT:
        return False
    return writes(user, synthesis) or (
        synthesis.state == SynthesisState.PUBLISHED and _is_open_to(user, synthesis)
    )


def _is_open_to(user: User, synthesis: Synthesis) -> bool:
    if synthesis.audience == Audience.BRANCH:
        return synthesis.branch_id == user.organisation.branch_id
    if synthesis.audience == Audience.ORGANISATION:
        return synthesis.organisation_id == user.organisation_id
    return True


def writes(user: User, synthesis: Synthesis) -> bool:
    """Contributes to the brick: for the body of the synthesis, or for the network."""
    if user.level("projects") < Level.CONTRIBUTE:
        return False
    scope = user.contribution_scope("projects")
    return scope is None or (synthesis.scope == Audience.ORGANISATION and synthesis.organisation_id in scope)


def may_write_some(user: User) -> bool:
    return user.level("projects") >= Level.CONTRIBUTE


def writes_for_network(user: User) -> bool:
    return may_write_some(user) and user.contribution_scope("projects") is None


def within(scope: str, *, branch_id: int | None, organisation_id: int | None) -> Q:
    """The projects that a scope is about."""
    if scope == Audience.ORGANISATION:
        return Q(organisation_id=organisation_id)
    return Q(branch_id=branch_id) if scope == Audience.BRANCH else Q()


def covering(audience: str, *, branch_id: int | None, organisation_id: int | None) -> Q:
    """The projects that every reader of this audience may read: never withdrawn, never for fewer people."""
    allowed = Q(audience=Audience.NETWORK)
    if audience in (Audience.BRANCH, Audience.ORGANISATION):
        allowed |= Q(audience=Audience.BRANCH, branch_id=branch_id)
    if audience == Audience.ORGANISATION:
        allowed |= Q(audience=Audience.ORGANISATION, organisation_id=organisation_id)
    return Q(is_withdrawn=False) & allowed


def audiences(scope: str) -> list[str]:
    """Who may be told of a scope: those whom it is about, at least."""
    every = [Audience.ORGANISATION, Audience.BRANCH, Audience.NETWORK]
    return [one.value for one in every[every.index(Audience(scope)) :]]


def named(scope: str, branch: Branch | None) -> str:
    """The readers, in words."""
    if scope == Audience.NETWORK:
        return "tout le réseau"
    return f"la branche {branch.name}" if scope == Audience.BRANCH and branch else "l’organisme seul"
