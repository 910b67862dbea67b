"""The list of jobs: narrowed, retried, cancelled; what comes by the clock."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import User
from ozeli.core.idempotency import FIELD
from ozeli.journal.models import Entry
from tests.personas import Cast

from .test_operations import job

SignIn = Callable[[User | None], Client]
PATH = "/exploitation/taches/"


@pytest.fixture
def dev(sign_in: SignIn, people: Cast) -> Client:
    return sign_in(people.dev)


def shown(client: Client, query: str = "") -> list[int]:
    return [row.id for row in client.get(PATH + query).context["rows"]]


def test_list_is_newest_first_and_narrowed(dev: Client) -> None:
    sealed, index = job("failed"), job("todo", "search.index")

    assert shown(dev) == [index, sealed]
    assert shown(dev, "?etat=failed") == [sealed]
    assert shown(dev, "?tache=search.index") == [index]
    assert shown(dev, "?etat=inconnu") == [index, sealed]
    assert "Aucune tâche ne répond" in dev.get(f"{PATH}?tache=zzzz").content.decode()


def test_arguments_are_never_shown(dev: Client) -> None:
    job("todo")

    assert "alice@exemple.test" not in dev.get(PATH).content.decode()
    text = b"".join(dev.get(f"{PATH}export.csv").streaming_content).decode()
    assert "alice@exemple.test" not in text
    assert "Sceller le journal" in text


def test_waiting_job_is_cancelled_once(dev: Client) -> None:
    pk = job("todo")

    def cancel() -> str:
        path = f"{PATH}{pk}/annuler/"
        return dev.post(path, {FIELD: str(uuid4())}, follow=True).content.decode()

    assert "est annulée" in cancel()
    assert ProcrastinateJob.objects.get(pk=pk).status == "cancelled"
    assert Entry.objects.get().verb == "operations.cancel_job"
    assert "n’attend plus" in cancel()
    assert Entry.objects.count() == 1


def test_consulting_is_not_acting(dev: Client, people: Cast) -> None:
    from ozeli.accounts.models import MatrixCell

    pk = job("todo")
    MatrixCell.objects.filter(profile__code="developer", brick="operations").update(level=1)

    assert "Annuler<span" not in dev.get(PATH).content.decode()
    assert dev.post(f"{PATH}{pk}/annuler/", {FIELD: str(uuid4())}).status_code == 403


def test_jobs_of_the_clock_say_their_last_run(dev: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_periodic_defers (task_name, defer_timestamp, job_id, periodic_id)"
            " values ('journal.seal', 1763640000, %s, '')",
            [job("succeeded")],
        )
    page = dev.get(PATH)
    periodic = {one.name: one for one in page.context["periodic"]}
    assert periodic["journal.seal"].last.year == 2025
    assert periodic["journal.seal"].status == "succeeded"
    assert periodic["core.purge_jobs"].last is None
    assert "20\u00a0novembre\u00a02025" in page.content.decode()


def test_query_count_is_the_same_with_one_and_three(
    dev: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    job()
    dev.get(PATH)
    with django_assert_num_queries(7):
        dev.get(PATH)
    job("todo")
    job("succeeded")
    with django_assert_num_queries(7):
        dev.get(PATH)
