"""What ideas show on the home and on the page of a body, always through what the person may read."""

from dataclasses import dataclass
from typing import Any

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.french import days, short_date
from ozeli.core.registry import HomeBrickKind, Panel, home_bricks, panels
from ozeli.core.ui import BadgeLook
from ozeli.engagement.selectors import own_votes
from ozeli.network.models import Organisation

from . import standing
from .enums import OPEN_STATES, VOTING_STATES, Verdict
from .models import Decision, Idea, IdeaQuerySet
from .selectors import figures

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
    """The latest ideas still open to votes: two queries."""
    ideas = _seen_by(request).filter(state__in=sorted(VOTING_STATES), is_hidden=False)
    return {"ideas": _minis(request, ideas, SHOWN)}


def ideas_of(request: PersonRequest, organisation: Organisation) -> dict[str, Any]:
    """The latest ideas of a body: two queries."""
    ideas = _seen_by(request).filter(organisation=organisation, is_hidden=False)
    return {
        "aside": False,
        "ideas": _minis(request, ideas, PANEL, says_where=False),
        "organisation": organisation,
    }


def answers(request: PersonRequest) -> dict[str, Any]:
    """The latest answers, and those awaited the longest past their day: two queries."""
    late = _seen_by(request).filter(
        state__in=sorted(OPEN_STATES), is_hidden=False, answer_due_on__lt=clock.today()
    )
    rows = late.select_related("organisation", "branch", "handler").order_by("answer_due_on", "pk")[
        :ANSWERS_LATE
    ]
    return {"given": _given(request), "late": [_late(idea) for idea in rows]}


def key_figures(request: PersonRequest) -> dict[str, Any]:
    """No query but once every five minutes."""
    found = figures.key_figures().open_to(request.user)
    return {"period": found.period, "figures": found.figures}


def _seen_by(request: PersonRequest) -> IdeaQuerySet:
    return Idea.objects.visible_to(request.user)


def _minis(request: PersonRequest, ideas: IdeaQuerySet, size: int, *, says_where: bool = True) -> list[Mini]:
    found = list(ideas.select_related("organisation", "branch").order_by("-deposited_on", "-id")[:size])
    own = own_votes([idea.ballot_id for idea in found], request.user) if found else frozenset()
    today = clock.today()
    return [
        Mini(
            title=idea.title,
            url=idea.get_absolute_url(),
            where=f"{standing.place(idea)}, {_day(idea, today)}" if says_where else _day(idea, today),
            look=idea.look,
            votes=idea.vote_count,
            own=idea.ballot_id in own,
        )
        for idea in found
    ]


def _day(idea: Idea, today: Any) -> str:
    """« hier », « 16 novembre »; the month alone for an anonymous idea."""
    if idea.is_anonymous:
        return standing.day(idea, idea.deposited_on)
    gap = (today - idea.deposited_on).days
    return {0: "aujourd’hui", 1: "hier"}.get(gap) or short_date(idea.deposited_on, today)


def _late(idea: Idea) -> AnswerLine:
    wait = standing.wait(idea)
    return AnswerLine(
        idea.title,
        idea.get_absolute_url(),
        wait.text,
        wait.state,
        f"Qui répond\u00a0: {standing.answerer(idea)}",
    )


def _given(request: PersonRequest) -> list[AnswerLine]:
    published = Decision.objects.filter(
        published_on__isnull=False, idea__in=_seen_by(request).filter(is_hidden=False)
    )
    rows = published.select_related("idea__organisation", "idea__branch").order_by("-published_on", "-pk")
    return [_answer(decision) for decision in rows[:ANSWERS_GIVEN]]


def _answer(decision: Decision) -> AnswerLine:
    idea, on = decision.idea, decision.published_on
    assert on is not None
    said = f"Réponse donnée {standing.day(idea, on)}"
    if not idea.is_anonymous and decision.round == 1:
        said = f"Réponse donnée le {short_date(on, clock.today())}, en {days((on - idea.deposited_on).days)}"
    verdict = "Retenue" if decision.verdict == Verdict.RETAINED else "Non retenue, et pourquoi"
    return AnswerLine(idea.title, idea.get_absolute_url(), said, "done", f"{verdict}. {standing.place(idea)}")
