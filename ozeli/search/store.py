"""The tables of the index, in SQL: documents by tier, lexemes with their document frequency.

One writer at a time (a transaction-wide advisory lock): writers are jobs, and the frequencies then stay exact
without a deadlock. The lexeme '' holds the number of documents.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from .documents import IndexedDocument

LOCK = 0x6F7A656C  # « ozel »
TIERS = (0, 1, 2)
# The first tier is small enough for any word to be looked up in it; the second takes most of the rest's readers.
TOP = 20_000
MIDDLE = 200_000
MOVED_AT_ONCE = 5_000


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write(documents: Sequence[IndexedDocument]) -> int:
    """Insert or update documents and the frequencies of their lexemes. Returns how many really changed."""
    lock()
    before = _lexemes_of(documents)
    cuts = tier_cuts()
    change: Counter[str] = Counter()
    words: dict[str, str] = {}
    new = [one for one in documents if (one.document.kind, one.document.object_id) not in before]
    for lexemes in _insert(new, cuts):
        change.update(lexemes)
    for one in new:
        words.update(one.words)
    change[""] += len(new)
    changed = len(new)
    with connection.cursor() as cursor:
        for one in documents:
            key = (one.document.kind, one.document.object_id)
            if (known := before.get(key)) is None:
                continue
            cursor.execute(_UPDATE, [*_columns(one), *key, *_columns(one)])
            if cursor.rowcount:
                changed += 1
                after = set(cursor.fetchone()[0])
                change.update(after.difference(known))
                change.subtract(set(known).difference(after))
                words.update(one.words)
    add_frequencies(change, words)
    return changed


def _insert(documents: Sequence[IndexedDocument], cuts: tuple[float, float] | None) -> list[list[str]]:
    """Insert new documents by one statement; the lexemes of each."""
    if not documents:
        return []
    rows = [
        [*_columns(one), _tier(one.document.score, cuts), one.document.kind, one.document.object_id]
        for one in documents
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        return [lexemes for (lexemes,) in cursor.fetchall()]


def remove(kind: str, ids: Sequence[UUID]) -> int:
    """Take documents out of the index, and their lexemes out of the frequencies."""
    lock()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM search_doc WHERE kind = %s AND object = ANY(%s) RETURNING tsvector_to_array(tsv)",
            [kind, list(ids)],
        )
        rows = cursor.fetchall()
    change: Counter[str] = Counter({"": -len(rows)})
    for (lexemes,) in rows:
        change.subtract(lexemes)
    add_frequencies(change, {})
    return len(rows)


def add_frequencies(change: Mapping[str, int], words: Mapping[str, str]) -> None:
    """Add to the document frequency of lexemes; those that no document holds any more disappear.

    The word that is shown for a lexeme is the shortest that was met: the singular, most often.
    """
    moves = sorted((term, count) for term, count in change.items() if count)
    if not moves:
        return
    terms = [term for term, _ in moves]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO search_lexeme (term, df, word) SELECT * FROM unnest(%s::text[], %s::int[], %s::text[])
               ON CONFLICT (term) DO UPDATE SET df = search_lexeme.df + excluded.df, word = CASE
                   WHEN excluded.word = '' OR length(search_lexeme.word) BETWEEN 1 AND length(excluded.word)
                   THEN search_lexeme.word ELSE excluded.word END""",
            [terms, [count for _, count in moves], [words.get(term, "") for term in terms]],
        )
        cursor.execute(
            "DELETE FROM search_lexeme WHERE term = ANY(%s) AND df <= 0",
            [[term for term, n in moves if n < 0]],
        )


def count_again() -> None:
    """Rebuild every frequency from the documents (a repair: indexing keeps them right)."""
    lock()
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
               SELECT lexeme AS term, count(*)::int AS df
               FROM search_doc, unnest(tsvector_to_array(tsv)) AS lexeme GROUP BY lexeme
               UNION ALL SELECT '', count(*)::int FROM search_doc"""
        )
        cursor.execute(
            "DELETE FROM search_lexeme l WHERE NOT EXISTS (SELECT FROM counted c WHERE c.term = l.term)"
        )
        cursor.execute(
            """INSERT INTO search_lexeme (term, df) SELECT term, df FROM counted
               ON CONFLICT (term) DO UPDATE SET df = excluded.df WHERE search_lexeme.df <> excluded.df"""
        )


def objects(kind: str) -> Iterator[UUID]:
    """The objects of a kind that are in the index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT object FROM search_doc WHERE kind = %s", [kind])
        while rows := cursor.fetchmany(5_000):
            yield from (row[0] for row in rows)


