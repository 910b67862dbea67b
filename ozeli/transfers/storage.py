"""The private folder of tables: files that people bring and fetch, by random name, out of the web root."""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings


def folder(kind: str) -> Path:
    """`imports` or `exports`, closed to other accounts."""
    path = Path(settings.TABLES_FOLDER) / kind
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def path_of(kind: str, key: UUID) -> Path:
    return folder(kind) / str(key)


def keep(kind: str, key: UUID, chunks: Iterable[bytes]) -> int:
    """Write a file whole or not at all; its size."""
    target = path_of(kind, key)
    draft = target.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        size = file.tell()
    draft.replace(target)
    return size


def drop(kind: str, key: UUID) -> None:
    path = path_of(kind, key)
    path.unlink(missing_ok=True)
    path.with_suffix(".part").unlink(missing_ok=True)


def strays(kind: str, known: Iterable[UUID]) -> list[Path]:
    """Files that no row knows of any more: left by a transaction that did not end."""
    names = {str(key) for key in known}
    return [path for path in folder(kind).iterdir() if path.stem not in names]
