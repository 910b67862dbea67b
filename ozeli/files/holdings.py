"""What files keep of a person: those that they joined."""

from collections.abc import Iterable
from typing import Any

from ozeli.core.personal_data import Holding, Person, Row, register, unsigned

from . import storage
from .models import StoredFile


def _joined(person: Person) -> Iterable[Row]:
    for file in StoredFile.objects.filter(uploader=person.id).order_by("created_at", "pk").iterator():
        yield {
            "nom": file.name,
            "ce que montre l’image": file.description,
            "poids": file.weight,
            "état": file.get_state_display(),
            "joint le": file.created_on,
            "adresse": file.get_absolute_url() if file.is_published else "",
        }


def _bytes(person: Person) -> Iterable[tuple[str, Any]]:
    """The published files themselves, one open at a time."""
    for file in StoredFile.objects.filter(uploader=person.id).order_by("created_at", "pk").iterator():
        if file.is_published:
            yield f"fichiers/{file.pk}-{file.name}", storage.opened(file.folder, storage.MAIN)


register(
    Holding(
        "files.StoredFile",
        ("uploader",),
        "Les fichiers que vous avez joints",
        "Ils restent avec l’idée qu’ils illustrent, sans personne.",
        _joined,
        unsigned("files.StoredFile", "uploader"),
        files=_bytes,
    )
)
