"""Ideas in a challenge: who is let in, who moves in or out."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.challenges import rules as challenge_rules
from ozeli.challenges.models import Challenge
from ozeli.challenges.selectors import published
from ozeli.challenges.services.phases import check_deposits_open
from ozeli.core.errors import Refused
from ozeli.engagement.services import settle_ballot
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import EDITABLE_STATES
from ..models import KIND, Idea
from .circuit import locked, promise

NOT_OPEN_TO_YOU = "Ce défi n’est pas ouvert à votre organisme : déposez l’idée hors défi."
HAS_VOTES = "Cette idée a déjà reçu des votes : elle reste où elle est, pour que ses votes comptent une fois."


class NotTakenError(Refused):
    """The challenge takes no deposit from this person now: the text is theirs, to be deposited elsewhere."""


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


@transaction.atomic
def move_to_challenge(idea: Idea, challenge: UUID | None, *, actor: User) -> bool:
    """Take an idea into a challenge, or out of it; whether that changed anything.

    Its author may, while the idea is editable and has no vote, and while the deposits are open: those of the challenge
    it enters, and those of the one it leaves. The answer is promised anew, from the same day. Raises Refused.
    """
    if challenge == idea.challenge_id:
        return False
    if not rules.can_edit(actor, idea) or idea.round > 1 or idea.is_imported:
        raise Refused("Cette idée ne change plus de défi.")
    if idea.challenge_id is not None:
        challenge_taking(idea.challenge_id, actor)
    taken = challenge_taking(challenge, actor) if challenge is not None else None
    # The ballot before the idea: the order of every lock of an idea.
    if not settle_ballot(idea.ballot_id, taken.poll_id if taken else None):
        raise Refused(HAS_VOTES)
    held = locked(idea)
    changes: dict[str, object] = {"challenge": taken}
    if held.waiting_since is not None:
        changes |= promise(held.organisation, held.waiting_since, taken.answer_delay_days if taken else None)
    here = Idea.objects.filter(pk=idea.pk, state__in=sorted(EDITABLE_STATES), challenge=idea.challenge_id)
    if not here.update(**changes, version=F("version") + 1):
        raise Refused("Cette idée vient de changer : relisez-la avant de la déplacer.")
    schedule_index(KIND, [idea.pk])
    idea.refresh_from_db()
    return True
