"""What waits for a person, all apps together, counted in one query."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from sys import intern
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import days, plural, short_date
from ozeli.core.registry import TodoItem, todo_items


@dataclass(frozen=True, slots=True)
class Line:
    """« 2 avis à rendre », when at the latest, and where. `state` is one of `{% promise %}`, or nothing."""

    said: str
    url: str
    when: str
    state: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """What counts everything that may wait for a person: written by the ORM, which takes longer than running it."""

    items: tuple[TodoItem, ...]
    sql: str
    params: tuple[Any, ...]


_statements: dict[Hashable, _Statement] = {}
KEPT = 1000


def waiting_for(user: User) -> list[Line]:
    """What waits for this person now; nothing is asked of the database when nothing can wait."""
    today = clock.today()
    statement = _statement_for(user, today)
    if not statement.items:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        found = {code: (number, due) for code, number, due in cursor.fetchall()}
    return [_line(item, *found[item.code], today) for item in statement.items if found[item.code][0]]


def _statement_for(user: User, today: date) -> _Statement:
    """Kept for the day and for what it depends on: it holds no count, so it is never out of date."""
    key = (user.pk, user.organisation_id, user.is_manager, user.is_active, frozenset(user.grants), today)
    if (found := _statements.get(key)) is not None:
        return found
    asked = [(item, sql) for item in _open_to(user) if (sql := _counting(item, user))]
    statement = _Statement(
        tuple(item for item, _sql in asked),
        intern(" union all ".join(sql for _item, (sql, _params) in asked)),
        tuple(param for _item, (_sql, params) in asked for param in params),
    )
    if len(_statements) >= KEPT:
        _statements.clear()
    _statements[key] = statement
    return statement


def _open_to(user: User) -> list[TodoItem]:
    return [item for item in todo_items if user.level(item.brick) >= item.level]


def _counting(item: TodoItem, user: User) -> tuple[str, list[Any]] | None:
    """The statement that counts the rows of an item; None when the ORM knows that there are none."""
    rows = item.rows(user)
    if rows is None:
        return None
    column = item.due or "pk"
    try:
        inner, params = rows.order_by().values(column).query.sql_with_params()
    except EmptyResultSet:
        return None
    soonest = "min(due)" if item.due else "null::date"
    # Only the ORM writes what is put together here; every value stays a parameter.
    sql = f"select %s, count(*), {soonest} from ({inner}) as waiting(due)"  # noqa: S608
    return sql, [item.code, *params]


def _line(item: TodoItem, number: int, due: date | None, today: date) -> Line:
    when = state = ""
    if due is not None and due < today:
        when, state = f"en retard de {days((today - due).days)}", "late"
    elif due is not None:
        when, state = f"avant le {short_date(due, today)}", "wait"
    return Line(plural(number, item.one, item.many), item.url, when, state)
