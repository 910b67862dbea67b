"""Change a row that administrators keep: version checked, before and after in the journal, undone from there.

An entry holds `changes`, {field: [before, after]}: it is its own inverse operation. Nothing is ever deleted.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import models, transaction

from ozeli.core.errors import Conflict, Refused
from ozeli.core.models import Kept

from .models import Entry
from .services import record

K = TypeVar("K", bound=Kept)
ADD, CHANGE, ARCHIVE, RESTORE, MOVE, UNDO = (
    f"setting.{verb}" for verb in ("add", "change", "archive", "restore", "move", "undo")
)
STEP = 10
LATELY = 6


class Stale(Conflict):
    """Somebody else changed the row since it was shown; `row` is what stands now."""

    def __init__(self, row: Kept) -> None:
        super().__init__("Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux.")
        self.row = row


def lock(row: K, version: int | None = None) -> K:
    """The row as it stands, held until the end of the transaction. Raises Stale when it is not that version."""
    among = cast(models.Manager[K], type(row)._default_manager)
    stands = among.select_for_update(of=("self",)).get(pk=row.pk)
    if version is not None and stands.version != version:
        raise Stale(stands)
    return stands


@transaction.atomic
def add(row: K, *, kind: str, actor: UUID | None) -> K:
    row.save()
    _record(ADD, kind, row, actor, {"is_active": [False, True]})
    return row


@transaction.atomic
def change(
    row: K,
    values: Mapping[str, Any],
    *,
    kind: str,
    actor: UUID | None,
    version: int | None = None,
    verb: str = CHANGE,
) -> K:
    """Give the row other values (by column name). Nothing is written when nothing changes."""
    row = lock(row, version)
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    if changes:
        said = _said(row, changes)
        _write(row, values)
        _record(verb, kind, row, actor, changes, **({"said": said} if said else {}))
    return row


def archive(row: K, *, kind: str, actor: UUID | None) -> K:
    return change(row, {"is_active": False}, kind=kind, actor=actor, verb=ARCHIVE)


def restore(row: K, *, kind: str, actor: UUID | None) -> K:
    return change(row, {"is_active": True}, kind=kind, actor=actor, verb=RESTORE)


@transaction.atomic
def move(row: K, among: models.QuerySet[K], step: int, *, kind: str, actor: UUID | None) -> None:
    """Exchange the row with its neighbour, one up (-1) or one down (1); the ends stay where they are."""
    rows = list(among.select_for_update(of=("self",)))
    place = next((index for index, one in enumerate(rows) if one.pk == row.pk), None)
    if place is None:
        raise Conflict("Cette ligne n’est plus dans la liste.")
    target = place + step
    if not 0 <= target < len(rows):
        return
    rows.insert(target, rows.pop(place))
    for index, one in enumerate(rows, start=1):
        type(one)._default_manager.filter(pk=one.pk).exclude(position=STEP * index).update(
            position=STEP * index
        )
    _record(MOVE, kind, row, actor, {}, places=[place + 1, target + 1])


@transaction.atomic
def undo(entry: Entry, model: type[K], *, actor: UUID | None) -> K:
    """Give back what stood before the entry. Only the last change of a row can be undone, and it can be redone."""
    changes = entry.details.get("changes") or {}
    if not changes:
        raise Refused("Ce changement ne s’annule pas d’ici.")
    row = lock(cast(models.Manager[K], model._default_manager).get(pk=entry.object_id))
    last = Entry.objects.filter(kind=entry.kind, object_id=entry.object_id, details__has_key="changes")
    stands = all(getattr(row, name) == after for name, (_before, after) in changes.items())
    if last.latest("pk").pk != entry.pk or not stands:
        raise Conflict("Un autre changement a eu lieu depuis\u00a0: rien n’a été annulé.")
    _write(row, {name: before for name, (before, _after) in changes.items()})
    inverse = {name: [after, before] for name, (before, after) in changes.items()}
    said = {name: [after, before] for name, (before, after) in entry.details.get("said", {}).items()}
    _record(UNDO, entry.kind, row, actor, inverse, undone=entry.pk, **({"said": said} if said else {}))
    return row


def lately(kinds: Iterable[str]) -> list[tuple[Entry, bool]]:
    """The last changes of these kinds of rows, newest first, and whether each can be undone."""
    entries = Entry.objects.filter(kind__in=list(kinds), verb__startswith="setting.").order_by("-pk")
    found, seen = [], set()
    for entry in entries[:LATELY]:
        can_undo = bool(entry.details.get("changes")) and (entry.kind, entry.object_id) not in seen
        if entry.details.get("changes"):
            seen.add((entry.kind, entry.object_id))
        found.append((entry, can_undo))
    return found


def _said(row: Kept, changes: Mapping[str, list[Any]]) -> dict[str, list[str]]:
    """The words behind keys and codes, for whoever reads the journal: the rows they lead to may change later."""
    found = {}
    for field in row._meta.concrete_fields:
        pair = changes.get(field.attname)
        if pair and field.remote_field:
            names = field.remote_field.model._base_manager.in_bulk([key for key in pair if key])
            found[field.attname] = [str(names.get(key, "")) for key in pair]
        elif pair and field.choices:
            labels = dict(field.flatchoices)
            found[field.attname] = [str(labels.get(code, "")) for code in pair]
    return found


def _write(row: Kept, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()


def _record(
    verb: str, kind: str, row: Kept, actor: UUID | None, changes: dict[str, list[Any]], **more: Any
) -> None:
    if changes:
        more["changes"] = changes
    record(verb, kind, row.pk, actor=actor, name=str(row)[:120], **more)
