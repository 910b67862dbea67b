"""The right to an answer kept by jobs: the desk reminded before the promised day, then late ideas that go up.

A row of `AnswerStep` is written for each level of each promise, with the event in the same transaction: two workers,
or one killed in the middle, tell nobody twice and forget nobody.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from time import monotonic
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.network.selectors import AnswerSteps, answer_steps

from ..enums import AnswerLevel, State
from ..models import KIND, AnswerLead, AnswerStep, Idea, IdeaAuthor

# States in which the next step is the desk's: the clock runs.
RUNNING = (State.DEPOSITED, State.IN_DEBATE, State.UNDER_STUDY)
REMINDERS = (AnswerLevel.FIRST, AnswerLevel.LAST, AnswerLevel.DAY)
EVENTS = {
    AnswerLevel.FIRST: "idea.answer_soon",
    AnswerLevel.LAST: "idea.answer_soon",
    AnswerLevel.DAY: "idea.answer_day",
    AnswerLevel.LEAD: "idea.answer_late",
    AnswerLevel.NETWORK: "idea.answer_late_network",
}
SECONDS = 8.0
BATCH = 200
_STEP = """
insert into ideas_answerstep (idea_id, round, due_on, level, made_on, lead_id) values (%s, %s, %s, %s, %s, %s)
on conflict (idea_id, round, due_on, level) do nothing
"""


def after_days(level: AnswerLevel, steps: AnswerSteps) -> int:
    """How many days after the promised one a level is told; less than zero before it."""
    return {
        AnswerLevel.FIRST: -steps.remind_first,
        AnswerLevel.LAST: -steps.remind_last,
        AnswerLevel.DAY: 0,
        AnswerLevel.LEAD: steps.lead_after,
        AnswerLevel.NETWORK: steps.network_after,
    }[level]


def keep_promises(seconds: float = SECONDS) -> bool:
    """Tell every level that is due today, the latest reminders first; whether nothing is left to tell.

    A reminder that was missed is not told after the next one: only the last counts. Stops after `seconds`.
    """
    end, steps = monotonic() + seconds, answer_steps()
    for level in (*reversed(REMINDERS), AnswerLevel.LEAD, AnswerLevel.NETWORK):
        for pk in _awaited(level, steps):
            if monotonic() > end:
                return False
            _tell_level(pk, level, steps)
    return True


def running() -> QuerySet[Idea]:
    """The ideas whose clock runs: somebody owes an answer by a day, and nobody's complement is awaited."""
    return Idea.objects.filter(
        state__in=RUNNING, is_hidden=False, waiting_since__isnull=False, answer_due_on__isnull=False
    )


def _awaited(level: AnswerLevel, steps: AnswerSteps) -> Iterator[UUID]:
    """The ideas that reached this level and were not told of it, by batches of keys."""
    same = AnswerStep.objects.filter(
        idea=OuterRef("pk"), round=OuterRef("round"), due_on=OuterRef("answer_due_on"), level=level
    )
    latest = clock.today() - timedelta(days=after_days(level, steps))
    reached = running().filter(~Exists(same), answer_due_on__lte=latest).order_by("pk")
    last: UUID | None = None
    while some := list(
        (reached.filter(pk__gt=last) if last else reached).values_list("pk", flat=True)[:BATCH]
    ):
        yield from some
        last = some[-1]


@transaction.atomic
def _tell_level(pk: UUID, level: AnswerLevel, steps: AnswerSteps) -> bool:
    """Write the step and tell it, if the idea still waits so; reminders before it are written too, untold."""
    idea = running().select_for_update(of=("self",)).filter(pk=pk).first()
    today = clock.today()
    if idea is None or idea.answer_due_on is None:
        return False
    due, days = idea.answer_due_on, after_days(level, steps)
    if due + timedelta(days=days) > today:
        return False
    lead = lead_of(idea) if level == AnswerLevel.LEAD else None
    if not _write(idea, level, due, today, lead):
        return False
    if level in REMINDERS:
        for passed in REMINDERS[: REMINDERS.index(level)]:
            _write(idea, passed, due, today, None)
    if _is_worth_telling(idea, level, due, days):
        event = EVENTS[level]
        if level == AnswerLevel.LEAD and lead is None:
            event = EVENTS[AnswerLevel.NETWORK]
        tell(event, KIND, idea.pk, actor=None, due=due.isoformat(), lead=lead.pk if lead else None)
    return True


def _is_worth_telling(idea: Idea, level: AnswerLevel, due: date, days: int) -> bool:
    """Not a reminder before the promise was made; not twice the network, when nobody answers for the body."""
    if days < 0:
        return idea.waiting_since is not None and idea.waiting_since < due + timedelta(days=days)
    if level == AnswerLevel.NETWORK:
        alone = AnswerStep.objects.filter(
            idea=idea, round=idea.round, due_on=due, level=AnswerLevel.LEAD, lead=None
        )
        return not alone.exists()
    return True


def _write(idea: Idea, level: AnswerLevel, due: date, today: date, lead: User | None) -> bool:
    """Whether this call wrote the row: it is unique."""
    with connection.cursor() as cursor:
        cursor.execute(_STEP, [idea.pk, idea.round, due, level, today, lead.pk if lead else None])
        return bool(cursor.rowcount)


def lead_of(idea: Idea) -> User | None:
    """Who answers for the answers of the idea's body now; None when it goes to the network, or when they signed it."""
    if idea.organisation_id is None:
        return None
    row = AnswerLead.objects.filter(organisation=idea.organisation_id).select_related("user").first()
    if row is None or not may_lead(row.user_id, idea.organisation_id):
        return None
    return None if IdeaAuthor.objects.filter(idea=idea, user=row.user_id).exists() else row.user


def may_lead(user_id: int, organisation_id: int) -> bool:
    """Whether this person, whose account is open, works the desk of the body."""
    return any(pk == user_id for pk, _body, _level in desk_people(organisation_id))


def network_people() -> list[int]:
    """Those to whom a late idea goes up at the end: who administer ideas for the whole network, else its desk."""
    people = desk_people(None)
    admins = [pk for pk, _body, level in people if level >= Level.ADMIN]
    return list(dict.fromkeys(admins or [pk for pk, _body, _level in people]))
