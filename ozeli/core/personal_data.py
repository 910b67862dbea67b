"""What each table keeps of a person: how it is given back to them, and what their erasure does with it.

Each app tells it in its own `holdings.py`, read when it is needed and never by a page. A test goes through every
table of the base and fails on a column that leads to a person and that nobody tells of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.module_loading import autodiscover_modules

from .registry import Registry

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data: the account, and the key under which the journal knows it (None: it never acted)."""

    user: Any
    key: UUID | None

    @property
    def id(self) -> int:
        return int(self.user.pk)


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holding:
    """A table that knows people, through `columns`.

    `export(person)` yields rows, by French names, of what is theirs and of nothing that is others'. `erase(person)`
    returns how many rows it touched. Without one of them, `rule` says why; it is shown to people as it is.
    Erasures are done in the order of their position: the account itself comes last.
    """

    model: str
    columns: tuple[str, ...]
    title: str
    rule: str
    export: Callable[[Person], Iterable[Row]] | None = None
    erase: Callable[[Person], int] | None = None
    files: Callable[[Person], Iterable[tuple[str, Any]]] | None = None
    position: int = 100

    @property
    def code(self) -> str:
        return self.model


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept: `rows(now)` are those that are too old, `drop` forgets a batch of them."""

    code: str
    title: str
    kept: str
    definition: str
    rows: Callable[[datetime], models.QuerySet[Any]]
    drop: Callable[[Sequence[Any]], int] | None = None
    position: int = 100


_holdings: Registry[Holding] = Registry()
_retentions: Registry[Retention] = Registry()
_is_read: list[bool] = []


def register(*entries: Holding | Retention) -> None:
    for entry in entries:
        if isinstance(entry, Holding):
            _holdings.register(entry)
        else:
            _retentions.register(entry)


def holdings() -> Registry[Holding]:
    """Every table that knows people, of every app."""
    _read()
    return _holdings


def retentions() -> Registry[Retention]:
    """Every rule of retention, of every app."""
    _read()
    return _retentions


def _read() -> None:
    if not _is_read:
        autodiscover_modules("holdings")
        _is_read.append(True)


# --- the usual ways ---------------------------------------------------------------------------------------------------


def _rows(model: str, column: str, person: Person) -> models.QuerySet[Any]:
    return apps.get_model(model)._base_manager.filter(**{column: person.id})


def own_rows(model: str, column: str, **shown: str) -> Callable[[Person], Iterable[Row]]:
    """An export: the rows whose `column` is this person; `shown` gives the French name of each column."""

    def export(person: Person) -> Iterable[Row]:
        rows = _rows(model, column, person).order_by("pk").values_list(*shown)
        for row in rows.iterator(chunk_size=BATCH):
            yield dict(zip(shown.values(), row, strict=True))

    return export


def deleted(model: str, *columns: str) -> Callable[[Person], int]:
    """An erasure: the rows go."""

    def erase(person: Person) -> int:
        return sum(_rows(model, column, person).delete()[0] for column in columns)

    return erase


def unsigned(model: str, *columns: str) -> Callable[[Person], int]:
    """An erasure: the rows stay, without the person."""

    def erase(person: Person) -> int:
        return sum(_rows(model, column, person).update(**{column: None}) for column in columns)

    return erase


def batched(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some


def forget(retention: Retention, now: datetime) -> int:
    """Forget what a rule finds too old, by batches; how many rows."""
    forgotten = 0
    for keys in batched(list(retention.rows(now).values_list("pk", flat=True))):
        if retention.drop is not None:
            forgotten += retention.drop(keys)
        else:
            rows = retention.rows(now).model._base_manager.filter(pk__in=keys)
            rows.delete()
            forgotten += len(keys)
    return forgotten
