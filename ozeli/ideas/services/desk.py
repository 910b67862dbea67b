"""Who answers an idea, and what the desk writes for itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.challenges.selectors import published
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.selectors import tags_of
from ozeli.engagement.services import clean_text, set_tags
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

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
    idea: Idea,
    handler: User | None,
    *,
    actor: User,
    note: str = "",
    read: object = UNREAD,
    batch: UUID | None = None,
) -> Idea:
    """Say who answers an idea; None gives it back to the team. The new one is told, and reads the note.

    `read` is the id of the one that the screen showed: Conflict when somebody changed it meanwhile. Nothing is
    written when it is already so. `batch` names what one act entrusts, so that it can be undone at once.
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
        before=before,
        batch=batch,
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


def assign_many(
    ideas: Sequence[Idea],
    handler: User | None,
    *,
    actor: User,
    note: str = "",
    batch: UUID | None = None,
) -> Report:
    """The same handler for many ideas: each by itself, so that those refused do not hold the others back."""
    report = Report()
    if len(ideas) > AT_ONCE:
        raise Refused(f"Choisissez {AT_ONCE} idées au plus à la fois.")
    for idea in sorted(ideas, key=lambda one: one.pk):
        try:
            report.done.append(assign_handler(idea, handler, actor=actor, note=note, batch=batch))
        except Refused as error:
            report.refused.append((idea, str(error)))
    return report


def give_back(idea: Idea, *, actor: User, batch: UUID | None = None) -> Idea:
    """Entrust an idea to the one who answered it before the present handler."""
    last = last_entrusted([idea.pk]).get(idea.pk)
    if last is None or last.handler_id != idea.handler_id:
        raise Refused("Personne d’autre ne répondait à cette idée avant.")
    return assign_handler(idea, last.before, actor=actor, read=idea.handler_id, batch=batch)


def undo_batch(batch: UUID, *, actor: User) -> Report:
    """Give the ideas of one act of this person back to those who answered before; changed since, they stay."""
    report = Report()
    notes = DeskNote.objects.filter(batch=batch, author=actor).select_related("idea", "before")
    for note in notes.order_by("idea_id"):
        try:
            report.done.append(assign_handler(note.idea, note.before, actor=actor, read=note.handler_id))
        except Refused as error:
            report.refused.append((note.idea, str(error)))
    return report


def last_entrusted(ids: Iterable[UUID]) -> dict[UUID, DeskNote]:
    """The last time each idea changed hands, in one query."""
    changed = DeskNote.objects.exclude(kind=DeskNote.Kind.NOTE).filter(idea__in=list(ids))
    found = changed.select_related("before").order_by("idea", "-pk").distinct("idea")
    return {note.idea_id: note for note in found}


def may_answer(idea: Idea) -> list[int]:
    """The ids of those who work the desk of this idea and did not sign it."""
    signed = {author.user_id for author in idea.authors.all()}
    return [pk for pk in desk_of(idea) if pk not in signed]


def desk_of(idea: Idea) -> list[int]:
    """The ids of those who work the desk of this idea: référents of its body, animators of its challenge."""
    people = dict.fromkeys(user_id for user_id, _body, _level in desk_people(idea.organisation_id))
    known = published().get(idea.challenge_id) if idea.challenge_id else None
    if known is not None:
        people |= dict.fromkeys(
            User.objects.filter(pk__in=known.animators, is_active=True).values_list("pk", flat=True)
        )
    return list(people)


@transaction.atomic
def change_tags(idea: Idea, names: Sequence[str], *, actor: User, read: Sequence[str]) -> None:
    """Give an idea other tags. `read` are those that the person saw: Conflict when they changed meanwhile."""
    idea = locked(idea)
    if not rules.works_desk(actor, idea):
        raise Refused("Seul un référent de cet organisme change les mots-clés de cette idée.")
    before = [tag.name for tag in tags_of(KIND, [idea.pk]).get(idea.pk, [])]
    if set(before) != set(read):
        raise Conflict("Les mots-clés de cette idée viennent d’être changés par quelqu’un d’autre.")
    tags = set_tags(KIND, idea.pk, names)
    record(
        "idea.change_tags",
        KIND,
        idea.pk,
        actor=actor_key(actor),
        before=", ".join(before),
        after=", ".join(tag.name for tag in tags),
    )
    schedule_index(KIND, [idea.pk])


def _check_handler(idea: Idea, handler: User | None) -> None:
    if handler is None:
        return
    if rules.is_author(handler, idea):
        raise Refused(f"{handler.display_name} a signé l’idée : personne ne répond à sa propre idée.")
    if handler.pk not in may_answer(idea):
        raise Refused(f"{handler.display_name} n’anime pas les idées de cet organisme.")
