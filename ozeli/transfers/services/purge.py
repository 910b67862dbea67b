"""Files whose time is over, and those that no row knows of."""

from datetime import timedelta

from ozeli.core import clock

from .. import storage
from ..models import EXPORT_FILE_DAYS, IMPORT_FILE_DAYS, ExportRun, ImportRun

STRAY_SECONDS = 3600


def purge() -> int:
    """Erase the files of imports after thirty days (or once cancelled), those of exports after seven; how many."""
    now, gone = clock.now(), 0
    old = ImportRun.objects.filter(has_file=True)
    for run in old.filter(created_at__lt=now - timedelta(days=IMPORT_FILE_DAYS)) | old.filter(
        state=ImportRun.State.CANCELLED
    ):
        storage.drop("imports", run.pk)
        ImportRun.objects.filter(pk=run.pk).update(has_file=False)
        if run.subject:  # its lines tell answers that may never have been published
            run.lines.all().delete()
        run.lines.exclude(cells={}).update(cells={})
        gone += 1
    for export in ExportRun.objects.filter(
        state=ExportRun.State.READY, finished_at__lt=now - timedelta(days=EXPORT_FILE_DAYS)
    ):
        storage.drop("exports", export.pk)
        ExportRun.objects.filter(pk=export.pk).update(state=ExportRun.State.GONE)
        gone += 1
    return gone + _strays()


def _strays() -> int:
    """What a transaction that did not end left behind, once nobody can be writing it any more."""
    limit, gone = clock.now().timestamp() - STRAY_SECONDS, 0
    for kind, known in (
        ("imports", ImportRun.objects.filter(has_file=True)),
        ("exports", ExportRun.objects.exclude(state=ExportRun.State.GONE)),
    ):
        for path in storage.strays(kind, known.values_list("pk", flat=True)):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
