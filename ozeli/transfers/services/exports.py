"""Long exports: asked on a page, prepared by a job, told by mail, fetched by the one who asked."""

import hashlib
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.challenges.selectors import animated_by
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.exports import Export, exports, write_csv, write_xlsx

from .. import storage
from ..models import ExportRun

KIND = "export"
ATTEMPTS = 3
AT_ONCE = 3
A_DAY = 20
DAY = timedelta(days=1)
FORMATS = ("csv", "xlsx")
State = ExportRun.State


@transaction.atomic
def ask(export: Export, query: str, fmt: str, *, owner: User) -> ExportRun:
    """Have a file prepared. Raises Refused when this person has several on their way, or had many made today.

    Each file stays for days: without the second limit, one reader could fill the disk.
    """
    from ..tasks import make_export

    User.objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
    if ExportRun.objects.filter(owner=owner, state=State.WAITING).count() >= AT_ONCE:
        raise Refused("Vous avez déjà trois exports en préparation : attendez que l’un d’eux soit prêt.")
    if ExportRun.objects.filter(owner=owner, created_at__gt=clock.now() - DAY).count() >= A_DAY:
        raise Refused(f"Vous avez demandé {A_DAY} exports en un jour : reprenez demain.")
    run = ExportRun.objects.create(owner=owner, export=export.code, query=query[:4000], format=fmt)
    make_export.defer(run_id=str(run.pk))
    return run


def rights_of(user: User, export: Export, query: str) -> str:
    """What a person may read through a list, as a digest: a file made under other rights is not theirs any more."""
    held = sorted(str(grant) for grant in user.grants if grant[0] == export.brick)
    # What one reads as an animator of challenges goes with the team.
    held += sorted(str(key) for key in animated_by(user))
    more = export.rights(user, QueryDict(query))
    return hashlib.sha256(repr([user.organisation_id, *held, *([more] if more else [])]).encode()).hexdigest()


def make(run_id: UUID) -> None:
    """Write the file, row by row, then tell its owner. A second start writes it again from the beginning."""
    run = ExportRun.objects.select_related("owner").filter(pk=run_id, state=State.WAITING).first()
    if run is None:
        return None
    run.attempts += 1
    run.save(update_fields=["attempts"])
    export = exports.get(run.export)
    if run.attempts > ATTEMPTS or export is None or not export.is_open_to(run.owner):
        return _end(run, State.FAILED)
    run.rights = rights_of(run.owner, export, run.query)
    path = storage.path_of("exports", run.pk)
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        run.rows = _written(export, run, file)
    draft.replace(path)
    run.size = path.stat().st_size
    return _end(run, State.READY)


def _written(export: Export, run: ExportRun, file: Any) -> int:
    rows = export.rows(run.owner, QueryDict(run.query))
    if run.format == "xlsx":
        return write_xlsx(file, export.titles, rows, export.look)
    return write_csv(file, export.titles, rows)


@transaction.atomic
def _end(run: ExportRun, state: str) -> None:
    """Once only: the mail leaves with the state."""
    ended = ExportRun.objects.filter(pk=run.pk, state=State.WAITING)
    written = {"rows": run.rows, "size": run.size, "rights": run.rights}
    if ended.update(state=state, **written, finished_at=clock.now()):
        tell("export.ready", KIND, run.pk, actor=None)
