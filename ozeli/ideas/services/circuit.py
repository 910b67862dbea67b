"""The moves of the transition table, and what each brings with it.

Locks are taken in one order everywhere: the ballot (a vote holds it while it counts itself), then the idea, then
the rows that hang from it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.challenges.selectors import published
from ozeli.core import clock, workflow
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text, close_ballot, open_ballot
from ozeli.journal.services import record
from ozeli.network.models import Organisation
from ozeli.network.selectors import answer_delay
from ozeli.search.services import schedule_index

from ..enums import OPEN_STATES, CompletionEnd, PromiseOrigin, State
from ..models import KIND, CompletionRequest, Idea, IdeaMove, LookState, SecondLook
from ..workflow import TRANSITIONS

NOTE_MIN_LENGTH = 10
LONGEST_POSTPONEMENT = timedelta(days=366)
_COMPLETION_ENDS = {"complete": CompletionEnd.ANSWERED, "resume": CompletionEnd.RESUMED}
# Moves whose reason belongs in the journal: the desk goes on without the person it had asked, unites or parts.
_REASON_KEPT = {"resume", "merge", *(f"unmerge_to_{state}" for state in OPEN_STATES)}


def kept_day(organisation: Organisation | None, day: date) -> date:
    """The day that stays of what happens to an idea. Without body it is anonymous: its month only, as its first day."""
    return day if organisation else day.replace(day=1)


def answer_due_on(organisation: Organisation | None, start: date, delay: int | None = None) -> date:
    """The day by which an answer is promised: `delay` (that of its challenge), else the body's own, else the network's.

    To an anonymous idea, the end of a month that follows from the month of `start` alone: neither the date nor the
    day when it turns late gives back a day. Nor does a delay that somebody changes: it keeps the network's first one.
    """
    if organisation is None:
        month = start.month + ceil(settings.ANSWER_DELAY_DAYS / 31)
        return date(start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return start + timedelta(days=answer_delay(organisation) if delay is None else delay)


def promised_delay(idea: Idea) -> int | None:
    """The days in which the challenge of an idea promises an answer, when it promises its own."""
    known = published().get(idea.challenge_id) if idea.challenge_id else None
    return known.answer_delay_days if known else None


def promise(organisation: Organisation | None, start: date, delay: int | None = None) -> dict[str, Any]:
    """The columns of a promise made on `start`: its day, and whose delay it keeps. No later change changes either."""
    if organisation is None or (delay is None and organisation.answer_delay_days is None):
        origin = PromiseOrigin.NETWORK
    else:
        origin = PromiseOrigin.BODY if delay is None else PromiseOrigin.CHALLENGE
    due = answer_due_on(organisation, start, delay)
    return {"answer_due_on": due, "first_due_on": None, "promise_origin": origin}


NO_PROMISE: Mapping[str, Any] = {
    "waiting_since": None,
    "answer_due_on": None,
    "first_due_on": None,
    "promise_origin": "",
}


def locked(idea: Idea) -> Idea:
    """The idea as it stands now, held until the end of the transaction."""
    return Idea.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=idea.pk)


@transaction.atomic
def move(
    idea: Idea,
    name: str,
    *,
    actor: User | None,
    note: str = "",
    version: int | None = None,
    is_told: bool = True,
    **changes: Any,
) -> IdeaMove:
    """Make one move of the table: state, history, journal, index and the people told, in one transaction.

    `is_told` is false for a move that another follows at once.
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
    if source == State.TO_COMPLETE:
        _end_completion(idea, name)
    key = actor_key(actor) if actor else None
    kept = {"reason": note} if name in _REASON_KEPT else {}
    record(f"idea.{name}", KIND, idea.pk, actor=key, source=source, target=idea.state, **kept)
    schedule_index(KIND, [idea.pk])
    if is_told:
        tell(f"idea.{name}", KIND, idea.pk, actor=actor, step=step.pk)
    return step


def _end_completion(idea: Idea, transition: str) -> None:
    """Nobody waits for the author any more, whatever the move that ended it."""
    CompletionRequest.objects.filter(idea=idea, ended_on__isnull=True).update(
        ended_on=kept_day(idea.organisation, clock.today()),
        outcome=_COMPLETION_ENDS.get(transition, CompletionEnd.LEFT),
    )


