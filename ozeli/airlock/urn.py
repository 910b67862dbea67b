"""The urn: what was deposited and has not left yet, in one file that tells neither when nor in what order.

Each change writes the whole file again beside it, in the order of random keys and padded, makes it last (file and
folder), then puts it in place: a killed process leaves the old urn or the new one, never half of one. Times of the
file are set to one fixed day; the change time, that nobody may set, tells at most of the last rewriting, and
`stir` rewrites the urn regularly for nothing. What the old file held is overwritten as far as the disk lets us.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from ozeli.core import clock

BLOCK = 64 * 1024
MOST_BYTES = 64 * 1024 * 1024
MAGIC = b"OZURN1\n"
HEAD = len(MAGIC) + 8 + 32
SOME_DAY = 946_684_800  # midnight UTC, 1 January 2000
Entry = Mapping[str, Any]


class Full(Exception):  # noqa: N818 (what the urn is, not an error of ours)
    """The urn holds all that it may until the next batch."""


class Damaged(Exception):  # noqa: N818
    """The file is not what we wrote: nothing is overwritten, somebody has to look."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What the urn holds. `since`: the day it ceased to be empty."""

    entries: Sequence[Entry] = ()
    since: date | None = None

    def __len__(self) -> int:
        return len(self.entries)


def put(entry: Entry) -> bool:
    """Keep an entry, for good once this returns; False when one of this key is there already.

    `entry["key"]` is a random UUID, as text. Raises Full.
    """
    with _locked():
        held = _read()
        if any(one["key"] == entry["key"] for one in held.entries):
            return False
        _write(Batch([*held.entries, entry], held.since or clock.today()))
    return True


def holds(key: str) -> bool:
    return any(one["key"] == key for one in _read().entries)


def held() -> Batch:
    """What the urn holds now."""
    return _read()


@contextmanager
def take(is_due: Callable[[Batch], bool] = lambda batch: True) -> Iterator[Batch]:
    """What the urn holds, while nobody may add to it; emptied when the block ends without an error.

    Nothing is given, and nothing is emptied, while it is not due.
    """
    with _locked():
        batch = _read()
        if not batch.entries or not is_due(batch):
            yield Batch()
            return
        yield batch
        _write(Batch())


def stir() -> None:
    """Write the urn again as it is, so that the times of its file tell nothing of its last entry."""
    with _locked():
        _write(_read())


# --- the file ---------------------------------------------------------------------------------------------------


def _path() -> Path:
    return Path(settings.AIRLOCK_URN)


@contextmanager
def _locked() -> Iterator[None]:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read() -> Batch:
    try:
        # A reading leaves no time either: it may be that of a visit.
        descriptor = os.open(_path(), os.O_RDONLY | getattr(os, "O_NOATIME", 0))
    except FileNotFoundError:
        return Batch()
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read()
    size = int.from_bytes(raw[len(MAGIC) : len(MAGIC) + 8], "big")
    body = raw[HEAD : HEAD + size]
    if not raw.startswith(MAGIC) or hashlib.sha256(body).digest() != raw[len(MAGIC) + 8 : HEAD]:
        raise Damaged("the urn is not what was written")
    said = json.loads(body)
    return Batch(tuple(said["entries"]), date.fromisoformat(said["since"]) if said["since"] else None)


def _packed(batch: Batch) -> bytes:
    entries = sorted(batch.entries, key=lambda one: str(one["key"]))
    said = {"since": batch.since.isoformat() if batch.since else None, "entries": entries}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    whole = MAGIC + len(body).to_bytes(8, "big") + hashlib.sha256(body).digest() + body
    if len(whole) > MOST_BYTES:
        raise Full
    return whole + b"\0" * (-len(whole) % BLOCK)


def _write(batch: Batch) -> None:
    path, new = _path(), _path().with_name(f"{_path().name}.new")
    whole = _packed(batch)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(whole)
        os.utime(descriptor, (SOME_DAY, SOME_DAY))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    old = _opened(path)
    new.replace(path)
    _keep_folder(path.parent)
    if old is not None:
        _overwrite(old)


def _keep_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.utime(folder, (SOME_DAY, SOME_DAY))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return None


def _overwrite(descriptor: int) -> None:
    """Zeros over the file that nobody sees any more; a disk that copies on write keeps the old blocks."""
    try:
        size = os.fstat(descriptor).st_size
        with open(descriptor, "wb", closefd=False) as file:
            file.write(b"\0" * size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
