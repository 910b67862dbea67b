"""The one road from an address to an idea."""

from typing import Any

from django.http import Http404

from ozeli.accounts.requests import PersonRequest
from ozeli.core.ids import uuid_range

from ..models import Idea, IdeaQuerySet


def get_idea(request: PersonRequest, short: str, among: IdeaQuerySet | None = None) -> Idea:
    """The idea of that short id, if this person may read it. Http404 for an absent and a forbidden one alike."""
    low, high = uuid_range(short)
    ideas: Any = Idea.objects.all() if among is None else among
    idea = ideas.visible_to(request.user).filter(pk__gte=low, pk__lte=high).first()
    if idea is None:
        raise Http404("no such idea for this person")
    return idea  # type: ignore[no-any-return]


def is_htmx(request: PersonRequest) -> bool:
    """Whether a piece of page is asked for rather than the page."""
    return bool(getattr(request, "htmx", False))
