"""Lists that a person may keep under a name, be told of, or follow as a feed: each app registers its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict

from .calendars import Occasion
from .registry import Registry


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A thing of a list: `day` is as precise as may be told (the first of its month for what is anonymous)."""

    id: UUID
    title: str
    url: str
    day: date | None = None
    author: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of `brick`, at `path`. `names` are the parameters that narrow it: nothing else of an address is kept.

    `entries(user, query, limit)` are those that this person may read now, the newest first. `describe(query)` says
    the filters in words. `has_feed`: its entries have a day, hence an order that a feed reader understands.

    `open_to(user, query)` is asked at each reading of a feed, besides the brick; `occasions(user, query)` makes an
    agenda of it. One that is made of a thing rather than of filters is not `is_filtered`, and may have an `address`.
    """

    code: str
    title: str
    brick: str
    path: str
    names: tuple[str, ...]
    entries: Callable[[Any, QueryDict, int], Sequence[ListEntry]]
    describe: Callable[[QueryDict], str]
    has_feed: bool = True
    position: int = 100
    open_to: Callable[[Any, QueryDict], bool] = lambda user, query: True
    occasions: Callable[[Any, QueryDict], Iterable[Occasion]] | None = None
    address: Callable[[QueryDict], str] | None = None
    is_filtered: bool = True

    def address_of(self, query: str) -> str:
        """Where it is read on the portal."""
        if self.address is not None:
            return self.address(QueryDict(query))
        return f"{self.path}?{query}" if query else self.path

    def kept(self, query: QueryDict) -> str:
        """The filters of an address, in the order of `names`, without empty or unreadable ones."""
        kept = QueryDict(mutable=True)
        for name in self.names:
            if value := query.get(name, "").replace("\0", "").strip()[:200]:
                kept[name] = value
        return kept.urlencode()


listings: Registry[Listing] = Registry()
