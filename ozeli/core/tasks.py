"""Housekeeping jobs: those of dead workers, finished ones, old idempotency keys."""

from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from ozeli.core import clock
from ozeli.core.models import IdempotencyKey

STALLED_SECONDS = 30  # three missed heartbeats
STALLED_ATTEMPTS = 3
KEY_DAYS = 7
FINISHED_JOB_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.retry_stalled", name="core.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a killed worker to another, three times at most. Hence every job is idempotent."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if job.attempts >= STALLED_ATTEMPTS:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="core.purge_keys", name="core.purge_keys")
def purge_keys(timestamp: int) -> None:
    """Forget the idempotency keys of more than a week: no form stays open longer."""
    IdempotencyKey.objects.filter(created_at__lt=clock.now() - timedelta(days=KEY_DAYS)).delete()


@app.periodic(cron="27 3 * * *")
@app.task(queueing_lock="core.purge_jobs", name="core.purge_jobs", pass_context=True)
async def purge_jobs(context: JobContext, timestamp: int) -> None:
    """Forget the jobs that succeeded a week ago; failed ones stay until somebody looks at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=FINISHED_JOB_HOURS)
