"""Challenges as a file."""

from typing import Any

from django.http import QueryDict

from ozeli.core.exports import LONG, Export, exports

from .forms.filters import FilterForm
from .models import ChallengeQuerySet
from .selectors import listing


def _wanted(user: Any, query: QueryDict) -> ChallengeQuerySet:
    return listing.matching(user, FilterForm(query).wanted())


def register() -> None:
    exports.register(
        Export(
            "challenges",
            "Défis",
            "defis",
            "challenges",
            listing.HEADER,
            lambda *asked: listing.export_lines(_wanted(*asked)),
            lambda *asked: _wanted(*asked).order_by()[: LONG + 1].count(),
        )
    )
