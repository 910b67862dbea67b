"""Results of a challenge: what its counters say, never of fewer than five people, never of a person."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum

from ozeli.accounts.models import User
from ozeli.challenges.enums import PhaseKind
from ozeli.challenges.figures import Figures
from ozeli.challenges.selectors import Known, published
from ozeli.core import clock
from ozeli.core.french import NBSP, number, plural
from ozeli.core.memo import kept_for

from ..enums import OPEN_STATES, State
from ..models import Decision, Idea, IdeaPrize, Selection
from ..standing import RETAINED_STATES
from .challenges import carries
from .figures import FEWEST
from .places import organisations

OTHERS = "Autres organismes"
SECONDS_KEPT = 60
_LEFT_OUT = (State.WITHDRAWN, State.MERGED)


@dataclass(frozen=True, slots=True)
class Participation:
    """People by body; `total` is None when it would say something of fewer than five of them."""

    bodies: tuple[tuple[str, int], ...] = ()
    others: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Counts of ideas, votes and comments; `steps` counts the numbers of votes, for ranks."""

    ideas: int
    votes: int
    comments: int
    selected: int
    retained: int
    declined: int
    waiting: int
    steps: tuple[int, ...]

    def rank(self, votes: int) -> int:
        """The rank of an idea that has that many votes: one more than those that have more."""
        return len(self.steps) - bisect_right(self.steps, votes) + 1


def are_out(known: Known, at: datetime) -> bool:
    """Whether everybody who takes part reads the results: their phase has begun, or every phase is over."""
    if any(window.kind == PhaseKind.RESULTS and window.opens_at <= at for window in known.windows):
        return True
    return bool(known.windows) and all(
        window.closes_at and window.closes_at <= at for window in known.windows
    )


def may_read(user: User, known: Known) -> bool:
    return are_out(known, clock.now()) or animates(user, known)


def animates(user: User, known: Known) -> bool:
    """Works the desk of the challenge."""
    return user.pk in known.animators or carries(user, known)


@kept_for(SECONDS_KEPT)
def results(key: UUID) -> Results:
    """The counts of a challenge, a minute old at most, in two queries."""
    shown = Idea.objects.filter(challenge=key, is_hidden=False).exclude(state__in=_LEFT_OUT)
    rows = list(
        shown.values("vote_count")
        .annotate(
            ideas=Count("pk"),
            comments=Sum("comment_count"),
            retained=Count("pk", filter=Q(state__in=sorted(RETAINED_STATES))),
            declined=Count("pk", filter=Q(state=State.NOT_RETAINED)),
            waiting=Count("pk", filter=Q(state__in=sorted(OPEN_STATES))),
        )
        .order_by("vote_count")
    )
    steps = [row["vote_count"] for row in rows for _each in range(row["ideas"])]
    return Results(
        ideas=sum(row["ideas"] for row in rows),
        votes=sum(steps),
        comments=sum(row["comments"] for row in rows),
        selected=Selection.objects.filter(challenge=key, idea__in=shown.values("pk")).count(),
        retained=sum(row["retained"] for row in rows),
        declined=sum(row["declined"] for row in rows),
        waiting=sum(row["waiting"] for row in rows),
        steps=tuple(steps),
    )


# --- who took part ----------------------------------------------------------------------------------------------------

# Comments made after the results are out count for nothing: figures that move would tell who came.
_UNION = """
with people as (
    select i.challenge_id as challenge, v.voter_id as person
    from ideas_idea i join engagement_vote v on v.ballot_id = i.ballot_id
    where i.challenge_id = any(%(keys)s) and v.voter_id is not null
    union
    select i.challenge_id, a.user_id
    from ideas_idea i join ideas_ideaauthor a on a.idea_id = i.id where i.challenge_id = any(%(keys)s)
    union
    select i.challenge_id, c.author_id
    from ideas_idea i join engagement_comment c on c.kind = 'idea' and c.object_id = i.id
    left join challenges_phase p on p.challenge_id = i.challenge_id and p.kind = 'results'
    where i.challenge_id = any(%(keys)s) and c.author_id is not null and not c.is_removed
    and (p.opens_at is null or c.created_at < p.opens_at)
)
"""
_PEOPLE = f"""{_UNION}
select challenge, u.organisation_id, count(*) from people join accounts_user u on u.id = person group by 1, 2
"""  # noqa: S608 (our own words)
_IDS = f"{_UNION} select distinct person from people"  # noqa: S608


@kept_for(5 * SECONDS_KEPT)
def _people(keys: tuple[UUID, ...]) -> Mapping[UUID, Mapping[int, int]]:
    """How many people of each body deposited under their name, voted or commented: one query, five minutes old."""
    found: dict[UUID, dict[int, int]] = {key: {} for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"keys": list(keys)})
        for key, body, people in cursor.fetchall():
            found[key][body] = people
    return found


