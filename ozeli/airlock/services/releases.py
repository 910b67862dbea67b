"""From the urn to the base: a whole batch, shuffled, in one transaction, dated by its release.

The urn is emptied once the transaction is committed. Killed in between, the next run finds the same entries and their
keys already written: nothing is written twice.
"""

import base64
import random
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.files.models import StoredFile
from ozeli.files.services import join_file
from ozeli.network.models import Branch, Domain

from .. import urn
from ..enums import EntryKind
from ..models import KIND, Deposit
from ..urn import Batch, Entry
from . import replies

TEXTS = ("title", "problem", "beneficiaries", "proposal", "benefit")


def is_due(batch: Batch) -> bool:
    """Enough authors to lose one another among them, or the first entry has waited long enough.

    Authors, not entries: twenty messages of one would let the lone deposit of another go by itself.
    """
    if len({entry["digest"] for entry in batch.entries}) >= settings.AIRLOCK_BATCH:
        return True
    oldest = clock.today() - timedelta(days=settings.AIRLOCK_DAYS)
    return batch.since is not None and batch.since <= oldest


def release(*, force: bool = False) -> int:
    """Let the batch go when it is due, or by `force`; how many entries left the urn."""
    with urn.take((lambda batch: True) if force else is_due) as batch:
        if not batch.entries:
            return 0
        entries = list(batch.entries)
        random.SystemRandom().shuffle(entries)
        _write(entries)
        return len(entries)


@transaction.atomic
def _write(entries: Sequence[Entry]) -> None:
    month = clock.today().replace(day=1)
    deposits = [one for one in entries if one["kind"] == EntryKind.DEPOSIT]
    _write_deposits(deposits, month)
    for entry in entries:
        if entry["kind"] != EntryKind.DEPOSIT:
            replies.take_in(entry, month)


def _write_deposits(entries: Sequence[Entry], month: date) -> None:
    keys = [UUID(one["key"]) for one in entries]
    known = set(Deposit.objects.filter(pk__in=keys).values_list("pk", flat=True))
    new = [one for one in entries if UUID(one["key"]) not in known]
    domains = {domain.code: domain for domain in Domain.objects.all()}
    branches = {branch.code: branch for branch in Branch.objects.all()}
    challenges = {str(pk) for pk in Challenge.objects.values_list("pk", flat=True)}
    rows = [
        Deposit(
            id=UUID(one["key"]),
            digest=one["digest"],
            **{name: one[name] for name in TEXTS},
            domain=domains.get(one["domain"]) or next(iter(domains.values())),
            branch=branches.get(one.get("branch", "")),
            challenge_id=UUID(one["challenge"]) if one.get("challenge") in challenges else None,
            released_on=month,
        )
        for one in new
    ]
    Deposit.objects.bulk_create(rows, ignore_conflicts=True)
    for one in new:
        _join_pictures(one, month)


def _join_pictures(entry: Entry, month: date) -> None:
    """Its images wait for an inspection like any other; under the month, and names of ours."""
    key = UUID(entry["key"])
    for number, picture in enumerate(entry.get("pictures", ()), start=1):
        upload = SimpleUploadedFile(f"image-{number}.webp", base64.b64decode(picture["data"]))
        try:
            join_file(upload, kind=KIND, object_id=key, uploader=None, description=picture["description"])
        except Refused:
            continue  # the text is worth more than an image that no longer passes
    StoredFile.objects.filter(kind=KIND, object_id=key).update(created_on=month)
