"""The directory of bodies as a file, with the columns that its import reads."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict

from ozeli.core.exports import LONG, Export, exports

from . import selectors
from .forms import DirectoryForm
from .models import Organisation

HEADER = ("code", "nom", "branche", "caisse nationale", "région", "département", "effectif", "ouvert")


def _rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    found = selectors.directory(DirectoryForm(query).wanted()).select_related("branch", "parent")
    for one in found.order_by("sort_name", "pk").iterator(chunk_size=500):
        yield _line(one)


def _line(one: Organisation) -> list[object]:
    parent = one.parent.name if one.parent else ""
    region, size = one.get_region_display(), one.get_size_band_display()
    return [one.code, one.name, one.branch.name, parent, region, one.department, size, one.is_active]


def _count(user: Any, query: QueryDict) -> int:
    return selectors.directory(DirectoryForm(query).wanted()).order_by()[: LONG + 1].count()


def register() -> None:
    exports.register(
        Export("organisations", "Organismes", "organismes", "directory", HEADER, _rows, _count, position=20)
    )
