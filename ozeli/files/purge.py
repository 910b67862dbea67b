"""What nobody will ask for any more."""

import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from ozeli.core import clock

from . import services, storage
from .enums import State
from .models import StoredFile
from .owners import owners

REFUSED_KEPT = timedelta(days=7)
# Younger bytes may belong to a transaction still open.
GRACE_SECONDS = 24 * 3600
BATCH = 500
T = TypeVar("T")


def purge_rows() -> int:
    """Delete refused files after a week, and those whose object is gone for a day; how many."""
    yesterday = clock.today() - timedelta(days=1)
    refused = StoredFile.objects.filter(state=State.REFUSED, created_on__lt=clock.today() - REFUSED_KEPT)
    gone = list(refused)
    for owner in owners:
        joined = StoredFile.objects.filter(kind=owner.kind, created_on__lt=yesterday).values_list("object_id")
        for ids in _batches(row[0] for row in joined.distinct()):
            orphans = set(ids) - set(owner.existing(ids))
            gone += StoredFile.objects.filter(kind=owner.kind, object_id__in=orphans)
    with transaction.atomic():
        services.drop(gone)
    return len(gone)


def purge_bytes() -> int:
    """Delete the folders that no row knows, and what killed inspections left; how many."""
    deleted = 0
    for folders in _batches(storage.folders(older_than=GRACE_SECONDS)):
        known = set(StoredFile.objects.filter(folder__in=folders).values_list("folder", flat=True))
        for folder in set(folders) - known:
            storage.delete(folder)
            deleted += 1
    for left in (Path(settings.HOME) / "files" / "work").glob("*"):
        if left.stat().st_mtime < time.time() - GRACE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
            deleted += 1
    return deleted


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