def open_debate(idea: Idea, *, actor: User, note: str = "", version: int | None = None) -> IdeaMove:
    return move(idea, "open_debate", actor=actor, note=note, version=version)


@transaction.atomic
def ask_completion(
    idea: Idea,
    *,
    actor: User,
    note: str,
    questions: Mapping[str, str] | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> IdeaMove:
    """Send the idea back to its author with questions. Nobody owes an answer until the author has completed it.

    `note` is what everybody reads; `questions` maps the fields asked about (or `general`) to what the author reads
    beside them, the note alone when there is none. `due_on` is a wish: nothing happens by itself on that day.
    """
    if due_on is not None and not clock.today() < due_on <= clock.today() + LONGEST_POSTPONEMENT:
        raise Refused("Choisissez une date à venir, d’ici un an, pour le complément.")
    step = move(
        idea,
        "ask_completion",
        actor=actor,
        note=note,
        version=version,
        **NO_PROMISE,
    )
    CompletionRequest.objects.create(
        idea=idea,
        round=idea.round,
        questions=dict(questions) if questions else {"general": step.note},
        asked_by=actor,
        asked_on=step.made_on,
        due_on=due_on,
    )
    return step


def complete(idea: Idea, *, actor: User | None, note: str = "") -> IdeaMove:
    """The author has answered: the idea waits again, and a new answer date is promised."""
    return _take_again(idea, "complete", actor=actor, note=note)


def resume(idea: Idea, *, actor: User, note: str, version: int | None = None) -> IdeaMove:
    """The desk goes on without the complement it had asked for: the clock starts again, the reason is read by all."""
    return _take_again(idea, "resume", actor=actor, note=note, version=version)


def _take_again(
    idea: Idea, name: str, *, actor: User | None, note: str, version: int | None = None
) -> IdeaMove:
    today = clock.today()
    return move(
        idea,
        name,
        actor=actor,
        note=note,
        version=version,
        waiting_since=kept_day(idea.organisation, today),
        **promise(idea.organisation, today, promised_delay(idea)),
    )


@transaction.atomic
def study(idea: Idea, *, actor: User | None, note: str = "", version: int | None = None) -> IdeaMove:
    """Take the idea to study: votes close. `experts.study_with` also asks somebody for an opinion."""
    close_ballot(idea.ballot_id)
    return move(idea, "study", actor=actor, note=note, version=version)


def postpone(idea: Idea, *, actor: User, until: date, note: str, version: int | None = None) -> IdeaMove:
    """Keep the idea at study: a new promised date, later than today and within a year, with its reason.

    Reminders begin again from it; whether the answer came in time is still told by the first day promised.
    """
    today = clock.today()
    if until <= today:
        raise Refused("Choisissez une date à venir : c’est la nouvelle promesse faite à l’auteur.")
    if until > today + LONGEST_POSTPONEMENT:
        raise Refused("Choisissez une date d’ici un an : au-delà, ce n’est plus une promesse.")
    first = Coalesce("first_due_on", "answer_due_on")
    return move(
        idea, "postpone", actor=actor, note=note, version=version, first_due_on=first, answer_due_on=until
    )


@transaction.atomic
def withdraw(idea: Idea, *, actor: User | None, note: str = "") -> IdeaMove:
    """The author takes the idea back: nobody waits for an answer any more."""
    close_ballot(idea.ballot_id)
    return move(idea, "withdraw", actor=actor, note=note, **NO_PROMISE)


@transaction.atomic
def revive(idea: Idea, *, actor: User, note: str = "") -> IdeaMove:
    """A new round: new ballot, new clock; the answers of the rounds before stay shown."""
    today, next_round = clock.today(), locked(idea).round + 1
    if next_round != idea.round + 1:
        raise Conflict("Cette idée vient d’être relancée par quelqu’un d’autre.")
    SecondLook.objects.filter(idea=idea, state=LookState.PENDING).update(
        state=LookState.LAPSED, decided_on=kept_day(idea.organisation, today)
    )
    return move(
        idea,
        "revive",
        actor=actor,
        note=note,
        round=next_round,
        ballot=open_ballot(KIND, idea.pk, next_round),
        vote_count=0,
        waiting_since=kept_day(idea.organisation, today),
        **promise(idea.organisation, today, promised_delay(idea)),
    )
