"""Write, seal and verify the journal."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ozeli.core import clock

from .models import Block, Entry, Seal

GENESIS = "0" * 64
BATCH = 5000
_LOCK = 7_290_411  # advisory lock: one sealer at a time


def record(verb: str, kind: str, object_id: Any, *, actor: UUID | None, **details: Any) -> Entry:
    """Append an act to the journal, in the caller's transaction. `actor` None is the system."""
    return Entry.objects.create(
        at=clock.now(), actor=actor, verb=verb, kind=kind, object_id=str(object_id), details=details
    )


def _digest(previous: str, entries: list[Entry]) -> str:
    chain = previous
    for entry in entries:
        line = json.dumps(
            [
                entry.pk,
                entry.at.isoformat(),
                str(entry.actor or ""),
                entry.verb,
                entry.kind,
                entry.object_id,
                entry.details,
            ],
            sort_keys=True,
            ensure_ascii=False,
        )
        chain = hashlib.sha256((chain + line).encode()).hexdigest()
    return chain


@transaction.atomic
def seal() -> int:
    """Seal the entries of ended transactions into one block; the number sealed (0: nothing to do, or busy).

    The order of ids is not the order of commits: only what lies under the transaction horizon is sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "select e.id from journal_entry e left join journal_seal s on s.entry_id = e.id"
            " where s.entry_id is null and e.xid < pg_snapshot_xmin(pg_current_snapshot())"
            " order by e.id limit %s",
            [BATCH],
        )
        keys = [row[0] for row in cursor.fetchall()]
    if not keys:
        return 0
    entries = list(Entry.objects.filter(pk__in=keys).order_by("pk"))
    last = Block.objects.order_by("-pk").first()
    previous = last.head if last else GENESIS
    block = Block.objects.create(
        sealed_at=clock.now(), previous=previous, head=_digest(previous, entries), size=len(entries)
    )
    Seal.objects.bulk_create(
        Seal(entry=entry, block=block, position=position) for position, entry in enumerate(entries)
    )
    return len(entries)


def verify() -> Iterator[str]:
    """Walk the chain and yield a French sentence for each fault found; nothing when it holds."""
    previous = GENESIS
    for block in Block.objects.order_by("pk").iterator():
        entries = list(Entry.objects.filter(seal__block=block).order_by("seal__position"))
        if block.previous != previous:
            yield f"Bloc {block.pk} : il ne suit pas le bloc précédent."
        if len(entries) != block.size:
            yield f"Bloc {block.pk} : {block.size} actes scellés, {len(entries)} présents."
        elif _digest(block.previous, entries) != block.head:
            yield f"Bloc {block.pk} : un acte a été modifié après son scellement."
        previous = block.head
