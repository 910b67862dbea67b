"""A challenge, or all of one's own, to follow as a feed and in an agenda: its ideas, its answers, its phases."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import uuid5

from django.http import QueryDict
from django.utils import timezone

from ozeli.accounts.models import User
from ozeli.challenges import occasions
from ozeli.challenges.days import said_end
from ozeli.challenges.enums import ChallengeState, PhaseKind
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.calendars import Occasion
from ozeli.core.french import NBSP
from ozeli.core.listings import ListEntry, Listing, listings

from .listings import answer_entry, idea_entry
from .models import Decision, Idea
from .selectors.places import place_ideas

ONE, MINE = "challenge", "my_challenges"


def _asked(user: User, query: QueryDict) -> list[Challenge]:
    """The challenge that the address names, if this person may read it; none otherwise."""
    return list(occasions.shown_to(user).filter(slug=query.get("defi", "")))


def _mine(user: User, query: QueryDict) -> list[Challenge]:
    return occasions.mine(user)


def _entries(user: User, challenges: Sequence[Challenge], limit: int) -> list[ListEntry]:
    """What is new in them, the latest day first: what this person may read now, and nothing else."""
    keys = [one.pk for one in challenges]
    ideas = list(
        Idea.objects.visible_to(user)
        .filter(challenge__in=keys)
        .with_list_data()
        .order_by("-deposited_on", "-id")[:limit]
    )
    place_ideas(ideas)
    seen = Idea.objects.visible_to(user).filter(challenge__in=keys)
    given = Decision.objects.filter(published_on__isnull=False, idea__in=seen).select_related("idea")
    answers = list(given.order_by("-published_on", "-pk")[:limit])
    place_ideas([one.idea for one in answers])
    found = [
        *(idea_entry(idea) for idea in ideas),
        *(answer_entry(one, one.idea) for one in answers),
        *_phases(challenges),
    ]
    found.sort(key=lambda entry: (entry.day or date.min, str(entry.id)), reverse=True)
    return found[:limit]


def _phases(challenges: Iterable[Challenge]) -> Iterator[ListEntry]:
    """The phases that have begun, and the dates that were moved."""
    now = clock.now()
    for challenge in challenges:
        if challenge.state != ChallengeState.PUBLISHED:
            continue
        for phase in challenge.phases.all():
            if phase.opens_at <= now:
                kind = PhaseKind(phase.kind)
                yield ListEntry(
                    id=uuid5(challenge.pk, f"begins {kind.value}"),
                    title=f"{challenge.title}{NBSP}: {kind.label.lower()}",
                    url=challenge.get_absolute_url(),
                    day=timezone.localdate(phase.opens_at),
                    summary=f"Jusqu’au {said_end(phase.closes_at)}." if phase.closes_at else "",
                )
        for change in challenge.changes.all():
            end = f"Finit le {said_end(change.closes_at)}" if change.closes_at else "N’a plus de date de fin"
            was = f", au lieu du {said_end(change.closed_at)}" if change.closed_at else ""
            yield ListEntry(
                id=uuid5(challenge.pk, f"change {change.pk}"),
                title=f"{challenge.title}{NBSP}: dates déplacées ({PhaseKind(change.kind).label.lower()})",
                url=challenge.get_absolute_url(),
                day=timezone.localdate(change.made_at),
                summary=f"{end}{was}. {change.reason}",
            )


def _named(query: QueryDict) -> str:
    """Nothing more than the name that its owner gave it."""
    return ""


def register() -> None:
    listings.register(
        Listing(
            ONE,
            "Un défi",
            "challenges",
            "/defis/",
            ("defi",),
            lambda user, query, limit: _entries(user, _asked(user, query), limit),
            _named,
            position=40,
            open_to=lambda user, query: bool(_asked(user, query)),
            address=lambda query: f"/defis/{query.get('defi', '')}/",
            occasions=_occasions_of_one,
            is_filtered=False,
        )
    )
    listings.register(
        Listing(
            MINE,
            "Mes défis",
            "challenges",
            "/defis/",
            (),
            lambda user, query, limit: _entries(user, _mine(user, query), limit),
            _named,
            position=41,
            occasions=_occasions_of_mine,
            is_filtered=False,
        )
    )


def _occasions_of_one(user: User, query: QueryDict) -> Iterator[Occasion]:
    return occasions.of(_asked(user, query))


def _occasions_of_mine(user: User, query: QueryDict) -> Iterator[Occasion]:
    return occasions.of(_mine(user, query))
