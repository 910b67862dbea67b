"""Hits as they are shown: each kind brings its own cards, through the registry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from ozeli.core.registry import Searchable, SearchCard, searchables
from ozeli.core.ui import LookAlike

from . import thesaurus
from .highlight import extract, highlight
from .results import Hit, SearchResults
from .selectors import look_alikes

# One shared word is chance.
SHARED_AT_LEAST = 2


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


def sheets_alike(text: str, *, user: Any, exclude: Iterable[UUID] = (), limit: int = 3) -> list[LookAlike]:
    """What exists already and resembles a text that is being written, of every kind that shows itself so.

    The most alike first, whatever their kind.
    """
    drawn = {one.kind: one.alike for one in searchables if one.alike is not None}
    hits = look_alikes(text, user=user, exclude=exclude, kinds=drawn, limit=limit)
    shared: dict[str, dict[UUID, list[str]]] = {}
    for hit in hits:
        if len(hit.shared_words) >= SHARED_AT_LEAST:
            shared.setdefault(hit.kind, {})[hit.object_id] = hit.shared_words
    shown = {kind: drawn[kind](found, user) for kind, found in shared.items()}
    return [
        shown[hit.kind][hit.object_id]
        for hit in hits
        if hit.kind in shown and hit.object_id in shown[hit.kind]
    ]
