"""The list of challenges: by moment, format, branch and body, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.paging import Page, keyset_page
from ozeli.network.models import Branch, Organisation

from .. import figures
from ..cards import cards, with_card_data
from ..days import first_day, last_day_of
from ..enums import ChallengeState
from ..models import Challenge, ChallengeAnimator, ChallengeBody, ChallengeQuerySet

OPEN, COMING, OVER, MINE = "en-cours", "a-venir", "termines", "a-animer"
MOMENTS = {OPEN: "En cours", COMING: "À venir", OVER: "Terminés", MINE: "À animer"}
KEYS = ("opens_at", "id")
BATCH = 200
HEADER = (
    "adresse", "défi", "question", "format", "état", "phase", "porté par", "branche", "ouvert à", "commence", "finit",
    "règle de vote", "réponse promise (jours)", "idées", "votes", "commentaires", "participants",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `moment` is one of `MOMENTS`, or empty for any."""

    moment: str = OPEN
    format: str = ""
    branch: Branch | None = None
    organisation: Organisation | None = None


def matching(user: User, wanted: Wanted) -> ChallengeQuerySet:
    """The challenges that this person may read and asks for; each has a first day, drafts included."""
    found = Challenge.objects.visible_to(user).filter(opens_at__isnull=False)
    if wanted.moment:
        found = found.filter(moments(user)[wanted.moment])
    if wanted.format:
        found = found.filter(format=wanted.format)
    if wanted.branch is not None:
        found = found.filter(Q(branch=wanted.branch) | Q(organisation__branch=wanted.branch))
    if wanted.organisation is not None:
        invited = ChallengeBody.objects.filter(challenge=OuterRef("pk"), organisation=wanted.organisation)
        found = found.filter(Q(organisation=wanted.organisation) | Q(Exists(invited)))
    return found


def moments(user: User) -> dict[str, Q]:
    """The condition of each tab."""
    now = clock.now()
    published = Q(state=ChallengeState.PUBLISHED)
    animated = Q(Exists(ChallengeAnimator.objects.filter(challenge=OuterRef("pk"), user=user)))
    scope = user.contribution_scope("challenges")
    mine = animated | Q(organisation__in=scope) if scope else animated
    return {
        OPEN: published & Q(opens_at__lte=now) & (Q(closes_at__isnull=True) | Q(closes_at__gt=now)),
        COMING: published & Q(opens_at__gt=now),
        OVER: published & Q(closes_at__lte=now) | Q(state=ChallengeState.CANCELLED),
        MINE: mine | Q(state=ChallengeState.DRAFT) if scope is None else mine,
    }


def counts(user: User, wanted: Wanted) -> dict[str, int]:
    """How many there are in each tab under the other filters, in one query."""
    every = replace(wanted, moment="")
    found = matching(user, every).order_by()
    told = {name.replace("-", "_"): Count(Case(When(rule, then=1))) for name, rule in moments(user).items()}
    counted: dict[str, Any] = found.aggregate(**told)
    return {name: counted[name.replace("-", "_")] for name in MOMENTS}


def page(user: User, wanted: Wanted, cursor: str = "") -> Page:
    """A page of cards: those to come by their first day, the others the latest first."""
    found = keyset_page(
        with_card_data(matching(user, wanted)), KEYS, cursor, ascending=wanted.moment == COMING
    )
    return Page(cards(found.rows), found.next, found.previous)


def export_lines(challenges: QuerySet[Challenge]) -> Iterator[list[object]]:
    """The rows of the file, whole."""
    cursor, is_first = "", True
    while cursor or is_first:
        found = keyset_page(with_card_data(challenges), KEYS, cursor, BATCH)
        numbers = figures.of([one.pk for one in found.rows])
        for one, card in zip(found.rows, cards(found.rows), strict=True):
            known = numbers[one.pk]
            yield [
                one.slug,
                one.title,
                one.question,
                card.format,
                one.get_state_display(),
                card.look.label,
                card.carrier,
                one.branch.name if one.branch else "",
                card.scope,
                first_day(one).isoformat(),
                _last(one.closes_at),
                one.get_voting_rule_display(),
                one.answer_delay_days,
                known.ideas,
                known.votes,
                known.voices,
                known.participants,
            ]
        cursor, is_first = found.next, False


def _last(at: datetime | None) -> str:
    day = last_day_of(at)
    return day.isoformat() if day else ""
