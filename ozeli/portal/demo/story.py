"""The life of an idea as the circuit would have written it: its moves, where it stands, who answers and until when."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ozeli.ideas.enums import OPEN_STATES, VOTING_STATES, State
from ozeli.ideas.services.circuit import answer_due_on
from ozeli.ideas.workflow import TRANSITIONS

from .sheets import IdeaSheet

TRANSITION_OF = {
    "deposited": "deposit",
    "to_complete": "ask_completion",
    "completed": "complete",
    "in_debate": "open_debate",
    "under_study": "study",
    "postponed": "postpone",
    "retained": "retain",
    "not_retained": "decline",
    "revived": "revive",
    "experimenting": "experiment",
    "achieved": "achieve",
    "spread": "spread",
    "withdrawn": "withdraw",
    "merged": "merge",
}
BY_AUTHOR = {"deposit", "complete", "withdraw"}
BY_SYSTEM = {"experiment", "achieve", "spread"}
STARTS_THE_CLOCK = {"deposit", "complete", "revive"}


@dataclass(frozen=True, slots=True)
class Step:
    """A move; `actor` is a handle, empty for the system or the author of an anonymous idea."""

    transition: str
    source: str
    target: str
    round: int
    on: date
    actor: str
    note: str


@dataclass(slots=True)
class Story:
    """What the moves lead to."""

    steps: list[Step] = field(default_factory=list)
    state: str = State.DRAFT
    round: int = 1
    waiting_since: date | None = None
    answer_due_on: date | None = None
    votes_closed_on: dict[int, date] = field(default_factory=dict)

    @property
    def deposited_on(self) -> date:
        return self.steps[0].on

    def day_of(self, transition: str, round: int | None = None) -> date:
        """The last day this move was made, in that round when one is given."""
        return next(
            step.on
            for step in reversed(self.steps)
            if step.transition == transition and round in (None, step.round)
        )


def working_day(today: date, ago: int) -> date:
    """The day that many days before, or the Friday before a weekend: nobody writes on Sundays."""
    day = today - timedelta(days=ago)
    return day - timedelta(days=max(0, day.weekday() - 4))


def tell(sheet: IdeaSheet, today: date, *, decider: str, delay: int) -> Story:
    """Play the life written in the sheet. `delay` is the number of days in which an answer is promised."""
    story = Story()
    for event, ago in _events(sheet):
        name = TRANSITION_OF[event]
        on, source = _day(sheet, today, ago), story.state
        story.round += name == "revive"
        story.state = TRANSITIONS[name].target
        actor = _actor(name, sheet, decider)
        story.steps.append(Step(name, source, story.state, story.round, on, actor, _note(name, sheet)))
        if name in STARTS_THE_CLOCK:
            due_on = answer_due_on(None, on) if sheet.is_anonymous else on + timedelta(days=delay)
            story.waiting_since, story.answer_due_on = on, due_on
        elif name == "postpone":
            story.answer_due_on = today + timedelta(days=sheet.postponed["until"])
        elif story.state not in OPEN_STATES or story.state == State.TO_COMPLETE:
            story.waiting_since = story.answer_due_on = None
        if source in VOTING_STATES and story.state not in VOTING_STATES:
            story.votes_closed_on[story.round] = on
    return story


def _day(sheet: IdeaSheet, today: date, ago: int) -> date:
    """The day of an event; of an anonymous idea, its month only."""
    on = working_day(today, ago)
    return on.replace(day=1) if sheet.is_anonymous else on


def _events(sheet: IdeaSheet) -> Iterator[tuple[str, int]]:
    """The events of the life in order, the postponement in its place, second rounds under their plain names."""
    for event, ago in sheet.life.items():
        yield event.removesuffix("_2"), ago
        if event == "under_study" and sheet.postponed:
            yield "postponed", sheet.postponed["day"]


def _actor(transition: str, sheet: IdeaSheet, decider: str) -> str:
    if transition in BY_SYSTEM:
        return ""
    if transition in BY_AUTHOR:
        return sheet.by[0] if sheet.by else ""
    return decider


def _note(transition: str, sheet: IdeaSheet) -> str:
    """The reason that goes with the move: a request, the answer given, or nothing."""
    if transition in ("ask_completion", "withdraw", "merge"):
        return sheet.note
    if transition == "postpone":
        return str(sheet.postponed["note"])
    if transition in ("retain", "decline"):
        return str(sheet.decision["answer"])
    if transition == "revive":
        return next(str(one["answer"]) for one in sheet.revival if "accepted" in one)
    return ""
