"""What a screen is, and how its address is found."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..visitor import Visitor

BUDGETS = {"page": 350, "list": 500, "admin": None}


@dataclass(frozen=True)
class Screen:
    """`path` may depend on the contents (`link`); `act` brings the page from there to its state."""

    name: str
    view: str
    who: str
    path: str | Callable[[Visitor], str]
    sort: str = "page"
    status: int = 200
    act: Callable[[Visitor], object] | None = None

    def open(self, visitor: Visitor) -> int:
        """Go there; the status of the page before `act`."""
        path = self.path if isinstance(self.path, str) else self.path(visitor)
        status = visitor.open(path).status
        if self.act is not None:
            self.act(visitor)
        return status


def link(path: str, pattern: str, *, more: str = "") -> Callable[[Visitor], str]:
    """The first address of this form in a page, with `more` after it."""

    def found(visitor: Visitor) -> str:
        html = visitor.context.request.get(visitor.portal.url + path).text()
        match = re.search(f'href="({pattern})"', html)
        assert match is not None, f"no {pattern} in {path}"
        return match.group(1) + more

    return found


def through(path: str, first: str, then: str) -> Callable[[Visitor], str]:
    """The first address of the form `then`, in the page that is the first of the form `first` in `path`."""
    return lambda visitor: link(link(path, first)(visitor), then)(visitor)


DESK_FILE = r"/animation/[0-9a-z]{12}/dossier/"
SHEET = r"/idees/[0-9a-zA-Z]{12}-[^/\"]+/"
PERSON = r"/personnes/[0-9a-z]{12}-[^/\"]+/"
NOBODY = "sandrine.pellegrin"  # neither draft, nor desk
WRITER = "leila.ouali"
