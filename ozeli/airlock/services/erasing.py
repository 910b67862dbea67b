"""A settled deposit keeps nothing of its text: the idea has it, or nobody."""

from typing import Any

from django.db.models import F

from ozeli.core import clock
from ozeli.core.errors import Conflict
from ozeli.files.services import drop_files_of

from ..models import ERASED, KIND, Deposit


def settle(deposit: Deposit, state: str, *, version: int | None = None, **changes: Any) -> None:
    """Bring a deposit to its state and erase its text, in the caller's transaction. Conflict when it changed."""
    as_read = Deposit.objects.filter(pk=deposit.pk, state=deposit.state)
    if version is not None:
        as_read = as_read.filter(version=version)
    month = clock.today().replace(day=1)
    values = ERASED | {"state": state, "decided_on": month} | changes
    if not as_read.update(**values, version=F("version") + 1):
        raise Conflict("Quelqu’un d’autre vient de régler ce dépôt, ou de le modifier. Relisez-le.")
    drop_files_of(KIND, deposit.pk)
    deposit.refresh_from_db()
