"""A challenge as lists, the home and the search show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from ozeli.core import clock
from ozeli.core.french import plural
from ozeli.core.ui import BadgeLook

from . import figures, standing
from .figures import Figures
from .models import Challenge, ChallengeBody
from .selectors import Known, known_of
from .standing import Countdown


@dataclass(frozen=True, slots=True)
class Card:
    """Ready to be drawn."""

    known: Known
    title: str
    url: str
    question: str
    format: str
    look: BadgeLook
    left: Countdown
    carrier: str
    scope: str
    counted: tuple[str, ...]


def with_card_data(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """What a card needs, in four queries whatever their number."""
    bodies = Prefetch("bodies", ChallengeBody.objects.select_related("organisation").order_by("pk"))
    return challenges.select_related("organisation", "branch").prefetch_related("phases", "animators", bodies)


def cards(challenges: Sequence[Challenge]) -> list[Card]:
    """The cards of challenges that bear their data, with the figures that other apps give."""
    numbers = figures.of([one.pk for one in challenges])
    at, today = clock.now(), clock.today()
    made = []
    for one in challenges:
        known = known_of(one)
        made.append(
            Card(
                known=known,
                title=one.title or "Défi sans nom",
                url=one.get_absolute_url(),
                question=one.question,
                format=one.get_format_display(),
                look=standing.look(one.state, known, at),
                left=standing.countdown(one.state, known, at, today),
                carrier=one.organisation.name,
                scope=standing.scope(one),
                counted=tuple(counted(numbers[one.pk])),
            )
        )
    return made


def counted(found: Figures) -> Iterable[str]:
    """« 46 idées », « 312 votes »; what is not known is not shown."""
    if found.ideas:
        yield plural(found.ideas, "idée")
    if found.votes:
        yield plural(found.votes, "vote")
