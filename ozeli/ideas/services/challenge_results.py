"""What ends a challenge: prizes given to ideas, and the results told to their authors."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.challenges.enums import ChallengeState, PhaseKind
from ozeli.challenges.models import KIND as CHALLENGE
from ozeli.challenges.models import Challenge, Phase, Prize
from ozeli.challenges.rules import works_desk
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from ..enums import State
from ..models import Idea, IdeaPrize, ResultsTold
from ..rules import is_author
from .circuit import kept_day, locked

RESULTS_TOLD = "challenge.results_told"


@transaction.atomic
def give_prize(idea: Idea, prize: Prize, *, actor: User, words: str = "") -> bool:
    """Give a prize of its challenge to an idea, with what convinced; whether it was not given already.

    Raises Refused when the person does not work the desk of the challenge, or signed the idea.
    """
    challenge = _worked_by(actor, prize)
    held = locked(idea)
    if held.challenge_id != challenge.pk or held.is_hidden or held.state in (State.WITHDRAWN, State.MERGED):
        raise Refused("Cette idée n’est pas, ou plus, dans ce défi.")
    if is_author(actor, idea):
        raise Refused("Vous avez signé cette idée : une autre personne lui donne un prix.")
    words = " ".join(clean_text(words).split())
    if len(words) > 300:
        raise Refused("Dites en 300 caractères au plus ce qui a convaincu.")
    _given, is_new = IdeaPrize.objects.get_or_create(
        idea=idea,
        prize=prize,
        defaults={
            "words": words,
            "given_by": actor,
            "given_on": kept_day(held.organisation, clock.today()),
        },
    )
    if is_new:
        _record("challenge.give_prize", challenge, actor, prize, idea)
    return is_new


@transaction.atomic
def take_prize(given: IdeaPrize, *, actor: User) -> None:
    """Take back a prize that was given. Raises Refused."""
    challenge = _worked_by(actor, given.prize)
    if IdeaPrize.objects.filter(pk=given.pk).delete()[0]:
        _record("challenge.take_prize", challenge, actor, given.prize, given.idea)


def _worked_by(actor: User, prize: Prize) -> Challenge:
    challenge = Challenge.objects.prefetch_related("animators").get(pk=prize.challenge_id)
    if not works_desk(actor, challenge):
        raise Refused("Seule l’équipe du défi donne ses prix.")
    return challenge


def _record(verb: str, challenge: Challenge, actor: User, prize: Prize, idea: Idea) -> None:
    key = actor_key(actor)
    record(verb, CHALLENGE, challenge.pk, actor=key, prize=prize.title, idea=idea.short)


def tell_results() -> int:
    """Tell the authors of the challenges whose results have come out, once each; how many challenges were told.

    The row and the event are written together: killed or run twice, it tells nothing twice.
    """
    begun = Phase.objects.filter(
        kind=PhaseKind.RESULTS, opens_at__lte=Now(), challenge__state=ChallengeState.PUBLISHED
    )
    untold = begun.exclude(challenge__in=ResultsTold.objects.values("challenge"))
    return sum(_tell(key) for key in list(untold.order_by("challenge").values_list("challenge", flat=True)))


@transaction.atomic
def _tell(key: UUID) -> bool:
    # Two jobs at once: the second waits for the first, then finds its row.
    Challenge.objects.select_for_update(of=("self",)).get(pk=key)
    _row, is_new = ResultsTold.objects.get_or_create(challenge_id=key, defaults={"told_on": clock.today()})
    if is_new:
        tell(RESULTS_TOLD, CHALLENGE, key, actor=None)
    return is_new
