"""Who may find what, as a condition of the query itself: an unreadable document is never a candidate."""

from collections.abc import Iterable
from typing import Any

from ozeli.core.access import Level
from ozeli.core.registry import Searchable, searchables

Sql = tuple[str, list[Any]]
NOTHING: Sql = ("FALSE", [])


def open_kinds(user: Any, kinds: Iterable[str] | None = None) -> list[Searchable]:
    """The kinds that the matrix opens to this person, among `kinds` when given."""
    wanted = None if kinds is None else set(kinds)
    if user is None:
        return []
    return [
        searchable
        for searchable in searchables
        if (wanted is None or searchable.kind in wanted) and user.level(searchable.brick) >= Level.CONSULT
    ]


def visible_sql(user: Any, kinds: Iterable[str] | None = None) -> Sql:
    """The condition on `search_doc` for what this person may read, and its parameters.

    A network document is read by all; a branch's by that branch; a body's by that body. People with a contribution
    scope on the kind's brick read, besides, all that belongs to the scope (None: the whole network).
    """
    opened = open_kinds(user, kinds)
    if not opened:
        return NOTHING
    whole: list[str] = []
    scoped: dict[frozenset[int], list[str]] = {}
    for searchable in opened:
        scope = user.contribution_scope(searchable.brick) if searchable.scoped else frozenset()
        if scope is None:
            whole.append(searchable.kind)
        elif scope:
            scoped.setdefault(frozenset(scope), []).append(searchable.kind)
    rules, params = ["audience = 2"], []
    organisation = user.organisation_id
    if organisation is not None:
        rules += ["(audience = 0 AND organisation = %s)", "(audience = 1 AND branch = %s)"]
        params += [organisation, user.organisation.branch_id]
    if whole:
        rules.append("kind = ANY(%s)")
        params.append(whole)
    for scope, names in scoped.items():
        rules.append("(kind = ANY(%s) AND organisation = ANY(%s))")
        params += [names, sorted(scope)]
    return f"(kind = ANY(%s) AND ({' OR '.join(rules)}))", [
        [searchable.kind for searchable in opened],
        *params,
    ]


FILTERS = ("domain", "branch", "organisation", "status", "year")


def filters_sql(filters: dict[str, Any] | None) -> Sql:
    """The condition for filters such as `{"domain": [3, 4], "year": 2026}`; unknown names are refused."""
    rules, params = [], []
    for name, value in (filters or {}).items():
        if name not in FILTERS:
            raise ValueError(f"no search filter named {name}")
        if value in (None, "", [], ()):
            continue
        rules.append(f"{name} = ANY(%s)")
        params.append(list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value])
    return " AND ".join(rules) or "TRUE", params
