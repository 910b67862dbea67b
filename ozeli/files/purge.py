"""What nobody will ask for any more."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ozeli.core import clock
from ozeli.core.personal_data import batched

from . import services, storage
from .enums import State
from .models import StoredFile
from .owners import owners

REFUSED_KEPT = timedelta(days=7)
# Younger bytes may belong to a transaction still open.
GRACE_SECONDS = 24 * 3600


def purge_rows() -> int:
    """Delete refused files after a week, and those whose object is gone for a day; how many."""
    yesterday = clock.today() - timedelta(days=1)
    refused = StoredFile.objects.filter(state=State.REFUSED, created_on__lt=clock.today() - REFUSED_KEPT)
    gone = list(refused)
    for owner in owners:
        joined = StoredFile.objects.filter(kind=owner.kind, created_on__lt=yesterday).values_list("object_id")
        for ids in batched(row[0] for row in joined.distinct()):
            orphans = set(ids) - set(owner.existing(ids))
            gone += StoredFile.objects.filter(kind=owner.kind, object_id__in=orphans)
    with transaction.atomic():
        services.drop(gone)
    return len(gone)


def purge_bytes() -> int:
    """Delete the folders that no row knows, and what killed inspections left; how many."""
    deleted = 0
    for folders in batched(storage.folders(older_than=GRACE_SECONDS)):
        known = set(StoredFile.objects.filter(folder__in=folders).values_list("folder", flat=True))
        for folder in set(folders) - known:
            storage.delete(folder)
            deleted += 1
    for left in (Path(settings.FILES_ROOT) / "work").glob("*"):
        if left.stat().st_mtime < time.time() - GRACE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
            deleted += 1
    return deleted
