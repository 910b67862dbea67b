"""Join and remove: limits, what the deposit and the page of files make of them, what is purged."""

import os
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ozeli.core import clock, uploads
from ozeli.core.errors import Refused
from ozeli.files import purge, services, storage
from ozeli.files.enums import State
from ozeli.files.models import StoredFile
from ozeli.files.settling import settle
from ozeli.ideas.attachments import DRAFT
from ozeli.ideas.models import KIND, Idea, IdeaDraft
from ozeli.ideas.services import deposits
from ozeli.journal.models import Entry

from .conftest import drawn, upload
from .hostile_documents import plain

NEED = {
    "problem": "Un rendez-vous sur cinq est manqué à l’accueil.",
    "proposal": "Envoyer un message la veille, avec un lien.",
    "domain": "accueil",
}


def keyed(**fields):
    return {"idempotency_key": str(uuid4()), **fields}


# --- limits -----------------------------------------------------------------------------------------------------------


def test_five_files_at_most(join):
    for _time in range(5):
        join(inspected=False)
    with pytest.raises(Refused, match="fichiers au plus"):
        join(inspected=False)


def test_refused_files_leave_their_place(join):
    for _time in range(5):
        join(drawn()[:99])
    assert join().state == State.PUBLISHED


def test_quota_of_a_person(join, settings):
    settings.FILES_QUOTA = len(drawn()) + 10
    join(inspected=False)
    with pytest.raises(Refused, match="espace"):
        join(inspected=False)


def test_waiting_files_of_a_person_are_bounded(join):
    for _time in range(10):
        join(inspected=False, object_id=uuid4())
    with pytest.raises(Refused, match="en cours de vérification"):
        join(inspected=False, object_id=uuid4())


def test_file_past_ten_megabytes_is_refused(join):
    with pytest.raises(Refused, match="10 Mo"):
        join(drawn() + bytes(10_000_000))


def test_image_without_words_is_refused(join):
    with pytest.raises(Refused, match="Décrivez l’image"):
        join(description="")
    assert join(plain(), "note.pdf", description="").state == State.PUBLISHED


def test_anonymous_file_is_an_image_without_person_nor_instant(join):
    file = join(uploader=None)
    assert (file.state, file.uploader_id, file.created_at) == (State.PUBLISHED, None, None)
    with pytest.raises(Refused, match="des images"):
        join(plain(), "note.pdf", uploader=None)


