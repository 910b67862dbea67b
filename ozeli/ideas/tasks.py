"""The jobs of the circuit: reminders each morning, decisions published in a batch. Each may run twice."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .services import completions, experts, publications


@app.periodic(cron="40 5 * * *")
@app.task(queueing_lock="ideas.remind", name="ideas.remind")
def remind(timestamp: int) -> None:
    """Remind experts of their day, and authors of what they are asked to complete."""
    experts.remind_experts()
    completions.remind_authors()


@app.task(name="ideas.publish_batch", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def publish_batch(batch_id: str) -> None:
    """Publish the decisions of a batch that still wait, each in its own transaction."""
    publications.publish_waiting(UUID(batch_id))
