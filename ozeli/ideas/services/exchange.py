"""Write what a file asks of the ideas of a challenge: the same services as the screens, line by line."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core.errors import Conflict, Refused
from ozeli.core.imports import Fault, Line, Outcome

from ..models import Idea
from .circuit import ask_completion, open_debate, resume, study
from .decisions import prepare_decision
from .desk import assign_handler, change_tags

MOVES: Mapping[str, Any] = {
    "open_debate": open_debate,
    "ask_completion": ask_completion,
    "resume": resume,
    "study": study,
}
OVERTAKEN = "Cette idée a changé pendant l’import : reprenez un export pour elle."


def write_lines(lines: Sequence[Line], *, actor: User, options: Mapping[str, str]) -> None:
    """Do what each line asks, in the order of keys; a line that somebody overtook becomes refused, whole."""
    person = next(iter(with_grants([actor.pk])), None)
    if person is None:
        raise Refused("Votre compte est fermé : rien n’a été écrit.")
    for line in sorted(lines, key=lambda one: one.payload.id):
        try:
            with transaction.atomic():
                _write(line.payload, person)
        except Refused as refusal:
            said = OVERTAKEN if isinstance(refusal, Conflict) else str(refusal)
            line.outcome, line.fault, line.changes, line.note = Outcome.REFUSED, Fault(said, "short"), (), ""


def _write(asked: Any, actor: User) -> None:
    """A move first, since a decision is prepared at study; each step says what was read."""
    idea = Idea.objects.select_related("organisation").prefetch_related("authors").get(pk=asked.id)
    if idea.version != asked.version:
        raise Conflict
    if asked.move:
        MOVES[asked.move](idea, actor=actor, note=asked.note, version=asked.version)
    if asked.gives:
        handler = User.objects.get(pk=asked.handler) if asked.handler else None
        assign_handler(idea, handler, actor=actor, read=asked.read_handler)
    if asked.tags is not None:
        change_tags(idea, asked.tags, actor=actor, read=asked.read_tags)
    if asked.decision is not None:
        verdict, reason, answer = asked.decision
        prepare_decision(
            idea, actor=actor, verdict=verdict, reason=reason, answer=answer, version=asked.read_decision
        )
