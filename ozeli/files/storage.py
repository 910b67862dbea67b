"""Where the bytes are: the Django storage « files », outside anything the web server gives out.

A folder a file, with a random name, two levels deep: neither the id, nor the name, nor the order of arrival shows.
Another backend (S3) only has to be named in `STORAGES`.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

RECEIVED, MAIN = "received", "main"
# What a folder may hold; anything else was put there by somebody else.
_CONTENTS = re.compile(r"received|main|\d{1,5}\.(webp|avif)")
_FOLDER = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{40}")


def disk() -> Storage:
    return storages["files"]


def new_folder() -> str:
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:4]}/{token}"


def keep(folder: str, name: str, content: IO[bytes]) -> None:
    disk().save(f"{folder}/{name}", File(content))


def keep_all(source: Path) -> str:
    """Keep the files of a folder of this machine in a new one; its name."""
    folder = new_folder()
    for path in sorted(source.iterdir()):
        if _CONTENTS.fullmatch(path.name):
            with path.open("rb") as content:
                keep(folder, path.name, content)
    return folder


def opened(folder: str, name: str) -> Any:
    """The bytes, to be read from the start. FileNotFoundError when they are gone."""
    return disk().open(f"{folder}/{name}", "rb")


def copy_to(folder: str, name: str, target: Path) -> None:
    with opened(folder, name) as source, target.open("wb") as copy:
        for chunk in source.chunks():
            copy.write(chunk)


def delete(folder: str) -> None:
    """Delete a folder and all it holds; nothing when it is not one of ours."""
    if not _FOLDER.fullmatch(folder):
        return
    _folders, names = _listed(folder)
    for name in names:
        disk().delete(f"{folder}/{name}")
    disk().delete(folder)


def folders(*, older_than: float) -> Iterator[str]:
    """The folders whose content is older than so many seconds."""
    limit = time.time() - older_than
    for shard in _listed("")[0]:
        for inner in _listed(shard)[0]:
            for token in _listed(f"{shard}/{inner}")[0]:
                folder = f"{shard}/{inner}/{token}"
                if _FOLDER.fullmatch(folder) and _written_at(folder) < limit:
                    yield folder


def _written_at(folder: str) -> float:
    """When the folder last received something; 0 when it is empty."""
    times = [disk().get_modified_time(f"{folder}/{name}").timestamp() for name in _listed(folder)[1]]
    return max(times, default=0.0)


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return disk().listdir(folder)
    except FileNotFoundError:
        return [], []


def digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
