"""The private download: the right is asked each time, and what is given can do nothing."""

from uuid import uuid4

import pytest

from ozeli.core import clock
from ozeli.files import owners, selectors, storage
from ozeli.files.enums import State
from ozeli.files.models import StoredFile
from ozeli.ideas.attachments import DRAFT
from ozeli.ideas.models import KIND, Idea, IdeaDraft
from ozeli.ideas.services import circuit
from ozeli.network.enums import Audience

from .conftest import drawn
from .hostile_documents import plain


def url(file: StoredFile, tail: str = "") -> str:
    return f"/fichiers/{file.pk}/{tail}"


def statuses(file, people, sign_in, tail=""):
    return {
        name: sign_in(person).get(url(file, tail)).status_code for name, person in people.people().items()
    }


def test_image_is_shown_and_can_do_nothing(join, people, sign_in):
    file = join(name="L’accueil <b>.png")
    answer = sign_in(people.bob).get(url(file))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:8] == b"\x89PNG\r\n\x1a\n"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline; filename")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.streaming


def test_document_is_always_a_download(join, people, sign_in):
    answer = sign_in(people.bob).get(url(join(plain(), "note.pdf", description="")))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="note.pdf"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("suffix", ["webp", "avif"])
def test_rendition_has_its_own_type(join, people, sign_in, suffix):
    answer = sign_in(people.bob).get(url(join(), f"320.{suffix}"))
    assert answer.headers["Content-Type"] == f"image/{suffix}"
    assert answer.headers["Content-Disposition"] == f'inline; filename="photo.{suffix}"'


@pytest.mark.parametrize(
    "tail", ["481.webp", "320.png", "320.svg", "0.webp", "99999999999.webp", "main", "received"]
)
def test_only_what_was_made_is_given(join, people, sign_in, tail):
    assert sign_in(people.alice).get(url(join(), tail)).status_code == 404


@pytest.mark.parametrize("tail", ["", "320.webp"])
def test_only_those_who_read_the_idea_read_its_files(join, idea, people, sign_in, tail):
    file = join()
    Idea.objects.filter(pk=idea.pk).update(audience=Audience.ORGANISATION)
    readers = {"alice", "rita", "nora", "adam", "sonia"}
    found = statuses(file, people, sign_in, tail)
    assert {name for name, status in found.items() if status == 200} == readers
    assert {status for name, status in found.items() if name not in readers} == {404}
    assert sign_in(None).get(url(file, tail)).status_code == 302


def test_right_is_asked_again_each_time(join, idea, people, sign_in):
    file, bob = join(), sign_in(people.bob)
    assert bob.get(url(file)).status_code == 200
    Idea.objects.filter(pk=idea.pk).update(is_hidden=True)
    assert bob.get(url(file)).status_code == 404
    assert sign_in(people.alice).get(url(file)).status_code == 200


def test_files_of_a_withdrawn_idea_are_its_authors_and_desk_only(join, idea, people, sign_in):
    file = join()
    circuit.withdraw(idea, actor=people.alice)
    found = statuses(file, people, sign_in)
    assert {name for name, status in found.items() if status == 200} == {
        "alice",
        "rita",
        "nora",
        "adam",
        "sonia",
    }


@pytest.mark.parametrize("state", [State.RECEIVED, State.QUARANTINED, State.REFUSED])
def test_nothing_is_given_before_the_inspection(join, people, sign_in, settings, state):
    settings.CLAMAV = "unix:/nulle/part.ctl" if state == State.QUARANTINED else ""
    content = drawn()[:99] if state == State.REFUSED else drawn()
    file = join(content, inspected=state != State.RECEIVED)
    assert file.state == state
    assert set(statuses(file, people, sign_in).values()) == {404}


def test_draft_is_read_by_its_owner_alone(join, people, sign_in):
    draft = IdeaDraft.objects.create(owner=people.alice, saved_at=clock.now())
    file = join(kind=DRAFT, object_id=draft.pk)
    found = statuses(file, people, sign_in)
    assert {name for name, status in found.items() if status == 200} == {"alice"}


def test_kind_without_an_owner_is_read_by_nobody(join, people, sign_in):
    file = join(kind="unknown", object_id=uuid4())
    assert set(statuses(file, people, sign_in).values()) == {404}
    assert owners.owners.get("unknown") is None


def test_lost_bytes_are_not_found(join, people, sign_in):
    file = join()
    storage.delete(file.folder)
    assert sign_in(people.alice).get(url(file)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading(join, people, sign_in, method):
    assert getattr(sign_in(people.alice), method)(url(join())).status_code == 405


def test_image_of_many_objects_is_one_query(join, idea, people, django_assert_num_queries):
    first = join(drawn(size=(1700, 900)))
    join()
    join(plain(), "note.pdf", description="")
    with django_assert_num_queries(1):
        found = selectors.image_of(KIND, [idea.pk, uuid4()])

    picture = found[idea.pk]
    assert list(found) == [idea.pk]
    assert picture.url == url(first)
    assert picture.src == url(first, "960.webp")
    assert (picture.width, picture.height) == (960, 508)
    assert (
        f"{url(first)}480.avif 480w, {url(first)}960.avif 960w, {url(first)}1600.avif 1600w" == picture.avif
    )
