"""The ideas of a challenge from the most to the least supported, with what became of each: ideas, never persons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from ozeli.accounts.models import User
from ozeli.challenges.selectors import Known
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.core.ui import BadgeLook

from .. import standing
from ..enums import State
from ..models import Decision, Idea, IdeaPrize, IdeaQuerySet, Selection
from ..standing import RETAINED_STATES
from .challenge_results import Results, results
from .places import place_ideas

EXTRACT_LENGTH = 240
BATCH = 500
KEYS = ("vote_count", "id")
HEADER = (
    "rang", "identifiant", "titre", "organisme", "domaine", "votes", "commentaires", "état",
    "sélectionnée par les votes", "prix", "réponse",
)  # fmt: skip


def _retained(ideas: IdeaQuerySet) -> IdeaQuerySet:
    return ideas.filter(state__in=sorted(RETAINED_STATES))


def _declined(ideas: IdeaQuerySet) -> IdeaQuerySet:
    return ideas.filter(state=State.NOT_RETAINED)


def _selected(ideas: IdeaQuerySet) -> IdeaQuerySet:
    return ideas.filter(Exists(Selection.objects.filter(idea=OuterRef("pk"))))


def _prized(ideas: IdeaQuerySet) -> IdeaQuerySet:
    return ideas.filter(Exists(IdeaPrize.objects.filter(idea=OuterRef("pk"))))


LISTS: dict[str, tuple[str, Callable[[IdeaQuerySet], IdeaQuerySet]]] = {
    "": ("Toutes", lambda ideas: ideas),
    "primees": ("Primées", _prized),
    "retenues": ("Retenues", _retained),
    "non-retenues": ("Non retenues", _declined),
    "selectionnees": ("Sélectionnées par les votes", _selected),
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """An idea of the ranking, ready to be drawn."""

    key: str
    title: str
    url: str
    rank: int
    votes: int
    comments: int
    place: str
    look: BadgeLook
    answer: str
    prizes: tuple[str, ...]
    selected_by: int | None


def matching(user: User, known: Known, which: str = "") -> IdeaQuerySet:
    """Those that this person may read, of one of `LISTS`; a withdrawn or merged one stands in no ranking."""
    return LISTS[which][1](standing_ideas(known.id, Idea.objects.visible_to(user)))


def standing_ideas(key: UUID, among: IdeaQuerySet | None = None) -> IdeaQuerySet:
    ideas = Idea.objects.all() if among is None else among
    return ideas.filter(challenge=key, is_hidden=False).exclude(state__in=(State.WITHDRAWN, State.MERGED))


def page(user: User, known: Known, which: str = "", cursor: str = "", *, size: int = PAGE_SIZE) -> Page:
    """A page of `Ranked`, in one query besides what is remembered of the challenge."""
    found = keyset_page(_with_data(matching(user, known, which)), KEYS, cursor, size)
    place_ideas(found.rows)
    summary = results(known.id)
    return Page([_row(idea, summary) for idea in found.rows], found.next, found.previous)


def _with_data(ideas: IdeaQuerySet) -> QuerySet[Idea]:
    answers = Decision.objects.filter(idea=OuterRef("pk"), published_on__isnull=False).order_by("-round")
    prizes = IdeaPrize.objects.filter(idea=OuterRef("pk")).order_by("prize__position", "prize_id")
    reached = Selection.objects.filter(idea=OuterRef("pk")).order_by("-round")
    return ideas.only(
        "title", "state", "is_hidden", "is_anonymous", "round", "vote_count", "comment_count", "organisation_id",
        "branch_id", "domain_id", "source",
    ).annotate(
        answer=Subquery(answers.values("answer")[:1]),
        prizes_given=ArraySubquery(prizes.values("prize__title")),
        selected_by=Subquery(reached.values("threshold")[:1]),
    )  # fmt: skip


def _row(idea: Any, summary: Results) -> Ranked:
    answer = idea.answer or ""
    return Ranked(
        key=idea.short,
        title=idea.title,
        url=idea.get_absolute_url(),
        rank=summary.rank(idea.vote_count),
        votes=idea.vote_count,
        comments=idea.comment_count,
        place=standing.place(idea),
        look=idea.look,
        answer=f"{answer[:EXTRACT_LENGTH].rstrip()}…" if len(answer) > EXTRACT_LENGTH else answer,
        prizes=tuple(idea.prizes_given),
        selected_by=idea.selected_by,
    )


def export_lines(user: User, known: Known, which: str) -> Iterator[list[object]]:
    summary, found = results(known.id), _with_data(matching(user, known, which))
    cursor, is_first = "", True
    while cursor or is_first:
        batch = keyset_page(found, KEYS, cursor, BATCH)
        place_ideas(batch.rows)
        for idea in batch.rows:
            yield _line(idea, summary)
        cursor, is_first = batch.next, False


def _line(idea: Any, summary: Results) -> list[object]:
    return [
        summary.rank(idea.vote_count),
        idea.short,
        idea.title,
        standing.place(idea),
        idea.domain.name,
        idea.vote_count,
        idea.comment_count,
        idea.look.label,
        idea.selected_by or "",
        ", ".join(idea.prizes_given),
        idea.answer or "",
    ]


def prizes(user: User, known: Known) -> list[IdeaPrize]:
    """The prizes given to ideas that this person may read, in their order: one query."""
    given = IdeaPrize.objects.filter(prize__challenge=known.id, idea__in=matching(user, known))
    return list(given.select_related("prize", "idea").order_by("prize__position", "prize_id", "pk"))
