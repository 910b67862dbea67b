"""The copy of one's data: asked once a day, made by a job, kept a week for its owner alone."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import format_html

from ozeli.accounts.models import ActorKey, User
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import clock_time, long_date
from ozeli.core.personal_data import Holding, Person, Row, holdings

from ..enums import ExportState
from ..models import DataExport

KEPT = timedelta(days=7)
BETWEEN = timedelta(days=1)
TOO_SOON = "Une copie se demande une fois par jour. La dernière a moins de 24 heures."


def folder() -> Path:
    """Outside of what the web server gives: only the view of its owner opens a file of it."""
    path = Path(settings.PERSONAL_DATA_ROOT) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def file_of(export: DataExport) -> Path:
    return folder() / f"{export.pk}.zip"


@transaction.atomic
def ask_export(user: User) -> DataExport:
    """Ask for a copy; the job that makes it is deferred in the same transaction."""
    from ..tasks import export_data

    recent = DataExport.objects.filter(user=user, asked_at__gt=clock.now() - BETWEEN)
    if recent.exclude(state=ExportState.FAILED).exists():
        raise Refused(TOO_SOON)
    try:
        with transaction.atomic():
            export = DataExport.objects.create(user=user, asked_at=clock.now())
    except IntegrityError:
        raise Refused(TOO_SOON) from None
    export_data.defer(export_id=str(export.pk))
    return export


def make_export(export_id: UUID) -> None:
    """Make the file of a copy. Running again makes it again; one that is ready or whose owner left is let alone.

    A job that failed may be put back in its queue from the operations page: its copy is then made.
    """
    export = DataExport.objects.select_related("user").filter(pk=export_id).first()
    if export is None or export.state in (ExportState.READY, ExportState.EXPIRED):
        return
    told = [one for one in holdings() if one.export is not None]
    rows = DataExport.objects.filter(pk=export_id)
    rows.update(state=ExportState.RUNNING, total=len(told), done=0)
    try:
        size = _write(person_of(export.user), told, file_of(export), rows)
    except Exception:
        file_of(export).unlink(missing_ok=True)
        rows.update(state=ExportState.FAILED)
        raise
    rows.update(state=ExportState.READY, size=size, ready_at=clock.now())


def person_of(user: User) -> Person:
    return Person(user, ActorKey.objects.filter(user=user).values_list("key", flat=True).first())


def _write(person: Person, told: list[Holding], path: Path, rows: Any) -> int:
    """Row after row, to files: what is kept of a person may be longer than the memory of a job."""
    with TemporaryDirectory(dir=folder()) as work:
        data, page, packed = Path(work, "donnees.json"), Path(work, "donnees.html"), Path(work, "copie.zip")
        with data.open("w", encoding="utf-8") as machine, page.open("w", encoding="utf-8") as readable:
            machine.write('{"fait le": ' + json.dumps(clock.now().isoformat()) + ', "tables": [')
            readable.write(_HEAD.format(day=long_date(clock.today())))
            for place, holding in enumerate(told):
                machine.write(", " if place else "")
                _write_table(person, holding, machine, readable)
                rows.update(done=place + 1)
            machine.write("]}\n")
            readable.write("</body></html>\n")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(data, "donnees.json")
            archive.write(page, "donnees.html")
            for name, source in _files(person):
                with source, archive.open(f"fichiers/{Path(name).name}", "w") as into:
                    shutil.copyfileobj(source, into)
        packed.chmod(0o600)
        packed.replace(path)
    return path.stat().st_size


def _files(person: Person) -> Iterator[tuple[str, Any]]:
    for holding in holdings():
        if holding.files is not None:
            yield from holding.files(person)


def _write_table(person: Person, holding: Holding, machine: TextIO, readable: TextIO) -> None:
    assert holding.export is not None
    head = {"titre": holding.title, "effacement": holding.rule}
    machine.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "lignes": [')
    readable.write(
        format_html("<h2>{}</h2><p><small>Effacement : {}</small></p>", holding.title, holding.rule)
    )
    count = 0
    for row in holding.export(person):
        machine.write(("," if count else "") + json.dumps(row, ensure_ascii=False, default=_plain))
        readable.write(("<table><thead>" + _head(row) + "</thead><tbody>") if not count else "")
        readable.write(_line(row))
        count += 1
    machine.write("]}")
    readable.write("</tbody></table>" if count else "<p>Rien.</p>")


_HEAD = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Vos données dans Ozéli</title><style>'
    "body{{font:1rem/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;"
    "width:100%}}td,th{{border:1px solid #888;padding:.4rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}}"
    "</style></head><body><h1>Vos données dans Ozéli</h1><p>Copie faite le {day}. Tout ce que le portail garde de "
    "vous, et rien de ce qu’il garde des autres.</p>"
)


def _head(row: Row) -> str:
    return "<tr>" + "".join(format_html('<th scope="col">{}</th>', name) for name in row) + "</tr>"


def _line(row: Row) -> str:
    return "<tr>" + "".join(format_html("<td>{}</td>", _told(value)) for value in row.values()) + "</tr>\n"


def _told(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{long_date(local.date())} à {clock_time(local)}"
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, dict):
        return " — ".join(f"{name} : {one}" for name, one in value.items() if one)
    return str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def drop_files(keys: Any) -> int:
    """Forget the files of copies; the rows say that they existed."""
    for key in keys:
        (folder() / f"{key}.zip").unlink(missing_ok=True)
    return DataExport.objects.filter(pk__in=keys).update(state=ExportState.EXPIRED, size=0)
