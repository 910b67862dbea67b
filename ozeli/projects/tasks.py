"""The jobs of projects. Each may run twice."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .services import gates, reminders, tally


@app.periodic(cron="50 5 * * *")
@app.task(queueing_lock="projects.remind", name="projects.remind_daily")
def remind_daily(timestamp: int) -> None:
    """Tell of the gates that come, then remind those who have said nothing for long."""
    gates.remind()
    remind()


@app.task(queueing_lock="projects.remind_owners", name="projects.remind_owners")
def remind() -> None:
    """As many reminders as fit in a short job; the rest in another one."""
    if not reminders.remind():
        remind.configure(schedule_in={"seconds": 1}).defer()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="projects.fold_tally", name="projects.fold_tally")
def fold_tally(timestamp: int) -> None:
    """Keep the tally of the consolidation short: the projects written since are summed with the others."""
    tally.fold()


@app.task(
    name="projects.publish_synthesis",
    priority=-10,
    retry=RetryStrategy(max_attempts=4, exponential_wait=2),
)
def publish_synthesis(synthesis_id: str) -> None:
    """Make the files of a synthesis, then open it to its readers."""
    from .services import synthesis_publication

    synthesis_publication.make(UUID(synthesis_id))
