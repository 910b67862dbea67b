"""Files of lists: both formats, formulas, long ones prepared apart."""

import io
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.http import QueryDict
from python_calamine import load_workbook

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, OutgoingMail
from ozeli.challenges.models import ChallengeAnimator
from ozeli.core import clock, memo
from ozeli.core.exports import exports, write_csv, write_xlsx
from ozeli.core.imports import guess_mapping, importers, make_plan, records
from ozeli.core.tables import open_table
from ozeli.ideas.services.experts import ask_expert
from ozeli.transfers import storage
from ozeli.transfers.models import ExportRun
from ozeli.transfers.services import exports as services
from ozeli.transfers.services import purge
from tests.factories import ChallengeFactory, IdeaFactory
from tests.guards.test_matrix import set_cell

PATHS = (
    "/idees/", "/mes-idees/", "/cimetiere/", "/organismes/", "/administration/personnes/", "/administration/journal/",
    "/administration/matrice/", "/donnees-cles/",
)  # fmt: skip


def sheet_of(content: bytes) -> list[list[object]]:
    return load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("path", PATHS)
def test_every_list_has_both_files(people, sign_in, path):
    IdeaFactory(author=people.sonia, title="Un guichet")
    client = sign_in(people.sonia)
    text = b"".join(client.get(f"{path}export.csv").streaming_content).decode("utf-8-sig")
    response = client.get(f"{path}export.csv?format=xlsx")
    assert response["Content-Disposition"].endswith('.xlsx"')
    rows = sheet_of(b"".join(response.streaming_content))
    assert ";".join(map(str, rows[0])) == text.splitlines()[0].replace('"', "")
    assert len(rows) > 1 or path in ("/cimetiere/", "/administration/journal/")


def test_formulas_are_texts_in_both(people, sign_in):
    IdeaFactory(author=people.alice, title="=HYPERLINK(1)", problem="+1", proposal="https://exemple.test")
    client = sign_in(people.alice)
    assert "'=HYPERLINK(1)" in b"".join(client.get("/idees/export.csv").streaming_content).decode()
    content = b"".join(client.get("/idees/export.csv?format=xlsx").streaming_content)
    assert "=HYPERLINK(1)" in sheet_of(content)[1]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


def test_texts_too_long_for_a_cell_are_cut():
    file = io.BytesIO()
    assert write_xlsx(file, ["texte"], [["é" * 40_000], [None], [True], [12]]) == 4
    rows = sheet_of(file.getvalue())
    assert len(rows[1][0]) == 32_767
    assert rows[1][0].endswith("…")
    assert (rows[3][0], rows[4][0]) == ("oui", 12)


def test_what_is_exported_is_imported_unchanged(people, sign_in):
    """The columns of an export are those that the import reads."""
    IdeaFactory(author=people.alice)
    for code, expected in (("organisations", {"unchanged": 3}), ("ideas", {"left_out": 1})):
        export, importer = exports[code], importers[code]
        for write, name in ((write_csv, "a.csv"), (write_xlsx, "a.xlsx")):
            path = storage.path_of("exports", uuid.uuid4()).with_name(name)
            with path.open("wb+") as file:
                write(file, export.titles, export.rows(people.sonia, QueryDict("")))
            table = open_table(path)
            mapping = guess_mapping(importer, table.header)
            options = {one.code: one.default("a.csv") for one in importer.options}
            counts = make_plan(importer, records(table, mapping), options).counts
            assert {key: value for key, value in counts.items() if value} == expected


# --- long ones --------------------------------------------------------------------------------------------------------


@pytest.fixture
def long(monkeypatch, people):
    """Three ideas are many."""
    monkeypatch.setattr("ozeli.core.exports.LONG", 2)
    monkeypatch.setattr("ozeli.ideas.exports.LONG", 2)
    IdeaFactory.create_batch(3, author=people.alice)


def ask(client, **fields):
    data = {"contenu": "ideas", "format": "csv", "filtres": "", "idempotency_key": str(uuid.uuid4())} | fields
    return client.post("/exports/preparer/", data)


