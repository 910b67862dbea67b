"""The jobs of the outbox. Each may run twice, or again after a killed worker, without telling anyone twice."""

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from . import delivery, fanout, selectors

# Under every other job: a mail server that answers slowly must not keep the portal's own work waiting.
MAIL_PRIORITY = -10


@app.task(name="activity.fan_out", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
@transaction.atomic
def fan_out(event_id: int, after: int = 0) -> None:
    """Tell an event to the people concerned, one batch a job; the next batch is deferred with the end of this one."""
    told = fanout.tell_batch(event_id, after)
    defer_mails(told.mails)
    if told.last is not None:
        fan_out.defer(event_id=event_id, after=told.last)


@app.task(name="activity.send_mail", priority=MAIL_PRIORITY)
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox; when its server is away, try again later, more and more rarely.

    The transaction ends before the connection to the server is closed: nothing that may fail stands between the
    server's yes and the row that says so.
    """
    with delivery.mail_server() as server, transaction.atomic():
        wait = delivery.deliver(mail_id, server)
        if wait is not None:
            send_mail.configure(schedule_in={"seconds": wait}).defer(mail_id=mail_id)


@app.periodic(cron="* * * * *")
@app.task(name="activity.sweep", queueing_lock="activity.sweep")
def sweep(timestamp: int) -> None:
    """Give a job again to the waiting mails that no living job cares for."""
    defer_mails(selectors.forgotten_mails())


def defer_mails(mail_ids: list[int]) -> None:
    jobs: list[JSONDict] = [{"mail_id": mail_id} for mail_id in mail_ids]
    if jobs:
        send_mail.batch_defer(*jobs)
