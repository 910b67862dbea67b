"""The moves of the transition table, and what each brings with it."""

from datetime import date
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock, workflow
from ozeli.core.errors import Refused
from ozeli.engagement.services import close_ballot, open_ballot
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from ..enums import State
from ..models import KIND, Idea, IdeaExpert, IdeaMove
from ..workflow import TRANSITIONS

NOTE_MIN_LENGTH = 10


@transaction.atomic
def move(idea: Idea, name: str, *, actor: User | None, note: str = "", **changes: Any) -> IdeaMove:
    """Make one move of the table: state, history, journal, index and the people told, in one transaction.

    Raises Refused (not allowed, reason missing) and Conflict (somebody moved it first). The system (`actor` None)
    makes the moves that belong to no person.
    """
    transition, source = TRANSITIONS[name], idea.state
    note = note.strip()
    if transition.reason_required and len(note) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez la raison en une phrase : elle est lue par la personne et par tout le réseau.")
    workflow.apply(transition, idea, actor=actor, **changes)
    step = IdeaMove.objects.create(
        idea=idea,
        transition=name,
        source=source,
        target=idea.state,
        round=idea.round,
        actor=actor,
        made_on=clock.today(),
        note=note,
    )
    record(
        f"idea.{name}", KIND, idea.pk, actor=actor_key(actor) if actor else None, source=source, target=idea.state
    )
    schedule_index(KIND, [idea.pk])
    tell(f"idea.{name}", KIND, idea.pk, actor=actor, step=step.pk)
    return step


def open_debate(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    return move(idea, "open_debate", actor=actor, note=note)


def ask_completion(idea: Idea, *, actor: User, note: str) -> IdeaMove:
    """Send the idea back to its author with a question."""
    return move(idea, "ask_completion", actor=actor, note=note)


@transaction.atomic
def study(idea: Idea, *, actor: User, note: str = "", expert: User | None = None, due_on: date | None = None) -> IdeaMove:
    """Take the idea to study: votes close, an expert may be asked for an opinion."""
    step = move(idea, "study", actor=actor, note=note)
    close_ballot(idea.ballot_id)
    if expert is not None:
        ask_expert(idea, expert, actor=actor, due_on=due_on)
    return step


@transaction.atomic
def ask_expert(idea: Idea, expert: User, *, actor: User, due_on: date | None = None) -> IdeaExpert:
    """Ask a person for an opinion; asking again changes nothing but the date."""
    row, _created = IdeaExpert.objects.update_or_create(
        idea=idea, user=expert, defaults={"due_on": due_on}, create_defaults={"due_on": due_on, "asked_on": clock.today()}
    )
    record("idea.ask_expert", KIND, idea.pk, actor=actor_key(actor), expert=str(actor_key(expert)))
    tell("idea.expert_asked", KIND, idea.pk, actor=actor, expert=expert.pk)
    return row


@transaction.atomic
def give_opinion(expertise: IdeaExpert, opinion: str, *, actor: User) -> None:
    """Write the opinion asked for; only its author writes it, while the idea is at study."""
    if expertise.user_id != actor.pk or expertise.idea.state != State.UNDER_STUDY:
        raise Refused("L’avis ne peut plus être changé : l’idée n’est plus à l’étude.")
    if len(opinion.strip()) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez votre avis en une phrase au moins.")
    expertise.opinion, expertise.given_on = opinion.strip(), clock.today()
    expertise.save(update_fields=["opinion", "given_on"])
    tell("idea.opinion_given", KIND, expertise.idea_id, actor=actor)


def postpone(idea: Idea, *, actor: User, until: date, note: str) -> IdeaMove:
    """Keep the idea at study: a new promised date, later than today, with its reason."""
    if until <= clock.today():
        raise Refused("Choisissez une date à venir : c’est la nouvelle promesse faite à l’auteur.")
    return move(idea, "postpone", actor=actor, note=note, answer_due_on=until)


@transaction.atomic
def withdraw(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    """The author takes the idea back: nobody waits for an answer any more."""
    step = move(idea, "withdraw", actor=actor, note=note, waiting_since=None, answer_due_on=None)
    close_ballot(idea.ballot_id)
    return step


@transaction.atomic
def revive(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    """A new round: new ballot, new clock; the answers of the rounds before stay shown."""
    from .deposits import answer_due_on

    today, next_round = clock.today(), idea.round + 1
    return move(
        idea,
        "revive",
        actor=actor,
        note=note,
        round=next_round,
        ballot=open_ballot(KIND, idea.pk, next_round),
        vote_count=0,
        waiting_since=today,
        answer_due_on=answer_due_on(idea.organisation, today),
    )
