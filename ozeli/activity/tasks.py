"""The jobs of the outbox. Each may run twice, or again after a killed worker, without telling anyone twice."""

import time
from datetime import date

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from . import delivery, digests, fanout, letters, selectors, services

# Under every other job: a mail server that answers slowly must not keep the portal's own work waiting.
MAIL_PRIORITY = -10
URGENT_PRIORITY = -5
# A job of digests works so long, then leaves its place; between two batches it rests, for the pages' sake.
SHIFT_SECONDS = 6.0
REST = 1.0
SENDING_REST = 0.5
FAULTS_IN_A_ROW = 3
PAUSE_SECONDS = 60


@app.task(name="activity.fan_out", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def fan_out(event_id: int, after: int = 0) -> None:
    """Tell an event to the people concerned, one batch a job; the next batch is deferred with the end of this one."""
    try:
        with transaction.atomic():
            told = fanout.tell_batch(event_id, after)
            defer_mails(told.urgent, priority=URGENT_PRIORITY)
            defer_mails(told.mails)
            if told.last is not None:
                fan_out.defer(event_id=event_id, after=told.last)
    except Exception as error:
        services.note_fault(event_id, error)
        raise


@app.task(name="activity.send_mail", priority=MAIL_PRIORITY)
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox; when its server is away, try again later, more and more rarely.

    The transaction ends before the connection to the server is closed: nothing that may fail stands between the
    server's yes and the row that says so.
    """
    with delivery.mail_server() as server:
        _send(mail_id, server)


def _send(mail_id: int, server: object, ready: letters.Ready | None = None) -> bool:
    """Send one mail, in a transaction of its own; whether the server could be reached."""
    with transaction.atomic():
        wait = delivery.deliver(mail_id, server, ready)
        if wait is not None:
            send_mail.configure(schedule_in={"seconds": wait}).defer(mail_id=mail_id)
    return wait is None


@app.periodic(cron="* * * * *")
@app.task(name="activity.sweep", queueing_lock="activity.sweep")
def sweep(timestamp: int) -> None:
    """Give a job again to the mails, the events and the digests that no living job cares for."""
    defer_mails(selectors.forgotten_mails())
    for event_id in selectors.forgotten_events():
        with transaction.atomic():
            services.note_sweep(event_id)
            fan_out.defer(event_id=event_id)
    if selectors.digests_are_ready() and not selectors.is_alive("activity.send_digests"):
        send_digests.defer()


@app.periodic(cron="*/5 * * * *")
@app.task(name="activity.open_digests", queueing_lock="activity.open_digests")
def open_digests(timestamp: int) -> None:
    """When their hour has come, begin the digests of the day; go on with those that a fault has stopped."""
    with transaction.atomic():
        period = digests.open_run()
        if period is not None and not selectors.is_alive("activity.write_digests"):
            write_digests.defer(period=period.isoformat())


@app.task(name="activity.write_digests", priority=MAIL_PRIORITY)
def write_digests(period: str) -> None:
    """Write the digests of a day for some seconds, batch by batch; the rest is for the next job."""
    day, end = date.fromisoformat(period), time.monotonic() + SHIFT_SECONDS
    is_over = False
    while not is_over and time.monotonic() < end:
        began = time.monotonic()
        is_over = digests.write_batch(day)
        if not is_over:
            time.sleep(REST * (time.monotonic() - began))
    if not is_over:
        write_digests.defer(period=period)
    if not selectors.is_alive("activity.send_digests"):
        send_digests.defer()


@app.task(name="activity.send_digests", priority=MAIL_PRIORITY)
def send_digests() -> None:
    """Send the digests that are ready for some seconds, by one connection; a server that is away is left a minute."""
    end, faults = time.monotonic() + SHIFT_SECONDS, 0
    with delivery.mail_server() as server:
        while (mails := selectors.ready_digests()) and faults < FAULTS_IN_A_ROW and time.monotonic() < end:
            began, prepared = time.monotonic(), letters.ready(mails)
            for mail_id in mails:
                faults = 0 if _send(mail_id, server, prepared.get(mail_id)) else faults + 1
                if faults >= FAULTS_IN_A_ROW or time.monotonic() > end:
                    break
            else:
                time.sleep(SENDING_REST * (time.monotonic() - began))
    if faults >= FAULTS_IN_A_ROW:
        send_digests.configure(schedule_in={"seconds": PAUSE_SECONDS}).defer()
    elif selectors.digests_are_ready():
        send_digests.defer()


def defer_mails(mail_ids: list[int], priority: int = MAIL_PRIORITY) -> None:
    jobs: list[JSONDict] = [{"mail_id": mail_id} for mail_id in mail_ids]
    if jobs:
        send_mail.configure(priority=priority).batch_defer(*jobs)
