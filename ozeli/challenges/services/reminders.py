"""The day before a phase begins or ends, its people are told, once: whatever the worker lives through."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from ozeli.activity.services import tell

from ..enums import ChallengeState
from ..models import KIND, Challenge, Phase
from .held import database_now

AHEAD = timedelta(days=1)


def tell_tomorrow() -> int:
    """Tell every opening and closing of the next day that was not told yet; how many events."""
    now = database_now()
    soon = Q(opens_at__gt=now, opens_at__lte=now + AHEAD, told_opening_at__isnull=True) | Q(
        closes_at__gt=now, closes_at__lte=now + AHEAD, told_closing_at__isnull=True
    )
    phases = Phase.objects.filter(soon, challenge__state=ChallengeState.PUBLISHED)
    challenges = sorted(set(phases.order_by().values_list("challenge_id", flat=True)))
    return sum(_tell_one(key, now) for key in challenges)


@transaction.atomic
def _tell_one(key: UUID, now: datetime) -> int:
    """Those of a challenge: what ends and begins at one instant is one piece of news.

    Each row is taken by an update that only one worker can make; killed before the end, it takes nothing.
    """
    Challenge.objects.select_for_update(of=("self",)).get(pk=key)
    news: dict[datetime, dict[str, Any]] = defaultdict(dict)
    for phase in Phase.objects.filter(challenge=key):
        for word, at, column in (
            ("opening", phase.opens_at, "told_opening_at"),
            ("closing", phase.closes_at, "told_closing_at"),
        ):
            if at is not None and now < at <= now + AHEAD and _take(phase, column, now):
                news[at][word] = phase.kind
    for at, said in news.items():
        tell("challenge.tomorrow", KIND, key, actor=None, at=at.isoformat(), **said)
    return len(news)


def _take(phase: Phase, column: str, now: datetime) -> bool:
    return bool(Phase.objects.filter(pk=phase.pk, **{f"{column}__isnull": True}).update(**{column: now}))
