"""Asking the index: a search by words, and the look-alikes of a text."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from . import statements, store, thesaurus
from .query import Group, Query, parse
from .results import Hit, LookAlike, SearchResults
from .visibility import NOTHING, Sql, filters_sql, open_kinds, visible_sql

PAGE_SIZE = 15
CANDIDATES = 2_000
# Counts are exact up to this, « plus de » beyond.
COUNTED = 1_000
# A word held by more documents than this is looked for in the first tier before the others.
MANY = 2_000
# A word held by this share of all documents is looked for by walking down the scores.
EVERYWHERE = 0.2
ENOUGH = 20
# With fewer answers than this to all the words, documents that hold some of them are shown too.
RELAX_UNDER = 5
# Beyond this many words a search is a text: what counts is how much is shared.
MOST_WORDS = 8
# Looked at for a text: its rarest lexemes, as long as their frequencies add up to less than this.
POSTINGS = 4_000
# The same, for a search of which some words are let go.
RELAXED_POSTINGS = 2_000
LOOK_ALIKE_CANDIDATES = 500
SHARED_SHOWN = 6


def search(
    text: str,
    *,
    user: Any,
    kinds: Iterable[str] | None = None,
    filters: dict[str, Any] | None = None,
    limit: int = PAGE_SIZE,
    cursor: str = "",
) -> SearchResults:
    """The documents that `user` may read and that answer `text`, best first. Never fails on a text."""
    opened = [searchable.kind for searchable in open_kinds(user)]
    asked = opened if kinds is None else [kind for kind in opened if kind in set(kinds)]
    query = parse(text, thesaurus.current())
    known = [group for group in query.groups if group.df]
    if not known or not asked:
        return SearchResults()
    found, facets, relaxed = _find(query, known, opened, asked, user, filters, cursor, limit + 1)
    if sum(facets.values()) > COUNTED and asked != opened:
        found, narrowed, relaxed = _find(query, known, asked, asked, user, filters, cursor, limit + 1)
        facets |= narrowed
    return _results(query, found, facets, asked, relaxed, limit, cursor)


def look_alikes(
    text: str, *, user: Any, exclude: Iterable[UUID] = (), kinds: Iterable[str] | None = None, limit: int = 5
) -> list[LookAlike]:
    """What `user` may read that resembles `text`, the most alike first, with the words that are shared.

    A single shared word is not a resemblance, unless the text has hardly more.
    """
    query = parse(text, thesaurus.current(), expand=False)
    groups, tiers = _affordable(query, [group for group in query.groups if group.df], POSTINGS)
    where = visible_sql(user, kinds)
    if not groups or where == NOTHING:
        return []
    if left_out := list(exclude):
        where = f"{where[0]} AND object <> ALL(%s)", [*where[1], left_out]
    rows = _rows(
        statements.some_words(groups, where, tiers=tiers, limit=min(LOOK_ALIKE_CANDIDATES, limit * 4))
    )
    needed = 2 if len(query.groups) > 2 else 1
    return [
        LookAlike(kind, found, round(rank, 4), _words(groups, shared))
        for kind, found, _key, shared, rank in rows
        if len(shared) >= needed
    ][:limit]


def route(query: Query, known: Sequence[Group]) -> str:
    """How a search goes about it: `text`, `rare`, `many` or `everywhere` (shown by `search_explain`)."""
    if len(known) > MOST_WORDS:
        return "text"
    if known[0].df <= MANY:
        return "rare"
    return "everywhere" if known[0].df > query.documents * EVERYWHERE else "many"


def _find(
    query: Query,
    known: Sequence[Group],
    opened: list[str],
    asked: list[str],
    user: Any,
    filters: dict[str, Any] | None,
    cursor: str,
    size: int,
) -> tuple[list[Hit], dict[str, int], bool]:
    """The page, the counts by kind, and whether some words were let go."""
    visible, filtered = visible_sql(user, opened), filters_sql(filters)
    where = f"{visible[0]} AND {filtered[0]}", [*visible[1], *filtered[1]]

    def ask(candidates: Sql) -> tuple[list[Hit], dict[str, int]]:
        rows = _rows(statements.page(candidates, asked, cursor=cursor, size=size))
        hits = [Hit(kind, found, rank, key) for part, kind, found, key, rank in rows if not part]
        return hits, {kind: count for part, kind, _found, count, _rank in rows if part}

    found: list[Hit] = []
    facets: dict[str, int] = {}
    for candidates in _attempts(route(query, known), known, where):
        found, facets = ask(candidates)
        if sum(facets.values()) >= ENOUGH:
            break
    several = len(query.groups) > 1
    if several and (
        len(known) < len(query.groups) or sum(facets.values()) < RELAX_UNDER or len(known) > MOST_WORDS
    ):
        groups, tiers = _affordable(query, known, RELAXED_POSTINGS)
        found, facets = ask(
            statements.some_words(groups, where, tiers=tiers, limit=CANDIDATES, as_search=True)
        )
        return found, facets, True
    return found, facets, False


def _attempts(way: str, known: Sequence[Group], where: Sql) -> Iterable[Sql]:
    """The statements to try in turn until there are enough answers."""
    if way == "text":
        return
    if way == "everywhere":
        yield statements.walk(known, where, limit=COUNTED + 1)
    if way in ("many", "everywhere"):
        yield statements.all_words(known, where, tiers=store.TIERS[:1], limit=CANDIDATES)
    yield statements.all_words(known, where, tiers=store.TIERS, limit=CANDIDATES)


def _affordable(query: Query, groups: Sequence[Group], budget: int) -> tuple[list[Group], Sequence[int]]:
    """The rarest groups, as long as the documents to look at stay few, and the tiers to look in.

    When even the rarest is held by many documents, the first tier alone is looked in, which holds fewer of them.
    """
    few = not groups or groups[0].df <= MANY
    share = 1.0 if few else min(1.0, store.TOP / max(query.documents, 1))
    chosen: list[Group] = []
    looked_at = 0.0
    for group in sorted(groups, key=lambda group: group.df):
        looked_at += group.df * share
        if chosen and looked_at > budget:
            break
        chosen.append(group)
    return chosen, store.TIERS if few else store.TIERS[:1]


def _words(groups: Sequence[Group], shared: Iterable[int]) -> list[str]:
    """The shared groups as they were typed, the most telling first (groups are sorted so), none inside another."""
    found = [groups[place] for place in sorted(shared)]
    apart = [
        group
        for group in found
        if not any(
            other is not group and other.start <= group.start and group.end <= other.end for other in found
        )
    ]
    return list(dict.fromkeys(group.surface for group in apart))[:SHARED_SHOWN]


def _rows(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _results(
    query: Query,
    found: list[Hit],
    facets: dict[str, int],
    asked: list[str],
    relaxed: bool,
    limit: int,
    cursor: str,
) -> SearchResults:
    backwards, edge = statements.read_cursor(cursor)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    total = sum(count for kind, count in facets.items() if kind in asked)
    before = bool(found) and (more if backwards else edge is not None)
    after = bool(found) and (backwards or more)
    return SearchResults(
        hits=found,
        total=total,
        is_capped=total > COUNTED,
        facets=facets,
        corrected=query.corrected if found else "",
        is_relaxed=relaxed,
        lexemes=query.lexemes,
        next=statements.write_cursor("n", found[-1].rank, found[-1].key) if after else "",
        previous=statements.write_cursor("p", found[0].rank, found[0].key) if before else "",
    )
