"""Housekeeping jobs, and how a worker fetches and defers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.core import clock, tasks
from ozeli.core.models import IdempotencyKey
from ozeli.worker import make_worker_app


def run_pending_jobs() -> None:
    worker_app = make_worker_app()
    worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def stall(job_id: int, attempts: int) -> None:
    """Make the job look taken by a worker that died an hour ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s, attempts = %s where id = %s",
            [worker, attempts, job_id],
        )


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_dead_worker_is_done_by_another() -> None:
    job_id = tasks.purge_keys.defer(timestamp=0)
    stall(job_id, attempts=0)
    tasks.retry_stalled.defer(timestamp=0)
    run_pending_jobs()
    assert ProcrastinateJob.objects.get(id=job_id).status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_killed_three_workers_is_given_up() -> None:
    job_id = tasks.purge_keys.defer(timestamp=0)
    stall(job_id, attempts=tasks.STALLED_ATTEMPTS)
    tasks.retry_stalled.defer(timestamp=0)
    run_pending_jobs()
    assert ProcrastinateJob.objects.get(id=job_id).status == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_job_deferred_in_a_transaction_shares_its_fate() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tasks.purge_keys.defer(timestamp=0)
        raise ZeroDivisionError
    assert not ProcrastinateJob.objects.exists()
    with transaction.atomic():
        tasks.purge_keys.defer(timestamp=0)
    assert ProcrastinateJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_that_defers_another_and_fails_defers_nothing() -> None:
    """In the worker too, deferring belongs to Django's transaction."""

    @app.task(name="tests.defer_then_fail")
    def defer_then_fail() -> None:
        with transaction.atomic():
            tasks.purge_keys.defer(timestamp=0)
            raise ZeroDivisionError

    defer_then_fail.defer()
    run_pending_jobs()
    assert ProcrastinateJob.objects.get(task_name="tests.defer_then_fail").status == "failed"
    assert not ProcrastinateJob.objects.filter(task_name="core.purge_keys", args={"timestamp": 0}).exists()


@pytest.mark.django_db
def test_keys_of_more_than_a_week_are_forgotten() -> None:
    ages = {days: uuid4() for days in (6, 8)}
    for days, key in ages.items():
        IdempotencyKey.objects.create(
            actor="someone", key=key, action="/", digest="-", created_at=clock.now() - timedelta(days=days)
        )
    tasks.purge_keys(timestamp=0)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == [ages[6]]
