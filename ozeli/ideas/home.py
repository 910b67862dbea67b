"""What ideas show on the home and on the page of a body.

The home is the network's: it shows what everyone may read. The page of a body shows what the person may read.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.french import days, short_date
from ozeli.core.registry import HomeBrickKind, Panel, home_bricks, panels
from ozeli.core.ui import BadgeLook
from ozeli.engagement.models import Vote
from ozeli.network.models import Organisation

from . import standing
from .enums import OPEN_STATES, VOTING_STATES, Verdict
from .models import Idea, IdeaQuerySet
from .selectors import figures
from .selectors.places import place_ideas

_MINI = (
    "title", "state", "is_hidden", "is_anonymous", "deposited_on", "vote_count", "organisation_id", "branch_id",
    "source", "is_undated",
)  # fmt: skip
SHOWN = 4
ANSWERS_GIVEN = 2
ANSWERS_LATE = 2
PANEL = 5


@dataclass(frozen=True, slots=True)
class Mini:
    """An idea in a short list."""

    title: str
    url: str
    where: str
    look: BadgeLook
    votes: int
    own: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer given, or awaited past its day."""

    title: str
    url: str
    said: str
    state: str
    who: str


def register() -> None:
    for kind in (
        HomeBrickKind(
            "ideas_to_look_at",
            "ideas",
            "ideas/home/_to_look_at.html",
            to_look_at,
            "Idées à regarder",
            half=True,
        ),
        HomeBrickKind("answers_given", "ideas", "ideas/home/_answers.html", answers, "Réponses", half=True),
        HomeBrickKind(
            "key_figures", "figures", "ideas/home/_figures.html", key_figures, "Où en est le réseau"
        ),
    ):
        home_bricks.register(kind)
    panels.register(Panel("ideas", "organisation", "ideas", "ideas/home/_panel.html", ideas_of, position=10))


def to_look_at(request: PersonRequest) -> dict[str, Any]:
    """The latest ideas still open to votes: one query."""
    return {
        "ideas": _minis(request, Idea.objects.open_to_all().filter(state__in=sorted(VOTING_STATES)), SHOWN)
    }


def ideas_of(request: PersonRequest, organisation: Organisation) -> dict[str, Any]:
    """The latest ideas of a body: one query."""
    ideas = Idea.objects.visible_to(request.user).filter(organisation=organisation, is_hidden=False)
    return {
        "aside": False,
        "ideas": _minis(request, ideas, PANEL, says_where=False),
        "organisation": organisation,
    }


def answers(request: PersonRequest) -> dict[str, Any]:
    """The latest answers, and those awaited the longest past their day: two queries."""
    shown = Idea.objects.open_to_all()
    return {"given": _given(shown), "late": _late(shown)}


def key_figures(request: PersonRequest) -> dict[str, Any]:
    """No query but once every five minutes."""
    found = figures.key_figures().open_to(request.user)
    return {"period": found.period, "figures": found.figures}


def _minis(request: PersonRequest, ideas: IdeaQuerySet, size: int, *, says_where: bool = True) -> list[Mini]:
    own_vote = Exists(Vote.objects.filter(ballot=OuterRef("ballot"), voter=request.user))
    rows = ideas.annotate(own_vote=own_vote).only(*_MINI).order_by("-deposited_on", "-id")
    found = list(rows[:size])
    place_ideas(found)
    today = clock.today()
    return [
        Mini(
            title=idea.title,
            url=idea.get_absolute_url(),
            where=f"{_place(idea)}, {_day(idea, today)}" if says_where else _day(idea, today),
            look=idea.look,
            votes=idea.vote_count,
            own=idea.own_vote,
        )
        for idea in found
    ]


def _place(idea: Idea) -> str:
    return standing.origin(idea) if idea.is_imported else standing.place(idea)


def _day(idea: Idea, today: date) -> str:
    """« hier », « 16 novembre »; the month alone for an anonymous idea."""
    if idea.is_anonymous or idea.is_undated:
        return standing.deposit_day(idea)
    gap = (today - idea.deposited_on).days
    return {0: "aujourd’hui", 1: "hier"}.get(gap) or short_date(idea.deposited_on, today)


def _late(shown: IdeaQuerySet) -> list[AnswerLine]:
    late = shown.filter(state__in=sorted(OPEN_STATES), answer_due_on__lt=clock.today())
    columns = ("handler__display_name", "answer_due_on", "waiting_since")
    rows = late.select_related("handler").only(*_MINI, *columns).order_by("answer_due_on", "pk")
    found = list(rows[:ANSWERS_LATE])
    place_ideas(found)
    return [_awaited(idea, standing.wait(idea)) for idea in found]


def _awaited(idea: Idea, wait: standing.Wait) -> AnswerLine:
    who = f"Qui répond\u00a0: {standing.answerer(idea)}"
    return AnswerLine(idea.title, idea.get_absolute_url(), wait.text, wait.state, who)


def _given(shown: IdeaQuerySet) -> list[AnswerLine]:
    """By the day of publication: an idea that was answered twice may come back."""
    rows = (
        shown.filter(decisions__published_on__isnull=False)
        .annotate(
            answered_on=F("decisions__published_on"),
            verdict=F("decisions__verdict"),
            answered_round=F("decisions__round"),
        )
        .only(*_MINI)
        .order_by("-decisions__published_on", "-decisions__pk")
    )
    found = list(rows[:ANSWERS_GIVEN])
    place_ideas(found)
    return [_answer(idea) for idea in found]


def _answer(idea: Any) -> AnswerLine:
    """`idea` bears `answered_on`, `verdict` and `answered_round`."""
    said = f"Réponse donnée {standing.day(idea, idea.answered_on)}"
    if not idea.is_anonymous and not idea.is_imported and idea.answered_round == 1:
        waited = days((idea.answered_on - idea.deposited_on).days)
        said = f"Réponse donnée le {short_date(idea.answered_on, clock.today())}, en {waited}"
    verdict = "Retenue" if idea.verdict == Verdict.RETAINED else "Non retenue, et pourquoi"
    return AnswerLine(idea.title, idea.get_absolute_url(), said, "done", f"{verdict}. {_place(idea)}")
