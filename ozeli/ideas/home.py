"""What ideas show on the home and on the page of a body.

The home is the network's: it shows what everyone may read. The page of a body shows what the person may read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils.text import Truncator, capfirst

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.french import days, plural, short_date
from ozeli.core.memo import kept_for
from ozeli.core.registry import HomeBrickKind, Panel, home_bricks, panels
from ozeli.core.ui import BadgeLook
from ozeli.engagement.models import Vote
from ozeli.engagement.selectors import own_votes
from ozeli.files.selectors import Picture, image_of
from ozeli.network.models import Organisation

from . import standing
from .enums import OPEN_STATES, VOTING_STATES, Verdict
from .models import KIND, Idea, IdeaQuerySet
from .selectors import figures
from .selectors.places import place_ideas

_MINI = (
    "title", "state", "is_hidden", "is_anonymous", "deposited_on", "vote_count", "organisation_id", "branch_id",
    "ballot_id", "challenge_id", "source", "is_undated",
)  # fmt: skip
SHOWN = 4
MOST_SHOWN = 8
ANSWERS_GIVEN = 2
ANSWERS_LATE = 2
PANEL = 5
EXCERPT = 140
# What is hidden or withdrawn leaves the home within these seconds.
FRESH = 10
DISCUSSED_LATELY = timedelta(days=90)
Options = Mapping[str, Any]


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


def featured(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    """Chosen ideas, those that everybody may read now, in the order of the choice; and words of the team."""
    keys = [one for one in (_uuid(key) for key in options.get("ideas") or []) if one]
    chosen = _chosen(tuple(keys)) if keys else ()
    text = options.get("text") or ""
    return {"ideas": chosen, "text": text} if chosen or text else None


def to_look_at(request: PersonRequest, options: Options) -> dict[str, Any]:
    """The latest ideas still open to votes, whose rows all share for ten seconds: one query, for one's own votes."""
    found = _open_to_votes(count_of(options), clock.today())
    own = own_votes([ballot for ballot, _mini in found], request.user)
    return {"ideas": [replace(mini, own=True) if ballot in own else mini for ballot, mini in found]}


def waiting(request: PersonRequest, options: Options) -> dict[str, Any]:
    """No query but once in ten seconds."""
    return {"lines": _waiting(count_of(options), clock.today())}


