"""Reads of the pages of persons."""

from django.http import Http404

from ozeli.accounts.models import User
from ozeli.core.ids import uuid_range
from ozeli.core.memo import kept_for
from ozeli.ideas.models import Idea, IdeaQuerySet

from .. import rules
from ..models import PersonPage


def load_page(short: str) -> PersonPage:
    """The open page of that short id. Http404 for an absent and a closed one alike."""
    low, high = uuid_range(short)
    page = (
        PersonPage.objects.select_related("user__organisation__branch")
        .filter(pk__gte=low, pk__lte=high)
        .first()
    )
    if page is None or not rules.is_shown(page):
        raise Http404("no such page")
    return page


def page_of(user: User) -> PersonPage:
    """The page of a person, closed and unsaved when they never touched it."""
    return PersonPage.objects.filter(user=user).first() or PersonPage(user=user)


def signed_ideas(author: User, reader: User) -> IdeaQuerySet:
    """The ideas that a person signed and that the reader may read. Anonymous ones have no author: they never come."""
    return Idea.objects.visible_to(reader).of_author(author).filter(is_hidden=False)


@kept_for(60)
def open_pages() -> dict[int, str]:
    """Person → address of their open page; a minute old at most, so that no page pays for the names it shows."""
    rows = PersonPage.objects.filter(is_open=True, user__is_active=True).select_related("user")
    return {page.user_id: page.get_absolute_url() for page in rows.only("id", "user__display_name")}
