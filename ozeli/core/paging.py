"""Lists are paged by key (rule 11): a cursor holds the sort key of an edge row, never an offset."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE_SIZE = 15


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
        rows = rows.filter(compare(Tuple(*keys), tuple(edge)))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    return Page(
        found,
        next=_write("n", found[-1], keys) if (backwards or more) else "",
        previous=_write("p", found[0], keys) if (more if backwards else edge) else "",
    )


def cursor_after(row: Any, keys: tuple[str, ...]) -> str:
    """The cursor of the page that follows `row`."""
    return _write("n", row, keys)


def _write(direction: str, row: Any, keys: tuple[str, ...]) -> str:
    values = [getattr(row, key) for key in keys]
    plain = [str(value) if isinstance(value, (UUID, date, datetime)) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([direction, *plain]).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[models.Model], keys: tuple[str, ...]) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        edge = [model._meta.get_field(key).to_python(value) for key, value in zip(keys, values, strict=True)]  # type: ignore[union-attr]
    except (ValueError, TypeError, ValidationError):
        return False, []
    if direction not in ("n", "p") or any("\0" in str(value) for value in edge):
        return False, []
    return direction == "p", edge
