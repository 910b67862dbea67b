"""Who reads what waits in the airlock, and who talks with the author of a deposit."""

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.ideas import rules as ideas

from .enums import DepositState
from .models import Deposit


def reads_held(user: User) -> bool:
    """Object form of `DepositQuerySet.visible_to`: a deposit belongs to no body, so to those of the whole network."""
    return user.level("ideas") >= Level.CONTRIBUTE and user.contribution_scope("ideas") is None


def talks(user: User, deposit: Deposit) -> bool:
    """Writes to the author: those who read what waits; once published, those who work the desk of the idea."""
    if deposit.state == DepositState.HELD:
        return reads_held(user)
    if deposit.state != DepositState.PUBLISHED or deposit.idea is None:
        return False
    return ideas.works_desk(user, deposit.idea)
