"""Registries by which a higher app shows itself on the pages of a lower one, without ever being imported by it.

Entries are registered in `AppConfig.ready`, and read in the order of their position.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID


class Entry(Protocol):
    """What every registry holds: something with a name of its own and a place in the order."""

    @property
    def code(self) -> str: ...

    @property
    def position(self) -> int: ...


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries by code, in order. Registering a code again replaces the entry."""

    def __init__(self) -> None:
        self._entries: dict[str, E] = {}

    def register(self, entry: E) -> E:
        self._entries[entry.code] = entry
        return entry

    def unregister(self, code: str) -> None:
        self._entries.pop(code, None)

    def get(self, code: str) -> E | None:
        return self._entries.get(code)

    def __getitem__(self, code: str) -> E:
        return self._entries[code]

    def __contains__(self, code: str) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(sorted(self._entries.values(), key=lambda entry: (entry.position, entry.code)))

    def __len__(self) -> int:
        return len(self._entries)


# --- search ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the search keeps of an object. `body` maps a weight (A: title, B, C, D) to its text.

    `audience` is `organisation`, `branch` or `network`. `score` is any growing measure of interest (votes…); it
    breaks ties between texts that answer equally well, and its order decides what is looked at first.
    """

    kind: str
    object_id: UUID
    title: str
    body: Mapping[str, str] = field(default_factory=dict)
    audience: str = "network"
    organisation_id: int | None = None
    branch_id: int | None = None
    domain_id: int | None = None
    status: str = ""
    year: int | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchCard:
    """How a found object shows itself: `text` feeds the extract, `notes` are the short facts under it.

    `template` (given `card`, `title`, `extract`) replaces the plain card; `item` is the object it needs.
    """

    object_id: UUID
    title: str
    url: str
    text: str = ""
    notes: Sequence[str] = ()
    item: Any = None
    template: str = "search/_card.html"


@dataclass(frozen=True, slots=True)
class Searchable:
    """A kind of object that can be found.

    `load(ids)` yields the documents of the objects that may be found at all (no draft, nothing hidden or
    withdrawn): an id it leaves out is removed from the index. `ids()` yields every id that may be found.
    `load_cards(ids, user)` yields the cards of those that `user` may read *now*: the last word on visibility.
    `scores(ids)` gives the current scores, when they change without the text changing. `brick` is the module
    whose cell of the matrix opens these objects; people with a contribution scope on it see that scope.
    """

    kind: str
    brick: str
    label: str
    label_plural: str
    load: Callable[[Sequence[UUID]], Iterable[SearchDocument]]
    ids: Callable[[], Iterable[UUID]]
    load_cards: Callable[[Sequence[UUID], Any], Iterable[SearchCard]]
    scores: Callable[[Sequence[UUID]], Mapping[UUID, float]] | None = None
    position: int = 100
    scoped: bool = True

    @property
    def code(self) -> str:
        return self.kind


searchables: Registry[Searchable] = Registry()
