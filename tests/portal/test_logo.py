"""The logo of a body: sent, inspected, worn by every page, removed, undone; and its public address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import User
from ozeli.core import memo
from ozeli.core.idempotency import FIELD
from ozeli.files import purge, storage
from ozeli.files.models import StoredFile
from ozeli.files.settling import settle
from ozeli.journal.models import Entry
from ozeli.portal.models import Theme
from tests.files.conftest import drawn, upload
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/theme/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def adam(sign_in: SignIn, people: Cast) -> Client:
    return sign_in(people.adam)


def send(client: Client, content: bytes | None = None, name: str = "logo.png") -> Any:
    sent = upload(drawn(size=(600, 150), mode="RGBA") if content is None else content, name)
    return client.post(f"{PATH}logo/", {FIELD: str(uuid4()), "file": sent})


def inspected() -> StoredFile:
    """What the job does; other processes know within half a minute."""
    file = StoredFile.objects.exclude(state="published").get()
    settle(file.pk)
    memo.forget_all()
    file.refresh_from_db()
    return file


def worn(page: str) -> str:
    """The address of the logo of this page; nothing when it wears our mark."""
    return page.split('class="logo-image" src="')[1].split('"')[0] if "logo-image" in page else ""


def test_logo_is_worn_once_inspected(adam: Client, client: Client) -> None:
    assert send(adam).status_code == 302

    assert "en cours de vérification" in adam.get(PATH).content.decode()
    assert not Theme.objects.exists() and not worn(client.get("/aide/").content.decode())
    assert inspected().is_published
    for path in ("/aide/", "/connexion/"):
        page = client.get(path).content.decode()
        assert 'width="480" height="120" alt="Ozéli"></a>' in page
        assert worn(page)
    entry = Entry.objects.get(kind="look")
    assert entry.details["changes"]["logo"][0] == ""
    assert entry.actor is not None


def test_address_is_public_kept_for_good_and_can_do_nothing(adam: Client, client: Client) -> None:
    send(adam)
    inspected()

    answer = client.get(worn(client.get("/connexion/").content.decode()))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert b"".join(answer)[8:12] == b"WEBP"
    again = client.get(answer.wsgi_request.path, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get("/logo/0123456789abcdef.webp").status_code == 404


def test_metadata_is_gone(adam: Client) -> None:
    from PIL import Image, PngImagePlugin

    held = PngImagePlugin.PngInfo()
    held.add_text("Author", "Prénom Nom")
    send(adam, drawn(pnginfo=held))
    file = inspected()

    with storage.opened(file.folder, storage.MAIN) as content:
        read = content.read()
        assert b"Nom" not in read
        content.seek(0)
        assert Image.open(content).info == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "Un logo est une image"),
        (b"%PDF-1.7\n", "Un logo est une image"),
        (b"", "Un logo est une image"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 1_000_001, "dépasse 1\u00a0Mo"),
    ],
)
def test_what_is_no_small_image_is_refused(content: bytes, said: str, adam: Client) -> None:
    response = send(adam, content, "logo.svg")

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not StoredFile.objects.exists()


def test_nothing_chosen_is_said(adam: Client) -> None:
    response = adam.post(f"{PATH}logo/", {FIELD: str(uuid4())})

    assert response.status_code == 422
    assert "Choisissez une image" in response.content.decode()


def test_logo_refused_by_the_inspection_is_explained_and_the_old_one_stays(
    adam: Client, client: Client
) -> None:
    send(adam)
    inspected()
    before = worn(client.get("/aide/").content.decode())

    send(adam, b"\x89PNG\r\n\x1a\n" + b"broken" * 20)
    assert inspected().is_refused

    assert "Le dernier logo envoyé est refusé" in adam.get(PATH).content.decode()
    assert worn(client.get("/aide/").content.decode()) == before


def test_logo_sent_after_another_takes_its_place(adam: Client, client: Client) -> None:
    send(adam)
    send(adam, drawn(size=(90, 90)))

    assert inspected().width == 90
    page = client.get("/aide/").content.decode()
    assert 'width="90" height="90"' in page
    assert StoredFile.objects.count() == 1


def test_logo_is_removed_and_given_back(adam: Client, client: Client) -> None:
    send(adam)
    inspected()
    address = worn(client.get("/aide/").content.decode())
    version = Theme.objects.get().version

    gone = adam.post(f"{PATH}logo/retirer/", {FIELD: str(uuid4()), "version": version})
    assert gone.status_code == 302
    assert not worn(client.get("/aide/").content.decode())
    assert client.get(address).status_code == 404

    entry = Entry.objects.filter(kind="look").latest("pk")
    assert (
        f"logo\u00a0: image {entry.details['changes']['logo'][0][:4]} → –" in adam.get(PATH).content.decode()
    )
    adam.post(f"{PATH}annuler/{entry.pk}/", {FIELD: str(uuid4())})
    assert worn(client.get("/aide/").content.decode()) == address
    assert client.get(address).status_code == 200


def test_removal_of_a_theme_that_changed_meanwhile_is_refused(adam: Client) -> None:
    send(adam)
    inspected()

    response = adam.post(f"{PATH}logo/retirer/", {FIELD: str(uuid4()), "version": "41"})

    assert response.status_code == 409
    assert Theme.objects.get().logo


def test_other_choices_leave_the_logo(adam: Client) -> None:
    send(adam)
    inspected()
    logo = Theme.objects.get().logo

    adam.post(PATH, {FIELD: str(uuid4()), "version": Theme.objects.get().version, "name": "Idées en Loire"})

    assert Theme.objects.get().logo == logo
    assert 'alt="Idées en Loire"' in adam.get("/aide/").content.decode()


def test_purge_keeps_what_can_come_back(adam: Client) -> None:
    send(adam)
    first = inspected()
    send(adam, drawn(size=(90, 90)))
    second = inspected()
    StoredFile.objects.update(created_on=timezone.localdate() - timedelta(days=9))

    assert purge.purge_rows() == 0
    version = Theme.objects.get().version
    adam.post(PATH, {FIELD: str(uuid4()), "version": version, "name": "Idées en Loire"})

    assert purge.purge_rows() == 1
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert StoredFile.objects.filter(pk=second.pk).exists()


def test_file_itself_is_for_those_who_keep_the_look(adam: Client, sign_in: SignIn, people: Cast) -> None:
    send(adam)
    address = inspected().get_absolute_url()

    assert adam.get(address).status_code == 200
    assert sign_in(people.alice).get(address).status_code == 404
    assert send(sign_in(people.nora)).status_code == 404


def test_pages_pay_no_query_for_it(
    adam: Client, client: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: Any
) -> None:
    settings.READ_ONLY_GET = False
    send(adam)
    inspected()
    address = worn(client.get("/aide/").content.decode())
    with django_assert_num_queries(0):
        client.get("/aide/")
        client.get(address)