def frequencies(terms: Iterable[str]) -> tuple[int, dict[str, int]]:
    """The number of documents, and how many hold each of the terms that at least one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT term, df FROM search_lexeme WHERE term = ANY(%s)", [["", *terms]])
        found = dict(cursor.fetchall())
    return found.pop("", 0), found


def starting_with(prefix: str, limit: int) -> list[tuple[str, int]]:
    """The most frequent lexemes that begin with `prefix`, with their frequency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term, df FROM search_lexeme WHERE term >= %s AND term < %s ORDER BY df DESC, term LIMIT %s",
            [prefix, prefix + "\U0010ffff", limit],
        )
        return cursor.fetchall()


def neighbours(start: str, lengths: range, limit: int) -> list[tuple[str, int, str]]:
    """(lexeme, frequency, word) of the lexemes that begin with `start` and have one of the lengths, frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT term, df, word FROM search_lexeme
               WHERE char_length(term) = ANY(%s) AND term >= %s AND term < %s ORDER BY df DESC, term LIMIT %s""",
            [list(lengths), start, start + "\U0010ffff", limit],
        )
        return cursor.fetchall()


def set_scores(kind: str, scores: Mapping[UUID, float]) -> int:
    """Write the scores that have changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE search_doc d SET score = n.score FROM unnest(%s::uuid[], %s::real[]) AS n(object, score)
               WHERE d.kind = %s AND d.object = n.object AND d.score <> n.score""",
            [list(scores), list(scores.values()), kind],
        )
        return cursor.rowcount


def tier_cuts() -> tuple[float, float] | None:
    """The scores from which a new document enters the first and the second tier; None while one tier is enough."""
    total, _ = frequencies(())
    if total < 2 * TOP:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT min(score) FROM search_doc WHERE tier = 0),
                      (SELECT min(score) FROM search_doc WHERE tier = 1)"""
        )
        first, second = cursor.fetchone()
    return (first if first is not None else float("-inf"), second if second is not None else float("-inf"))


def move_between_tiers() -> int:
    """Bring the best scores to the first tiers, at most a few thousand rows at a time. Returns how many moved."""
    lock()
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH placed AS (
                   SELECT key, tier, row_number() OVER (ORDER BY score DESC, key) AS place FROM search_doc
               ), wanted AS (
                   SELECT key, tier,
                          (CASE WHEN place <= %s THEN 0 WHEN place <= %s THEN 1 ELSE 2 END)::smallint AS right_tier
                   FROM placed
               ), moved AS (SELECT * FROM wanted WHERE tier <> right_tier LIMIT %s)
               UPDATE search_doc d SET tier = m.right_tier FROM moved m WHERE d.key = m.key AND d.tier = m.tier""",
            [TOP, TOP + MIDDLE, MOVED_AT_ONCE],
        )
        return cursor.rowcount


_INSERT = """
INSERT INTO search_doc (audience, organisation, branch, domain, status, year, score, tsv, tier, kind, object)
SELECT audience, organisation, branch, domain, status, year, score, tsv::tsvector, tier, kind, object
FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::real[],
            %s::text[], %s::smallint[], %s::text[], %s::uuid[])
  AS new (audience, organisation, branch, domain, status, year, score, tsv, tier, kind, object)
RETURNING tsvector_to_array(tsv)
"""
_UPDATE = """
UPDATE search_doc SET (audience, organisation, branch, domain, status, year, score, tsv)
    = ROW(%s::smallint, %s::bigint, %s::bigint, %s::bigint, %s, %s::smallint, %s::real, %s::tsvector)
WHERE kind = %s AND object = %s
  AND (audience, organisation, branch, domain, status, year, score, tsv)
    IS DISTINCT FROM ROW(%s::smallint, %s::bigint, %s::bigint, %s::bigint, %s, %s::smallint, %s::real, %s::tsvector)
RETURNING tsvector_to_array(tsv)
"""


def _columns(one: IndexedDocument) -> list[Any]:
    document = one.document
    return [
        one.audience,
        document.organisation_id,
        document.branch_id,
        document.domain_id,
        document.status,
        document.year,
        document.score,
        one.tsv,
    ]


def _tier(score: float, cuts: tuple[float, float] | None) -> int:
    if cuts is None or score > cuts[0]:
        return 0
    return 1 if score > cuts[1] else 2


def _lexemes_of(documents: Sequence[IndexedDocument]) -> dict[tuple[str, UUID], list[str]]:
    by_kind: dict[str, list[UUID]] = {}
    for one in documents:
        by_kind.setdefault(one.document.kind, []).append(one.document.object_id)
    known: dict[tuple[str, UUID], list[str]] = {}
    with connection.cursor() as cursor:
        for kind, ids in by_kind.items():
            cursor.execute(
                "SELECT object, tsvector_to_array(tsv) FROM search_doc WHERE kind = %s AND object = ANY(%s)",
                [kind, ids],
            )
            known.update({(kind, found): lexemes for found, lexemes in cursor.fetchall()})
    return known
