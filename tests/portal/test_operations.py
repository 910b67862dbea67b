"""Operations: health, jobs, mails and log, without any person in sight."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity.models import Event, OutgoingMail
from ozeli.core import clock
from ozeli.journal.models import Entry
from ozeli.portal import operations
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/exploitation/"


def job(status: str = "failed", task: str = "journal.seal", **columns: object) -> int:
    """A job as procrastinate keeps it, with the event of its status."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, priority, args, status, attempts, scheduled_at)"
            " values ('default', %s, 0, '{\"to\": \"alice@exemple.test\"}', %s, 3, %s) returning id",
            [task, status, columns.get("scheduled_at")],
        )
        (pk,) = cursor.fetchone()
        if status == "failed":
            cursor.execute(
                "insert into procrastinate_events (job_id, type, at) values (%s, 'failed', now())", [pk]
            )
    return int(pk)


def worker(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def mail(to: User, **fields: object) -> OutgoingMail:
    event = Event.objects.create(type="idea.answered", kind="idea", object_id=uuid4(), at=clock.now())
    return OutgoingMail.objects.create(
        event=event, user=to, subject="Une réponse", text="…", **{"created_at": clock.now()} | fields
    )


def states() -> dict[str, bool]:
    return {check.name: check.is_well for check in operations.checks()}


def retry(client: Client, pk: int, key: str = "") -> HttpResponse:
    return client.post(f"{PATH}taches/{pk}/relancer/", {"idempotency_key": key or str(uuid4())})


def test_health_is_told_part_by_part(people: Cast) -> None:
    assert states() == {
        "Web": True,
        "Dépôt anonyme": False,
        "Base de données": True,
        "Tâches de fond": False,
        "Courriels": True,
        "Fichiers joints": True,
    }

    worker(5)
    assert states()["Tâches de fond"]


def test_silent_worker_is_seen(people: Cast) -> None:
    worker(300)

    assert not states()["Tâches de fond"]
    assert operations.checks()[3].said == "silence depuis 5\u00a0minutes"


def test_late_job_and_late_mail_are_seen(people: Cast) -> None:
    worker(5)
    job("todo", scheduled_at=clock.now() - timedelta(hours=1))
    mail(people.alice, created_at=clock.now() - timedelta(hours=1))

    assert not states()["Tâches de fond"]
    assert not states()["Courriels"]


def test_page_counts_without_naming_anyone(sign_in: SignIn, people: Cast) -> None:
    pk = job()
    mail(people.alice)
    mail(people.bob, status=OutgoingMail.Status.FAILED, error="550 bob@exemple.test")

    page = sign_in(people.dev).get(PATH).content.decode()

    assert f"n° {pk}" in page
    assert "Relancer" in page
    for personal in ("alice", "bob", "550"):
        assert personal not in page


def test_failed_job_is_put_back_and_journaled_once(sign_in: SignIn, people: Cast) -> None:
    pk, dev, key = job(), sign_in(people.dev), str(uuid4())

    answers = {retry(dev, pk, key).status_code for _ in range(3)}

    assert answers == {302}
    assert dict(operations.jobs_by_status())["à faire"] == 1
    acts = Entry.objects.filter(verb="operations.retry_job")
    assert [(act.object_id, act.details) for act in acts] == [(str(pk), {"task": "journal.seal"})]


def test_job_no_longer_failed_conflicts(sign_in: SignIn, people: Cast) -> None:
    response = retry(sign_in(people.dev), job("succeeded"))

    assert response.status_code == 409
    assert "n’est plus en échec" in response.content.decode()


@pytest.mark.parametrize("who", ["alice", "nora", "adam"])
def test_others_do_not_find_the_page(sign_in: SignIn, people: Cast, who: str) -> None:
    client = sign_in(getattr(people, who))

    assert client.get(PATH).status_code == 404
    assert retry(client, job()).status_code == 404


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("mail to jean.dupont+x@caf-59.cnaf.fr refused", "mail to [adresse] refused"),
        ("from 192.168.12.4 port 4", "from [adresse IP] port 4"),
        ("Not Found: /recherche/?q=mon+nom", "Not Found: /recherche/?[…]"),
        ("Not Found: /mot-de-passe-oublie/1-abc-def/", "Not Found: /mot-de-passe-oublie/[clé]"),
        (
            "Not Found: /idees/86mx979bn562-le-secret-de-claire/vote/",
            "Not Found: /idees/86mx979bn562-[titre]/vote/",
        ),
        ("Key (name)=('Claire Delattre') exists", "Key (name)=([texte]) exists"),
    ],
)
def test_log_is_stripped(line: str, shown: str) -> None:
    assert operations.without_personal_data(line) == shown


def test_log_shows_heads_only_newest_first(tmp_path: Path, settings: object, db: None) -> None:
    settings.HOME = tmp_path
    assert operations.log_lines() == []

    (tmp_path / "log").mkdir()
    handler = logging.FileHandler(tmp_path / "log" / "ozeli.log")
    handler.setFormatter(logging.Formatter("{asctime} {levelname} {name} {message}", style="{"))
    try:
        for text in ("premier pour jean@exemple.fr", "second\nTraceback: le texte de Claire"):
            handler.emit(logging.LogRecord("ozeli.test", logging.ERROR, "", 0, text, (), None))
    finally:
        handler.close()

    assert [(line["level"], line["source"], line["said"]) for line in operations.log_lines()] == [
        ("ERROR", "ozeli.test", "second"),
        ("ERROR", "ozeli.test", "premier pour [adresse]"),
    ]
