"""An author signs: a deliberate act of a signed-in person, on the portal. The airlock never learns who it was."""

from django.db import transaction
from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import set_follow
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import OPEN_STATES
from ozeli.ideas.models import KIND as IDEA
from ozeli.ideas.models import Decision, Idea, IdeaAuthor
from ozeli.ideas.services.circuit import locked
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from .. import receipts
from ..enums import DepositState
from ..models import Deposit

FORGED = "Ce code n’est pas un des nôtres. Vérifiez chaque caractère sur votre reçu."
UNKNOWN = (
    "Aucune idée publiée ne répond à ce code. Est-elle déjà relue ? La page « Suivre » du sas vous le dira."
)


@transaction.atomic
def sign(code: str, *, person: User) -> Idea:
    """Put a person's name on their anonymous idea, for good: their body and branch come with it.

    Raises Refused on a code that opens no published idea, Conflict when it was signed or withdrawn meanwhile, and
    `receipts.Busy`.
    """
    if not receipts.is_well_formed(code):
        raise Refused(FORGED)
    held = Deposit.objects.select_for_update(of=("self",)).filter(digest=receipts.digest(code)).first()
    if held is None or held.state in (DepositState.HELD, DepositState.REFUSED) or held.idea_id is None:
        raise Refused(UNKNOWN)
    if held.state != DepositState.PUBLISHED:
        raise Conflict("Cette idée est déjà signée, ou elle a été retirée.")
    idea = locked(Idea(pk=held.idea_id))
    _check_apart(idea, person)
    handler = None if idea.handler_id == person.pk else idea.handler_id
    Idea.objects.filter(pk=idea.pk).update(
        is_anonymous=False,
        organisation=person.organisation,
        branch=person.organisation.branch_id,
        handler=handler,
    )
    IdeaAuthor.objects.create(idea=idea, user=person)
    Deposit.objects.filter(pk=held.pk).update(state=DepositState.SIGNED)
    record("airlock.sign", IDEA, idea.pk, actor=actor_key(person))
    if idea.state in OPEN_STATES:
        set_follow(IDEA, idea.pk, user=person, wanted=True)
    schedule_index(IDEA, [idea.pk])
    idea.refresh_from_db()
    return idea


def _check_apart(idea: Idea, person: User) -> None:
    """Nobody answers what they sign, nor gives an opinion on it: whoever did so stays unknown."""
    if idea.experts.filter(user=person, declined_on__isnull=True).exists():
        raise Conflict("Votre avis est demandé sur cette idée : un expert ne la signe pas.")
    if Decision.objects.filter(Q(prepared_by=person) | Q(published_by=person), idea=idea).exists():
        raise Conflict(
            "Vous avez répondu à cette idée : personne ne répond à sa propre idée. Elle reste anonyme."
        )
