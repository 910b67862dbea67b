"""Images on their way in: made anew at once, in memory, so that nothing of the file that was sent is ever kept.

The inspection is that of every file of the portal, in its process without rights; its folder is in memory (a file on
disk would keep its birth time). Where the machine has no such folder, images are not taken.
"""

import base64
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from ozeli.core.errors import Refused
from ozeli.files import signatures
from ozeli.files.inspection import sandbox

from . import quotas, tokens

MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made there, for us alone)
MOST = 2
MOST_MADE_BYTES = 1_000_000
PLACES = 2
SECONDS_WAITED = 5.0
BUSY = "Trop d’images arrivent en ce moment : réessayez dans une minute, ou déposez sans image."
_places = threading.BoundedSemaphore(PLACES)
Picture = Mapping[str, str]  # "data" (WebP in base 64) and "description"


class InMemory(FileUploadHandler):
    """Keeps uploads in memory, whatever their size (the door has limited the whole body), and forgets their names."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.pieces: list[bytes] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.pieces.append(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        return SimpleUploadedFile("image", b"".join(self.pieces))


def are_taken() -> bool:
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK)


def made_anew(upload: Any, description: str) -> Picture:
    """What is kept of an image that was sent. Raises Refused with the reason."""
    head = upload.read(signatures.HEAD_SIZE)
    upload.seek(0)
    media_type = signatures.media_type(head)
    if media_type not in signatures.IMAGES:
        raise Refused(
            "Ce fichier n’est pas une image PNG, JPEG ou WebP. Un document dit trop souvent qui l’a écrit."
        )
    if not are_taken() or not quotas.image() or not _places.acquire(timeout=SECONDS_WAITED):
        raise Refused(BUSY)
    try:
        return {"data": base64.b64encode(_inspected(media_type, upload)).decode(), "description": description}
    finally:
        _places.release()


def _inspected(media_type: str, upload: Any) -> bytes:
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="oz") as name:
        folder = Path(name)
        source, made = folder / "source", folder / "made"
        made.mkdir()
        source.write_bytes(upload.read())
        found = sandbox.inspect(media_type, source, made)
        if isinstance(found, str):
            raise Refused(found)
        width = max(width for width, _height in found.renditions)
        data = (made / f"{width}.webp").read_bytes()
    if len(data) > MOST_MADE_BYTES:
        raise Refused("Cette image reste trop lourde, même réduite. Choisissez-en une plus simple.")
    return data


def packed(pictures: list[Picture]) -> str:
    """For the hidden field of a form: signed, so that only what we made comes back."""
    return tokens.seal(json.dumps(pictures)) if pictures else ""


def unpacked(sealed: str) -> list[Picture]:
    """What a form brought back; nothing when it is not what we gave."""
    data = tokens.unseal(sealed) if sealed else None
    found: list[Picture] = json.loads(data) if data else []
    return found[:MOST]


def shown(pictures: list[Picture]) -> list[dict[str, str]]:
    """For a page: the image itself, since nothing of it is anywhere else."""
    return [
        {"src": f"data:image/webp;base64,{one['data']}", "description": one["description"]}
        for one in pictures
    ]
