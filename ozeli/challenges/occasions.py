"""The phases of challenges as occasions of an agenda."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import uuid5

from django.conf import settings
from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.calendars import Occasion
from ozeli.core.french import NBSP

from . import rules
from .days import start_of
from .enums import ChallengeState, PhaseKind
from .models import Challenge, ChallengeQuerySet
from .selectors import known_of

# An agenda keeps what is over for a year, then it is let go.
KEPT_FOR = timedelta(days=366)
AT_MOST = 200
_WHAT = {
    PhaseKind.ANNOUNCE: "Le défi est annoncé : préparez vos idées.",
    PhaseKind.DEPOSIT: "Vous pouvez déposer vos idées.",
    PhaseKind.OPEN: "Vous pouvez déposer vos idées, et voter pour celles des autres.",
    PhaseKind.DEBATE: "Vous pouvez lire les idées, en débattre et voter.",
    PhaseKind.STUDY: "L’équipe étudie chaque idée et y répond.",
    PhaseKind.RESULTS: "Les résultats se lisent sur la page du défi.",
}


def shown_to(user: User) -> ChallengeQuerySet:
    """The challenges that an agenda may show to this person: published ones, and those that were cancelled."""
    found = Challenge.objects.visible_to(user).exclude(state=ChallengeState.DRAFT)
    return found.prefetch_related("phases", "bodies", "animators", "changes")


def mine(user: User) -> list[Challenge]:
    """Those that this person takes part in or animates, the latest first."""
    recent = Q(closes_at__isnull=True) | Q(closes_at__gt=clock.now() - KEPT_FOR)
    rows = shown_to(user).filter(recent).order_by("-opens_at", "-id")[:AT_MOST]
    return [row for row in rows if rules.takes_part(user, known_of(row)) or rules.is_animator(user, row)]


def of(challenges: Iterable[Challenge]) -> Iterator[Occasion]:
    """Their phases. `phases` and `changes` are at hand."""
    for challenge in challenges:
        is_cancelled = challenge.state == ChallengeState.CANCELLED
        for phase in challenge.phases.all():
            kind = PhaseKind(phase.kind)
            yield Occasion(
                uid=uuid5(challenge.pk, f"phase {kind.value}"),
                title=f"{challenge.title}{NBSP}: {kind.label.lower()}",
                starts=phase.opens_at,
                ends=phase.closes_at,
                changed=_changed(challenge),
                text=_text(challenge, kind, is_cancelled),
                url=settings.PUBLIC_URL + challenge.get_absolute_url(),
                # A move of dates and a cancellation are each a new version: it never goes back.
                sequence=challenge.version,
                is_cancelled=is_cancelled,
            )


def _changed(challenge: Challenge) -> datetime:
    moved = [change.made_at for change in challenge.changes.all()]
    return max(moved, default=start_of(challenge.created_on))


def _text(challenge: Challenge, kind: PhaseKind, is_cancelled: bool) -> str:
    if is_cancelled:
        return f"Ce défi a été annulé. {challenge.cancel_reason}".strip()
    return f"{challenge.question}\n{_WHAT[kind]}"
