"""Spreadsheets, read by another process: what may take a gigabyte or crash does it there."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from .limits import Limits, TableRefused
from .rows import Row, is_blank, row_of, titles_of

CHILD = Path(__file__).with_name("workbook_child.py")
LABELS = {"xlsx": "Excel (.xlsx)", "xls": "Excel 97 (.xls)", "ods": "OpenDocument (.ods)"}
_DIED = (
    "Ce classeur demande trop de mémoire ou de temps : il est endommagé, ou ses cellules vont très loin. "
    "Copiez ses lignes utiles dans un classeur neuf."
)
_LINE = 20_000_000
_HEAD_ROWS = 50


def describe(path: Path, sheet: str, limits: Limits) -> dict[str, Any]:
    """`kind`, `sheets` (visible ones), `sheet` (the one asked for, else the first that holds something), `header`."""
    with _reading(path, sheet, limits, rows=_HEAD_ROWS) as lines:
        found: dict[str, Any] = next(lines)
        start, cells = _titles(lines)
    return found | {"start": start, "header": titles_of(cells, limits)}


def rows(path: Path, sheet: str, start: int, titles: list[str], limits: Limits) -> Iterator[Row]:
    with _reading(path, sheet, limits, rows=limits.rows + start + 1) as lines:
        next(lines)
        for line, cells, formulas, merged in lines:
            if line > start and not is_blank(cells):
                yield row_of(line, titles, cells, limits, formulas, merged)


def _titles(lines: Iterator[Any]) -> tuple[int, list[str]]:
    """The line of the titles: the first that has two, since a name of the table may stand above them."""
    alone: tuple[int, list[str]] | None = None
    for line, cells, *_odd in lines:
        filled = sum(bool(cell.strip()) for cell in cells)
        if filled > 1:
            return line, cells
        if filled and alone is None:
            alone = line, cells
    if alone is None:
        raise TableRefused("Cette feuille est vide : il n’y a rien à lire.")
    return alone


@contextmanager
def _reading(path: Path, sheet: str, limits: Limits, *, rows: int) -> Iterator[Iterator[Any]]:
    """What the child says, line by line; it is killed when nobody listens any more or time is over."""
    asked = {"path": str(path), "sheet": sheet, "rows": rows, "limits": asdict(limits)}
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    alarm = threading.Timer(2 * limits.seconds, child.kill)
    alarm.daemon = True
    alarm.start()
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(asked).encode())
        child.stdin.close()
        yield _said(child, child.stdout)
    finally:
        alarm.cancel()
        child.kill()
        child.stdout.close()
        child.wait()


def _said(child: "subprocess.Popen[bytes]", output: IO[bytes]) -> Iterator[Any]:
    done = False
    while line := output.readline(_LINE):
        if len(line) >= _LINE:
            raise TableRefused(_DIED)
        said = json.loads(line)
        if isinstance(said, dict) and "refused" in said:
            raise TableRefused(said["refused"])
        if said == "end":
            done = True
            break
        yield said
    if not done:
        raise TableRefused(_DIED)
