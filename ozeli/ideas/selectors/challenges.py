"""Challenges as the pages of ideas need them, read from what is kept of the published ones: no query."""

from uuid import UUID

from ozeli.accounts.models import User
from ozeli.challenges import rules
from ozeli.challenges.days import said_end
from ozeli.challenges.selectors import Known, published
from ozeli.core import clock
from ozeli.core.access import Level

from ..models import Idea


def sees(user: User, known: Known) -> bool:
    """`challenges.rules.can_see`, of a published challenge that is kept."""
    if user.level("challenges") < Level.CONSULT:
        return False
    return rules.takes_part(user, known) or user.pk in known.animators or carries(user, known)


def carries(user: User, known: Known) -> bool:
    """Contributor for the body that carries the challenge."""
    return user.level("challenges") >= Level.CONTRIBUTE and user.contributes_to(
        "challenges", known.organisation_id
    )


def find(user: User, slug: str) -> Known | None:
    """The published challenge of that address, if this person may see it."""
    if not slug:
        return None
    return next((known for known in published().values() if known.slug == slug and sees(user, known)), None)


def of_idea(idea: Idea) -> Known | None:
    """The challenge of an idea in its first round: revived, it follows the rules of all ideas."""
    if idea.challenge_id is None or idea.round > 1:
        return None
    return published().get(idea.challenge_id)


def name_of(challenge_id: UUID | None, user: User) -> str:
    """The name of the challenge of an idea, when this person may see it."""
    known = published().get(challenge_id) if challenge_id else None
    return known.title if known is not None and sees(user, known) else ""


def taking_deposits(user: User) -> list[Known]:
    """The challenges in which this person may deposit now, as far as a screen knows."""
    now = clock.now()
    return [
        known
        for known in published().values()
        if known.accepts_deposits(now) and rules.takes_part(user, known)
    ]


def visible(user: User) -> list[Known]:
    """Every published challenge that this person may see, the latest first."""
    return [known for known in published().values() if sees(user, known)]


def deposits_end(known: Known) -> str:
    """« jusqu’au 30 novembre 2026 »; nothing when nobody knows."""
    now = clock.now()
    current = next((one for one in known.windows if one.holds(now) and known.accepts_deposits(now)), None)
    if current is None or current.closes_at is None:
        return ""
    return f"jusqu’au {said_end(current.closes_at)}"
