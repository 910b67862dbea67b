"""The jobs of imports and exports. Each may be run again after a killed worker."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import progress
from .services import exports, imports, purge

PRIORITY = -20  # long, and nobody's page waits for them
_RETRY = RetryStrategy(max_attempts=3, exponential_wait=2)


@app.task(name="transfers.check_import", priority=PRIORITY, retry=_RETRY)
def check_import(run_id: str) -> None:
    """Compare the lines of a file with what stands."""
    imports.check(UUID(run_id))


@app.task(name="transfers.write_import", priority=PRIORITY, retry=_RETRY)
def write_import(run_id: str) -> None:
    """Write what a file changes."""
    with progress.Teller(UUID(run_id)) as told:
        imports.write_run(UUID(run_id), told)


@app.task(name="transfers.make_export", priority=PRIORITY, retry=_RETRY)
def make_export(run_id: str) -> None:
    """Prepare the file of a long export."""
    exports.make(UUID(run_id))


@app.periodic(cron="41 3 * * *")
@app.task(name="transfers.purge", queueing_lock="transfers.purge")
def purge_files(timestamp: int) -> None:
    """Erase the files whose time is over."""
    purge.purge()
