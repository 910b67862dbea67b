"""What the inspection does of a file: scan, decode, then publish, refuse or leave in quarantine.

May be killed at any instant and run again: bytes are written under a new name, one transaction makes them the file's,
and what a killed run left behind is swept.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ozeli.core.errors import Conflict
from ozeli.core.workflow import apply
from ozeli.journal.services import record

from . import scanner, storage
from .enums import WAITING
from .inspection import sandbox
from .inspection.sandbox import Clean
from .models import StoredFile
from .owners import owners
from .workflow import TRANSITIONS

INFECTED = "L’antivirus a reconnu un programme malveillant dans ce fichier. Il n’a pas été gardé."
LOST = "Ce fichier n’est pas arrivé entier. Joignez-le de nouveau."


def settle(file_id: UUID) -> str:
    """Inspect a file that waits; its state afterwards, nothing when it is gone or already settled."""
    file = StoredFile.objects.filter(pk=file_id, state__in=WAITING).first()
    if file is None:
        return ""
    try:
        with _work_folder() as folder:
            _inspect(file, folder)
    except Conflict:  # removed, or settled by a twin
        return ""
    return file.state


def _inspect(file: StoredFile, folder: Path) -> None:
    source, made = folder / "source", folder / "made"
    made.mkdir()
    try:
        storage.copy_to(file.folder, storage.RECEIVED, source)
    except FileNotFoundError:
        _refuse(file, LOST)
        return
    try:
        infection = scanner.infection(source)
    except scanner.ScannerAway:
        _quarantine(file)
        return
    if infection:
        _refuse(file, INFECTED, infection=infection)
        return
    found = sandbox.inspect(file.media_type, source, made)
    if isinstance(found, str):
        _refuse(file, found)
    else:
        _publish(file, found, made)


def _publish(file: StoredFile, found: Clean, made: Path) -> None:
    """Keep what was made in a new folder, then switch to it; the bytes received go once it is done."""
    old, new = file.folder, storage.keep_all(made)
    try:
        with transaction.atomic():
            apply(
                TRANSITIONS["publish"],
                file,
                actor=None,
                version=file.version,
                folder=new,
                size=(made / storage.MAIN).stat().st_size,
                sha256=storage.digest(made / storage.MAIN),
                width=found.width,
                height=found.height,
                renditions=[list(one) for one in found.renditions],
                reason="",
            )
            if (owner := owners.get(file.kind)) is not None:
                owner.published(file)
    except BaseException:
        storage.delete(new)
        raise
    storage.delete(old)


def _quarantine(file: StoredFile) -> None:
    with transaction.atomic():
        apply(TRANSITIONS["quarantine"], file, actor=None, version=file.version)


def _refuse(file: StoredFile, reason: str, *, infection: str = "") -> None:
    """Say why, tell the uploader, and keep no byte."""
    old = file.folder
    with transaction.atomic():
        apply(TRANSITIONS["refuse"], file, actor=None, version=file.version, reason=reason[:200], folder="")
        if infection:
            record("file.infected", "file", file.pk, actor=None, of=file.kind, infection=infection)
        if (owner := owners.get(file.kind)) is not None:
            owner.refused(file)
    storage.delete(old)


@contextmanager
def _work_folder() -> Iterator[Path]:
    root = Path(settings.FILES_ROOT) / "work"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
