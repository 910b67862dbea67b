"""The moves of the transition table, and what each brings with it.

Locks are taken in one order everywhere: the ballot (a vote holds it while it counts itself), then the idea, then
the rows that hang from it.
"""

from datetime import date, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock, workflow
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text, close_ballot, open_ballot
from ozeli.journal.services import record
from ozeli.network.models import Organisation
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import State
from ..models import KIND, Idea, IdeaExpert, IdeaMove
from ..workflow import TRANSITIONS

NOTE_MIN_LENGTH = 10
LONGEST_POSTPONEMENT = timedelta(days=366)


def kept_day(organisation: Organisation | None, day: date) -> date:
    """The day that stays of what happens to an idea. Without body it is anonymous: its month only, as its first day."""
    return day if organisation else day.replace(day=1)


def answer_due_on(organisation: Organisation | None, start: date) -> date:
    """The day by which an answer is promised: the body's own delay, else the network's.

    To an anonymous idea, the end of a month that follows from the month of `start` alone: neither the date nor the
    day when it turns late gives back a day.
    """
    if organisation is None:
        month = start.month + ceil(settings.ANSWER_DELAY_DAYS / 31)
        return date(start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return start + timedelta(days=organisation.answer_delay_days or settings.ANSWER_DELAY_DAYS)


def locked(idea: Idea) -> Idea:
    """The idea as it stands now, held until the end of the transaction."""
    return Idea.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=idea.pk)


@transaction.atomic
def move(
    idea: Idea, name: str, *, actor: User | None, note: str = "", version: int | None = None, **changes: Any
) -> IdeaMove:
    """Make one move of the table: state, history, journal, index and the people told, in one transaction.

    Raises Refused (not allowed, reason missing) and Conflict (somebody moved it first, or changed what the person
    was reading at `version`). The system (`actor` None) makes the moves that belong to no person.
    """
    transition, source = TRANSITIONS[name], idea.state
    note = clean_text(note)
    if transition.reason_required and len(note) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez la raison en une phrase : elle est lue par la personne et par tout le réseau.")
    workflow.apply(transition, idea, actor=actor, version=version, **changes)
    step = IdeaMove.objects.create(
        idea=idea,
        transition=name,
        source=source,
        target=idea.state,
        round=idea.round,
        actor=actor,
        made_on=kept_day(idea.organisation, clock.today()),
        note=note,
    )
    key = actor_key(actor) if actor else None
    record(f"idea.{name}", KIND, idea.pk, actor=key, source=source, target=idea.state)
    schedule_index(KIND, [idea.pk])
    tell(f"idea.{name}", KIND, idea.pk, actor=actor, step=step.pk)
    return step


def open_debate(idea: Idea, *, actor: User, note: str = "", version: int | None = None) -> IdeaMove:
    return move(idea, "open_debate", actor=actor, note=note, version=version)


def ask_completion(idea: Idea, *, actor: User, note: str, version: int | None = None) -> IdeaMove:
    """Send the idea back to its author with a question. Nobody owes an answer until the author has completed it."""
    return move(
        idea,
        "ask_completion",
        actor=actor,
        note=note,
        version=version,
        waiting_since=None,
        answer_due_on=None,
    )


def complete(idea: Idea, *, actor: User | None, note: str = "") -> IdeaMove:
    """The author has answered: the idea waits again, and a new answer date is promised."""
    today = clock.today()
    return move(
        idea,
        "complete",
        actor=actor,
        note=note,
        waiting_since=kept_day(idea.organisation, today),
        answer_due_on=answer_due_on(idea.organisation, today),
    )


