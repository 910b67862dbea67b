"""The name and the two colours of a body: tried, checked, saved, served, undone."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import User
from ozeli.core.idempotency import FIELD
from ozeli.journal.models import Entry
from ozeli.portal.models import Theme
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/theme/"
BLUE = {"name": "Idées en Loire", "initials": "IL", "action": "1D4ED8", "accent": "#fca5a5"}


@pytest.fixture
def adam(sign_in: SignIn, people: Cast) -> Client:
    return sign_in(people.adam)


def save(client: Client, version: int = 0, **fields: str) -> int:
    return client.post(PATH, {FIELD: str(uuid4()), "version": version, **fields}).status_code


def test_nothing_is_asked_for_until_something_is_changed(adam: Client) -> None:
    page = adam.get("/").content.decode()

    assert "theme.css" not in page
    assert "Ozéli" in page
    assert adam.get("/theme.css").content == b""


def test_every_page_takes_the_name_and_the_colours(adam: Client, client: Client) -> None:
    assert save(adam, **BLUE) == 302

    page = client.get("/aide/").content.decode()
    assert "· Idées en Loire</title>" in page
    assert '<span class="logo-initials" aria-hidden="true">IL</span>Idées en Loire' in page
    sheet = page.split('href="/theme.css')[1].split('"')[0]
    answer = client.get(f"/theme.css{sheet}")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert "--brand:#1d4ed8" in answer.content.decode()
    assert ':root[data-theme="dark"]' in answer.content.decode()
    assert client.get("/theme.css")["Cache-Control"] == "no-cache"
    assert client.get("/theme.css", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_name_alone_adds_no_stylesheet(adam: Client) -> None:
    save(adam, name="Idées en Loire")

    page = adam.get("/aide/").content.decode()
    assert "Idées en Loire" in page
    assert "theme.css" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "#f2b632"}, "il en faut 4,5\u00a0pour\u00a01"),
        ({"accent": "#0b5c70"}, "il en faut 3\u00a0pour\u00a01"),
        ({"action": "bleu"}, "sur six chiffres"),
        ({"action": "#fff"}, "sur six chiffres"),
        ({"accent": "red;}"}, "sur six chiffres"),
        ({"initials": "<b>"}, "Des lettres ou des chiffres"),
    ],
)
def test_what_cannot_be_read_is_refused(fields: dict[str, str], said: str, adam: Client) -> None:
    response = adam.post(PATH, {FIELD: str(uuid4()), "version": 0, **fields})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Theme.objects.exists()


def test_trial_shows_on_this_page_alone(adam: Client) -> None:
    page = adam.get(PATH, BLUE).content.decode()

    assert "essai.css?action=%231d4ed8&amp;accent=%23fca5a5" in page
    assert 'value="Idées en Loire"' in page
    css = adam.get(f"{PATH}essai.css", {"action": "#1d4ed8", "accent": "#fca5a5"}).content.decode()
    assert "--brand:#1d4ed8" in css
    assert "--brand:#0b5c6b" in adam.get(f"{PATH}essai.css?action=x{{}}").content.decode()
    assert not Theme.objects.exists()


def test_refused_colours_are_shown_but_not_worn(adam: Client) -> None:
    page = adam.get(PATH, {"action": "#f2b632", "accent": ""}).content.decode()

    assert "essai.css" not in page
    assert "#f2b632 sur #fbfaf7" in page
    assert "Trop faible" in page
    assert "--brand:#0b5c6b" in adam.get(f"{PATH}essai.css?action=f2b632").content.decode()


def test_save_is_journaled_and_undone(adam: Client) -> None:
    save(adam, **BLUE)
    entry = Entry.objects.get()
    assert entry.details["changes"]["action"] == ["", "#1d4ed8"]

    assert adam.post(f"{PATH}annuler/{entry.pk}/", {FIELD: str(uuid4())}).status_code == 302

    assert Theme.objects.get().action == ""
    assert "theme.css" not in adam.get("/aide/").content.decode()


def test_two_at_once_sees_both(adam: Client) -> None:
    save(adam, **BLUE)

    response = adam.post(PATH, {FIELD: str(uuid4()), "version": 0, "name": "Autre nom"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Idées en Loire" in page and 'value="Autre nom"' in page
    assert save(adam, version=1, name="Autre nom") == 302
    assert Theme.objects.get().name == "Autre nom"


def test_frame_costs_no_query_once_known(
    adam: Client, client: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    save(adam, **BLUE)
    client.get("/aide/")
    with django_assert_num_queries(0):
        client.get("/aide/")
        client.get("/theme.css")
