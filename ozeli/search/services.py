"""Keeping the index true. Saves only schedule; the writing is done by jobs, in small batches."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db import transaction

from ozeli.core.registry import Searchable, SearchDocument, searchables

from . import store, thesaurus
from .documents import analyse

BATCH = 200


def schedule_index(kind: str, ids: Iterable[UUID]) -> None:
    """Ask for these objects to be indexed, or taken out, once the caller's transaction is committed."""
    from . import tasks

    for batch in _batches(ids):
        tasks.index_objects.defer(kind=kind, ids=[str(one) for one in batch])


@transaction.atomic
def index_documents(documents: Iterable[SearchDocument]) -> int:
    """Write documents to the index; returns how many were new or changed. Same documents again: nothing is written."""
    synonyms = thesaurus.current()
    latest = {(document.kind, document.object_id): document for document in documents}
    return store.write([analyse(document, synonyms) for document in latest.values()]) if latest else 0


@transaction.atomic
def remove(kind: str, ids: Iterable[UUID]) -> int:
    """Take objects out of the index; returns how many were there."""
    return store.remove(kind, list(ids))


@transaction.atomic
def index_objects(kind: str, ids: Sequence[UUID]) -> int:
    """Load objects and index them; those that may not be found any more are taken out. Returns how many changed."""
    store.lock()
    documents = list(searchables[kind].load(ids))
    gone = set(ids).difference(document.object_id for document in documents)
    return index_documents(documents) + (remove(kind, gone) if gone else 0)


def reindex(kind: str | None = None, *, now: bool = False) -> int:
    """Index every object again, by jobs (or at once, for a command line). Returns how many objects are concerned.

    Readers are never blocked: each batch is a short transaction, and an unchanged document is not written.
    """
    concerned = 0
    for searchable in _kinds(kind):
        for batch in _batches(_objects(searchable)):
            concerned += len(batch)
            if now:
                index_objects(searchable.kind, batch)
            else:
                schedule_index(searchable.kind, batch)
    return concerned


def refresh_scores(kind: str | None = None) -> int:
    """Bring the scores of the index up to date (votes move them, not the text); returns how many changed."""
    changed = 0
    for searchable in _kinds(kind):
        if searchable.scores is not None:
            for batch in _batches(store.objects(searchable.kind), 1_000):
                changed += store.set_scores(searchable.kind, searchable.scores(batch))
    return changed


@transaction.atomic
def balance_tiers() -> int:
    """Move documents towards the tier of their score; a few thousand at a time. Returns how many moved."""
    return store.move_between_tiers()


@transaction.atomic
def recount() -> None:
    """Count the documents of every lexeme again."""
    store.count_again()


def _kinds(kind: str | None) -> list[Searchable]:
    return list(searchables) if kind is None else [searchables[kind]]


def _objects(searchable: Searchable) -> Iterator[UUID]:
    """What may be found, then what is in the index without being findable any more."""
    seen = set()
    for one in searchable.ids():
        seen.add(one)
        yield one
    yield from [one for one in store.objects(searchable.kind) if one not in seen]


def _batches(ids: Iterable[UUID], size: int = BATCH) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch
