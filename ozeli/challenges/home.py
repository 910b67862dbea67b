"""What challenges show on the home: those that are open to the person, and the next days that matter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.french import short_date
from ozeli.core.memo import kept_for
from ozeli.core.registry import HomeBrickKind, home_bricks

from . import rules, standing
from .cards import Card, cards, with_card_data
from .days import first_day, last_day
from .enums import ChallengeState, PhaseKind
from .models import Challenge
from .selectors import Known

SHOWN = 3
MOST_SHOWN = 6
DATES_SHOWN = 4
AHEAD = timedelta(days=45)
FRESH = 10
OPEN = frozenset({PhaseKind.ANNOUNCE, PhaseKind.DEPOSIT, PhaseKind.OPEN, PhaseKind.DEBATE})
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day on which something of a challenge begins or ends."""

    on: date
    day: str
    words: str
    when: str
    title: str
    url: str


def register() -> None:
    for kind in (
        HomeBrickKind(
            "open_challenges",
            "challenges",
            "challenges/home/_open.html",
            open_challenges,
            "Défis en cours",
            options=("count",),
            description="Les défis ouverts à la personne, avec les jours qui restent pour déposer ou voter.",
        ),
        HomeBrickKind(
            "challenge_deadlines",
            "challenges",
            "challenges/home/_deadlines.html",
            deadlines,
            "Prochaines échéances",
            half=True,
            options=("count",),
            description="Ce qui commence et ce qui finit bientôt dans les défis ouverts à la personne.",
        ),
    ):
        home_bricks.register(kind)


@kept_for(FRESH)
def published_cards() -> tuple[Card, ...]:
    """The cards of every published challenge, some seconds old: the home pays nothing for them."""
    rows = Challenge.objects.filter(state=ChallengeState.PUBLISHED).order_by("-opens_at", "-id")
    return tuple(cards(list(with_card_data(rows))))


def open_challenges(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    """Those in a phase where one may act, the nearest end first; a permanent box comes last. No query."""
    at = clock.now()
    shown = [card for card in _own(request) if (now := card.known.phase(at)) and now.kind in OPEN]
    shown.sort(key=lambda card: _end(card.known, at))
    size = _size(options, SHOWN)
    return {"cards": shown[:size], "more": len(shown) > size} if shown else None


def deadlines(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    """What begins or ends in the weeks to come, the nearest first. No query."""
    today = clock.today()
    found = sorted(
        (line for card in _own(request) for line in _deadlines(card, today)), key=lambda line: line.on
    )
    return {"lines": found[: _size(options, DATES_SHOWN)]} if found else None


def _own(request: PersonRequest) -> list[Card]:
    """What this person takes part in or animates."""
    return [
        card
        for card in published_cards()
        if rules.takes_part(request.user, card.known) or request.user.pk in card.known.animators
    ]


def _end(known: Known, at: datetime) -> tuple[bool, datetime]:
    phase = known.phase(at)
    end = phase.closes_at if phase else None
    return end is None, end or at


def _deadlines(card: Card, today: date) -> Iterator[Deadline]:
    """One line for what ends and begins together: the beginning tells both."""
    windows = card.known.windows
    openings = {window.opens_at for window in windows}
    for window in windows:
        if today <= first_day(window) <= today + AHEAD and window.kind != PhaseKind.ANNOUNCE:
            yield _line(card, standing.BEGINS[window.kind], first_day(window), today)
        end = last_day(window)
        is_told = window.closes_at in openings and window.kind not in (PhaseKind.DEPOSIT, PhaseKind.DEBATE)
        if (
            end
            and today <= end <= today + AHEAD
            and not is_told
            and window.kind in OPEN - {PhaseKind.ANNOUNCE}
        ):
            yield _line(card, standing.ENDS[window.kind], end, today)


def _line(card: Card, words: str, on: date, today: date) -> Deadline:
    return Deadline(
        on, short_date(on, today), words, standing.in_days((on - today).days), card.title, card.url
    )


def _size(options: Options, usual: int) -> int:
    return min(max(int(options.get("count") or usual), 1), MOST_SHOWN)
