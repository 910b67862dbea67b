"""What authors sent after their deposit: words, complements, withdrawals, brought by the urn like deposits.

Each leaves a message of its own key in the thread: an entry that was already taken in is known by it.
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core.errors import Refused
from ozeli.engagement.services import clean_text
from ozeli.ideas.enums import OPEN_STATES
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import KIND as IDEA
from ozeli.ideas.models import CompletionRequest, Idea
from ozeli.ideas.services import amendments, circuit
from ozeli.search.services import schedule_index

from ..enums import DepositState, EntryKind, Side
from ..models import KIND, AirlockMessage, Deposit
from ..urn import Entry
from . import erasing

COMPLEMENT_SENT = "J’ai complété mon idée."
WITHDRAWAL_SENT = "Je retire mon idée."
REPLIED = "airlock.replied"
TEXTS = ("title", "problem", "beneficiaries", "proposal", "benefit")


def take_in(entry: Entry, month: date) -> bool:
    """Write one entry; False when it had been already, or when its deposit is not known."""
    deposit = Deposit.objects.select_for_update(of=("self",)).filter(digest=entry["digest"]).first()
    key = UUID(entry["key"])
    if deposit is None or AirlockMessage.objects.filter(pk=key).exists():
        return False
    words = clean_text(entry.get("body", ""))
    if entry["kind"] == EntryKind.COMPLEMENT:
        words = f"{COMPLEMENT_SENT}\n\n{words}".strip()
    elif entry["kind"] == EntryKind.WITHDRAWAL:
        words = f"{WITHDRAWAL_SENT}\n\n{words}".strip()
    add_message(deposit, Side.AUTHOR, words, month=month, key=key)
    try:
        with transaction.atomic():
            _act(entry, deposit)
    except Refused:
        pass  # the desk moved the idea meanwhile: the words are in the thread, for it to read
    if entry["kind"] == EntryKind.MESSAGE:  # a complement or a withdrawal is told as a move of the idea
        tell(REPLIED, KIND, deposit.pk, actor=None)
    return True


def add_message(
    deposit: Deposit, side: str, body: str, *, month: date, key: UUID | None = None, by: User | None = None
) -> AirlockMessage:
    """Add to the end of the thread of a deposit that the caller holds."""
    last = AirlockMessage.objects.filter(deposit=deposit).aggregate(last=Max("position"))["last"] or 0
    made = AirlockMessage(
        deposit=deposit, side=side, body=body, month=month, position=last + 1, written_by=by
    )
    if key is not None:
        made.pk = key
    made.save(force_insert=True)
    return made


def _act(entry: Entry, deposit: Deposit) -> None:
    if entry["kind"] == EntryKind.WITHDRAWAL:
        _withdraw(deposit)
    elif entry["kind"] == EntryKind.COMPLEMENT and deposit.idea is not None:
        _complete(deposit.idea, entry)


def _withdraw(deposit: Deposit) -> None:
    if deposit.state == DepositState.HELD:
        erasing.settle(deposit, DepositState.WITHDRAWN)
    elif deposit.state == DepositState.PUBLISHED and deposit.idea and deposit.idea.state in OPEN_STATES:
        circuit.withdraw(deposit.idea, actor=None)
        erasing.settle(deposit, DepositState.WITHDRAWN)


def _complete(idea: Idea, entry: Entry) -> None:
    """Rewrite the idea and redeposit it, as its author would; nobody signs the amendment."""
    idea = circuit.locked(idea)
    if idea.state != IdeaState.TO_COMPLETE:
        return
    before, is_read = amendments.snapshot(idea), amendments.has_company(idea)
    Idea.objects.filter(pk=idea.pk).update(
        **{name: clean_text(entry[name]) for name in TEXTS}, version=F("version") + 1
    )
    idea.refresh_from_db()
    changed = amendments.changes(before, amendments.snapshot(idea))
    if changed and is_read:
        amendments.keep_amendment(idea, changed, actor=None, reason=amendments.COMPLETED)
    CompletionRequest.objects.filter(idea=idea, ended_on__isnull=True).update(
        reply=clean_text(entry.get("body", ""))
    )
    circuit.complete(idea, actor=None)
    schedule_index(IDEA, [idea.pk])