def people_of(key: UUID) -> list[int]:
    """The ids of those people, to tell them what happens. Never for a screen."""
    with connection.cursor() as cursor:
        cursor.execute(_IDS, {"keys": [key]})
        return [person for (person,) in cursor.fetchall()]


def participation(key: UUID) -> Participation:
    counts = _people((key,))[key]
    kept = protected(counts)
    if kept is None:
        return Participation()
    shown, others = kept
    named = [(organisations()[body].name, people) for body, people in shown.items()]
    named.sort(key=lambda line: (-line[1], line[0]))
    return Participation(tuple(named), others, sum(counts.values()))


def protected(counts: Mapping[int, int]) -> tuple[dict[int, int], int] | None:
    """Bodies that may be shown, and how many people the others have together; None when nothing may be said.

    No body under five people is shown, and the rest, which a subtraction gives, tells the number of none of them: it
    holds two bodies and five people at least, and, unless a body of five or more stands among them, fewer people than
    these bodies could have. Bodies of the same size are shown or merged together: their order would tell.
    """
    shown = {body: people for body, people in counts.items() if people >= FEWEST}
    hidden = {body: people for body, people in counts.items() if 0 < people < FEWEST}
    while hidden and shown and not _is_safe(hidden):
        least = min(shown.values())
        hidden |= {body: people for body, people in shown.items() if people == least}
        shown = {body: people for body, people in shown.items() if people != least}
    if hidden and not _is_safe(hidden):
        return None
    return (shown, sum(hidden.values())) if shown or hidden else None


def _is_safe(hidden: Mapping[int, int]) -> bool:
    total = sum(hidden.values())
    is_vague = max(hidden.values()) >= FEWEST or total < (FEWEST - 1) * len(hidden)
    return len(hidden) >= 2 and total >= FEWEST and is_vague


# --- for the pages of challenges --------------------------------------------------------------------------------------


def figures_of(keys: Sequence[UUID]) -> Mapping[UUID, Figures]:
    """What the pages of challenges tell of their ideas: two queries, none when they are remembered."""
    asked = tuple(sorted(keys))
    people = _people(asked)
    return {key: _figures(row, people[key]) for key, row in _counts(asked).items()}


@kept_for(SECONDS_KEPT)
def _counts(keys: tuple[UUID, ...]) -> Mapping[UUID, tuple[int, int, int]]:
    shown = Idea.objects.filter(challenge__in=keys, is_hidden=False).exclude(state__in=_LEFT_OUT)
    rows = shown.values("challenge").order_by()
    summed = rows.annotate(ideas=Count("pk"), votes=Sum("vote_count"), voices=Sum("comment_count"))
    return {row["challenge"]: (row["ideas"], row["votes"], row["voices"]) for row in summed}


def _figures(row: tuple[int, int, int], people: Mapping[int, int]) -> Figures:
    told = sum(people.values()) if protected(people) is not None else 0
    return Figures(ideas=row[0], votes=row[1], voices=row[2], participants=told)


# --- of one idea ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of an idea in its challenge, for its authors."""

    challenge: str
    url: str
    rank: str
    votes: str
    answer: str
    prizes: tuple[str, ...]


def feedback(idea: Idea, known: Known) -> Feedback:
    """Two queries, besides what is remembered of the challenge."""
    summary = results(known.id)
    rank = summary.rank(idea.vote_count)
    given = IdeaPrize.objects.filter(idea=idea).order_by("prize__position", "prize_id")
    answered = Decision.objects.filter(idea=idea, published_on__isnull=False).order_by("-round").first()
    return Feedback(
        challenge=known.title,
        url=f"{known.url}resultats/",
        rank=f"{ordinal(rank)} sur {plural(summary.ideas, 'idée')}",
        votes=plural(idea.vote_count, "vote"),
        answer=_answer(idea, answered),
        prizes=tuple(given.values_list("prize__title", flat=True)),
    )


def _answer(idea: Idea, answered: Decision | None) -> str:
    if idea.state in RETAINED_STATES:
        return "Retenue"
    if idea.state == State.NOT_RETAINED:
        return "Non retenue, la réponse dit pourquoi"
    if answered is not None:
        return str(answered.get_verdict_display())
    return f"Réponse à venir{NBSP}: l’idée est {idea.look.label.lower()}"


def ordinal(rank: int) -> str:
    """« 1re », « 3e »: an idea."""
    return "1re" if rank == 1 else f"{number(rank)}e"


def of_author(idea: Idea) -> Known | None:
    """The challenge of an idea whose results are out."""
    known = published().get(idea.challenge_id) if idea.challenge_id else None
    return known if known is not None and are_out(known, clock.now()) else None
