"""Decisions: prepared by a référent, then published to everyone."""

from django.db import transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record

from .. import rules
from ..enums import ANSWER_MIN_LENGTH, State, Verdict
from ..models import KIND, Decision, Idea
from .circuit import NOTE_MIN_LENGTH, move


def check_answer(verdict: str, reason: str, answer: str) -> None:
    """Raise Refused when the answer does not do justice to the idea (see also the database constraint)."""
    if verdict not in Verdict.values:
        raise Refused("Choisissez une décision.")
    if verdict == Verdict.NOT_RETAINED:
        if not reason:
            raise Refused("Choisissez le motif : une idée non retenue en reçoit toujours un.")
        if len(answer) < ANSWER_MIN_LENGTH:
            raise Refused(
                f"Une idée non retenue reçoit une réponse d’au moins {ANSWER_MIN_LENGTH} caractères ;"
                f" la vôtre en compte {len(answer)}."
            )
    elif len(answer) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez la réponse que la personne lira.")


@transaction.atomic
def prepare_decision(
    idea: Idea, *, actor: User, verdict: str, answer: str, reason: str = "", version: int | None = None
) -> Decision:
    """Write the decision of this round, or rewrite it while it is not published.

    `version` is that of the prepared decision the person was reading, None when there was none. Raises Refused, and
    Conflict when another référent wrote or published first.
    """
    answer = answer.strip(" \t\r\n\u00a0\u202f")
    check_answer(verdict, reason, answer)
    if idea.state != State.UNDER_STUDY or not rules.decides(actor, idea):
        raise _refusal(idea)
    words = {"verdict": verdict, "reason": reason if verdict == Verdict.NOT_RETAINED else "", "answer": answer}
    if version is None:
        decision, created = Decision.objects.get_or_create(
            idea=idea,
            round=idea.round,
            defaults={**words, "prepared_by": actor, "prepared_on": clock.today()},
        )
        if not created:
            raise Conflict("Une décision vient d’être préparée par quelqu’un d’autre. La voici, à côté de la vôtre.")
    else:
        decision = Decision.objects.get(idea=idea, round=idea.round)
        changed = Decision.objects.filter(pk=decision.pk, version=version, published_on__isnull=True).update(
            **words, prepared_by=actor, prepared_on=clock.today(), version=F("version") + 1
        )
        if not changed:
            raise Conflict("Cette décision a changé pendant que vous écriviez. Les deux textes sont affichés.")
        decision.refresh_from_db()
    record("decision.prepare", KIND, idea.pk, actor=actor_key(actor), round=idea.round, verdict=verdict)
    return decision


def _refusal(idea: Idea) -> Refused:
    if idea.state != State.UNDER_STUDY:
        return Conflict("Cette idée n’est plus à l’étude : quelqu’un a décidé avant vous.")
    return Refused("Seul un référent de cet organisme, qui n’en est pas l’auteur, peut répondre à cette idée.")


@transaction.atomic
def publish_decision(decision: Decision, *, actor: User, version: int) -> Idea:
    """Publish a prepared decision: the idea moves, the author, followers and voters are told.

    Raises Conflict when the decision was changed or published meanwhile.
    """
    idea = Idea.objects.select_for_update(of=("self",)).get(pk=decision.idea_id)
    if not rules.decides(actor, idea):
        raise _refusal(idea)
    published = Decision.objects.filter(
        pk=decision.pk, version=version, published_on__isnull=True, round=idea.round
    ).update(published_on=clock.today(), published_by=actor, version=F("version") + 1)
    if not published:
        raise Conflict("Cette décision vient d’être changée ou publiée par quelqu’un d’autre. La voici.")
    name = "retain" if decision.verdict == Verdict.RETAINED else "decline"
    move(idea, name, actor=actor, note=decision.answer, waiting_since=None, answer_due_on=None)
    return idea
