"""From a file to its report, as administrators live it."""

import csv
import io
import threading
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.core import clock
from ozeli.ideas.models import Idea
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation
from ozeli.transfers import progress, storage
from ozeli.transfers.models import ImportLine, ImportRun
from ozeli.transfers.services import imports, purge

from .conftest import BODIES, PATH, columns, post, upload, written

IDEAS = (
    '{"id": "1", "title": "Un guichet", "body": "Ouvrir le samedi.", "votes_for": 12}\n'
    '{"id": "2", "title": "Sans texte", "body": " "}\n'
)


def test_a_file_is_brought_compared_written_and_told(people, sign_in, checked):
    client = sign_in(people.adam)
    run = checked(client, BODIES)
    assert run.state == ImportRun.State.READY
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Écrire 2\u00a0lignes" in page
    assert "Doublon fusionné" in page
    assert not Organisation.objects.filter(code="caf-de-lain").exists()

    assert post(client, run, "ecrire/").status_code == 302
    run = written(run)
    assert (run.state, run.message) == (
        ImportRun.State.DONE,
        "2\u00a0créées, 1\u00a0doublon fusionné, 1\u00a0laissée de côté",
    )
    ain = Organisation.objects.get(code="caf-de-lain")
    assert (ain.name, ain.department, ain.region, ain.parent.code) == ("Caf de l’Ain", "01", "84", "cnaf")
    assert [entry.verb for entry in Entry.objects.filter(kind="import").order_by("pk")] == [
        "import.received",
        "import.done",
    ]
    assert ProcrastinateJob.objects.filter(task_name="search.index_objects").exists()
    assert "L’import est terminé" in client.get(run.get_absolute_url()).content.decode()


def test_the_same_file_again_changes_nothing(people, sign_in, checked):
    client = sign_in(people.adam)
    post(client, first := checked(client, BODIES), "ecrire/")
    written(first)
    again = checked(client, BODIES)
    assert again.counts["unchanged"] == 2
    page = client.get(again.get_absolute_url()).content.decode()
    assert "Tout ce que dit ce fichier est déjà à jour" in page
    assert f'href="{PATH}"' in page.split("Rien à appliquer")[1].split("</div>\n</div>")[0]
    assert f'action="{again.get_absolute_url()}ecrire/"' not in page
    refused = post(client, again, "ecrire/")
    assert refused.status_code == 422
    assert "ne change rien" in refused.content.decode()


def test_refused_lines_stop_everything_unless_left_aside(people, sign_in, checked):
    client = sign_in(people.adam)
    run = checked(client, IDEAS, "ideas")
    assert (run.counts["create"], run.counts["refused"]) == (1, 1)
    assert post(client, run, "ecrire/", mode="tout").status_code == 422
    assert Idea.objects.count() == 0
    assert post(client, run, "ecrire/", mode="partiel").status_code == 302
    assert written(run).state == ImportRun.State.DONE
    assert Idea.objects.get().imported_support == 12


def test_refused_lines_come_back_to_be_mended(people, sign_in, checked):
    client = sign_in(people.adam)
    run = checked(client, IDEAS, "ideas")
    response = client.get(f"{PATH}{run.pk}/refusees.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (line["id"], line["title"], line["ligne refusée"]) == ("2", "Sans texte", "2")
    assert "vide" in line["motif du refus"]
    mended = text.replace("Sans texte;;", "Sans texte;Avec un texte;")
    assert checked(client, mended, "ideas").counts["create"] == 1


def test_differences_are_shown_field_by_field(people, sign_in, checked):
    client = sign_in(people.adam)
    post(client, first := checked(client, BODIES), "ecrire/")
    written(first)
    run = checked(client, BODIES.replace("famille;1;", "famille;38;").replace("famille;01;", "famille;38;"))
    line = ImportLine.objects.get(run=run, outcome="update")
    assert line.changes == [["département", "01", "38"]]
    assert client.get(f"{run.get_absolute_url()}?resultat=update").status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "un PDF"),
        (b"", "vide"),
        (b"nom\n", "que ses titres"),
        (b"PK\x03\x04" + b"\0" * 40, "fin du fichier"),
    ],
)
def test_a_file_that_is_no_table_leaves_nothing(people, sign_in, private_folder, content, said):
    response = upload(sign_in(people.adam), content)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ImportRun.objects.exists()
    assert [path for path in private_folder.rglob("*") if path.is_file()] == []


def test_a_file_past_20_mb_is_refused(people, sign_in):
    response = upload(sign_in(people.adam), b"nom;branche\n" + b"a;b\n" * 6_000_000)
    assert response.status_code == 422
    assert "dépasse 20 Mo" in response.content.decode()


def test_a_missing_column_is_said(people, sign_in):
    client = sign_in(people.adam)
    upload(client, "libre;x\na;b\n")
    run = ImportRun.objects.get()
    response = post(client, run, "comparer/", **columns(run))
    assert response.status_code == 422
    assert "Choisissez la colonne «\u202fnom\u202f»" in response.content.decode().replace(
        "« nom »", "«\u202fnom\u202f»"
    )


def test_a_column_serves_once(people, sign_in):
    client = sign_in(people.adam)
    upload(client, BODIES)
    run = ImportRun.objects.get()
    response = post(client, run, "comparer/", **columns(run) | {"colonne_code": "nom"})
    assert response.status_code == 422
    assert "sert déjà" in response.content.decode()


