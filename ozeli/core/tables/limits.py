"""How much of a table is read, and the error that says no more."""

from dataclasses import dataclass

from ozeli.core.errors import Refused

MIB = 2**20


class TableRefused(Refused):
    """The file cannot be read as a table. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` and `unzipped` in bytes, `line` and `cell` in characters, `memory` of the reading process in bytes."""

    size: int = 100 * MIB
    unzipped: int = 100 * MIB
    entries: int = 500
    line: int = 1_000_000
    cell: int = 100_000
    columns: int = 500
    rows: int = 200_000
    cells: int = 5_000_000
    memory: int = 2**30
    seconds: int = 60


LIMITS = Limits()
