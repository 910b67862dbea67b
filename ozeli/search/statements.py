"""The SQL of the search: which documents are candidates, how they are ranked, which page of them is shown.

Only names and numbers of ours are written into the statements; everything that comes from outside is a parameter.
"""
# ruff: noqa: S608

import base64
from collections.abc import Sequence

from .query import Group, quote
from .visibility import Sql

# Weights of D, C, B, A for ts_rank: the title tells most.
RANK_WEIGHTS = "'{0.2, 0.4, 0.7, 1.0}'"
# ts_rank divides by π²/6 for a lexeme that stands once.
ONE_HIT = 1.64493406685
WALKED = 20_000
# What resembles: the weights are flatter, rare lexemes count more, long documents less. Tuned by bench/lookalikes.py.
SHARED_WEIGHTS = "'{0.5, 0.8, 0.9, 1.0}'"
RARITY = 1.5
LENGTH = 0.7
# A search of which words are let go: holding more of them matters, being short hardly does.
RELAXED_LENGTH = 0.3


def all_words(groups: Sequence[Group], where: Sql, *, tiers: Sequence[int], limit: int) -> Sql:
    """Candidates that answer every group, in the given tiers."""
    rank, rank_params = _rank(groups)
    condition, params = where
    return (
        f"""
        SELECT kind, object, key, {rank} AS rank FROM search_doc d
        WHERE tier IN ({_numbers(tiers)}) AND tsv @@ %s::tsquery AND {condition}
        LIMIT {int(limit)}
        """,
        [*rank_params, _every(groups), *params],
    )


def walk(groups: Sequence[Group], where: Sql, *, limit: int) -> Sql:
    """Candidates that answer every group among the documents of best score: for words that stand everywhere."""
    rank, rank_params = _rank(groups)
    condition, params = where
    return (
        f"""
        SELECT kind, object, key, {rank} AS rank
        FROM (SELECT * FROM search_doc WHERE {condition} ORDER BY score DESC, key LIMIT {WALKED}) d
        WHERE tsv @@ %s::tsquery
        LIMIT {int(limit)}
        """,
        [*rank_params, *params, _every(groups)],
    )


def some_words(
    groups: Sequence[Group], where: Sql, *, tiers: Sequence[int], limit: int, as_search: bool = False
) -> Sql:
    """Candidates that answer any of the groups, by what they share: Σ idf · strength, tempered by length.

    A document of a thousand words shares a few with everything, hence the division by a power of its length.
    A search (`as_search`) also prizes the share of its words that a document holds.
    `shared` are the places of the groups in `groups`. `OFFSET 0` has the lexemes read where they lie, so that what is
    grouped afterwards is a few numbers and not the documents.
    """
    condition, params = where
    tempered = f"total / power(length + 5, {LENGTH}::float8)"
    if as_search:
        tempered = f"total * cardinality(shared) / power(length + 5, {RELAXED_LENGTH}::float8)"
    return (
        f"""
        SELECT kind, object, key, shared, {tempered} AS rank
        FROM (
            SELECT d.kind, d.object, d.key, d.length, sum(q.idf * d.strength) AS total, array_agg(q.place) AS shared
            FROM unnest(%s::text[], %s::real[], %s::int[]) AS q(said, idf, place)
            CROSS JOIN LATERAL (
                SELECT kind, object, key, length(tsv)::float8 AS length,
                       ts_rank({SHARED_WEIGHTS}, tsv, q.said::tsquery) AS strength
                FROM search_doc
                WHERE tier IN ({_numbers(tiers)}) AND tsv @@ q.said::tsquery AND {condition}
                OFFSET 0
            ) d
            GROUP BY d.kind, d.object, d.key, d.length
        ) s
        ORDER BY rank DESC, key DESC
        LIMIT {int(limit)}
        """,
        [
            [group.tsquery for group in groups],
            [_telling(group) for group in groups],
            list(range(len(groups))),
            *params,
        ],
    )


def held(lexemes: Sequence[str], where: Sql) -> Sql:
    """How many of the lexemes stand in a document at least."""
    condition, params = where
    return (
        f"""
        SELECT count(*) FROM unnest(%s::text[]) AS l(said)
        WHERE EXISTS (SELECT FROM search_doc WHERE tsv @@ l.said::tsquery AND {condition})
        """,
        [[quote(lexeme) for lexeme in lexemes], *params],
    )


def page(candidates: Sql, kinds: Sequence[str], *, cursor: str, size: int) -> Sql:
    """One row a hit (0, kind, object, key, rank), then one a kind (1, kind, null, count, 0)."""
    backwards, edge = read_cursor(cursor)
    direction = "ASC" if backwards else "DESC"
    after = f"AND (rank, key) {'>' if backwards else '<'} (%s, %s)" if edge else ""
    return (
        f"""
        WITH c AS MATERIALIZED (
            SELECT kind, object, key, (rank * 1000)::int AS rank FROM ({candidates[0]}) r
        )
        (
            SELECT 0, kind, object, key, rank FROM c WHERE kind = ANY(%s) {after}
            ORDER BY rank {direction}, key {direction} LIMIT {int(size)}
        )
        UNION ALL (SELECT 1, kind, NULL, count(*), 0 FROM c GROUP BY kind)
        """,
        [*candidates[1], list(kinds), *(edge or ())],
    )


def write_cursor(direction: str, rank: int, key: int) -> str:
    return base64.urlsafe_b64encode(f"{direction}.{rank}.{key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[bool, tuple[int, int] | None]:
    """(backwards, edge); a cursor that cannot be read is the first page."""
    try:
        direction, rank, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(".")
        edge = int(rank), int(key)
    except ValueError:
        return False, None
    if direction not in "np" or abs(edge[0]) >= 2**31 or abs(edge[1]) >= 2**63:
        return False, None
    return direction == "p", edge


def _numbers(tiers: Sequence[int]) -> str:
    return ", ".join(str(int(tier)) for tier in tiers)


def _telling(group: Group) -> float:
    """How much it tells that a document shares this group: ts_rank is divided by the number of lexemes asked."""
    size = len(group.lexemes) + sum(len(phrase) for phrase in group.phrases)
    return group.idf**RARITY * (0.75 + 0.25 * min(group.times, 3)) * size


def _every(groups: Sequence[Group]) -> str:
    return " & ".join(group.tsquery for group in groups)


def _rank(groups: Sequence[Group]) -> Sql:
    """Σ idf · weight, tempered by length, plus a little of the score."""
    terms, params = [], []
    for group in groups:
        size = len(group.lexemes) + sum(len(phrase) for phrase in group.phrases)
        terms.append(f"%s * LEAST(1.5, 0.2 + ts_rank({RANK_WEIGHTS}, d.tsv, %s::tsquery) * %s)")
        params += [group.idf + 0.1, group.tsquery, size * ONE_HIT]
    total = " + ".join(terms)
    return f"(({total}) / (1 + 0.15 * ln(1 + length(d.tsv))) + 0.15 * ln(1 + greatest(d.score, 0)))", params
