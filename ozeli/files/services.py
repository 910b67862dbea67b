"""Join a file, remove it, hand it over to another object."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import plural
from ozeli.journal.services import record

from . import signatures, storage
from .enums import WAITING, State
from .models import StoredFile
from .names import clean_name
from .selectors import bytes_of

MOST_FILES = 5
MOST_BYTES = 10_000_000
MOST_WAITING = 10
TOO_LARGE = "Ce fichier dépasse 10 Mo. Réduisez-le, puis joignez-le."


@transaction.atomic
def join_file(
    upload: Any, *, kind: str, object_id: UUID, uploader: User | None, description: str = ""
) -> StoredFile:
    """Keep what was sent and queue its inspection; nobody may read it before. `upload` is a Django UploadedFile.

    No `uploader` means anonymous: an image, with a day and neither person nor instant. Raises Refused.
    """
    _lock(f"{kind} {object_id}", f"person {uploader.pk if uploader else ''}")
    media_type = _accepted(upload, anonymous=uploader is None)
    if media_type in signatures.IMAGES and not description:
        raise Refused("Décrivez l’image en une phrase : c’est elle que l’on entend quand on ne la voit pas.")
    _check_room(kind, object_id, uploader, upload.size)
    folder, digest = storage.new_folder(), hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    storage.keep(folder, storage.RECEIVED, upload.file)
    file = StoredFile.objects.create(
        kind=kind,
        object_id=object_id,
        uploader=uploader,
        name=clean_name(upload.name or "", media_type),
        description=description,
        media_type=media_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        folder=folder,
        created_on=clock.today(),
        created_at=clock.now() if uploader else None,
    )
    _queue(file)
    return file


def _lock(*names: str) -> None:
    """One at a time for this object and this person, so that neither limit is passed by two at once."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files {name}"])


def _accepted(upload: Any, *, anonymous: bool) -> str:
    """The type that the first bytes announce. Raises Refused when it is none of ours, or too large."""
    if not upload.size:
        raise Refused("Ce fichier est vide.")
    if upload.size > MOST_BYTES:
        raise Refused(TOO_LARGE)
    upload.seek(0)
    head = upload.read(signatures.HEAD_SIZE)
    media_type = signatures.media_type(head)
    if not media_type:
        raise Refused(signatures.advice(head))
    if anonymous and media_type not in signatures.IMAGES:
        raise Refused(
            "Une idée anonyme ne reçoit que des images : un document dit trop souvent qui l’a écrit."
        )
    return media_type


def _check_room(kind: str, object_id: UUID, uploader: User | None, size: int) -> None:
    """Raises Refused when the object, the person or the inspection has its fill."""
    others = StoredFile.objects.filter(kind=kind, object_id=object_id).exclude(state=State.REFUSED)
    if others.count() >= MOST_FILES:
        raise Refused(f"{plural(MOST_FILES, 'fichier')} au plus : retirez-en un avant d’en joindre un autre.")
    if uploader is None:
        return
    if bytes_of(uploader) + size > settings.FILES_QUOTA:
        quota = settings.FILES_QUOTA // 1_000_000
        raise Refused(
            f"Vos fichiers occupent déjà presque tout votre espace ({quota} Mo). Retirez-en de vos idées d’abord."
        )
    if StoredFile.objects.filter(uploader=uploader, state__in=WAITING).count() >= MOST_WAITING:
        raise Refused(
            "Vos fichiers précédents sont encore en cours de vérification. Revenez dans quelques minutes."
        )


def _queue(file: StoredFile) -> None:
    from .tasks import inspect

    inspect.defer(file_id=str(file.pk))


@transaction.atomic
def remove_file(file: StoredFile, *, actor: User, reason: str = "") -> None:
    """Remove a file from its object, bytes and row; the journal keeps who did, from what and why, not its name."""
    drop([file])
    record(
        "file.remove",
        "file",
        file.pk,
        actor=actor_key(actor),
        of=file.kind,
        object=str(file.object_id),
        reason=reason[:200],
    )


@transaction.atomic
def drop_files_of(kind: str, object_id: UUID) -> None:
    """Delete the files of an object that goes away for good (a draft)."""
    drop(list(StoredFile.objects.filter(kind=kind, object_id=object_id)))


def drop(files: Sequence[StoredFile]) -> None:
    """Delete rows, then their bytes once nothing can bring the rows back."""
    StoredFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    for file in files:
        transaction.on_commit(partial(storage.delete, file.folder))


def hand_over(kind: str, object_id: UUID, *, to_kind: str, to_id: UUID) -> int:
    """Give the files of an object to another: a draft becomes an idea. How many."""
    return StoredFile.objects.filter(kind=kind, object_id=object_id).update(kind=to_kind, object_id=to_id)
