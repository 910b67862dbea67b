"""The jobs of challenges. Each may run twice."""

from procrastinate.contrib.django import app

from .services import reminders


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="challenges.tell_tomorrow", name="challenges.tell_tomorrow")
def tell_tomorrow(timestamp: int) -> None:
    """Tell what begins and what ends within a day."""
    reminders.tell_tomorrow()
