"""The votes of a challenge as a screen tells them: until when, how many are left, why they are closed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from ozeli.accounts.models import User
from ozeli.challenges import rules
from ozeli.challenges.days import said_end
from ozeli.challenges.enums import VOTING_PHASES, VotingRule
from ozeli.challenges.models import KIND as CHALLENGE
from ozeli.challenges.selectors import Known
from ozeli.core import clock
from ozeli.core.french import clock_time, long_date, plural
from ozeli.engagement.selectors import votes_given

_WHOLE = 1 << 64


@dataclass(frozen=True, slots=True)
class Voting:
    """What one person may do with the votes of a challenge now. `left` is None when they are not counted."""

    is_open: bool
    left: int | None
    each: int | None
    note: str
    until: str = ""

    @property
    def line(self) -> str:
        """The small line under the vote of a sheet."""
        told = self.told if self.is_open else ""
        return f"{told}{self.until}" if told else self.note

    @property
    def told(self) -> str:
        """« Il vous reste 3 votes sur 5 »; nothing when votes are not counted."""
        if self.left is None or self.each is None:
            return ""
        if not self.is_open:
            given = self.each - self.left
            return f"Vous avez donné {plural(given, 'vote')} sur {self.each}"
        if not self.left:
            only = self.each == 1
            return f"Vous avez donné {'votre seul vote' if only else f'vos {self.each} votes'}"
        return f"Il vous reste {plural(self.left, 'vote')} sur {self.each}"


def start_for(user: User, known: Known) -> float:
    """Where this person begins the walk of the ideas drawn by chance: always there, and elsewhere in each challenge."""
    digest = hashlib.sha256(f"{known.id}:{user.pk}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / _WHOLE


def voting(user: User, known: Known) -> Voting:
    """One query when the votes of each are counted, none otherwise."""
    is_open = known.accepts_votes(clock.now()) and rules.takes_part(user, known)
    each = known.votes_each
    left = max(0, each - votes_given(CHALLENGE, known.id, user)) if each is not None else None
    return Voting(is_open, left, each, _note(user, known), _until(known))


def _note(user: User, known: Known) -> str:
    """The line under a vote: the rule and the day that ends it."""
    now = clock.now()
    windows = [window for window in known.windows if window.kind in VOTING_PHASES]
    if not rules.takes_part(user, known):
        return "Votes réservés aux organismes du défi"
    if known.accepts_votes(now):
        return f"{_rule(known)}{_until(known)}"
    if coming := [window.opens_at for window in windows if window.opens_at > now]:
        return f"Les votes ouvrent le {_moment(min(coming))}"
    past = [window.closes_at for window in windows if window.closes_at is not None]
    return f"Votes clos depuis le {said_end(max(past))}" if past else "Ce défi n’a pas de vote"


def _until(known: Known) -> str:
    """« , jusqu’au 30 novembre 2026 au soir », when votes have an end."""
    ends = [window.closes_at for window in known.windows if window.kind in VOTING_PHASES]
    if not ends or None in ends:
        return ""
    return f", jusqu’au {said_end(max(end for end in ends if end is not None))}"


def _rule(known: Known) -> str:
    if known.voting_rule == VotingRule.BUDGET and known.votes_each:
        return f"{plural(known.votes_each, 'vote')} par personne"
    if known.voting_rule == VotingRule.THRESHOLD and known.threshold:
        return f"{plural(known.threshold, 'vote')} sélectionnent une idée"
    return "Une personne, un vote"


def _moment(at: datetime) -> str:
    return f"{long_date(at)} à {clock_time(at)}"
