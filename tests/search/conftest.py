"""A kind of one's own to index: texts given by the test, seen by the rules of the real index."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from ozeli.core import memo
from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables
from ozeli.search import selectors, services

KIND = "note"


class Shelf:
    """Documents by id: what the registered kind loads."""

    def __init__(self) -> None:
        self.documents: dict[UUID, SearchDocument] = {}

    def add(self, title: str, text: str = "", **facts: Any) -> UUID:
        """Put a document and index it."""
        key = facts.pop("object_id", None) or uuid4()
        self.documents[key] = SearchDocument(kind=KIND, object_id=key, title=title, body={"B": text}, **facts)
        services.index_objects(KIND, [key])
        return key

    def load(self, ids: Sequence[UUID]) -> list[SearchDocument]:
        return [self.documents[one] for one in ids if one in self.documents]

    def cards(self, ids: Sequence[UUID], user: Any) -> list[SearchCard]:
        return [
            SearchCard(one, self.documents[one].title, f"/notes/{one}/")
            for one in ids
            if one in self.documents
        ]


@pytest.fixture
def shelf(db: None) -> Iterator[Shelf]:
    memo.forget_all()
    shelf = Shelf()
    searchables.register(
        Searchable(
            kind=KIND,
            brick="ideas",
            label="note",
            label_plural="notes",
            load=shelf.load,
            ids=lambda: list(shelf.documents),
            load_cards=shelf.cards,
            scores=lambda ids: {one: shelf.documents[one].score for one in ids if one in shelf.documents},
        )
    )
    yield shelf
    searchables.unregister(KIND)
    memo.forget_all()


@pytest.fixture
def found(shelf: Shelf) -> Callable[..., list[str]]:
    """`found("texte", user)`: the titles, best first."""

    def titles(text: str, user: Any, **options: Any) -> list[str]:
        results = selectors.search(text, user=user, kinds=[KIND], **options)
        return [shelf.documents[hit.object_id].title for hit in results.hits]

    return titles
