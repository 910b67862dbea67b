"""What the desk does of a deposit before anybody else reads it: publish it, mask what names a person, refuse it."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text, open_ballot
from ozeli.files.models import StoredFile
from ozeli.files.services import hand_over
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND as IDEA
from ozeli.ideas.models import Idea, IdeaMove
from ozeli.ideas.services.circuit import NOTE_MIN_LENGTH, promise
from ozeli.journal.services import record
from ozeli.network.enums import Audience
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import DepositState
from ..models import KIND, Deposit
from . import erasing

MASKED = "Des passages qui désignaient une personne ont été masqués avant la publication."
TEXTS = ("title", "problem", "beneficiaries", "proposal", "benefit")
NOT_YOURS = "Seules les personnes qui animent les idées de tout le réseau relisent les dépôts anonymes."


def _locked(deposit: Deposit, actor: User) -> Deposit:
    if not rules.reads_held(actor):
        raise Refused(NOT_YOURS)
    now = Deposit.objects.select_for_update(of=("self",)).get(pk=deposit.pk)
    if not now.is_held:
        raise Conflict("Quelqu’un d’autre vient de régler ce dépôt.")
    return now


@transaction.atomic
def accept(deposit: Deposit, *, actor: User, version: int | None = None) -> Idea:
    """Publish a deposit: an idea without author nor body, of its branch at most, dated by the month of its release.

    Raises Refused, and Conflict when somebody settled or masked it first.
    """
    held = _locked(deposit, actor)
    key, month, challenge = uuid.uuid4(), held.released_on, held.challenge
    idea = Idea.objects.create(
        id=key,
        **{name: getattr(held, name) for name in TEXTS},
        domain=held.domain,  # type: ignore[misc]
        branch_id=held.branch_id,
        challenge=challenge,
        audience=Audience.NETWORK,
        is_anonymous=True,
        ballot=open_ballot(IDEA, key, 1, poll_id=challenge.poll_id if challenge else None),
        deposited_on=month,
        waiting_since=month,
        **promise(None, month),
    )
    IdeaMove.objects.create(
        idea=idea,
        transition="deposit",
        source=State.DRAFT,
        target=State.DEPOSITED,
        round=1,
        actor=None,
        made_on=month,
        note=MASKED if held.is_masked else "",
    )
    hand_over(KIND, held.pk, to_kind=IDEA, to_id=key)
    StoredFile.objects.filter(kind=IDEA, object_id=key).update(created_on=month)
    erasing.settle(held, DepositState.PUBLISHED, version=version, idea=idea, decided_by=actor)
    record("airlock.accept", KIND, held.pk, actor=actor_key(actor), idea=str(key))
    schedule_index(IDEA, [key])
    tell("idea.deposited", IDEA, key, actor=None)
    return idea


@transaction.atomic
def refuse(deposit: Deposit, *, actor: User, reason: str, version: int | None = None) -> None:
    """Do not publish a deposit, and erase it; its author reads the reason with the receipt. Raises as `accept`."""
    held = _locked(deposit, actor)
    reason = clean_text(reason)
    if len(reason) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez en une phrase pourquoi : son auteur le lira avec son code de suivi.")
    erasing.settle(held, DepositState.REFUSED, version=version, reason=reason, decided_by=actor)
    record("airlock.refuse", KIND, held.pk, actor=actor_key(actor))


@transaction.atomic
def mask(deposit: Deposit, words: Mapping[str, str], *, actor: User, version: int | None = None) -> Deposit:
    """Rewrite what names a person; the published idea will say that passages were masked. Raises as `accept`."""
    held = _locked(deposit, actor)
    if version is not None and held.version != version:
        raise Conflict("Quelqu’un d’autre vient de modifier ce dépôt. Relisez-le.")
    changed = {name: words[name] for name in TEXTS if name in words and words[name] != getattr(held, name)}
    if not changed:
        return held
    Deposit.objects.filter(pk=held.pk).update(**changed, is_masked=True, version=F("version") + 1)
    record("airlock.mask", KIND, held.pk, actor=actor_key(actor), fields=sorted(changed))
    held.refresh_from_db()
    return held