@transaction.atomic
def study(
    idea: Idea,
    *,
    actor: User,
    note: str = "",
    expert: User | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> IdeaMove:
    """Take the idea to study: votes close, an expert may be asked for an opinion."""
    close_ballot(idea.ballot_id)
    step = move(idea, "study", actor=actor, note=note, version=version)
    if expert is not None:
        ask_expert(idea, expert, actor=actor, due_on=due_on)
    return step


@transaction.atomic
def ask_expert(idea: Idea, expert: User, *, actor: User, due_on: date | None = None) -> IdeaExpert:
    """Ask a person for an opinion on an idea at study; asking again changes nothing but the date."""
    idea = locked(idea)
    if not rules.works_desk(actor, idea):
        raise Refused("Seul un référent de cet organisme demande un avis sur cette idée.")
    if idea.state != State.UNDER_STUDY:
        raise Conflict("Cette idée n’est plus à l’étude : aucun avis n’est plus attendu.")
    if rules.is_author(expert, idea):
        raise Refused("Cette personne a signé l’idée : demandez l’avis de quelqu’un d’autre.")
    if not expert.is_active or expert.level("ideas") < Level.CONSULT:
        raise Refused("Cette personne n’a pas accès aux idées : elle ne pourrait pas donner son avis.")
    if due_on is not None and due_on <= clock.today():
        raise Refused("Choisissez une date à venir pour l’avis.")
    row, created = IdeaExpert.objects.update_or_create(
        idea=idea,
        user=expert,
        defaults={"due_on": due_on},
        create_defaults={"due_on": due_on, "asked_on": clock.today()},
    )
    if created:
        record("idea.ask_expert", KIND, idea.pk, actor=actor_key(actor), expert=str(actor_key(expert)))
        tell("idea.expert_asked", KIND, idea.pk, actor=actor, expert=expert.pk)
    return row


@transaction.atomic
def give_opinion(expertise: IdeaExpert, opinion: str, *, actor: User) -> None:
    """Write the opinion asked for, or write it again; only its author does, while the idea is at study."""
    opinion = clean_text(opinion)
    if expertise.user_id != actor.pk:
        raise Refused("Cet avis a été demandé à une autre personne.")
    if locked(expertise.idea).state != State.UNDER_STUDY:
        raise Conflict("L’avis ne peut plus être changé : l’idée n’est plus à l’étude.")
    if len(opinion) < NOTE_MIN_LENGTH:
        raise Refused("Écrivez votre avis en une phrase au moins.")
    expertise.opinion, expertise.given_on = opinion, clock.today()
    expertise.save(update_fields=["opinion", "given_on"])
    record("idea.give_opinion", KIND, expertise.idea_id, actor=actor_key(actor))
    tell("idea.opinion_given", KIND, expertise.idea_id, actor=actor)


def postpone(idea: Idea, *, actor: User, until: date, note: str, version: int | None = None) -> IdeaMove:
    """Keep the idea at study: a new promised date, later than today and within a year, with its reason."""
    today = clock.today()
    if until <= today:
        raise Refused("Choisissez une date à venir : c’est la nouvelle promesse faite à l’auteur.")
    if until > today + LONGEST_POSTPONEMENT:
        raise Refused("Choisissez une date d’ici un an : au-delà, ce n’est plus une promesse.")
    return move(idea, "postpone", actor=actor, note=note, version=version, answer_due_on=until)


@transaction.atomic
def withdraw(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    """The author takes the idea back: nobody waits for an answer any more."""
    close_ballot(idea.ballot_id)
    return move(idea, "withdraw", actor=actor, note=note, waiting_since=None, answer_due_on=None)


@transaction.atomic
def revive(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    """A new round: new ballot, new clock; the answers of the rounds before stay shown."""
    today, next_round = clock.today(), locked(idea).round + 1
    if next_round != idea.round + 1:
        raise Conflict("Cette idée vient d’être relancée par quelqu’un d’autre.")
    return move(
        idea,
        "revive",
        actor=actor,
        note=note,
        round=next_round,
        ballot=open_ballot(KIND, idea.pk, next_round),
        vote_count=0,
        waiting_since=kept_day(idea.organisation, today),
        answer_due_on=answer_due_on(idea.organisation, today),
    )
