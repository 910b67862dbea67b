"""The matrix as its screen shows it: what stands, what is being changed, and what that would do.

A change being prepared lives in the address of the page (`?ideas.reader=2`), so that the screen works without
JavaScript, survives a reload and can be shown to a colleague. Nothing is written before the POST.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode

from ozeli.core.access import Brick, Level, bricks
from ozeli.core.french import plural

from . import selectors
from .models import Profile
from .services import LevelChange

EDITING = "modifier"
CHANGE = "change"
Cells = Mapping[tuple[str, str], Level]


@dataclass(frozen=True, slots=True)
class Cell:
    """A level of the grid: what would stand, and what stands when it is being changed."""

    profile: Profile
    name: str
    level: Level
    was: Level | None


@dataclass(frozen=True, slots=True)
class Row:
    brick: Brick
    cells: list[Cell]
    is_edited: bool
    edit_url: str


class Grid:
    """What stands, with the changes of `query` laid over it."""

    def __init__(self, query: QueryDict) -> None:
        self.stands: Cells = selectors.matrix()
        self.profiles = list(Profile.objects.all())
        self.editing = query.get(EDITING, "")
        self.wanted = _read(query, {profile.code for profile in self.profiles})

    def level(self, brick: str, profile: str) -> Level:
        return self.stands.get((brick, profile), Level.NONE)

    @property
    def pending(self) -> dict[tuple[str, str], Level]:
        """The changes that would really change something."""
        return {cell: level for cell, level in self.wanted.items() if level != self.level(*cell)}

    def changes(self) -> list[LevelChange]:
        by_code = {profile.code: profile for profile in self.profiles}
        return [
            LevelChange(by_code[profile], brick, self.level(brick, profile), level)
            for (brick, profile), level in self.pending.items()
        ]

    def rows(self) -> list[Row]:
        return [self._row(brick) for brick in bricks]

    def kept_fields(self) -> list[tuple[str, int]]:
        """The pending changes of the other rows, to travel with the row being edited."""
        return [(_name(*cell), int(level)) for cell, level in self.pending.items() if cell[0] != self.editing]

    def effects(self) -> list[str]:
        """What each change does, and to how many people."""
        people = selectors.people_by_profile()
        return [
            f"{plural(people.get(change.profile.pk, 0), 'personne')} de profil {change.profile.name}\u00a0: "
            f"«\u202f{bricks[change.brick].title}\u202f» passe de {change.was.label} à {change.level.label}."
            for change in self.changes()
        ]

    def _row(self, brick: Brick) -> Row:
        pending = self.pending
        cells = []
        for profile in self.profiles:
            cell = (brick.code, profile.code)
            stands = self.level(*cell)
            cells.append(
                Cell(profile, _name(*cell), pending.get(cell, stands), stands if cell in pending else None)
            )
        return Row(brick, cells, brick.code == self.editing, self._edit_url(brick.code))

    def _edit_url(self, code: str) -> str:
        kept = [(_name(*cell), int(level)) for cell, level in self.pending.items()]
        return f"?{urlencode([*kept, (EDITING, code)])}#{code}"


def _name(brick: str, profile: str) -> str:
    return f"{brick}.{profile}"


def _level(text: str) -> Level | None:
    return Level(int(text)) if text in ("0", "1", "2", "3") else None


def _read(query: QueryDict, profiles: set[str]) -> dict[tuple[str, str], Level]:
    """The levels wanted by an address; what is not a cell or a level is left out."""
    wanted = {}
    for name in query:
        brick, dot, profile = name.partition(".")
        level = _level(str(query[name]))
        if dot and brick in bricks and profile in profiles and level is not None:
            wanted[brick, profile] = level
    return wanted


def read_changes(values: Sequence[str]) -> list[LevelChange]:
    """The changes posted as « brick.profile.was.level »; what cannot be read is left out."""
    profiles = {profile.code: profile for profile in Profile.objects.all()}
    changes = []
    for value in values:
        brick, profile, was, level = (value.split(".") + [""] * 4)[:4]
        before, after = _level(was), _level(level)
        if brick in bricks and profile in profiles and before is not None and after is not None:
            changes.append(LevelChange(profiles[profile], brick, before, after))
    return changes


def as_query(changes: Sequence[LevelChange]) -> QueryDict:
    """The address that prepares these changes."""
    query = QueryDict(mutable=True)
    for change in changes:
        query[_name(change.brick, change.profile.code)] = str(int(change.level))
    return query


def posted(change: LevelChange) -> str:
    """The value of the hidden field of a change."""
    return f"{change.brick}.{change.profile.code}.{int(change.was)}.{int(change.level)}"
