"""The list of a challenge's ideas as a file to change and bring back."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict

from ozeli.core.exports import LONG, Export, exports

from ..models import Idea, IdeaQuerySet
from . import sheet
from .importer import challenge_open_to, ideas_of

CODE = "challenge_ideas"


def _ideas(user: Any, query: QueryDict) -> IdeaQuerySet:
    """The ideas of the challenge that the address names; none when it is not open to this person (any more)."""
    challenge = challenge_open_to(user, query.get("defi", ""))
    return ideas_of(user, challenge) if challenge else Idea.objects.none()


def _rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    return sheet.export_lines(_ideas(user, query), user)


def _count(user: Any, query: QueryDict) -> int:
    return _ideas(user, query).order_by()[: LONG + 1].count()


def _rights(user: Any, query: QueryDict) -> str:
    """Whoever was taken off the team does not fetch a file made before."""
    return "open" if challenge_open_to(user, query.get("defi", "")) else "closed"


def register() -> None:
    exports.register(
        Export(
            CODE,
            "Liste d’un défi",
            "liste-du-defi",
            "ideas",
            sheet.HEADER,
            _rows,
            _count,
            look=sheet.LOOK,
            rights=_rights,
        )
    )
