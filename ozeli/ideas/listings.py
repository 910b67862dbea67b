"""The lists of ideas that a person may keep, be told of, or follow as a feed."""

from collections.abc import Sequence
from uuid import uuid5

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.listings import ListEntry, Listing, listings

from . import standing
from .answers import verdict_word
from .forms.filters import NAMES, FilterForm
from .forms.graveyard import GraveyardForm
from .models import Decision, Idea
from .selectors import graveyard, listing
from .selectors.places import place_ideas

SUMMARY = 400


def idea_entry(idea: Idea) -> ListEntry:
    place = standing.place(idea)
    who = standing.signature(idea, idea.signatories)
    return ListEntry(
        id=idea.pk,
        title=idea.title,
        url=idea.get_absolute_url(),
        day=idea.deposited_on,
        author=f"{who}, {place}" if place else who,
        summary=idea.proposal[:SUMMARY],
    )


def _ideas(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    """By day of deposit, whatever the order of the list: a feed brings what is new. Three queries."""
    found = listing.matching(user, FilterForm(query, user).wanted()).prefetch_related("authors__user")
    rows = list(found.order_by("-deposited_on", "-id")[:limit])
    place_ideas(rows)
    return [idea_entry(idea) for idea in rows]


def answer_entry(decision: Decision, idea: Idea) -> ListEntry:
    day = decision.published_on
    return ListEntry(
        id=uuid5(idea.pk, f"answer {decision.round}"),
        title=f"{verdict_word(decision)}\u00a0: {idea.title}",
        url=idea.get_absolute_url(),
        day=day.replace(day=1) if day and idea.is_anonymous else day,
        author=standing.place(idea) or standing.ANONYMOUS,
        summary=decision.answer[:SUMMARY],
    )


def _answers(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    """The published answers to the ideas of a filter, the last first. Two queries."""
    ideas = listing.matching(user, FilterForm(query, user).wanted())
    given = Decision.objects.filter(published_on__isnull=False, idea__in=ideas).select_related("idea")
    rows = list(given.order_by("-published_on", "-pk")[:limit])
    place_ideas([one.idea for one in rows])
    return [answer_entry(one, one.idea) for one in rows]


def _graves(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    found = graveyard.page(graveyard.matching(user, GraveyardForm(query).wanted()), size=limit)
    return [answer_entry(grave.decision, grave.idea) for grave in found.rows]


def _filters(query: QueryDict) -> str:
    return ", ".join(words for words, _name in FilterForm(query).applied())


def _grave_filters(query: QueryDict) -> str:
    return ", ".join(words for words, _name in GraveyardForm(query).applied())


def register() -> None:
    listings.register(
        Listing("ideas", "Idées", "ideas", "/idees/", (*NAMES, "tri"), _ideas, _filters, position=10)
    )
    listings.register(
        Listing("answers", "Réponses données", "ideas", "/idees/", NAMES, _answers, _filters, position=20)
    )
    listings.register(
        Listing(
            "graveyard",
            "Cimetière des idées",
            "ideas",
            "/cimetiere/",
            ("mots", "motif", "domaine", "organisme", "tri"),
            _graves,
            _grave_filters,
            position=30,
        )
    )
