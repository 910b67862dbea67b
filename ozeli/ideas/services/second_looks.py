"""The right to a second look: once for an idea, its authors ask that somebody else reads it again.

Nobody looks twice: the one who published the answer neither decides nor is asked to (the database refuses it too).
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import rules
from ..enums import ANSWER_MIN_LENGTH, State
from ..models import KIND, Decision, Idea, LookState, SecondLook
from ..models_merges import month_end
from .circuit import NOTE_MIN_LENGTH, locked, revive
from .revivals import MESSAGE_MIN_LENGTH

REMINDED_BEFORE = timedelta(days=7)
NOT_YOURS = "Une autre personne que celle qui a répondu, et qui n’a pas signé l’idée, donne le second regard."


def ask_until(decision: Decision, idea: Idea) -> date:
    """The last day to ask; of an anonymous idea, the end of a month that follows from the month of its answer."""
    published = decision.published_on or clock.today()
    return _after(published, settings.SECOND_LOOK_ASK_DAYS, idea)


def _after(day: date, days: int, idea: Idea) -> date:
    if not idea.is_anonymous:
        return day + timedelta(days=days)
    return month_end(month_end(day) + timedelta(days=days))


@transaction.atomic
def ask(idea: Idea, *, actor: User | None = None, words: str) -> SecondLook:
    """Ask that somebody else looks again. Nobody asks in person when it is the author of an anonymous idea.

    Raises Refused (not declined, not its author, too late, too short) and Conflict when it was asked already.
    """
    idea, words = locked(idea), clean_text(words)
    if actor is None and not idea.is_anonymous:
        raise Refused("Une idée signée se défend par ses auteurs.")
    if actor is not None and not rules.is_author(actor, idea):
        raise Refused("Le second regard est un droit des auteurs de l’idée.")
    decision = Decision.objects.filter(idea=idea, round=idea.round, published_on__isnull=False).first()
    if idea.state != State.NOT_RETAINED or decision is None:
        raise Refused("Le second regard se demande sur une idée non retenue.")
    until = ask_until(decision, idea)
    if clock.today() > until:
        raise Refused(f"Le second regard se demandait jusqu’au {long_date(until)}. La relance reste ouverte.")
    if len(words) < MESSAGE_MIN_LENGTH:
        raise Refused(f"Dites ce qui mérite d’être relu, en {MESSAGE_MIN_LENGTH} caractères au moins.")
    today = clock.today()
    try:
        with transaction.atomic():
            look = SecondLook.objects.create(
                idea=idea,
                decision=decision,
                first_decider=decision.published_by,
                asked_by=actor,
                words=words,
                asked_on=today.replace(day=1) if idea.is_anonymous else today,
                due_on=_after(today, settings.SECOND_LOOK_DAYS, idea),
            )
    except IntegrityError as error:
        raise Conflict("Le second regard n’est donné qu’une fois, et il a déjà été demandé.") from error
    record("idea.ask_second_look", KIND, idea.pk, actor=actor_key(actor) if actor else None)
    tell("idea.second_look_asked", KIND, idea.pk, actor=actor)
    return look


def may_decide(user: User, look: SecondLook) -> bool:
    """Works the desk, did not sign the idea, and is not the one who answered it first."""
    return rules.decides(user, look.idea) and look.first_decider_id != user.pk


@transaction.atomic
def decide(look: SecondLook, *, actor: User, is_reopened: bool, answer: str) -> None:
    """Maintain the answer with written reasons, or reopen the idea, which starts a new round.

    Raises Refused, and Conflict when somebody decided first or the idea has moved meanwhile.
    """
    idea, answer = locked(look.idea), clean_text(answer)
    look = SecondLook.objects.select_for_update(of=("self",)).get(pk=look.pk)
    look.idea = idea
    if not may_decide(actor, look):
        raise Refused(NOT_YOURS)
    if not look.is_pending or idea.state != State.NOT_RETAINED:
        raise Conflict("Ce second regard vient d’être donné, ou l’idée a été relancée.")
    length, asked = len(" ".join(answer.split())), NOTE_MIN_LENGTH if is_reopened else ANSWER_MIN_LENGTH
    if length < asked:
        raise Refused(
            f"L’auteur lira votre réponse : écrivez-la en {asked} caractères au moins ;"
            f" la vôtre en compte {length}."
        )
    today = clock.today()
    SecondLook.objects.filter(pk=look.pk).update(
        state=LookState.REOPENED if is_reopened else LookState.MAINTAINED,
        answer=answer,
        decided_by=actor,
        decided_on=today.replace(day=1) if idea.is_anonymous else today,
    )
    if is_reopened:
        record("idea.reopen", KIND, idea.pk, actor=actor_key(actor))
        revive(idea, actor=actor, note=answer)
    else:
        record("idea.maintain", KIND, idea.pk, actor=actor_key(actor))
        tell("idea.second_look_maintained", KIND, idea.pk, actor=actor)


def remind() -> int:
    """Tell the desk of the second looks due within a week, then of those that are late; once for each due date."""
    today = clock.today()
    pending = SecondLook.objects.filter(state=LookState.PENDING)
    soon = pending.filter(due_on__gte=today, due_on__lte=today + REMINDED_BEFORE)
    late = pending.filter(due_on__lt=today)
    told = 0
    for rows, column in ((soon, "reminded_before"), (late, "reminded_after")):
        unsaid = rows.filter(Q(**{f"{column}__isnull": True}) | ~Q(**{column: F("due_on")}))
        for look in unsaid.order_by("pk"):
            told += _remind(look, column)
    return told


@transaction.atomic
def _remind(look: SecondLook, column: str) -> int:
    """Once, whoever runs at the same time."""
    unsaid = SecondLook.objects.filter(pk=look.pk, state=LookState.PENDING, due_on=look.due_on)
    unsaid = unsaid.filter(Q(**{f"{column}__isnull": True}) | ~Q(**{column: F("due_on")}))
    if not unsaid.update(**{column: look.due_on}):
        return 0
    tell("idea.second_look_awaited", KIND, look.idea_id, actor=None)
    return 1
