"""The one road from an address to an idea."""

from django.db.models import QuerySet
from django.http import Http404

from ozeli.accounts.requests import PersonRequest
from ozeli.core.ids import uuid_range

from .. import rules
from ..models import Idea


def get_idea(request: PersonRequest, short: str, among: QuerySet[Idea] | None = None) -> Idea:
    """The idea of that short id, if this person may read it. Http404 for an absent and a forbidden one alike.

    Asks the object form of `visible_to`, which costs no query for what everybody may read.
    """
    low, high = uuid_range(short)
    ideas = Idea.objects.all() if among is None else among
    idea = ideas.filter(pk__gte=low, pk__lte=high).first()
    if idea is None or not rules.can_see(request.user, idea):
        raise Http404("no such idea for this person")
    return idea


def is_htmx(request: PersonRequest) -> bool:
    """Whether a piece of page is asked for rather than the page."""
    return bool(getattr(request, "htmx", False))
