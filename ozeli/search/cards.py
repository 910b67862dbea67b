"""Hits as they are shown: each kind brings its own cards, through the registry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from ozeli.core.registry import Searchable, SearchCard, searchables

from . import thesaurus
from .highlight import extract, highlight
from .results import Hit, SearchResults


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A card with its title and extract marked."""

    card: SearchCard
    kind: Searchable
    title: SafeString
    extract: SafeString


def shown_hits(results: SearchResults, user: Any) -> list[ShownHit]:
    """The hits in order; one that its app does not let this person read now is left out."""
    synonyms = thesaurus.current()
    return [
        ShownHit(
            card=card,
            kind=searchables[hit.kind],
            title=highlight(card.title, results.lexemes, synonyms),
            extract=extract(card.text, results.lexemes, synonyms),
        )
        for hit, card in cards(results.hits, user)
    ]


def cards(hits: Sequence[Hit], user: Any) -> Iterator[tuple[Hit, SearchCard]]:
    """The hits with their cards, loaded kind by kind."""
    wanted: dict[str, list[UUID]] = {}
    for hit in hits:
        wanted.setdefault(hit.kind, []).append(hit.object_id)
    loaded = {
        (kind, card.object_id): card
        for kind, ids in wanted.items()
        for card in searchables[kind].load_cards(ids, user)
    }
    for hit in hits:
        if card := loaded.get((hit.kind, hit.object_id)):
            yield hit, card
