"""Lists are paged by key (rule 11): a cursor names an edge row and the list goes on from its sort key, never an offset.

A cursor tells nothing else of the row: the day that an anonymous idea may not show is not in its address either. It is
signed, so that an address we did not write is the first page.
"""

from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE_SIZE = 15
_NEXT, _PREVIOUS = "n", "p"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a page, and the cursors of its neighbours (empty when there is none)."""

    rows: list[Any]
    next: str
    previous: str


def keyset_page(
    queryset: models.QuerySet[Any],
    keys: tuple[str, ...],
    cursor: str = "",
    size: int = PAGE_SIZE,
    *,
    ascending: bool = False,
) -> Page:
    """The page of `queryset`, sorted by `keys` all descending (or all ascending), that starts at `cursor`.

    The last key must be unique and none may be null. A cursor that cannot be read gives the first page.
    """
    backwards, edge = _read(cursor, queryset.model, keys)
    climbing = backwards is not ascending
    rows = queryset.order_by(*keys) if climbing else queryset.order_by(*(f"-{key}" for key in keys))
    if edge:
        compare = TupleGreaterThan if climbing else TupleLessThan
        rows = rows.filter(compare(Tuple(*keys), edge))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    return Page(
        found,
        next=cursor_after(found[-1]) if (backwards or more) else "",
        previous=_cursor(_PREVIOUS, found[0]) if (more if backwards else edge) else "",
    )


def circular_page(
    queryset: models.QuerySet[Any],
    column: str,
    start: float,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> Page:
    """The page of `queryset` by (`column`, id) that starts at `cursor`, on a walk that begins at `start`.

    Past the last row it goes on from the first, and ends where it began: everybody walks the same circle, from a place
    of their own. One query a page, two where the circle closes. The column is never null.
    """
    keys = (column, "id")
    backwards, edge = _read(cursor, queryset.model, keys)
    past_start = {f"{column}__gte": start}
    first, second = queryset.filter(**past_start), queryset.exclude(**past_start)
    arcs = [second, first] if backwards else [first, second]
    if edge:
        began = edge[0] >= start  # the edge stands on the first arc
        compare = TupleLessThan if backwards else TupleGreaterThan
        here = (first if began else second).filter(compare(Tuple(*keys), edge))
        arcs = [here] if began is backwards else [here, first if backwards else second]
    found: list[Any] = []
    for arc in arcs:
        if len(found) <= size:
            order = (f"-{column}", "-id") if backwards else keys
            found += arc.order_by(*order)[: size + 1 - len(found)]
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    return Page(
        found,
        next=cursor_after(found[-1]) if (backwards or more) else "",
        previous=_cursor(_PREVIOUS, found[0]) if (more if backwards else edge) else "",
    )


def cursor_after(row: models.Model) -> str:
    """The cursor of the page that follows `row`."""
    return _cursor(_NEXT, row)


def _cursor(direction: str, row: models.Model) -> str:
    return _signer(type(row)).sign(f"{direction}{row.pk}")


def _read(cursor: str, model: type[models.Model], keys: tuple[str, ...]) -> tuple[bool, tuple[Any, ...]]:
    """(backwards, sort key of the edge row); no key when the row is gone or stands in no order any more."""
    if not cursor:
        return False, ()
    try:
        said = _signer(model).unsign(cursor)
    except BadSignature:
        return False, ()
    edge = model._default_manager.filter(pk=said[1:]).values_list(*keys).first()
    if edge is None or None in edge:
        return False, ()
    return said[0] == _PREVIOUS, edge


def _signer(model: type[models.Model]) -> Signer:
    return Signer(salt=f"{__name__}.{model._meta.label}", sep=".")
