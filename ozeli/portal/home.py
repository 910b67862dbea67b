"""The home: its rows, and the kinds that the portal itself brings. Each kind obeys its brick of the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level
from ozeli.core.memo import kept_for
from ozeli.core.registry import home_bricks
from ozeli.engagement.models import Tag
from ozeli.ideas.models import KIND, Idea
from ozeli.network.models import Organisation

from . import operations as machinery
from . import selectors, todo
from .models import HomeBrick

# A word shows on the home only when several ideas that everybody may read bear it.
TAG_IS_SHARED_BY = 3
TAGS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A brick of the home, ready to be drawn. `is_for_all` when no brick of the matrix opens it."""

    template: str
    title: str
    content: Mapping[str, Any]
    wide: bool
    half: bool
    is_for_all: bool


def rows(request: PersonRequest) -> list[Row]:
    """The rows that this person may see and that have something to show, in order."""
    shown = []
    for brick in HomeBrick.objects.filter(is_shown=True, is_active=True):
        kind = home_bricks.get(brick.kind)
        if kind is None or (kind.brick and request.user.level(kind.brick) < Level.CONSULT):
            continue
        content = kind.load(request, brick.options) if kind.options else kind.load(request)
        if content is not None:
            title = brick.title or kind.title
            shown.append(Row(kind.template, title, content, kind.wide, kind.half, not kind.brick))
    return shown


def context(request: PersonRequest) -> dict[str, Any]:
    """What the page of the home is drawn from."""
    found = rows(request)
    return {
        "wide": [row for row in found if row.wide],
        "bands": bands([row for row in found if not row.wide]),
        "is_empty": all(row.is_for_all for row in found),
    }


def bands(found: list[Row]) -> list[list[Row]]:
    """The rows by bands: two halves that follow each other stand side by side, anything else alone."""
    made: list[list[Row]] = []
    for row in found:
        if row.half and made and len(made[-1]) == 1 and made[-1][0].half:
            made[-1].append(row)
        else:
            made.append([row])
    return made


@kept_for(60)
def _reach() -> tuple[int, int]:
    """How many ideas everybody may find, and how many bodies; a minute old at most."""
    return Idea.objects.open_to_all().count(), Organisation.objects.filter(is_active=True).count()


@kept_for(300)
def _popular_words() -> tuple[str, ...]:
    shared = Tag.objects.filter(
        taggings__kind=KIND, taggings__object_id__in=Idea.objects.open_to_all().values("pk")
    )
    tags = shared.annotate(uses=Count("taggings")).filter(uses__gte=TAG_IS_SHARED_BY)
    return tuple(tags.order_by("-uses", "slug").values_list("name", flat=True)[:TAGS_SHOWN])


def search(request: PersonRequest) -> dict[str, Any]:
    """The question that comes first: does it exist already?"""
    ideas, organisations = _reach()
    may_deposit = request.user.level("ideas") >= Level.CONSULT
    words = _popular_words() if may_deposit else ()
    return {"ideas": ideas, "organisations": organisations, "words": words, "may_deposit": may_deposit}


def tools(request: PersonRequest) -> dict[str, Any] | None:
    found = selectors.tools("")
    return {"tools": found} if found else None


def text(request: PersonRequest, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Words of the team, for everybody."""
    words = options.get("text") or ""
    return {"text": words} if words else None


def things_to_do(request: PersonRequest) -> dict[str, Any] | None:
    """What waits for this person: one query, none for those whom nothing can wait for."""
    waiting = todo.waiting_for(request.user)
    return {"lines": waiting} if waiting else None


def operations(request: PersonRequest) -> dict[str, Any]:
    """For those who keep it running: is all well, in one line each."""
    return {"checks": machinery.checks()}
