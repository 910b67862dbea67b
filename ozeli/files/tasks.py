"""The jobs of files. Thumbnails are made here, never in a request; every job may run twice."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from . import purge, selectors, settling

# Under the portal's own work: a photograph may wait a few seconds more.
PRIORITY = -5


# One lock for all: a decoder may take hundreds of megabytes, so one runs at a time whatever the number of workers.
@app.task(
    name="files.inspect",
    lock="files.inspect",
    priority=PRIORITY,
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)
def inspect(file_id: str) -> None:
    settling.settle(UUID(file_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep")
def sweep(timestamp: int) -> None:
    """Inspect again what waits without a job: quarantined while the scanner was away, or left by a dead worker."""
    jobs: list[JSONDict] = [{"file_id": str(pk)} for pk in selectors.forgotten_ids()]
    if jobs:
        inspect.batch_defer(*jobs)


@app.periodic(cron="41 3 * * *")
@app.task(name="files.purge", queueing_lock="files.purge")
def purge_orphans(timestamp: int) -> None:
    """Delete the files of objects that are gone, refused ones after a week, and bytes that no row knows."""
    purge.purge_rows()
    purge.purge_bytes()
