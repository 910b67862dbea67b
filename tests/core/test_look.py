"""The gallery, the theme and the pages of errors."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.test import Client

from ozeli.core.theme import COOKIE


def test_theme_is_kept_in_a_cookie_without_signing_in(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/connexion/?next=/idees/"})
    assert response.status_code == 302
    assert response.url == "/connexion/?next=/idees/"
    assert response.cookies[COOKIE].value == "dark"
    assert response.cookies[COOKIE]["samesite"] == "Lax"


@pytest.mark.parametrize("theme", ["auto", "", "rose"])
def test_theme_returns_to_the_system(client: Client, theme: str) -> None:
    client.cookies[COOKIE] = "dark"
    response = client.post("/theme/", {"theme": theme})
    assert response.url == "/"
    assert response.cookies[COOKIE]["max-age"] == 0


@pytest.mark.parametrize("target", ["https://ailleurs.test/", "//ailleurs.test", "javascript:alert(1)"])
def test_theme_never_leads_elsewhere(client: Client, target: str) -> None:
    assert client.post("/theme/", {"theme": "light", "next": target}).url == "/"


@pytest.mark.django_db
def test_theme_is_changed_by_post_only(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


def test_gallery_shows_every_component(people, sign_in) -> None:  # type: ignore[no-untyped-def]
    response = sign_in(people.alice).get("/composants/")
    assert response.status_code == 200
    html = response.content.decode()
    for mark in (
        "thread",
        "stepper",
        "vote-wide",
        "decision",
        "alike",
        "filters",
        "empty",
        "notice",
        "tiles",
        "matrix",
        "q-tabs",
        "plot",
        "barlist",
        "split",
        "ranges",
    ):
        assert f'class="{mark}' in html or f" {mark}" in html, mark
    assert "style=" not in html


@pytest.mark.django_db
def test_gallery_asks_for_a_sign_in(client: Client) -> None:
    assert client.get("/composants/").status_code == 302


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_pages_of_last_resort_need_nothing(name: str) -> None:
    html = render_to_string(name)
    assert "<h1>" in html
    assert 'lang="fr"' in html


def test_503_gives_the_words_back() -> None:
    html = render_to_string("503.html", {"typed": {"problem": ["Un <b>rendez-vous</b> sur cinq"]}})
    assert "Un &lt;b&gt;rendez-vous&lt;/b&gt; sur cinq</textarea>" in html


def test_comments_of_templates_hold_on_one_line() -> None:
    """Django prints a `{# … #}` that spans lines instead of hiding it."""
    folder = Path(apps.get_app_config("core").path).parent
    templates = list(folder.rglob("templates/**/*.html"))
    assert templates
    spilled = [path.name for path in templates if re.search(r"\{#(?:(?!#\}).)*\n", path.read_text())]
    assert not spilled
