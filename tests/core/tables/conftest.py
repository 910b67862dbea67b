"""Tables made by the tests, and the memory that reading them takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ozeli.core.tables import Limits, Row, open_table

GROWTH = 200 * 2**20


@contextmanager
def bounded_memory(limit: int = GROWTH) -> Iterator[None]:
    """Fail when the peak of this process grows past the limit meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = _memory("VmRSS")
    yield
    grown = _memory("VmHWM") - before
    assert grown < limit, f"memory grew by {grown // 2**20} MB"


def _memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1024


Made = Callable[[bytes | str], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """`made(content)`: a file of that content, with a name that says nothing."""

    def write(content: bytes | str) -> Path:
        path = tmp_path / "fichier.dat"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def read(path: Path, **options: object) -> list[Row]:
    """Every row, within the memory that a hostile file may take."""
    with bounded_memory():
        return list(open_table(path, **options).rows())


def cells(path: Path, **options: object) -> list[dict[str, str]]:
    return [row.cells for row in read(path, **options)]


SMALL = Limits(rows=10, cells=1_000, columns=20, line=5_000, cell=500)