def most_discussed(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    """No query but once in ten seconds."""
    found = _discussed(count_of(options), clock.today())
    return {"lines": found} if found else None


def ideas_of(request: PersonRequest, organisation: Organisation) -> dict[str, Any]:
    """The latest ideas of a body: one query."""
    ideas = Idea.objects.visible_to(request.user).filter(organisation=organisation, is_hidden=False)
    own_vote = Exists(Vote.objects.filter(ballot=OuterRef("ballot"), voter=request.user))
    found: list[Any] = _latest(ideas.annotate(own_vote=own_vote), PANEL)
    today = clock.today()
    return {
        "aside": False,
        "ideas": [_mini(idea, today, own=idea.own_vote, says_where=False) for idea in found],
        "organisation": organisation,
    }


def answers(request: PersonRequest, options: Options) -> dict[str, Any]:
    """The latest answers, and those awaited the longest past their day. No query but once in ten seconds."""
    given, late = _answers(count_of(options, ANSWERS_GIVEN), clock.today())
    return {"given": given, "late": late}


def key_figures(request: PersonRequest, options: Options) -> dict[str, Any]:
    """No query but once every five minutes."""
    found = figures.key_figures(timedelta(days=options.get("days") or figures.PERIOD.days))
    found = found.open_to(request.user)
    return {"period": found.period, "figures": found.figures}


def count_of(options: Options, usual: int = SHOWN) -> int:
    """How many items a brick shows."""
    return min(max(int(options.get("count") or usual), 1), MOST_SHOWN)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Card:
    """An idea put forward, with its image when it has one."""

    title: str
    url: str
    said: str
    who: str
    picture: Picture | None


@kept_for(FRESH)
def _chosen(keys: tuple[UUID, ...]) -> tuple[Card, ...]:
    rows = Idea.objects.open_to_all().filter(pk__in=keys).only(*_MINI, "problem")
    found = {idea.pk: idea for idea in rows}
    ideas = [found[key] for key in keys if key in found]
    place_ideas(ideas)
    pictures = image_of(KIND, list(found))
    return tuple(
        Card(
            idea.title,
            idea.get_absolute_url(),
            shortened(idea.problem),
            standing.place(idea),
            pictures.get(idea.pk),
        )
        for idea in ideas
    )


def shortened(text: str) -> str:
    """The first words of a text, for a card."""
    return Truncator(" ".join(text.split())).chars(EXCERPT)


@kept_for(FRESH)
def _waiting(size: int, today: date) -> tuple[AnswerLine, ...]:
    awaited = Idea.objects.open_to_all().filter(
        state__in=sorted(OPEN_STATES), waiting_since__isnull=False, answer_due_on__isnull=False
    )
    columns = ("handler__display_name", "answer_due_on", "waiting_since")
    rows = awaited.select_related("handler").only(*_MINI, *columns).order_by("answer_due_on", "pk")
    found = list(rows[:size])
    place_ideas(found)
    return tuple(_awaited(idea, standing.wait(idea)) for idea in found)


@kept_for(FRESH)
def _discussed(size: int, today: date) -> tuple[AnswerLine, ...]:
    lately = Idea.objects.open_to_all().filter(
        comment_count__gt=0, deposited_on__gte=today - DISCUSSED_LATELY
    )
    found = list(lately.only(*_MINI, "comment_count").order_by("-comment_count", "-id")[:size])
    place_ideas(found)
    return tuple(
        AnswerLine(
            idea.title,
            idea.get_absolute_url(),
            plural(idea.comment_count, "commentaire"),
            "",
            standing.place(idea),
        )
        for idea in found
    )


@kept_for(FRESH)
def _open_to_votes(size: int, today: date) -> tuple[tuple[int, Mini], ...]:
    """(ballot, idea) of the latest ideas; nobody's own votes."""
    ideas = Idea.objects.open_to_all().filter(state__in=sorted(VOTING_STATES))
    return tuple((idea.ballot_id, _mini(idea, today)) for idea in _latest(ideas, size))


def _latest(ideas: IdeaQuerySet, size: int) -> list[Idea]:
    found = list(ideas.only(*_MINI).order_by("-deposited_on", "-id")[:size])
    place_ideas(found)
    return found


def _mini(idea: Idea, today: date, *, own: bool = False, says_where: bool = True) -> Mini:
    return Mini(
        title=idea.title,
        url=idea.get_absolute_url(),
        where=f"{_place(idea)}, {_day(idea, today)}" if says_where else _day(idea, today),
        look=idea.look,
        votes=idea.vote_count,
        own=own,
    )


def _place(idea: Idea) -> str:
    return standing.origin(idea) if idea.is_imported else standing.place(idea)


def _day(idea: Idea, today: date) -> str:
    """« hier », « 16 novembre »; the month alone for an anonymous idea."""
    if idea.is_anonymous or idea.is_undated:
        return standing.deposit_day(idea)
    gap = (today - idea.deposited_on).days
    return {0: "aujourd’hui", 1: "hier"}.get(gap) or short_date(idea.deposited_on, today)


@kept_for(FRESH)
def _answers(size: int, today: date) -> tuple[list[AnswerLine], list[AnswerLine]]:
    """The latest given, and those that are late."""
    shown = Idea.objects.open_to_all()
    return _given(shown, size), _late(shown)


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


def _given(shown: IdeaQuerySet, size: int) -> list[AnswerLine]:
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
    found = list(rows[:size])
    place_ideas(found)
    return [_answer(idea) for idea in found]


def _answer(idea: Any) -> AnswerLine:
    """`idea` bears `answered_on`, `verdict` and `answered_round`."""
    said = f"Réponse donnée {standing.day(idea, idea.answered_on)}"
    if not idea.is_anonymous and not idea.is_imported and idea.answered_round == 1:
        waited = days((idea.answered_on - idea.deposited_on).days)
        said = f"Réponse donnée le {short_date(idea.answered_on, clock.today())}, en {waited}"
    verdict = "Retenue" if idea.verdict == Verdict.RETAINED else "Non retenue"
    return AnswerLine(
        idea.title, idea.get_absolute_url(), said, "done", f"{verdict}. {capfirst(_place(idea))}"
    )


# --- what the home may show -----------------------------------------------------------------------------------------


HOME_BRICKS = (
    HomeBrickKind(
        "featured",
        "ideas",
        "ideas/home/_featured.html",
        featured,
        "À la une",
        options=("text", "ideas"),
        description="Des idées que vous choisissez, un mot de l’équipe, ou les deux.",
    ),
    HomeBrickKind(
        "ideas_to_look_at",
        "ideas",
        "ideas/home/_to_look_at.html",
        to_look_at,
        "Idées à regarder",
        half=True,
        options=("count",),
        description="Les dernières idées encore ouvertes aux votes.",
    ),
    HomeBrickKind(
        "answers_given",
        "ideas",
        "ideas/home/_answers.html",
        answers,
        "Réponses",
        half=True,
        options=("count",),
        description="Les réponses qui viennent d’être données, et les plus en retard.",
    ),
    HomeBrickKind(
        "ideas_waiting",
        "ideas",
        "ideas/home/_waiting.html",
        waiting,
        "Elles attendent une réponse",
        half=True,
        options=("count",),
        description="Les idées dont la réponse est attendue, la plus ancienne promesse d’abord.",
    ),
    HomeBrickKind(
        "most_discussed",
        "ideas",
        "ideas/home/_discussed.html",
        most_discussed,
        "On en parle",
        half=True,
        options=("count",),
        description="Les idées des trois derniers mois qui ont reçu le plus de commentaires.",
    ),
    HomeBrickKind(
        "key_figures",
        "figures",
        "ideas/home/_figures.html",
        key_figures,
        "Où en est le réseau",
        options=("days",),
        description="Quatre chiffres avec leur définition, sur la période choisie.",
    ),
)


def register() -> None:
    for kind in HOME_BRICKS:
        home_bricks.register(kind)
    panels.register(Panel("ideas", "organisation", "ideas", "ideas/home/_panel.html", ideas_of, position=10))
