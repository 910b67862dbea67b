"""What the people who keep Ozéli running look at: health, jobs, mails, versions, the last lines of the log.

Nothing here shows a person: mails and jobs are counted, and the log is stripped of addresses.
"""

import platform
import re
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.models import OutgoingMail
from ozeli.airlock import health as airlock
from ozeli.core import clock
from ozeli.core.errors import Conflict
from ozeli.core.french import plural
from ozeli.files import health as files
from ozeli.journal.services import record

WORKER_SILENCE = timedelta(seconds=60)
MAIL_IS_LATE = timedelta(minutes=10)
JOB_IS_LATE = timedelta(minutes=5)
LOG_LINES = 40
FAILURES = 10
JOB_STATUSES = {
    "todo": "à faire",
    "doing": "en cours",
    "succeeded": "faites",
    "failed": "en échec",
    "cancelled": "annulées",
    "aborted": "interrompues",
}
JOB_SAID = {**JOB_STATUSES, "succeeded": "faite", "cancelled": "annulée", "aborted": "interrompue"}
MAIL_STATUSES = {
    "waiting": "en attente",
    "sent": "partis",
    "failed": "refusés",
    "postponed": "remis au résumé",
    "dropped": "sans objet",
    "cancelled": "annulés",
}
_HEAD = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ (\w+) (\S+) (.*)$")
_PERSONAL = (
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"), "[adresse]"),
    (
        re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\b", re.I),
        "[adresse IP]",
    ),
    (re.compile(r"/mot-de-passe-oublie/\S+"), "/mot-de-passe-oublie/[clé]"),
    (re.compile(r"(/idees/[0-9a-z]{12})-[^/\s]+"), r"\1-[titre]"),
    (re.compile(r"\?\S+"), "?[…]"),
    (re.compile(r"['\"«][^'\"»]{3,}['\"»]"), "[texte]"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the portal: `is_well`, and what is seen of it."""

    name: str
    is_well: bool
    said: str


def checks() -> list[Check]:
    """Web, airlock, database, background jobs, mails, joined files: six answers, five queries."""
    web = Check("Web", True, "répond, puisque vous lisez cette page")
    return [web, _airlock(), _database(), _worker(), _mails(), _files()]


def _airlock() -> Check:
    seen = airlock.host()
    return Check(
        "Dépôt anonyme", not seen.advice, f"{seen.said}. {seen.advice}" if seen.advice else seen.said
    )


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        )
        number, size = cursor.fetchone()
    return Check(
        "Base de données",
        True,
        f"PostgreSQL {number.split()[0]}, {size.replace('kB', 'ko').replace('MB', 'Mo')}",
    )


def _worker() -> Check:
    last = ProcrastinateWorker.objects.aggregate(last=Max("last_heartbeat"))["last"]
    if last is None:
        return Check("Tâches de fond", False, "aucun exécuteur ne tourne")
    silence = clock.now() - last
    if silence > WORKER_SILENCE:
        return Check(
            "Tâches de fond", False, f"silence depuis {plural(int(silence.total_seconds() // 60), 'minute')}"
        )
    late = ProcrastinateJob.objects.filter(status="todo", scheduled_at__lt=clock.now() - JOB_IS_LATE).count()
    return Check("Tâches de fond", not late, f"{plural(late, 'tâche')} en retard" if late else "à jour")


def _mails() -> Check:
    late = OutgoingMail.objects.filter(
        status=OutgoingMail.Status.WAITING, created_at__lt=clock.now() - MAIL_IS_LATE
    ).count()
    return Check(
        "Courriels", not late, f"{plural(late, 'courriel')} en retard" if late else "partis ou en chemin"
    )


def _files() -> Check:
    is_well, said = files.summary()
    return Check("Fichiers joints", is_well, said)


def jobs_by_status() -> list[tuple[str, int]]:
    counted = dict(
        ProcrastinateJob.objects.values_list("status").annotate(number=Count("pk")).order_by("status")
    )
    return [(label, counted.get(status, 0)) for status, label in JOB_STATUSES.items()]


def failed_jobs() -> list[dict[str, Any]]:
    """The last jobs in failure, newest first, without their arguments (they may name somebody)."""
    last_events = ProcrastinateEvent.objects.filter(type="failed", job__status="failed")
    rows = (
        last_events.values("job_id", "job__task_name", "job__attempts").annotate(at=Max("at")).order_by("-at")
    )
    return [
        {
            "id": row["job_id"],
            "task": row["job__task_name"],
            "attempts": row["job__attempts"],
            "at": row["at"],
        }
        for row in rows[:FAILURES]
    ]


def mails_by_status() -> list[tuple[str, int]]:
    counted = dict(OutgoingMail.objects.values_list("status").annotate(number=Count("pk")).order_by("status"))
    return [(label, counted.get(status, 0)) for status, label in MAIL_STATUSES.items()]


def retry_job(job_id: int, *, actor: User) -> None:
    """Put a job in failure back in its queue, at once. Raises Conflict when it is not in failure any more."""
    job = ProcrastinateJob.objects.select_for_update(of=("self",)).filter(pk=job_id, status="failed").first()
    if job is None:
        raise Conflict("Cette tâche n’est plus en échec : quelqu’un l’a sans doute déjà relancée.")
    app.job_manager.retry_job_by_id(job_id, retry_at=clock.now())
    record("operations.retry_job", "job", job_id, actor=actor_key(actor), task=job.task_name)


def versions() -> list[tuple[str, str]]:
    names = (
        ("ozeli", "Ozéli"),
        ("django", "Django"),
        ("granian", "Granian"),
        ("procrastinate", "Procrastinate"),
    )
    return [("Python", platform.python_version()), *((label, _version(name)) for name, label in names)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "inconnue"


def log_lines() -> list[dict[str, str]]:
    """The last lines of the log, newest first: heads only (a traceback may quote what somebody typed), stripped."""
    path = Path(settings.HOME) / "log" / "ozeli.log"
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            file.seek(max(0, path.stat().st_size - 200_000))
            heads = deque((found for line in file if (found := _HEAD.match(line))), maxlen=LOG_LINES)
    except OSError:
        return []
    lines = [
        {"at": head[1], "level": head[2], "source": head[3], "said": without_personal_data(head[4])[:200]}
        for head in heads
    ]
    return lines[::-1]


def without_personal_data(text: str) -> str:
    for pattern, mark in _PERSONAL:
        text = pattern.sub(mark, text)
    return text
