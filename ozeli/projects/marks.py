"""The mark of a row of a file: what its cells said when it was given, so that a stale line is known cell by cell.

A mark holds one short digest for each cell that an import may change. Of a cell that comes back: changed in the file
when it differs from its digest, changed on the portal when what stands differs from it; both make a conflict.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zlib import crc32

from ozeli.core.imports import title_key

MARK = "mark"
TEXTS = (
    "title", "weather_line", "next_step", "needs", "direction", "summary", "pitch", "video_url", "link_url",
)  # fmt: skip
NAMES = (
    "state",
    "kind",
    "weather",
    "organisation",
    "domain",
    "objective",
    "trigger",
    "audience",
    "ending",
    "cause",
)
DAYS = ("started_on", "expected_end_on", "ended_on")
AMOUNTS = ("progress", "budget_planned", "budget_committed", "budget_spent")
LISTS = ("sponsors", "partners", "keywords")
# The order is that of the digests: add at the end, with another letter in front of the mark.
KEPT = (*TEXTS, *NAMES, *DAYS, *AMOUNTS, *LISTS)
_DIGITS = 4
_REPEATED = 80
_MARK = re.compile(rf"^a[0-9a-f]{{{_DIGITS * len(KEPT)}}}$")
_FRENCH = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_IDLE = re.compile(r"[\s\u00a0\u202f€%]")


def mark_of(cells: Mapping[str, object]) -> str:
    """The mark of a row, by code of column."""
    return "a" + "".join(digest(code, str(cells[code])) for code in KEPT)


def digests(mark: str) -> dict[str, str]:
    """Code → digest of its cell when the file was given; nothing for what is no mark."""
    if not _MARK.match(mark):
        return {}
    return {code: mark[1 + _DIGITS * place :][:_DIGITS] for place, code in enumerate(KEPT)}


def digest(code: str, text: str) -> str:
    return _short(code, text) if len(text) <= _REPEATED else _digest(code, text)


def _digest(code: str, text: str) -> str:
    return f"{crc32(meaning(code, text).encode()) & 0xFFFF:04x}"


# Names, days and empty cells come back thousands of times in a file.
_short = lru_cache(8_192)(_digest)


def meaning(code: str, text: str) -> str:
    """What a cell says, however a spreadsheet writes it: two cells of one meaning change nothing."""
    if code in TEXTS:
        return " ".join(text.split())
    if code in DAYS:
        day = as_day(text)
        return day.isoformat() if day else text.strip()
    if code in AMOUNTS:
        return _amount(text)
    if code in LISTS:
        return " ".join(sorted(filter(None, map(title_key, parts(code, text)))))
    return title_key(text)


def parts(code: str, text: str) -> list[str]:
    """What a cell lists: bodies between semicolons, since their names hold commas; keywords between either."""
    cut = re.split(r"[;\n]" if code != "keywords" else r"[,;\n]", text)
    return [said for one in cut if (said := " ".join(one.split()))]


def as_day(text: str) -> date | None:
    """A day written 2024-05-31, 31/05/2024, or as a spreadsheet keeps it; None for anything else."""
    told = text.strip()
    try:
        if found := _FRENCH.match(told):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return datetime.fromisoformat(told).date() if len(told) >= 10 else None
    except ValueError:
        return None


def _amount(text: str) -> str:
    bare = _IDLE.sub("", text).replace(",", ".")
    try:
        return f"{Decimal(bare).normalize():f}" if bare else "0"
    except InvalidOperation:
        return bare
