"""The jobs of the airlock."""

from procrastinate.contrib.django import app

from . import urn
from .services import releases


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="airlock.release", name="airlock.release")
def release(timestamp: int) -> None:
    """Let the batch go when it is due; otherwise write the urn again, so that its times tell nothing."""
    if not releases.release():
        urn.stir()
