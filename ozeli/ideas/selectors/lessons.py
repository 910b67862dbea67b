"""« Ce que nous avons appris »: the lessons that a person may read, those of a list, their file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core.french import long_date, month
from ozeli.core.paging import Page, keyset_page

from ..enums import Reason
from ..models import Idea, Lesson

EXPORT_BATCH = 500
FIRST = 3
HEADER = ("motif", "domaine", "ce que nous avons appris", "idée", "titre", "écrite le", "par")


@dataclass(frozen=True, slots=True)
class Row:
    """A lesson as it is shown."""

    lesson: Lesson
    about: str
    when: str


def readable(user: User, reason: str = "", domains: Sequence[int] = (), words: str = "") -> QuerySet[Lesson]:
    """The lessons of reasons, and those of ideas that this person may read; narrowed to a reason, domains, words.

    A lesson of every domain stands in each.
    """
    shown = Idea.objects.visible_to(user).filter(is_hidden=False)
    found = Lesson.objects.filter(Q(decision__isnull=True) | Q(decision__idea__in=shown))
    if reason:
        found = found.filter(reason=reason)
    if domains:
        found = found.filter(Q(domain__in=domains) | Q(domain__isnull=True))
    for word in words.split():
        found = found.filter(text__icontains=word)
    return found


def page(lessons: QuerySet[Lesson], cursor: str = "") -> Page:
    """A page of `Row`, the latest first, in one query."""
    found = keyset_page(_whole(lessons), ("written_on", "id"), cursor)
    return Page([_row(lesson) for lesson in found.rows], found.next, found.previous)


def first(user: User, reason: str, domains: Sequence[int]) -> list[Row]:
    """Those that head the cimetière, for what it is narrowed to."""
    found = _whole(readable(user, reason, domains)).order_by("-written_on", "-id")[:FIRST]
    return [_row(lesson) for lesson in found]


def _whole(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.select_related("domain", "decision__idea", "written_by__organisation")


def _row(lesson: Lesson) -> Row:
    about = [str(Reason(lesson.reason).label), lesson.domain.name if lesson.domain else ""]
    return Row(lesson, ", ".join(filter(None, about)), _when(lesson))


def _when(lesson: Lesson) -> str:
    if lesson.decision is not None and lesson.decision.idea.is_anonymous:
        return month(lesson.written_on)
    return long_date(lesson.written_on)


def export_lines(lessons: QuerySet[Lesson]) -> Iterator[list[Any]]:
    cursor, is_first = "", True
    while cursor or is_first:
        found = keyset_page(_whole(lessons), ("written_on", "id"), cursor, EXPORT_BATCH)
        for one in found.rows:
            idea = one.decision.idea if one.decision else None
            yield [
                str(Reason(one.reason).label),
                one.domain.name if one.domain else "",
                one.text,
                idea.short if idea else "",
                idea.title if idea else "",
                one.written_on.strftime("%Y-%m" if idea and idea.is_anonymous else "%Y-%m-%d"),
                one.written_by.display_name if one.written_by else "",
            ]
        cursor, is_first = found.next, False
