"""What waits for a person, all apps together, counted in one query."""

from dataclasses import dataclass
from datetime import date
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


def waiting_for(user: User) -> list[Line]:
    """What waits for this person now; nothing is asked of the database when nothing can wait."""
    asked = [(item, sql) for item in _open_to(user) if (sql := _counting(item, user))]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(sql for _item, (sql, _params) in asked),
            [param for _item, (_sql, params) in asked for param in params],
        )
        found = {code: (number, due) for code, number, due in cursor.fetchall()}
    today = clock.today()
    return [_line(item, *found[item.code], today) for item, _sql in asked if found[item.code][0]]


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
