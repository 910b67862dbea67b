"""What somebody who owns the whole machine would try: match deposits with the moments they were seen to arrive.

He knows the true order of arrival (he watched the corridor), and sees every order that the installation keeps. Each
order is a guess: the first of it came first. Within a batch the deposits are his only doubt,
so guesses are judged there.
"""

import json
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection

SEGMENT, PAGE = 16 * 1024 * 1024, 8192

Order = Mapping[int, Any]  # rank of arrival → what the attacker sees of it, to be sorted


def exact(order: Order, batches: Sequence[Sequence[int]]) -> int:
    """How many deposits get their true arrival when each batch is sorted by what is seen (the better of two ways)."""
    return max(_matches(order, batches, backwards) for backwards in (False, True))


def _matches(order: Order, batches: Sequence[Sequence[int]], backwards: bool) -> int:
    """Equal values tell nothing: among them one guess in so many is right, so that they count for one in all."""
    right = 0.0
    for batch in batches:
        ranks = sorted(batch)
        for value, members in _groups(order, batch, backwards):
            places = ranks[value : value + len(members)]
            right += len(set(members) & set(places)) / len(members)
    return round(right)


def _groups(order: Order, batch: Sequence[int], backwards: bool) -> list[tuple[int, list[int]]]:
    """The deposits that look alike, with the place where they start."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for rank in batch:
        alike[order[rank]].append(rank)
    groups, place = [], 0
    for value in sorted(alike, reverse=backwards):
        groups.append((place, alike[value]))
        place += len(alike[value])
    return groups


def correlation(order: Order, batches: Sequence[Sequence[int]]) -> float:
    """Spearman's, within each batch, averaged over the batches; 0 where everything looks alike."""
    return sum(_spearman(order, batch) for batch in batches) / len(batches)


def _spearman(order: Order, batch: Sequence[int]) -> float:
    seen = _middle_ranks([order[rank] for rank in batch])
    true = _middle_ranks(list(batch))
    mean = (len(batch) - 1) / 2
    both = sum((a - mean) * (b - mean) for a, b in zip(seen, true, strict=True))
    spread = sum((a - mean) ** 2 for a in seen) * sum((b - mean) ** 2 for b in true)
    return both / spread**0.5 if spread else 0.0


def _middle_ranks(values: Sequence[Any]) -> list[float]:
    places: dict[Any, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values)):
        places[value].append(place)
    return [sum(places[value]) / len(places[value]) for value in values]


# --- what the attacker sees -----------------------------------------------------------------------------------------


def rows(table: str, key: str) -> dict[str, dict[str, Any]]:
    """Every hidden and plain order of a table, by the value of the column `key`: xmin, place on the disk, columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {key}::text, xmin::text::bigint, (ctid::text::point)[0]::int, (ctid::text::point)[1]::int,"
            f" to_jsonb(t) from {table} t"
        )
        found = {}
        for name, xmin, page, line, columns in cursor.fetchall():
            found[name] = {"xmin": xmin, "ctid": (page, line)} | {
                column: str(value) if not isinstance(value, int) else value
                for column, value in (_json(columns)).items()
            }
    return found


def _json(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value


def position() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def wal_since(start: str) -> bytes:
    """The records of the WAL from this position to now, read by the server itself: no need to own its files."""
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = on")
        # Its commit makes everything before it reach the files.
        cursor.execute("select pg_logical_emit_message(true, 'here', '')")
        cursor.execute("set synchronous_commit = off")
        cursor.execute(
            "select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0'), pg_wal_lsn_diff(%s, '0/0')", [start]
        )
        end, first = map(int, cursor.fetchone())
        whole = []
        for number in range(first // SEGMENT, end // SEGMENT + 1):
            try:
                cursor.execute("select pg_read_binary_file(%s)", [f"pg_wal/{segment_name(number)}"])
            except OperationalError:  # a checkpoint of another test recycled it
                return b""
            segment = bytes(cursor.fetchone()[0])
            for page in range(0, SEGMENT, PAGE):
                if first <= number * SEGMENT + page + PAGE and number * SEGMENT + page < end:
                    whole.append(
                        segment[page + (24 if page else 40) : page + PAGE]
                    )  # without the page's head
        return b"".join(whole)


def segment_name(number: int) -> str:
    return f"00000001{number // 256:08X}{number % 256:08X}"


def times_of(paths: Sequence[Path]) -> dict[Path, dict[str, int]]:
    """Those of files, their births included, in nanoseconds."""
    command = ["stat", "-c", "%.9W", *map(str, paths)]
    born = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {path: _times(path, birth) for path, birth in zip(paths, born, strict=True)}


def _times(path: Path, born: str) -> dict[str, int]:
    told = path.stat()
    birth = int(float(born.replace(",", ".").replace("-", "0") or 0) * 1e9)
    return {"mtime": told.st_mtime_ns, "ctime": told.st_ctime_ns, "inode": told.st_ino, "birth": birth}


def ranked(seen: Mapping[str, Any], true: Mapping[str, int], look: Callable[[Any], Any]) -> dict[int, Any]:
    """What is seen of each deposit, by its true rank."""
    return {true[name]: look(value) for name, value in seen.items() if name in true}