def test_a_long_list_is_prepared_told_and_fetched(people, sign_in, long):
    client = sign_in(people.alice)
    led = client.get("/idees/export.csv?format=xlsx&etat=deposee")
    assert led.status_code == 302
    assert (
        "plus de 2\u202f000" in client.get(led.url).content.decode()
        or "plus de" in client.get(led.url).content.decode()
    )
    asked = ask(client, format="xlsx", filtres="etat=deposee")
    run = ExportRun.objects.get()
    assert asked.url == run.get_absolute_url()
    assert "se prépare" in client.get(asked.url).content.decode()
    assert client.get(f"{asked.url}fichier/").status_code == 404

    services.make(run.pk)
    run.refresh_from_db()
    assert (run.state, run.rows) == (ExportRun.State.READY, 3)
    event = Event.objects.get(type="export.ready")
    assert event.object_id == run.pk
    (mail,) = OutgoingMail.objects.filter(pk__in=tell_batch(event.pk).mails)
    assert (mail.user, mail.subject) == (people.alice, "Votre export est prêt")
    response = client.get(f"{asked.url}fichier/")
    assert len(sheet_of(b"".join(response.streaming_content))) == 4
    assert "Mes exports" in client.get("/exports/").content.decode()
    assert 'href="/exports/"' in client.get("/moi/").content.decode()
    services.make(run.pk)  # the job of a dead worker, run again
    assert Event.objects.filter(type="export.ready").count() == 1


def test_a_long_list_of_the_desk_is_prepared_whole(people, sign_in, long):
    ideas = [IdeaFactory(author=people.alice, state="under_study") for _ in range(3)]
    for idea in ideas:
        ask_expert(idea, people.charlie, actor=people.rita)
    for user, path, code, rows in (
        (people.rita, "/animation/idees/", "desk_ideas", 6),
        (people.rita, "/animation/avis/", "desk_opinions", 3),
        (people.charlie, "/mes-avis/", "my_opinions", 3),
    ):
        client = sign_in(user)
        led = client.get(f"{path}export.csv")
        assert led.status_code == 302, path
        assert f"contenu={code}" in led.url
        ask(client, contenu=code)
        run = ExportRun.objects.get(export=code)
        services.make(run.pk)
        run.refresh_from_db()
        assert (run.state, run.rows) == (ExportRun.State.READY, rows), path


@pytest.mark.parametrize("code", ["desk_ideas", "desk_opinions", "moderation"])
def test_what_is_of_the_desk_is_prepared_for_it_alone(people, sign_in, code):
    assert ask(sign_in(people.alice), contenu=code).status_code == 404
    assert ask(sign_in(people.rita), contenu=code).status_code == 302


def test_only_the_owner_fetches_and_rights_are_asked_again(people, sign_in, long):
    ask(sign_in(people.alice))
    run = ExportRun.objects.get()
    services.make(run.pk)
    path = f"{run.get_absolute_url()}fichier/"
    assert sign_in(people.alice).get(path).status_code == 200
    assert sign_in(people.sonia).get(path).status_code == 404
    set_cell("reader", "ideas", 0)
    assert sign_in(people.alice).get(path).status_code == 404


def test_a_file_made_as_an_animator_goes_with_the_team(people, sign_in, long):
    """Of another body, read because one animated their challenge: the matrix has not changed, the right has."""
    challenge = ChallengeFactory(slug="a-animer")
    row = ChallengeAnimator.objects.create(challenge=challenge, user=people.rita)
    memo.forget_all()
    IdeaFactory(author=people.bob, challenge=challenge, audience="organisation", title="Interne au Rhône")
    ask(sign_in(people.rita), contenu="desk_ideas")
    run = ExportRun.objects.get()
    services.make(run.pk)
    path = f"{run.get_absolute_url()}fichier/"
    assert "Interne au Rhône" in b"".join(sign_in(people.rita).get(path).streaming_content).decode()
    row.delete()
    assert sign_in(people.rita).get(path).status_code == 404


def test_a_file_is_gone_after_seven_days(people, sign_in, long):
    ask(sign_in(people.alice))
    run = ExportRun.objects.get()
    services.make(run.pk)
    ExportRun.objects.filter(pk=run.pk).update(finished_at=clock.now() - timedelta(days=8))
    assert sign_in(people.alice).get(f"{run.get_absolute_url()}fichier/").status_code == 404
    assert purge.purge() == 1
    assert not storage.path_of("exports", run.pk).exists()
    assert (
        "effacé au bout de sept jours" in sign_in(people.alice).get(run.get_absolute_url()).content.decode()
    )


def test_three_at_once_then_wait(people, sign_in, long):
    client = sign_in(people.alice)
    assert [ask(client).status_code for _ in range(4)] == [302, 302, 302, 422]


@pytest.mark.parametrize("fields", [{"contenu": "rien"}, {"format": "exe"}, {"contenu": "people"}])
def test_what_is_not_offered_is_not_found(people, sign_in, fields):
    assert ask(sign_in(people.alice), **fields).status_code == 404


def test_an_export_keeps_to_what_its_owner_may_read(people, sign_in, long):
    IdeaFactory(author=people.bob, title="Interne au Rhône", audience="organisation")
    ask(sign_in(people.alice))
    run = ExportRun.objects.get()
    services.make(run.pk)
    assert "Interne au Rhône" not in storage.path_of("exports", run.pk).read_text()
