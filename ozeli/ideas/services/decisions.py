"""Decisions: prepared by a référent, then published to everyone."""

from django.db import transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import blanks, rules
from ..enums import ANSWER_MIN_LENGTH, Reason, State, Verdict
from ..models import KIND, Decision, Idea
from .circuit import NO_PROMISE, NOTE_MIN_LENGTH, locked, move


def check_answer(verdict: str, reason: str, answer: str) -> None:
    """Raise Refused when the answer does not do justice to the idea (see also the database constraint).

    Runs of blanks count for one character: the length is that of words.
    """
    length = len(" ".join(answer.split()))
    if left := blanks.unfilled(answer):
        raise Refused(f"Il reste {', '.join(left)} dans la réponse : remplacez ce champ par des mots.")
    if verdict not in Verdict.values:
        raise Refused("Choisissez une décision.")
    if verdict == Verdict.NOT_RETAINED:
        if reason not in Reason.values:
            raise Refused("Choisissez le motif : une idée non retenue en reçoit toujours un.")
        if length < ANSWER_MIN_LENGTH:
            raise Refused(
                f"Une idée non retenue reçoit une réponse d’au moins {ANSWER_MIN_LENGTH} caractères ;"
                f" la vôtre en compte {length}."
            )
    elif length < NOTE_MIN_LENGTH:
        raise Refused("Écrivez la réponse que la personne lira.")


@transaction.atomic
def prepare_decision(
    idea: Idea, *, actor: User, verdict: str, answer: str, reason: str = "", version: int | None = None
) -> Decision:
    """Write the decision of this round, or rewrite it while it is not published.

    `version` is that of the prepared decision the person was reading, None when there was none. Raises Refused, and
    Conflict when another référent wrote or published first.
    """
    answer = clean_text(answer)
    check_answer(verdict, reason, answer)
    idea = _held_for_decision(idea, actor)
    words = {
        "verdict": verdict,
        "reason": reason if verdict == Verdict.NOT_RETAINED else "",
        "answer": answer,
    }
    written = words | {"prepared_by": actor, "prepared_on": clock.today()}
    standing = Decision.objects.filter(idea=idea, round=idea.round)
    if version is None:
        decision, created = standing.get_or_create(defaults=written | {"idea": idea, "round": idea.round})
        if not created:
            raise Conflict(
                "Quelqu’un vient de préparer une décision sur cette idée. Les deux textes sont affichés."
            )
    elif standing.filter(version=version, published_on=None).update(**written, version=F("version") + 1):
        decision = standing.get()
    else:
        raise Conflict("Cette décision a changé pendant que vous écriviez. Les deux textes sont affichés.")
    record("decision.prepare", KIND, idea.pk, actor=actor_key(actor), round=idea.round, verdict=verdict)
    return decision


def _held_for_decision(idea: Idea, actor: User) -> Idea:
    """The idea, held: at study, and one that this person may decide on."""
    idea = locked(idea)
    if not rules.decides(actor, idea):
        raise Refused(
            "Seul un référent de cet organisme, qui n’en est pas l’auteur, peut répondre à cette idée."
        )
    if idea.state != State.UNDER_STUDY:
        raise Conflict("Cette idée n’est plus à l’étude : quelqu’un est passé avant vous.")
    return idea


@transaction.atomic
def publish_decision(decision: Decision, *, actor: User, version: int) -> Idea:
    """Publish a prepared decision: the idea moves, the author, followers and voters are told.

    `version` is that of the text the person has read. Raises Conflict when it was changed or published meanwhile.
    """
    idea = _held_for_decision(decision.idea, actor)
    as_read = Decision.objects.filter(pk=decision.pk, round=idea.round, version=version, published_on=None)
    published = as_read.update(
        published_on=clock.today(),
        published_by=actor,
        awaited_since=idea.waiting_since,
        due_on=idea.first_due_on or idea.answer_due_on,
        version=F("version") + 1,
    )
    if not published:
        raise Conflict("Cette décision vient d’être changée ou publiée par quelqu’un d’autre. La voici.")
    decision.refresh_from_db()
    name = "retain" if decision.verdict == Verdict.RETAINED else "decline"
    move(idea, name, actor=actor, note=decision.answer, **NO_PROMISE)
    return idea
