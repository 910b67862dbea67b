"""Jobs of the search: indexing, and keeping scores and tiers up to date. Each can be run again without harm."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ozeli.core.registry import searchables

from . import services


@app.task(name="search.index_objects", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def index_objects(kind: str, ids: list[str]) -> None:
    """Index objects as they are now, or take them out."""
    if kind in searchables:
        services.index_objects(kind, [UUID(one) for one in ids])


@app.task(name="search.reindex", queueing_lock="search.reindex")
def reindex(kind: str | None = None) -> None:
    """Queue every object again, by batches."""
    services.reindex(kind)


@app.periodic(cron="7,37 * * * *")
@app.task(name="search.refresh", queueing_lock="search.refresh")
def refresh(timestamp: int) -> None:
    """Twice an hour: scores, then tiers."""
    services.refresh_scores()
    services.balance_tiers()


@app.periodic(cron="20 3 * * *")
@app.task(name="search.nightly", queueing_lock="search.nightly")
def nightly(timestamp: int) -> None:
    """Each night every object is looked at again: what a save forgot to tell is mended; the unchanged cost little."""
    services.reindex()
