"""What is read of anonymous deposits: by their author with the receipt, by the desk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core.ui import BadgeLook
from ozeli.ideas import standing
from ozeli.ideas.answers import Answer
from ozeli.ideas.answers import shown as answer_shown
from ozeli.ideas.enums import OPEN_STATES
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import CompletionRequest, Decision, Idea
from ozeli.ideas.wording import COMPLETION_FIELDS

from . import urn
from .enums import DepositState, EntryKind, Side
from .models import AirlockMessage, Deposit

LOOKS = {
    DepositState.HELD: BadgeLook("À relire", "todo", "wait"),
    DepositState.PUBLISHED: BadgeLook("Publiée", "okc", "done"),
    DepositState.REFUSED: BadgeLook("Non publiée", "stop", "rest"),
    DepositState.WITHDRAWN: BadgeLook("Retirée", "withdrawn", "rest"),
    DepositState.SIGNED: BadgeLook("Signée", "user", "done"),
}
IN_URN = BadgeLook("Dans l’urne", "lock", "")


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a receipt opens. `waiting`: what its author sent that has not left the urn."""

    deposit: Deposit | None
    in_urn: Mapping[str, Any] | None
    waiting: list[Mapping[str, Any]]
    words: list[AirlockMessage] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    completion: CompletionRequest | None = None

    @property
    def idea(self) -> Idea | None:
        return self.deposit.idea if self.deposit else None

    @property
    def state(self) -> str:
        """That of the deposit; nothing as long as it is in the urn."""
        return self.deposit.state if self.deposit else ""

    @property
    def title(self) -> str:
        if self.idea is not None:
            return self.idea.title
        return self.deposit.title if self.deposit else str((self.in_urn or {}).get("title", ""))

    @property
    def look(self) -> BadgeLook:
        if self.idea is not None and self.state in (DepositState.PUBLISHED, DepositState.SIGNED):
            return self.idea.look
        return LOOKS[DepositState(self.state)] if self.state else IN_URN

    @property
    def wait(self) -> standing.Wait | None:
        return (
            standing.wait(self.idea, to_author=True) if self.idea is not None and self.idea.is_open else None
        )

    @property
    def can_write(self) -> bool:
        return self.state in (DepositState.HELD, DepositState.PUBLISHED)

    @property
    def can_complete(self) -> bool:
        return (
            self.state == DepositState.PUBLISHED
            and self.idea is not None
            and self.idea.state == IdeaState.TO_COMPLETE
            and not self._awaits(EntryKind.COMPLEMENT)
        )

    @property
    def can_withdraw(self) -> bool:
        if self._awaits(EntryKind.WITHDRAWAL):
            return False
        if self.state == DepositState.HELD:
            return True
        return (
            self.state == DepositState.PUBLISHED and self.idea is not None and self.idea.state in OPEN_STATES
        )

    @property
    def can_sign(self) -> bool:
        return self.state == DepositState.PUBLISHED

    @property
    def questions(self) -> list[tuple[str, str]]:
        """(field, question) of the complement that is asked."""
        asked = self.completion.questions if self.completion else {}
        return [(str(COMPLETION_FIELDS.get(name, "")), words) for name, words in asked.items()]

    def _awaits(self, kind: str) -> bool:
        return any(one["kind"] == kind for one in self.waiting)


def dossier(digest: str) -> Dossier | None:
    """What the receipt of this digest opens; None when nothing bears it."""
    related = Deposit.objects.select_related("idea__branch", "idea__organisation", "idea__domain")
    deposit = related.filter(digest=digest).first()
    mine = [one for one in urn.held().entries if one["digest"] == digest]
    in_urn = next((one for one in mine if one["kind"] == EntryKind.DEPOSIT), None)
    if deposit is None and in_urn is None:
        return None
    waiting = [one for one in mine if one["kind"] != EntryKind.DEPOSIT]
    if deposit is None:
        return Dossier(None, in_urn, waiting)
    words, idea = list(deposit.messages.all()), deposit.idea
    if idea is None:
        return Dossier(deposit, None, waiting, words)
    decisions = Decision.objects.filter(idea=idea, published_on__isnull=False).select_related(
        "published_by__organisation"
    )
    asked = CompletionRequest.objects.filter(idea=idea, ended_on__isnull=True).first()
    shown = [answer_shown(one, idea) for one in decisions.order_by("-round")]
    return Dossier(deposit, None, waiting, words, shown, asked)


# --- the desk ---------------------------------------------------------------------------------------------------------


def deposits_for(user: User, state: str = "") -> QuerySet[Deposit]:
    """The deposits that this person reads, of a state; `talk`: those whose author had the last word."""
    rows = Deposit.objects.visible_to(user).select_related("domain", "branch", "challenge", "idea")
    if state == "talk":
        return awaiting_answer(rows)
    return rows.filter(state=state) if state else rows


def awaiting_answer(rows: QuerySet[Deposit]) -> QuerySet[Deposit]:
    words = AirlockMessage.objects.filter(deposit=OuterRef("pk"))
    later = AirlockMessage.objects.filter(
        deposit=OuterRef("deposit"), position__gt=OuterRef("position"), side=Side.DESK
    )
    unanswered = words.filter(side=Side.AUTHOR).exclude(Exists(later))
    return rows.filter(Exists(unanswered), Q(state=DepositState.HELD) | Q(state=DepositState.PUBLISHED))


HEADER = ("dépôt", "état", "sorti du sas", "domaine", "branche", "défi", "passages masqués", "réglé")
BATCH = 500


def export_lines(rows: QuerySet[Deposit]) -> Iterator[list[object]]:
    """Neither texts nor reasons: the file leaves the portal, they do not."""
    for one in rows.order_by("released_on", "id").iterator(chunk_size=BATCH):
        yield [
            one.short,
            LOOKS[DepositState(one.state)].label,
            f"{one.released_on:%Y-%m}",
            one.domain.name if one.domain else "",
            one.branch.name if one.branch else "",
            one.challenge.title if one.challenge else "",
            "oui" if one.is_masked else "",
            f"{one.decided_on:%Y-%m}" if one.decided_on else "",
        ]
