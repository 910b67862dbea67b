"""The jobs of the circuit: reminders each morning, decisions published in a batch. Each may run twice."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .selectors.publications import forgotten
from .services import (
    challenge_results,
    challenges,
    completions,
    experts,
    leads,
    promises,
    publications,
    second_looks,
)


@app.periodic(cron="40 5 * * *")
@app.task(queueing_lock="ideas.remind", name="ideas.remind")
def remind(timestamp: int) -> None:
    """Remind experts of their day, authors of what they are asked to complete, desks of their second looks."""
    experts.remind_experts()
    completions.remind_authors()
    second_looks.remind()


@app.periodic(cron="10 6 * * *")
@app.task(queueing_lock="ideas.keep_promises", name="ideas.keep_promises_daily")
def keep_promises_daily(timestamp: int) -> None:
    """Remind the desk of the answers that are due, and let the late ones go up."""
    leads.end_leads()
    keep_promises()


@app.task(queueing_lock="ideas.keep_promises", name="ideas.keep_promises")
def keep_promises() -> None:
    """As many steps as fit in a short job; the rest in another one."""
    if not promises.keep_promises():
        keep_promises.configure(schedule_in={"seconds": 1}).defer()


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="ideas.study_selected", name="ideas.study_selected")
def study_selected(timestamp: int) -> None:
    """Take to study what the votes have selected, once those of its challenge are over."""
    challenges.study_selected()


@app.periodic(cron="3-59/5 * * * *")
@app.task(queueing_lock="ideas.tell_results", name="ideas.tell_results")
def tell_results(timestamp: int) -> None:
    """Tell authors what became of their ideas, once the results of a challenge are out."""
    challenge_results.tell_results()


@app.task(name="ideas.publish_batch", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def publish_batch(batch_id: str) -> None:
    """Publish the decisions of a batch that still wait, each in its own transaction."""
    publications.publish_waiting(UUID(batch_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="ideas.sweep_batches", name="ideas.sweep_batches")
def sweep_batches(timestamp: int) -> None:
    """Give a job again to the batches that no living job cares for."""
    for batch in forgotten():
        publish_batch.defer(batch_id=str(batch))
