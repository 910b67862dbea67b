"""The archive of syntheses, as a file."""

from typing import Any

from django.http import QueryDict

from ozeli.core.exports import LONG, Export, exports

from .forms.synthesis import ArchiveForm
from .models import SynthesisQuerySet
from .selectors import synthesis


def _wanted(user: Any, query: QueryDict) -> SynthesisQuerySet:
    return synthesis.matching(user, ArchiveForm(query).wanted())


def register() -> None:
    exports.register(
        Export(
            "syntheses",
            "Synthèses",
            "syntheses",
            "projects",
            synthesis.HEADER,
            lambda *asked: synthesis.export_lines(_wanted(*asked)),
            lambda *asked: _wanted(*asked).order_by()[: LONG + 1].count(),
            position=38,
        )
    )
