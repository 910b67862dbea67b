"""Where the name of a person leads: to their page when they opened one, else nowhere (plain text, no dead link)."""

from collections.abc import Callable, Mapping

_pages: list[Callable[[], Mapping[int, str]]] = []


def register_pages(pages: Callable[[], Mapping[int, str]]) -> None:
    """`pages()` gives person → address, kept in memory: it is asked for every name of a page."""
    _pages[:] = [pages]


def page_url(user_id: int | None) -> str:
    """The address of the open page of a person, or nothing."""
    return _pages[0]().get(user_id, "") if _pages and user_id is not None else ""
