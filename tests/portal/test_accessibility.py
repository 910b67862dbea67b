"""The accessibility page tells the 106 criteria as they are; some of them are checked here."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.portal import rgaa
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
ROOT = Path(__file__).parents[2]
PER_THEME = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}
PAGES = ("/", "/idees/", "/annuaire/", "/moi/", "/moi/donnees/", "/recherche/", "/accessibilite/")


def test_the_hundred_and_six_criteria_are_there_once() -> None:
    expected = [f"{theme}.{place}" for theme, count in PER_THEME.items() for place in range(1, count + 1)]

    assert len(expected) == 106
    assert [one.number for one in rgaa.criteria()] == expected


def test_every_check_names_a_test_that_exists() -> None:
    for one in rgaa.criteria():
        assert one.state in rgaa.STATES, one.number
        if one.is_checked:
            path = ROOT / one.by
            assert one.by.startswith("tests/"), one.number
            assert path.is_file(), one.number
            assert "def test_" in path.read_text(), one.number
        else:
            assert bool(one.by) is (one.state == "sans"), one.number


def test_guide_tells_the_same_table() -> None:
    text = (ROOT / "docs/guides/accessibilite.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+) \| (.+?) \| (.+?) \|", text, re.MULTILINE)

    assert rows == [(one.number, one.words, one.look[0]) for one in rgaa.criteria()]


def test_page_shows_every_row_and_no_rate(client: Client) -> None:
    page = client.get("/accessibilite/").content.decode()

    assert len(re.findall(r'<th scope="row">\d+\.\d+</th>', page)) == 106
    assert "aucun taux" in page


@pytest.mark.parametrize("path", PAGES)
def test_document_language_zones_and_way_to_the_content(sign_in: SignIn, people: Cast, path: str) -> None:
    """8.1, 8.3, 8.4, 9.2, 12.6, 12.7."""
    page = sign_in(people.alice).get(path).content.decode()

    assert page.lstrip().lower().startswith("<!doctype html>")
    assert re.search(r'<html[^>]* lang="fr"', page)
    for zone in ("<header", "<nav", "<main", "<footer"):
        assert zone in page, zone
    target = re.search(r'<a[^>]*href="#([\w-]+)"', page)
    assert target is not None
    assert f'id="{target[1]}"' in page


def test_personal_fields_tell_their_nature(client: Client) -> None:
    """11.13, where a browser may fill in what is one's own."""
    page = client.get("/connexion/").content.decode()

    assert re.search(r'<input[^>]*autocomplete="(username|email)"', page)
    assert 'autocomplete="current-password"' in page
