"""The job that seals the journal."""

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal.seal", name="journal.seal")
def seal(timestamp: int) -> None:
    """Each minute, seal what has been written and committed."""
    while services.seal() == services.BATCH:
        pass
