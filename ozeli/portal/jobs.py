"""The jobs of the portal: what waits, runs, failed; what comes back by the clock. Never their arguments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Max, QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
)

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core.errors import Conflict
from ozeli.journal.services import record

CHUNK = 500
TITLES = {
    "core.retry_stalled": "Reprendre les tâches d’un exécuteur disparu",
    "core.purge_keys": "Oublier les clés des formulaires",
    "core.purge_jobs": "Oublier les tâches terminées",
    "journal.seal": "Sceller le journal",
    "accounts.forget_sessions": "Oublier les sessions finies",
    "files.sweep": "Reprendre les fichiers en attente",
    "files.purge": "Oublier les fichiers abandonnés",
    "search.refresh": "Rafraîchir l’ordre des résultats",
    "search.nightly": "Vérifier l’index de recherche",
    "search.index": "Indexer un contenu",
    "activity.fan_out": "Dire un événement à ceux qu’il concerne",
    "activity.send_mail": "Envoyer un courriel",
    "activity.sweep": "Reprendre les courriels en attente",
    "activity.open_digests": "Ouvrir les résumés",
    "ideas.remind": "Rappeler les réponses attendues",
    "people.saved_searches": "Rejouer les recherches enregistrées",
    "people.loans": "Prévenir des profils prêtés qui commencent ou finissent",
    "people.nightly": "Oublier ce qui a fait son temps",
    "accounts.send_invitation": "Envoyer une invitation",
    "accounts.send_password_reset": "Envoyer un lien de mot de passe",
    "activity.send_digests": "Envoyer les résumés",
    "activity.write_digests": "Écrire les résumés",
    "files.inspect": "Vérifier un fichier joint",
    "ideas.publish_batch": "Publier un lot de réponses",
    "ideas.sweep_batches": "Reprendre les lots de réponses en attente",
    "people.export_data": "Préparer la copie des données d’une personne",
    "people.send_erasure_mail": "Écrire à une personne qui s’efface",
    "people.tell_new_results": "Prévenir d’un résultat nouveau",
    "search.index_objects": "Indexer des contenus",
    "search.reindex": "Refaire l’index de recherche",
    "transfers.check_import": "Comparer un fichier importé",
    "transfers.make_export": "Préparer un export",
    "transfers.write_import": "Écrire un import",
    "transfers.purge": "Oublier les imports et les exports finis",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is shown."""

    id: int
    title: str
    name: str
    status: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that comes back by the clock."""

    title: str
    name: str
    cron: str
    last: datetime | None
    status: str


def title(name: str) -> str:
    return TITLES.get(name, name)


def task_names() -> list[tuple[str, str]]:
    """(name, title) of every task of the installed apps, by title."""
    names = (name for name in app.tasks if not name.startswith(("builtin", "procrastinate")))
    return sorted(((name, title(name)) for name in names), key=lambda item: item[1])


def jobs(status: str = "", task: str = "") -> QuerySet[ProcrastinateJob]:
    found = ProcrastinateJob.objects.all()
    if status:
        found = found.filter(status=status)
    return found.filter(task_name=task) if task else found


def shown(rows: Iterable[ProcrastinateJob]) -> list[Job]:
    """The jobs with the instant of their last event; one query more."""
    rows = list(rows)
    events = ProcrastinateEvent.objects.filter(job__in=[row.pk for row in rows])
    last = dict(events.values_list("job").annotate(at=Max("at")).order_by("job"))
    return [
        Job(row.pk, title(row.task_name), row.task_name, row.status, row.attempts, last.get(row.pk))
        for row in rows
    ]


def lines(found: QuerySet[ProcrastinateJob]) -> Iterator[list[Any]]:
    rows = found.order_by("-id").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for job in shown(chunk):
            yield [job.id, job.title, job.name, job.status, job.attempts, job.at or ""]


def periodic() -> list[Periodic]:
    """The jobs of the clock, with their last run and what became of it; one query."""
    runs = ProcrastinatePeriodicDefer.objects.order_by("task_name", "-defer_timestamp").distinct("task_name")
    last = {row["task_name"]: row for row in runs.values("task_name", "defer_timestamp", "job__status")}
    found = []
    for task in app.periodic_registry.periodic_tasks.values():
        row = last.get(task.task.name)
        at = datetime.fromtimestamp(row["defer_timestamp"] or 0, tz=UTC) if row else None
        status = (row["job__status"] or "succeeded") if row else ""
        found.append(Periodic(title(task.task.name), task.task.name, task.cron, at, status))
    return sorted(found, key=lambda one: one.title)


def cancel_job(job_id: int, *, actor: User) -> None:
    """Take a job out of its queue before it runs. Raises Conflict when it is not waiting any more."""
    job = ProcrastinateJob.objects.select_for_update(of=("self",)).filter(pk=job_id, status="todo").first()
    if job is None or not app.job_manager.cancel_job_by_id(job_id):
        raise Conflict("Cette tâche n’attend plus\u00a0: elle a commencé, ou quelqu’un l’a déjà annulée.")
    record("operations.cancel_job", "job", job_id, actor=actor_key(actor), task=job.task_name)
