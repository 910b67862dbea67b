"""What the sheet of an idea says of its challenge."""

from dataclasses import dataclass

from ozeli.accounts.models import User
from ozeli.challenges.enums import VotingRule
from ozeli.challenges.selectors import published

from .. import rules
from ..models import Idea, Selection
from .challenge_results import Feedback, feedback, of_author
from .challenge_votes import voting
from .challenges import of_idea, sees

RESERVED = "Un défi réservé à certains organismes"


@dataclass(frozen=True, slots=True)
class InChallenge:
    """`url` is empty for who may not see the challenge, which is then not named either."""

    title: str = ""
    url: str = ""
    # The line under the vote, and whether this person may vote.
    note: str = ""
    is_open: bool = True
    selected_by: int | None = None
    # What became of it, for its authors, once the results are out.
    feedback: Feedback | None = None


def in_challenge(idea: Idea, user: User) -> InChallenge:
    """Nothing out of a challenge. At most one query while it runs, two more for its authors once it is over."""
    if idea.challenge_id is None:
        return InChallenge(is_open=idea.accepts_votes)
    known, running = published().get(idea.challenge_id), of_idea(idea)
    is_seen = known is not None and sees(user, known)
    votes = voting(user, running) if running else None
    over = of_author(idea) if rules.is_author(user, idea) else None
    return InChallenge(
        title=known.title if known and is_seen else RESERVED,
        url=known.url if known and is_seen else "",
        note=votes.line if votes else "",
        is_open=idea.accepts_votes and rules.takes_part(user, idea),
        selected_by=_selected_by(idea) if known and known.voting_rule == VotingRule.THRESHOLD else None,
        feedback=feedback(idea, over) if over else None,
    )


def _selected_by(idea: Idea) -> int | None:
    """By how many votes it was selected in this round."""
    found = Selection.objects.filter(idea=idea, round=idea.round).values_list("threshold", flat=True)
    return found.first()
