"""The list of projects, as people keep it under a name, are told of it or follow it as a feed."""

from collections.abc import Sequence

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.listings import ListEntry, Listing, listings

from .forms.filters import KEPT, FilterForm
from .selectors import listing
from .selectors.rows import body_of, owners_of

SUMMARY = 400


def _projects(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    """By the day of their last news, whatever the order of the list. Two queries."""
    found = listing.matching(user, FilterForm(query).wanted())
    rows = list(found.order_by("-touched_on", "-id")[:limit])
    owners = owners_of([one.pk for one in rows])
    return [
        ListEntry(
            id=one.pk,
            title=one.title,
            url=one.get_absolute_url(),
            day=one.touched_on,
            author=", ".join(filter(None, (owners.get(one.pk, ""), body_of(one)))),
            summary=(one.weather_line or one.summary)[:SUMMARY],
        )
        for one in rows
    ]


def _filters(query: QueryDict) -> str:
    return ", ".join(words for words, _name in FilterForm(query).applied())


def register() -> None:
    listings.register(
        Listing(
            "projects", "Expérimentations", "projects", "/projets/", KEPT, _projects, _filters, position=35
        )
    )
