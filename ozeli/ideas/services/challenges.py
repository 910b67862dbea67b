"""Ideas in a challenge: who is let in, who moves in or out, what the votes select."""

from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.challenges import rules as challenge_rules
from ozeli.challenges.enums import ChallengeState, VotingRule
from ozeli.challenges.models import Challenge
from ozeli.challenges.selectors import Known, published
from ozeli.challenges.services.phases import check_deposits_open
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.models import Ballot
from ozeli.engagement.services import settle_ballot
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import EDITABLE_STATES, State
from ..models import KIND, Idea, Selection
from .circuit import locked, move, promise, study

NOT_OPEN_TO_YOU = "Ce défi n’est pas ouvert à votre organisme : déposez l’idée hors défi."
HAS_VOTES = "Cette idée a déjà reçu des votes : elle reste où elle est, pour que ses votes comptent une fois."


class NotTakenError(Refused):
    """The challenge takes no deposit from this person now: the text is theirs, to be deposited elsewhere."""


class NotMovedError(Refused):
    """The idea stays in the challenge where it is, or out of any."""


def challenge_taking(key: UUID, author: User) -> Challenge:
    """The challenge, once sure that this person may deposit in it now, by the database's clock."""
    known = published().get(key)
    if known is None or not challenge_rules.takes_part(author, known):
        raise NotTakenError(NOT_OPEN_TO_YOU)
    try:
        check_deposits_open(key)
    except Refused as error:
        raise NotTakenError(str(error)) from error
    return Challenge.objects.only("poll", "answer_delay_days").get(pk=key)


def may_change_challenge(user: User, idea: Idea, known: Known | None) -> bool:
    """Whether a screen offers to move an idea: `known` is where it stands, which must still take deposits."""
    if not rules.can_edit(user, idea) or idea.round > 1 or idea.is_imported or idea.vote_count:
        return False
    return idea.challenge_id is None or (known is not None and known.accepts_deposits(clock.now()))


@transaction.atomic
def move_to_challenge(idea: Idea, challenge: UUID | None, *, actor: User) -> bool:
    """Take an idea into a challenge, or out of it; whether that changed anything.

    Its author may, while the idea is editable and has no vote, and while the deposits are open: those of the challenge
    it enters, and those of the one it leaves. The answer is promised anew, from the same day. Raises Refused.
    """
    if challenge == idea.challenge_id:
        return False
    if not rules.can_edit(actor, idea) or idea.round > 1 or idea.is_imported:
        raise NotMovedError("Cette idée ne change plus de défi.")
    try:
        if idea.challenge_id is not None:
            challenge_taking(idea.challenge_id, actor)
        taken = challenge_taking(challenge, actor) if challenge is not None else None
    except NotTakenError as error:
        raise NotMovedError(str(error)) from error
    # The ballot before the idea: the order of every lock of an idea.
    if not settle_ballot(idea.ballot_id, taken.poll_id if taken else None):
        raise NotMovedError(HAS_VOTES)
    held = locked(idea)
    changes: dict[str, object] = {"challenge": taken}
    if held.waiting_since is not None:
        changes |= promise(held.organisation, held.waiting_since, taken.answer_delay_days if taken else None)
    here = Idea.objects.filter(pk=idea.pk, state__in=sorted(EDITABLE_STATES), challenge=idea.challenge_id)
    if not here.update(**changes, version=F("version") + 1):
        raise NotMovedError("Cette idée vient de changer : relisez-la avant de la déplacer.")
    schedule_index(KIND, [idea.pk])
    idea.refresh_from_db()
    return True


# --- selection by the votes -------------------------------------------------------------------------------------------

_BEFORE_STUDY = (State.DEPOSITED, State.IN_DEBATE)
SELECTED_NOTE = "Sélectionnée par les votes du réseau."
_SELECT = """
insert into ideas_selection (idea_id, round, challenge_id, threshold, selected_on)
values (%(idea)s, %(round)s, %(challenge)s, %(threshold)s, %(day)s)
on conflict (idea_id, round) do nothing
"""


def select_by_votes(idea: Idea, known: Known, count: int) -> bool:
    """Keep that an idea has reached the number of votes which selects, once a round; whether it has just done so.

    The caller holds the idea, whose counter is `count`. Taken back, votes change nothing to it: what the network has
    said once stays said, and nobody can undo it by a click.
    """
    if known.voting_rule != VotingRule.THRESHOLD or known.threshold is None or count < known.threshold:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            _SELECT,
            {
                "idea": idea.pk,
                "round": idea.round,
                "challenge": known.id,
                "threshold": known.threshold,
                "day": _kept_day(idea),
            },
        )
        if not cursor.rowcount:
            return False
    record("idea.selected", KIND, idea.pk, actor=None, threshold=known.threshold)
    tell("idea.selected", KIND, idea.pk, actor=None, threshold=known.threshold)
    return True


def _kept_day(idea: Idea) -> date:
    """The month alone of what is anonymous."""
    return clock.today().replace(day=1) if idea.is_anonymous else clock.today()


def study_selected(limit: int = 100) -> int:
    """Take to study the selected ideas of the challenges whose votes are over; how many were.

    Each in a transaction of its own, asked again under its lock: killed anywhere, run twice or by two workers, it goes
    on where it stood. Those that a merge brought past the number are selected on the way.
    """
    _select_forgotten()
    waiting = (
        Selection.objects.filter(
            idea__state__in=_BEFORE_STUDY,
            idea__round=F("round"),
            idea__is_hidden=False,
            challenge__state=ChallengeState.PUBLISHED,
            challenge__poll__closes_at__lte=Now(),
        )
        .order_by("idea_id")
        .values_list("idea_id", flat=True)
    )
    return sum(_study(key) for key in list(waiting[:limit]))


def _select_forgotten() -> None:
    """Ideas past the number of votes without a vote having said so: a merge brought them there."""
    for known in published().values():
        if known.voting_rule == VotingRule.THRESHOLD and known.threshold is not None:
            reached = Idea.objects.filter(
                challenge=known.id, round=1, vote_count__gte=known.threshold, state__in=_BEFORE_STUDY
            ).exclude(Exists(Selection.objects.filter(idea=OuterRef("pk"), round=1)))
            for key in list(reached.order_by("pk").values_list("pk", flat=True)[:100]):
                with transaction.atomic():
                    idea = locked(Idea(pk=key))
                    select_by_votes(idea, known, idea.vote_count)


@transaction.atomic
def _study(key: UUID) -> bool:
    """Take one idea to study, unless somebody has moved it meanwhile."""
    # The ballot before the idea: the order of every lock of an idea.
    held = Ballot.objects.select_for_update(of=("self",)).filter(
        pk__in=Idea.objects.filter(pk=key).values("ballot")
    )
    ballot, idea = held.get(), locked(Idea(pk=key))
    if idea.ballot_id != ballot.pk or idea.state not in _BEFORE_STUDY or idea.is_hidden:
        return False
    if idea.state == State.DEPOSITED:
        move(idea, "open_debate", actor=None, is_told=False)
    study(idea, actor=None, note=SELECTED_NOTE)
    return True
