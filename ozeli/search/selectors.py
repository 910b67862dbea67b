"""Asking the index: a search by words, and the look-alikes of a text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
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
# Walking down the scores stops at so many answers.
WALKED_TO = 500
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
POSTINGS = 2_500
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
    search_in = partial(
        _find, query, known, asked=asked, user=user, filters=filters, cursor=cursor, size=limit + 1
    )
    found = search_in(opened)
    if found.is_partial and asked != opened:
        facets = found.facets
        found = search_in(asked)
        found.facets = facets | found.facets
    if not _are_readable(query.mended, visible_sql(user, opened)):
        query = replace(query, corrected="")
    return _results(query, found, asked, limit, cursor)


def look_alikes(
    text: str,
    *,
    user: Any,
    exclude: Iterable[UUID] = (),
    kinds: Iterable[str] | None = None,
    filters: dict[str, Any] | None = None,
    limit: int = 5,
) -> list[LookAlike]:
    """What `user` may read that resembles `text`, the most alike first, with the words that are shared.

    A single shared word is not a resemblance, unless the text has hardly more. `filters` are those of a search.
    """
    query = parse(text, thesaurus.current(), expand=False)
    groups, tiers = _affordable(query, [group for group in query.groups if group.df], POSTINGS)
    where = visible_sql(user, kinds)
    if not groups or where == NOTHING:
        return []
    if filters:
        rules, values = filters_sql(filters)
        where = f"{where[0]} AND {rules}", [*where[1], *values]
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


@dataclass(slots=True)
class _Found:
    """The hits of a page, the counts by kind, whether more may exist than was counted, whether words were let go."""

    hits: list[Hit] = field(default_factory=list)
    facets: dict[str, int] = field(default_factory=dict)
    is_partial: bool = False
    is_relaxed: bool = False

    @property
    def count(self) -> int:
        return sum(self.facets.values())


def _find(
    query: Query,
    known: Sequence[Group],
    opened: list[str],
    *,
    asked: list[str],
    user: Any,
    filters: dict[str, Any] | None,
    cursor: str,
    size: int,
) -> _Found:
    """Documents that hold every word; those that hold some, when there are too few."""
    visible, filtered = visible_sql(user, opened), filters_sql(filters)
    where = f"{visible[0]} AND {filtered[0]}", [*visible[1], *filtered[1]]

    def ask(candidates: Sql, limit: int, *, partly: bool = False) -> _Found:
        rows = _rows(statements.page(candidates, asked, cursor=cursor, size=size))
        hits = [Hit(kind, found, rank, key) for part, kind, found, key, rank in rows if not part]
        facets = {kind: count for part, kind, _found, count, _rank in rows if part}
        return _Found(hits, facets, is_partial=partly or sum(facets.values()) >= min(limit, COUNTED + 1))

    found = _Found()
    for candidates, limit, partly in _attempts(query, known, where):
        found = ask(candidates, limit, partly=partly)
        if found.count >= ENOUGH:
            break
    several = len(query.groups) > 1
    if several and (len(known) < len(query.groups) or found.count < RELAX_UNDER or len(known) > MOST_WORDS):
        groups, tiers = _affordable(query, known, RELAXED_POSTINGS)
        some = statements.some_words(groups, where, tiers=tiers, limit=CANDIDATES, as_search=True)
        found = ask(some, CANDIDATES)
        found.is_relaxed = True
    return found


def _attempts(query: Query, known: Sequence[Group], where: Sql) -> Iterator[tuple[Sql, int, bool]]:
    """(statement, its limit, whether it looks only at a part) to try in turn until there are enough answers."""
    way = route(query, known)
    if way == "text":
        return
    if way == "everywhere":
        walked = statements.walk(known, where, limit=WALKED_TO + 1)
        yield walked, WALKED_TO + 1, query.documents > statements.WALKED
    if way in ("many", "everywhere"):
        first = statements.all_words(known, where, tiers=store.TIERS[:1], limit=CANDIDATES)
        yield first, CANDIDATES, query.documents > store.TOP
    yield statements.all_words(known, where, tiers=store.TIERS, limit=CANDIDATES), CANDIDATES, False


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


def _are_readable(lexemes: Sequence[str], where: Sql) -> bool:
    """Whether each of the lexemes stands in a document of `where`: a correction must tell no word of a closed text."""
    return not lexemes or _rows(statements.held(lexemes, where)) == [(len(lexemes),)]


def _rows(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _results(query: Query, found: _Found, asked: list[str], limit: int, cursor: str) -> SearchResults:
    backwards, edge = statements.read_cursor(cursor)
    more, hits = len(found.hits) > limit, found.hits[:limit]
    if backwards:
        hits.reverse()
    before = bool(hits) and (more if backwards else edge is not None)
    after = bool(hits) and (backwards or more)
    return SearchResults(
        hits=hits,
        total=sum(count for kind, count in found.facets.items() if kind in asked),
        is_capped=found.is_partial,
        facets=found.facets,
        corrected=query.corrected if hits else "",
        is_relaxed=found.is_relaxed,
        lexemes=query.lexemes,
        next=statements.write_cursor("n", hits[-1].rank, hits[-1].key) if after else "",
        previous=statements.write_cursor("p", hits[0].rank, hits[0].key) if before else "",
    )
