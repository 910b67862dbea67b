"""Challenges as every page needs them: the published ones are few, and kept in memory for some seconds.

What is shown may be some seconds late; what is written is judged by the database's clock (`services.phases`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from ozeli.core import clock
from ozeli.core.memo import forget_all, kept_for

from ..enums import DEPOSIT_PHASES, VOTING_PHASES, ChallengeState, PhaseKind, VotingRule
from ..models import Challenge, ChallengeAnimator, Phase

SECONDS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Window:
    """A phase: when it begins (included) and when it ends (excluded, never when None)."""

    kind: PhaseKind
    opens_at: datetime
    closes_at: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)


@dataclass(frozen=True, slots=True)
class Known:
    """A published challenge, as plain values that belong to nobody."""

    id: UUID
    slug: str
    title: str
    question: str
    format: str
    organisation_id: int
    audience: str
    branch_id: int | None
    bodies: frozenset[int]
    animators: frozenset[int]
    windows: tuple[Window, ...]
    voting_rule: VotingRule
    votes_each: int | None
    threshold: int | None
    answer_delay_days: int | None
    closes_at: datetime | None

    @property
    def url(self) -> str:
        return f"/defis/{self.slug}/"

    def phase(self, at: datetime) -> Window | None:
        return next((window for window in self.windows if window.holds(at)), None)

    def next_phase(self, at: datetime) -> Window | None:
        return next((window for window in self.windows if window.opens_at > at), None)

    def accepts_deposits(self, at: datetime) -> bool:
        return any(window.kind in DEPOSIT_PHASES and window.holds(at) for window in self.windows)

    def accepts_votes(self, at: datetime) -> bool:
        return any(window.kind in VOTING_PHASES and window.holds(at) for window in self.windows)


@kept_for(SECONDS_KEPT)
def published() -> Mapping[UUID, Known]:
    """Every published challenge by key, in four queries that all requests of some seconds share."""
    rows = Challenge.objects.filter(state=ChallengeState.PUBLISHED).prefetch_related(
        "phases", "bodies", "animators"
    )
    return {row.pk: known_of(row) for row in rows.order_by("-opens_at", "-id")}


def look_again(slug: str) -> None:
    """Forget what is kept when memory says that a challenge takes no deposit, and the database that it does.

    Another process has published it, or moved its phases, some seconds ago. No query while memory says that it does.
    """
    kept = next((known for known in published().values() if known.slug == slug), None)
    if kept is not None and kept.accepts_deposits(clock.now()):
        return
    window = Q(closes_at__isnull=True) | Q(closes_at__gt=Now())
    found = Phase.objects.filter(window, kind__in=DEPOSIT_PHASES, opens_at__lte=Now())
    if found.filter(challenge__slug=slug, challenge__state=ChallengeState.PUBLISHED).exists():
        forget_all()


def animated_by(user: Any) -> list[UUID]:
    """The published challenges whose desk this person works as an animator.

    No query for the others; whoever was taken off the team loses it at once (but see `hold_animated`).
    """
    if (held := user.__dict__.get("animated_held")) is not None:
        return list(held)
    maybe = [known.id for known in published().values() if user.pk in known.animators]
    if not maybe:
        return []
    still = ChallengeAnimator.objects.working(user).filter(challenge__in=maybe)
    return list(still.values_list("challenge_id", flat=True))


def hold_animated(user: Any) -> None:
    """Ask once for all the rules that thousands of lines are judged by: for a `user` object that lives no longer."""
    user.__dict__["animated_held"] = animated_by(user)


def known_of(row: Challenge) -> Known:
    """The plain values of a row whose phases, bodies and animators are at hand."""
    return Known(
        id=row.pk,
        slug=row.slug,
        title=row.title,
        question=row.question,
        format=row.format,
        organisation_id=row.organisation_id,
        audience=row.audience,
        branch_id=row.branch_id,
        bodies=frozenset(body.organisation_id for body in row.bodies.all()),
        animators=frozenset(one.user_id for one in row.animators.all()),
        windows=tuple(
            Window(PhaseKind(phase.kind), phase.opens_at, phase.closes_at) for phase in row.phases.all()
        ),
        voting_rule=VotingRule(row.voting_rule),
        votes_each=row.votes_each,
        threshold=row.threshold,
        answer_delay_days=row.answer_delay_days,
        closes_at=row.closes_at,
    )