def test_two_clicks_write_once(people, sign_in, checked):
    client = sign_in(people.adam)
    run = checked(client, BODIES)
    assert post(client, run, "ecrire/").status_code == 302
    assert post(client, run, "ecrire/").status_code == 409
    assert ProcrastinateJob.objects.filter(task_name="transfers.write_import").count() == 1
    written(run)
    count = Organisation.objects.count()
    imports.write_run(run.pk, lambda done, total: False)  # the job of a dead worker, run again
    assert Organisation.objects.count() == count


def test_a_crash_midway_leaves_nothing_then_the_job_ends(people, sign_in, checked, monkeypatch):
    """All or nothing: the transaction dies with the worker; the retried job writes everything."""
    client = sign_in(people.adam)
    monkeypatch.setattr("ozeli.core.imports.BATCH", 1)
    run = checked(client, BODIES)
    post(client, run, "ecrire/")
    before = Organisation.objects.count()

    def die(done, total):
        raise ConnectionError("kill -9")

    with pytest.raises(ConnectionError):
        imports.write_run(run.pk, die)
    assert Organisation.objects.count() == before
    run.refresh_from_db()
    assert run.state == ImportRun.State.WRITING
    assert written(run).state == ImportRun.State.DONE
    assert Organisation.objects.count() == before + 2


def test_a_partial_import_that_dies_is_finished_by_the_retry(people, sign_in, checked, monkeypatch):
    client = sign_in(people.adam)
    monkeypatch.setattr("ozeli.core.imports.BATCH", 1)
    run = checked(client, IDEAS + '{"id": "3", "title": "Un bus", "body": "Un bus plus tôt."}\n', "ideas")
    post(client, run, "ecrire/", mode="partiel")

    def die(done, total):
        raise ConnectionError("kill -9")

    with pytest.raises(ConnectionError):
        imports.write_run(run.pk, die)
    assert Idea.objects.count() == 1
    assert written(run).state == ImportRun.State.DONE
    assert Idea.objects.count() == 2


def test_too_many_crashes_end_in_a_clean_failure(people, sign_in, checked):
    run = checked(sign_in(people.adam), BODIES)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.WRITING, attempts=imports.ATTEMPTS)
    run = written(run)
    assert run.state == ImportRun.State.FAILED
    assert "rien n’a été écrit" in run.message


def test_cancelling_while_it_is_written_undoes_all(people, sign_in, checked, monkeypatch):
    client = sign_in(people.adam)
    monkeypatch.setattr("ozeli.core.imports.BATCH", 1)
    run = checked(client, BODIES)
    post(client, run, "ecrire/")
    assert post(client, run, "annuler/").status_code == 302
    before = Organisation.objects.count()
    run = written(run, lambda done, total: ImportRun.objects.get(pk=run.pk).is_stopping)
    assert run.state == ImportRun.State.CANCELLED
    assert Organisation.objects.count() == before


def test_cancelling_before_drops_the_file(people, sign_in, checked, django_capture_on_commit_callbacks):
    client = sign_in(people.adam)
    run = checked(client, BODIES)
    assert storage.path_of("imports", run.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        post(client, run, "annuler/")
    assert not storage.path_of("imports", run.pk).exists()
    assert post(client, run, "ecrire/").status_code in (409, 422)


def test_files_are_private_and_forgotten_after_thirty_days(people, sign_in, checked):
    run = checked(sign_in(people.adam), IDEAS, "ideas")
    path = storage.path_of("imports", run.pk)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert purge.purge() == 0
    ImportRun.objects.filter(pk=run.pk).update(created_at=clock.now() - timedelta(days=31))
    assert purge.purge() == 1
    assert not path.exists()
    assert not ImportLine.objects.exclude(cells={}).exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_the_transaction(people):
    from django.db import transaction

    run = ImportRun.objects.create(importer="organisations", owner=people.adam, file_name="x", size=1)
    seen = []

    def look():
        seen.append(ImportRun.objects.values_list("done", "total").get(pk=run.pk))
        connection.close()

    with progress.Teller(run.pk) as told, transaction.atomic():
        Organisation.objects.update(department="01")
        assert told(500, 2_000) is False
        watcher = threading.Thread(target=look)
        watcher.start()
        watcher.join()
        ImportRun.objects.filter(pk=run.pk).exists()
    assert seen == [(500, 2_000)]


@pytest.mark.parametrize("who", ["alice", "rita", "nora", "dev", "zoe"])
def test_others_find_nothing(people, sign_in, checked, who):
    run = checked(sign_in(people.adam), BODIES)
    client = sign_in(getattr(people, who))
    for tail in ("", f"{run.pk}/", f"{run.pk}/refusees.csv"):
        assert client.get(f"{PATH}{tail}").status_code == 404
    assert upload(client, BODIES).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(people, sign_in, checked, django_assert_num_queries, rows):
    client = sign_in(people.adam)
    for _ in range(rows):
        run = checked(client, BODIES)
    client.get(PATH)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(PATH)
    with django_assert_num_queries(RUN_QUERIES):
        client.get(run.get_absolute_url())


LIST_QUERIES = 8
RUN_QUERIES = 9
