"""Who answers an idea, and what the desk writes for itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import rules
from ..models import KIND, DeskNote, Idea
from .circuit import kept_day, locked

AT_ONCE = 100
UNREAD = object()


@dataclass(slots=True)
class Report:
    """What became of each idea of a selection."""

    done: list[Idea] = field(default_factory=list)
    refused: list[tuple[Idea, str]] = field(default_factory=list)


@transaction.atomic
def write_desk_note(idea: Idea, body: str, *, actor: User) -> DeskNote:
    """Keep a note for the desk alone; those who signed the idea neither write nor read any."""
    body = clean_text(body)
    if not rules.decides(actor, idea):
        raise Refused("Les notes du bureau sont réservées aux référents qui n’ont pas signé l’idée.")
    if not body:
        raise Refused("Écrivez votre note.")
    note = DeskNote.objects.create(
        idea=idea, author=actor, body=body, written_on=kept_day(idea.organisation, clock.today())
    )
    record("idea.write_desk_note", KIND, idea.pk, actor=actor_key(actor), note=note.pk)
    return note


@transaction.atomic
def remove_desk_note(note: DeskNote, *, actor: User) -> None:
    """Take back a note of one's own."""
    if note.author_id != actor.pk or note.kind != DeskNote.Kind.NOTE:
        raise Refused("Seule la personne qui a écrit une note la retire.")
    deleted, _each = DeskNote.objects.filter(pk=note.pk).delete()
    if deleted:
        record("idea.remove_desk_note", KIND, note.idea_id, actor=actor_key(actor), note=note.pk)


@transaction.atomic
def assign_handler(
    idea: Idea, handler: User | None, *, actor: User, note: str = "", read: object = UNREAD
) -> Idea:
    """Say who answers an idea; None gives it back to the team. The new one is told, and reads the note.

    `read` is the id of the one that the screen showed: Conflict when somebody changed it meanwhile. Nothing is
    written when it is already so.
    """
    idea, note = locked(idea), clean_text(note)
    if not rules.decides(actor, idea):
        raise Refused("Seul un référent de cet organisme, qui n’a pas signé l’idée, dit qui y répond.")
    if read is not UNREAD and idea.handler_id != read:
        raise Conflict("Quelqu’un vient de confier cette idée à une autre personne. La voici.")
    if not idea.is_open:
        raise Conflict("Cette idée n’attend plus de réponse : personne n’a plus à y répondre.")
    _check_handler(idea, handler)
    if idea.handler_id == (handler.pk if handler else None):
        return idea
    before, idea.handler = idea.handler, handler
    idea.save(update_fields=["handler"])
    kept = DeskNote.objects.create(
        idea=idea,
        author=actor,
        kind=DeskNote.Kind.HANDLER if handler else DeskNote.Kind.FREED,
        handler=handler,
        body=note,
        written_on=kept_day(idea.organisation, clock.today()),
    )
    record(
        "idea.assign",
        KIND,
        idea.pk,
        actor=actor_key(actor),
        handler=str(actor_key(handler)) if handler else "",
        before=str(actor_key(before)) if before else "",
    )
    if handler is not None:
        tell("idea.assigned", KIND, idea.pk, actor=actor, handler=handler.pk, note=kept.pk)
    return idea


def assign_many(ideas: Sequence[Idea], handler: User | None, *, actor: User, note: str = "") -> Report:
    """The same handler for many ideas: each by itself, so that those refused do not hold the others back."""
    report = Report()
    if len(ideas) > AT_ONCE:
        raise Refused(f"Choisissez {AT_ONCE} idées au plus à la fois.")
    for idea in sorted(ideas, key=lambda one: one.pk):
        try:
            report.done.append(assign_handler(idea, handler, actor=actor, note=note))
        except Refused as error:
            report.refused.append((idea, str(error)))
    return report


def may_answer(idea: Idea) -> list[int]:
    """The ids of those who work the desk of this idea and did not sign it."""
    signed = {author.user_id for author in idea.authors.all()}
    people = dict.fromkeys(user_id for user_id, _body, _level in desk_people(idea.organisation_id))
    return [pk for pk in people if pk not in signed]


def _check_handler(idea: Idea, handler: User | None) -> None:
    if handler is None:
        return
    if rules.is_author(handler, idea):
        raise Refused(f"{handler.display_name} a signé l’idée : personne ne répond à sa propre idée.")
    if handler.pk not in may_answer(idea):
        raise Refused(f"{handler.display_name} n’anime pas les idées de cet organisme.")
