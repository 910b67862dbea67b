"""Opinions: asked of experts, given or declined, reminded of; and the private notes between an expert and the desk."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import rules
from ..enums import State
from ..models import KIND, ExpertNote, Idea, IdeaExpert, IdeaMove
from .circuit import LONGEST_POSTPONEMENT, NOTE_MIN_LENGTH, locked, study

SOON = timedelta(days=3)
# A job that slept is not to remind of what was due long ago.
LATE_REMEMBERED = timedelta(days=7)


@transaction.atomic
def ask_expert(
    idea: Idea, expert: User, *, actor: User, due_on: date | None = None, message: str = ""
) -> IdeaExpert:
    """Ask a person for an opinion on an idea at study; asking again changes the date and the message only.

    Somebody who had declined is asked anew; somebody whose opinion is given is told, and that opinion stays.
    Raises Refused, and Conflict when the idea is not at study any more.
    """
    idea = _held_at_study(idea, actor)
    if rules.is_author(expert, idea):
        raise Refused("Cette personne a signé l’idée : demandez l’avis de quelqu’un d’autre.")
    if not expert.is_active or expert.level("ideas") < Level.CONSULT:
        raise Refused("Cette personne n’a pas accès aux idées : elle ne pourrait pas donner son avis.")
    _check_day(due_on)
    words = {"due_on": due_on, "message": clean_text(message)}
    standing = IdeaExpert.objects.select_for_update(of=("self",)).filter(idea=idea, user=expert).first()
    if standing is not None and standing.declined_on is None:
        changed = {name: value for name, value in words.items() if value}
        _update(standing, **changed)
        if standing.given_on is not None:
            _record_asked(idea, expert, actor)
            tell("idea.expert_asked_again", KIND, idea.pk, actor=actor, expert=expert.pk)
        return standing
    anew = words | {"asked_on": clock.today(), "asked_by": actor, "declined_on": None, "decline_reason": ""}
    row, _created = IdeaExpert.objects.update_or_create(idea=idea, user=expert, defaults=anew)
    _record_asked(idea, expert, actor)
    tell("idea.expert_asked", KIND, idea.pk, actor=actor, expert=expert.pk)
    return row


def _record_asked(idea: Idea, expert: User, actor: User) -> None:
    record("idea.ask_expert", KIND, idea.pk, actor=actor_key(actor), expert=str(actor_key(expert)))


@transaction.atomic
def ask_experts(
    idea: Idea, asked: Sequence[tuple[User, date | None]], *, actor: User, message: str = ""
) -> list[IdeaExpert]:
    """Ask several people at once, each for their day: all of them or nobody."""
    return [ask_expert(idea, who, actor=actor, due_on=due_on, message=message) for who, due_on in asked]


@transaction.atomic
def study_with(
    idea: Idea,
    expert: User | None,
    *,
    actor: User,
    note: str = "",
    due_on: date | None = None,
    message: str = "",
    version: int | None = None,
) -> IdeaMove:
    """Take the idea to study, and ask an expert for an opinion in the same act when one is named."""
    step = study(idea, actor=actor, note=note, version=version)
    if expert is not None:
        ask_expert(idea, expert, actor=actor, due_on=due_on, message=message)
    return step


@transaction.atomic
def give_opinion(expertise: IdeaExpert, opinion: str, *, actor: User) -> None:
    """Write the opinion asked for, or write it again; only its author does, while the idea is at study."""
    opinion = clean_text(opinion)
    expertise = _own(expertise, actor)
    if len(opinion) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez votre avis en une phrase au moins.")
    if expertise.declined_on is not None:
        raise Conflict("Vous avez décliné cette demande : votre avis n’est plus attendu.")
    _update(expertise, opinion=opinion, given_on=clock.today())
    record("idea.give_opinion", KIND, expertise.idea_id, actor=actor_key(actor))
    tell("idea.opinion_given", KIND, expertise.idea_id, actor=actor)


@transaction.atomic
def decline_opinion(expertise: IdeaExpert, reason: str, *, actor: User) -> None:
    """Say that one cannot give the opinion, and why: the desk reads it and may ask somebody else."""
    reason = clean_text(reason)
    expertise = _own(expertise, actor)
    if len(reason) < NOTE_MIN_LENGTH:
        raise Refused(
            "Dites en une phrase pourquoi vous ne pouvez pas répondre : le bureau cherchera ailleurs."
        )
    if not expertise.is_awaited:
        raise Conflict("Cette demande a déjà sa réponse.")
    _update(expertise, declined_on=clock.today(), decline_reason=reason)
    record("idea.decline_opinion", KIND, expertise.idea_id, actor=actor_key(actor))
    tell("idea.expert_declined", KIND, expertise.idea_id, actor=actor, expertise=expertise.pk)


@transaction.atomic
def change_due_day(expertise: IdeaExpert, due_on: date, *, actor: User) -> None:
    """Give the expert another day; they are told, and reminded of the new one."""
    expertise = _held_for_desk(expertise, actor)
    _check_day(due_on)
    if not expertise.is_awaited:
        raise Conflict("Cet avis n’est plus attendu : il est donné ou décliné.")
    if due_on == expertise.due_on:
        return
    _update(expertise, due_on=due_on)
    record("idea.change_opinion_day", KIND, expertise.idea_id, actor=actor_key(actor))
    tell("idea.opinion_day", KIND, expertise.idea_id, actor=actor, expertise=expertise.pk)


@transaction.atomic
def reassign_expert(expertise: IdeaExpert, expert: User, *, actor: User, due_on: date | None) -> IdeaExpert:
    """Ask somebody else instead: the same message, never the notes exchanged with the first one."""
    expertise = _held_for_desk(expertise, actor)
    if expert.pk == expertise.user_id:
        raise Refused("C’est déjà à cette personne que l’avis est demandé.")
    if expertise.given_on is not None:
        raise Conflict("Cette personne vient de donner son avis : demandez-en plutôt un de plus.")
    asked = ask_expert(expertise.idea, expert, actor=actor, due_on=due_on, message=expertise.message)
    _dismiss(expertise, actor)
    return asked


@transaction.atomic
def remove_expert(expertise: IdeaExpert, *, actor: User) -> None:
    """Take a request back, with the notes that went with it. An opinion already given stays."""
    expertise = _held_for_desk(expertise, actor)
    if expertise.given_on is not None:
        raise Conflict("L’avis vient d’être donné : il reste au dossier.")
    _dismiss(expertise, actor)


def _dismiss(expertise: IdeaExpert, actor: User) -> None:
    record(
        "idea.remove_expert",
        KIND,
        expertise.idea_id,
        actor=actor_key(actor),
        expert=str(actor_key(expertise.user)),
    )
    if expertise.declined_on is None:
        tell("idea.expert_removed", KIND, expertise.idea_id, actor=actor, expert=expertise.user_id)
    expertise.delete()


@transaction.atomic
def write_expert_note(expertise: IdeaExpert, body: str, *, actor: User) -> ExpertNote:
    """A private word from the expert to the desk or back. Nobody else ever reads it, authors least of all."""
    body = clean_text(body)
    idea = locked(expertise.idea)
    expertise = IdeaExpert.objects.select_for_update(of=("self",)).get(pk=expertise.pk)
    if not rules.can_read_notes(actor, idea, expertise):
        raise Refused("Ces notes sont réservées à l’expert et au bureau.")
    if not body:
        raise Refused("Écrivez votre note.")
    if expertise.declined_on is not None or idea.state != State.UNDER_STUDY:
        raise Conflict("Cet échange est clos : l’avis n’est plus attendu.")
    note = ExpertNote.objects.create(expertise=expertise, author=actor, body=body, written_on=clock.today())
    tell("idea.expert_note", KIND, idea.pk, actor=actor, note=note.pk, expertise=expertise.pk)
    return note


# --- reminders (jobs) -----------------------------------------------------------------------------------------------


def remind_experts() -> int:
    """Tell experts three days before the day of their opinion, and the day after it; how many were told.

    Each is told once of each date, however often and however late this runs: the row remembers the date told.
    """
    today = clock.today()
    awaited = IdeaExpert.objects.filter(
        given_on__isnull=True, declined_on__isnull=True, idea__state=State.UNDER_STUDY, user__is_active=True
    )
    # Asked less than three days before: the request itself was the reminder.
    soon = awaited.filter(due_on__range=(today, today + SOON), asked_on__lt=F("due_on") - SOON).exclude(
        reminded_before=F("due_on")
    )
    late = awaited.filter(due_on__range=(today - LATE_REMEMBERED, today - timedelta(days=1))).exclude(
        reminded_after=F("due_on")
    )
    told = 0
    for event, column, rows in (
        ("idea.opinion_soon", "reminded_before", soon),
        ("idea.opinion_late", "reminded_after", late),
    ):
        told += sum(
            _remind(pk, event, column) for pk in list(rows.order_by("pk").values_list("pk", flat=True))
        )
    return told


@transaction.atomic
def _remind(pk: int, event: str, column: str) -> bool:
    not_yet = Q(**{f"{column}__isnull": True}) | ~Q(**{column: F("due_on")})
    as_found = IdeaExpert.objects.filter(not_yet, pk=pk, given_on__isnull=True, declined_on__isnull=True)
    if not as_found.update(**{column: F("due_on")}):
        return False
    row = IdeaExpert.objects.get(pk=pk)
    tell(event, KIND, row.idea_id, actor=None, expert=row.user_id)
    return True


# --- locks ----------------------------------------------------------------------------------------------------------


def _held_at_study(idea: Idea, actor: User) -> Idea:
    idea = locked(idea)
    if not rules.works_desk(actor, idea):
        raise Refused("Seul un référent de cet organisme demande un avis sur cette idée.")
    if idea.state != State.UNDER_STUDY:
        raise Conflict("Cette idée n’est plus à l’étude : aucun avis n’est plus attendu.")
    return idea


def _held_for_desk(expertise: IdeaExpert, actor: User) -> IdeaExpert:
    """The request as it stands, held, for a référent who may act on it. Raises Conflict when it is gone."""
    idea = _held_at_study(expertise.idea, actor)
    found = IdeaExpert.objects.select_for_update(of=("self",)).select_related("user").filter(pk=expertise.pk)
    row = found.first()
    if row is None:
        raise Conflict("Cette demande vient d’être retirée par quelqu’un d’autre.")
    row.idea = idea
    return row


def _own(expertise: IdeaExpert, actor: User) -> IdeaExpert:
    """The request as it stands, held, for the expert alone, while the idea is at study."""
    if expertise.user_id != actor.pk:
        raise Refused("Cet avis a été demandé à une autre personne.")
    if locked(expertise.idea).state != State.UNDER_STUDY:
        raise Conflict("L’avis ne peut plus être changé : l’idée n’est plus à l’étude.")
    row = IdeaExpert.objects.select_for_update(of=("self",)).filter(pk=expertise.pk).first()
    if row is None:
        raise Conflict("Cette demande vient d’être retirée : votre avis n’est plus attendu.")
    return row


def _check_day(due_on: date | None) -> None:
    if due_on is not None and not clock.today() < due_on <= clock.today() + LONGEST_POSTPONEMENT:
        raise Refused("Choisissez une date à venir pour l’avis, d’ici un an.")


def _update(row: IdeaExpert, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        row.save(update_fields=list(changes))