def test_database_refuses_a_person_without_an_instant(join, people):
    file = join(uploader=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(uploader=people.alice)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit(join, idea, people):
    for _time in range(4):
        join(inspected=False)
    found = []

    def one_more():
        told = {"kind": KIND, "object_id": idea.pk, "uploader": people.alice, "description": "Un guichet"}
        try:
            services.join_file(upload(drawn()), **told)
        except Refused:
            found.append("refused")
        finally:
            connection.close()

    twins = [threading.Thread(target=one_more) for _time in range(4)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()
    assert len(found) == 3
    assert StoredFile.objects.count() == 5


# --- the deposit ------------------------------------------------------------------------------------------------------


def deposit(client, **fields):
    return client.post("/idees/deposer/", keyed(**fields))


def test_file_is_joined_to_the_draft_and_follows_the_idea(people, sign_in, idea):
    client = sign_in(people.bob)
    answer = deposit(client, **NEED, file=upload(drawn()), file_description="Le guichet", geste="joindre")
    draft = IdeaDraft.objects.get()
    assert answer.url == f"/idees/deposer/?brouillon={draft.pk}#fichiers"
    assert draft.fields["problem"] == NEED["problem"]

    page = client.get(answer.url).content.decode()
    assert "En cours de vérification" in page
    assert "photo.png" in page
    settle(StoredFile.objects.get().pk)
    assert "Vérifié" in client.get(answer.url).content.decode()

    review = client.get(f"/idees/deposer/relire/{draft.pk}/").content.decode()
    assert "photo.png" in review
    key = review.partition('name="read" value="')[2].partition('"')[0]
    sent = keyed(title="Prévenir la veille", audience="network", tags="", objective="", read=key)
    idea_url = client.post(f"/idees/deposer/relire/{draft.pk}/", sent).url
    file = StoredFile.objects.get()
    assert (file.kind, file.object_id) == (KIND, Idea.objects.get(title="Prévenir la veille").pk)
    sheet = sign_in(people.charlie).get(idea_url).content.decode()
    assert (
        f'src="/fichiers/{file.pk}/320.webp" width="320" height="200" alt="Le guichet" loading="lazy"'
        in sheet
    )
    assert f"/fichiers/{file.pk}/320.avif 320w" in sheet


def test_file_may_come_before_the_words(people, sign_in, idea):
    client = sign_in(people.bob)
    answer = deposit(client, file=upload(drawn()), file_description="Le guichet")
    assert answer.status_code == 302
    assert StoredFile.objects.get().object_id == IdeaDraft.objects.get().pk
    assert "Complétez-le avant de le relire" in client.get(answer.url).content.decode()


def test_file_chosen_and_forgotten_is_joined_all_the_same(people, sign_in, idea):
    """« Relire » and « Garder en brouillon » take the chosen file along."""
    client = sign_in(people.bob)
    first = deposit(client, **NEED, file=upload(drawn()), file_description="Le guichet")
    assert first.url.startswith("/idees/deposer/relire/")
    second = deposit(client, **NEED, file=upload(drawn()), file_description="Le guichet", geste="brouillon")
    assert second.url == "/mes-idees/"
    assert StoredFile.objects.filter(kind=DRAFT).count() == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"file": upload(drawn())}, "Décrivez l’image en une phrase"),
        ({"file": upload(b"<svg onload=alert(1)>", "logo.png")}, "HTML, SVG"),
        ({"file": upload(b"", "vide.png")}, "Ce fichier est vide"),
        ({"file": upload(drawn()), "file_description": "x" * 251}, "la limite est de 250"),
        ({"file": upload(drawn() + bytes(10_000_000)), "file_description": "Le guichet"}, "dépasse 10 Mo"),
        ({"geste": "joindre"}, "Choisissez un fichier"),
    ],
)
def test_refused_file_loses_no_word(sent, words, people, sign_in, idea):
    for held in sent.values():
        if hasattr(held, "seek"):
            held.seek(0)
    answer = deposit(sign_in(people.bob), **NEED, **sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Votre fichier n’est pas joint. Votre texte est toujours là." in page
    assert NEED["problem"] in page
    assert NEED["proposal"] in page
    assert not StoredFile.objects.exists()


def test_removed_from_the_draft(people, sign_in, idea, django_capture_on_commit_callbacks):
    client = sign_in(people.bob)
    url = deposit(client, **NEED, file=upload(drawn()), file_description="Le guichet", geste="joindre").url
    file, draft = StoredFile.objects.get(), IdeaDraft.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        again = deposit(client, **NEED, draft=str(draft.pk), retirer=str(file.pk))
    assert again.url == url
    assert not StoredFile.objects.exists()
    assert file.folder not in set(storage.folders(older_than=-60))


def test_file_of_somebody_else_is_not_removed(people, sign_in, join):
    file = join()
    assert deposit(sign_in(people.bob), **NEED, retirer=str(file.pk)).status_code == 404
    assert StoredFile.objects.filter(pk=file.pk).exists()


def test_deleted_draft_takes_its_files_along(people, sign_in, idea, django_capture_on_commit_callbacks):
    deposit(sign_in(people.bob), **NEED, file=upload(drawn()), file_description="Le guichet", geste="joindre")
    file = StoredFile.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        deposits.delete_draft(people.alice, file.object_id)
        assert StoredFile.objects.exists()
        deposits.delete_draft(people.bob, file.object_id)
    assert not StoredFile.objects.exists()
    assert file.folder not in set(storage.folders(older_than=-60))


# --- bodies too large -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("megabytes", [12, 40])
def test_body_past_the_limit_is_refused_and_keeps_the_words(people, sign_in, idea, megabytes):
    answer = deposit(
        sign_in(people.bob),
        file=upload(bytes(megabytes * 1_000_000), "film.png"),
        file_description="Un film",
        **NEED,
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ce fichier dépasse 10 Mo" in page
    assert NEED["problem"] in page
    assert "Un film" in page


def test_body_past_the_limit_is_never_written(people, sign_in, idea, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    written = []
    save = uploads.BoundedUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        uploads.BoundedUploadHandler,
        "receive_data_chunk",
        lambda handler, data, start: written.append(len(data)) or save(handler, data, start),
    )
    deposit(sign_in(people.bob), file=upload(bytes(12_000_000), "film.png"), **NEED)
    assert sum(written) == 0
    assert list(tmp_path.iterdir()) == []


def test_body_that_lies_about_its_size_is_cut(people, sign_in, idea, monkeypatch):
    """The count is of bytes received, not of those announced."""
    monkeypatch.setattr(uploads, "LIMIT", 100_000)
    start = uploads.BoundedUploadHandler.handle_raw_input

    def lying(handler, data, meta, length, *rest):
        return start(handler, data, meta, 1_000, *rest)

    monkeypatch.setattr(uploads.BoundedUploadHandler, "handle_raw_input", lying)
    answer = deposit(sign_in(people.bob), file=upload(bytes(500_000), "film.png"), **NEED)
    assert answer.status_code == 422
    assert "Ce fichier dépasse 10 Mo" in answer.content.decode()


# --- the page of files ------------------------------------------------------------------------------------------------


def page_of(idea: Idea) -> str:
    return f"{idea.get_absolute_url()}fichiers/"


def test_author_joins_and_removes(people, sign_in, idea, join):
    client, url = sign_in(people.alice), page_of(idea)
    sent = keyed(file=upload(drawn()), file_description="Le guichet", geste="joindre")
    assert client.post(url, sent).url == url
    file = StoredFile.objects.get()
    assert "En cours de vérification" in client.get(url).content.decode()

    assert client.post(url, keyed(retirer=str(file.pk))).url == url
    assert not StoredFile.objects.exists()
    entry = Entry.objects.get(verb="file.remove")
    assert entry.object_id == str(file.pk)
    assert entry.details == {"of": KIND, "object": str(idea.pk), "reason": ""}


def test_joining_replayed_is_one_file(people, sign_in, idea):
    client, key = sign_in(people.alice), str(uuid4())
    for _time in range(5):
        sent = {"idempotency_key": key, "file": upload(drawn()), "file_description": "Le guichet"}
        assert client.post(page_of(idea), sent).status_code == 302
    assert StoredFile.objects.count() == 1


def test_desk_removes_with_a_reason(people, sign_in, idea, join):
    file, client = join(), sign_in(people.rita)
    page = client.get(page_of(idea)).content.decode()
    assert "Pourquoi le retirer" in page
    assert "Joindre ce fichier" not in page

    assert client.post(page_of(idea), keyed(retirer=str(file.pk))).status_code == 422
    assert StoredFile.objects.exists()
    sent = keyed(retirer=str(file.pk), **{f"motif_{file.pk}": "On reconnaît un assuré."})
    assert client.post(page_of(idea), sent).status_code == 302
    assert Entry.objects.get(verb="file.remove").details["reason"] == "On reconnaît un assuré."


def test_desk_does_not_join(people, sign_in, idea):
    sent = keyed(file=upload(drawn()), file_description="Le guichet", geste="joindre")
    assert sign_in(people.rita).post(page_of(idea), sent).status_code == 403


def test_others_do_neither(people, sign_in, idea, join):
    file = join()
    assert sign_in(people.bob).get(page_of(idea)).status_code == 403
    assert sign_in(people.bob).post(page_of(idea), keyed(retirer=str(file.pk))).status_code == 403
    assert StoredFile.objects.exists()


def test_sheet_tells_its_author_what_waits_and_others_nothing(people, sign_in, idea, join):
    join(inspected=False)
    join(drawn()[:99])
    words = "1 fichier en cours de vérification"
    assert words in sign_in(people.alice).get(idea.get_absolute_url()).content.decode().replace("\u00a0", " ")
    page = sign_in(people.bob).get(idea.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert words not in page
    assert "refusé" not in page
    assert "Images et documents" not in page


# --- what is purged ---------------------------------------------------------------------------------------------------


def test_files_of_what_is_gone_are_purged(join, people, django_capture_on_commit_callbacks):
    kept = join()
    orphan = join(kind=DRAFT, object_id=uuid4())
    refused = join(drawn()[:99])
    with django_capture_on_commit_callbacks(execute=True):
        assert purge.purge_rows() == 0
    StoredFile.objects.filter(pk__in=[orphan.pk, kept.pk, refused.pk]).update(
        created_on=clock.today() - timedelta(days=8)
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert purge.purge_rows() == 2
    assert list(StoredFile.objects.all()) == [kept]
    assert orphan.folder not in set(storage.folders(older_than=-60))


def test_bytes_that_no_row_knows_are_purged_a_day_later(join, settings):
    kept, lost = join(), join()
    StoredFile.objects.filter(pk=lost.pk).delete()
    purge.purge_bytes()
    assert lost.folder in set(storage.folders(older_than=-60))

    yesterday = time.time() - 25 * 3600
    for folder in (kept.folder, lost.folder):
        for path in (settings.FILES_ROOT / "kept" / folder).iterdir():
            os.utime(path, (yesterday, yesterday))
    left = settings.FILES_ROOT / "work" / "tué"
    left.mkdir()
    os.utime(left, (yesterday, yesterday))
    assert purge.purge_bytes() >= 2
    assert kept.folder in set(storage.folders(older_than=-60))
    assert lost.folder not in set(storage.folders(older_than=-60))
    assert not left.exists()
