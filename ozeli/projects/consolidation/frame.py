"""What the tables of the consolidation are made of. Each count opens the list of its projects, filters kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.http import urlencode

from ozeli.core.french import NBSP, number

from ..enums import State
from ..selectors.consolidation import Figures, Scope
from ..selectors.vocabulary import Course, courses

LIST_URL = "/projets/"
NOT_SAID = "Non renseigné"
# The places of the key of `Figures.standing`.
YEAR, BRANCH, VERSION, STATE, PASSED = range(5)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, its unit, and the list behind it."""

    value: int | str | Decimal
    url: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        if isinstance(self.value, str):
            return self.value
        return number(round(self.value)) + (f"{NBSP}{self.unit}" if self.unit else "")

    @property
    def opens(self) -> str:
        """The address that a page gives it: what is nothing opens nothing."""
        return self.url if self.value else ""

    @property
    def plain(self) -> int | str | float:
        """As a file holds it."""
        return float(self.value) if isinstance(self.value, Decimal) else self.value


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`head` names the columns; the first cell of a row names it. `code` is that of its file."""

    code: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]

    def lines(self) -> Iterator[list[int | str | float]]:
        """The rows of its file."""
        return ([cell.plain for cell in row] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The figures of a scope, and the lifecycle whose stages are told (None: nobody follows any)."""

    figures: Figures
    scope: Scope
    course: Course | None

    @property
    def total(self) -> int:
        return sum(self.figures.standing.n.values())

    def by(self, place: int) -> Counter[Any]:
        """How many projects by one place of the key of their standing."""
        found: Counter[Any] = Counter()
        for key, n in self.figures.standing.n.items():
            found[key[place]] += n
        return found

    def in_state(self, state: State) -> int:
        return self.by(STATE)[state]

    def list_url(self, **more: str | int) -> str:
        """The list of the projects of this scope, narrowed further."""
        kept: dict[str, str | int] = dict(self.scope.kept)
        if "domaine" in more:
            kept.pop("rubrique", None)
        return f"{LIST_URL}?{urlencode(kept | more)}"


def consolidated(figures: Figures, scope: Scope, asked: str = "") -> Consolidation:
    """With the lifecycle `asked` for, else the most followed."""
    followed = courses_of(figures)
    course = next((one for one, _n in followed if one.code == asked), followed[0][0] if followed else None)
    return Consolidation(figures, scope, course)


def courses_of(figures: Figures) -> list[tuple[Course, int]]:
    """The lifecycles that these projects follow, and how many follow each, the most followed first."""
    followed: Counter[Any] = Counter()
    for key, n in figures.standing.n.items():
        followed[key[VERSION]] += n
    found = [(course, sum(followed[version] for version in course.versions)) for course in courses()]
    return sorted(((course, n) for course, n in found if n), key=lambda one: -one[1])


def share(n: int, whole: int) -> str:
    """« 45 % »."""
    return f"{round(100 * n / whole) if whole else 0}{NBSP}%"
