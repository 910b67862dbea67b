"""The board: the projects of a lifecycle under the stage where they stand, or all under their status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Value

from ..enums import State
from ..looks import LOOKS
from ..models import Project, ProjectQuerySet
from .rows import READ, body_of
from .vocabulary import Course, standing_at

CARDS = 5
# Enough to see where projects gather; the consolidation counts them all.
COUNTED = 200


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    url: str
    body: str
    late: bool


@dataclass(slots=True)
class Pile:
    """A column: its first cards, how many there are (one past `COUNTED` at most), what its list is narrowed to.

    `number` is that of a stage; `is_gate` when a decision is needed to leave it.
    """

    title: str
    kept: dict[str, str]
    projects: ProjectQuerySet
    number: int | None = None
    count: int = 0
    cards: list[Card] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return self.count > len(self.cards)


def by_stage(projects: ProjectQuerySet, course: Course, words: dict[str, str]) -> list[Pile]:
    """To launch, at each stage, frozen. `words` are those of states in an address."""
    within = projects.filter(lifecycle__in=course.versions)
    kept = {"parcours": course.code}
    under_way = within.filter(state=State.UNDER_WAY)
    piles = [_of_state(within, State.TO_LAUNCH, words, kept)]
    for step in course.steps:
        here = under_way.filter(standing_at([step]))
        where = kept | {"etape": step.code, "statut": words[State.UNDER_WAY]}
        piles.append(Pile(step.name, where, here, number=step.number))
    return [*piles, _of_state(within, State.FROZEN, words, kept)]


def by_state(projects: ProjectQuerySet, words: dict[str, str]) -> list[Pile]:
    return [_of_state(projects, state, words, {}) for state in State]


def _of_state(projects: ProjectQuerySet, state: State, words: dict[str, str], kept: dict[str, str]) -> Pile:
    return Pile(LOOKS[state].label, kept | {"statut": words[state]}, projects.filter(state=state))


def fill(piles: Sequence[Pile]) -> None:
    """Give each pile its first cards, the last news first, and its count: two queries for all."""
    _count(piles)
    filled = [pile for pile in piles if pile.count]
    firsts = [
        pile.projects.only(*READ).annotate(place=Value(place)).order_by("-touched_on", "-id")[:CARDS]
        for place, pile in enumerate(filled)
    ]
    if firsts:
        found: Any = firsts[0].union(*firsts[1:], all=True) if firsts[1:] else firsts[0]
        for project in sorted(found, key=lambda one: (one.touched_on, one.pk), reverse=True):
            filled[project.place].cards.append(_card(project))


def _card(project: Project) -> Card:
    return Card(project.title, project.get_absolute_url(), body_of(project), project.is_late)


def _count(piles: Sequence[Pile]) -> None:
    """Count all in one query, each up to one past `COUNTED`."""
    asked: list[Pile] = []
    counts: list[str] = []
    params: list[Any] = []
    for pile in piles:
        try:
            sql, given = pile.projects.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append(pile)
        # The ORM writes the inner query; every value stays a parameter.
        counts.append(f"(select count(*) from ({sql}) as counted)")  # noqa: S608
        params += given
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(counts)}", params)
        for pile, count in zip(asked, cursor.fetchone(), strict=True):
            pile.count = count
