"""A challenge held while it is written: one writer at a time, and never over words that they have not seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import memo
from ozeli.core.errors import Conflict
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from ..models import KIND, Challenge

STALE = (
    "Quelqu’un a modifié ce défi pendant que vous l’aviez sous les yeux. Votre saisie est gardée :"
    " comparez, puis enregistrez de nouveau."
)


def hold(challenge: Challenge, version: int | None = None) -> Challenge:
    """The challenge as it stands, held until the transaction ends. Raises Conflict when it is not that version."""
    stands = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if version is not None and stands.version != version:
        raise Conflict(STALE)
    return stands


def touch(challenge: Challenge, *, is_shown: bool = True) -> None:
    """A new version; once the transaction is over, this process and the search forget the former one."""
    Challenge.objects.filter(pk=challenge.pk).update(version=F("version") + 1)
    if is_shown:
        schedule_index(KIND, [challenge.pk])
        transaction.on_commit(memo.forget_all)


def note(verb: str, challenge: Challenge, actor: User | None, **details: Any) -> None:
    """Append an act on this challenge to the journal."""
    key: UUID | None = actor_key(actor) if actor else None
    record(f"challenge.{verb}", KIND, challenge.pk, actor=key, title=challenge.title, **details)


def database_now() -> datetime:
    """The instant by which phases are judged."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
        return at
