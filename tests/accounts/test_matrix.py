"""The screen of the matrix: changes prepared in the address, written all or none, at once in force."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts import selectors, services
from ozeli.accounts.models import Profile, User
from ozeli.core.access import Level
from ozeli.journal.models import Entry
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/matrice/"


def save(client: Client, *changes: str, key: str = "") -> HttpResponse:
    return client.post(PATH, {"change": changes, "idempotency_key": key or str(uuid4())})


def level(brick: str, profile: str) -> Level:
    return selectors.matrix().get((brick, profile), Level.NONE)


def test_grid_shows_every_brick_and_profile(sign_in: SignIn, people: Cast) -> None:
    page = sign_in(people.adam).get(PATH).content.decode()

    for word in ("Idées", "Recherche", "Réseau", "Droits", "Exploitation", "Consultation", "Développeur"):
        assert word in page
    assert "changement à enregistrer" not in page
    assert "Rien n’a encore été changé" in page


def test_prepared_change_writes_nothing(sign_in: SignIn, people: Cast) -> None:
    page = sign_in(people.adam).get(f"{PATH}?ideas.reader=2&modifier=search").content.decode()

    assert "1\u00a0changement à enregistrer" in page
    assert "était : Consulter" in page.replace("\u00a0", " ")
    assert 'value="ideas.reader.1.2"' in page
    assert '<select class="input sel-s" id="search.reader" name="search.reader" form="grille">' in page
    assert level("ideas", "reader") == Level.CONSULT


def test_prepared_change_tells_how_many_people_it_touches(sign_in: SignIn, people: Cast) -> None:
    page = sign_in(people.adam).get(f"{PATH}?ideas.reader=2").content.decode()

    assert "3\u00a0personnes de profil Consultation" in page


@pytest.mark.parametrize(
    "query", ["ideas.nobody=2", "nowhere.reader=2", "ideas.reader=9", "ideas=2", "x.y.z=1", "ideas.reader=1"]
)
def test_nonsense_in_the_address_prepares_nothing(sign_in: SignIn, people: Cast, query: str) -> None:
    assert "à enregistrer" not in sign_in(people.adam).get(f"{PATH}?{query}").content.decode()


def test_many_changes_are_saved_at_once_and_hold_at_the_next_request(sign_in: SignIn, people: Cast) -> None:
    alice, adam = sign_in(people.alice), sign_in(people.adam)
    assert alice.get("/organismes/").status_code == 200

    response = save(adam, "directory.reader.1.0", "ideas.reader.1.2")

    assert (response.status_code, response["Location"]) == (302, PATH)
    assert alice.get("/organismes/").status_code == 404
    assert level("ideas", "reader") == Level.CONTRIBUTE
    page = adam.get(PATH).content.decode()
    assert "2\u00a0droits modifiés" in page
    assert "Consulter → Aucun" in page


def test_save_replayed_has_one_effect(sign_in: SignIn, people: Cast) -> None:
    adam, key = sign_in(people.adam), str(uuid4())

    answers = [save(adam, "ideas.reader.1.2", key=key) for _ in range(5)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, PATH)}
    assert Entry.objects.filter(verb="rights.set_level").count() == 1


def test_second_editor_gets_409_with_both_values(sign_in: SignIn, people: Cast) -> None:
    save(sign_in(people.sonia), "ideas.reader.1.3")

    response = save(sign_in(people.adam), "ideas.reader.1.2", "directory.reader.1.0")

    page = response.content.decode()
    assert response.status_code == 409
    assert "Sonia Martin vient de mettre" in page
    assert "«\u202fAdministrer\u202f»" in page
    assert "vous vouliez «\u202fContribuer\u202f»" in page
    assert (level("ideas", "reader"), level("directory", "reader")) == (Level.ADMIN, Level.CONSULT)
    # The wish is still prepared, on top of what stands now.
    assert 'value="ideas.reader.3.2"' in page
    assert 'value="directory.reader.1.0"' in page


def test_last_administrator_cannot_be_locked_out(sign_in: SignIn, people: Cast) -> None:
    response = save(sign_in(people.sonia), "rights.administrator.3.1", "rights.superadmin.3.0")

    assert response.status_code == 422
    assert "sans personne pour administrer" in response.content.decode()
    assert level("rights", "superadmin") == Level.ADMIN


def test_administrator_who_gives_up_leaves_for_the_home(sign_in: SignIn, people: Cast) -> None:
    assert save(sign_in(people.adam), "rights.administrator.3.1")["Location"] == "/"


def test_post_without_key_or_readable_change(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)

    assert adam.post(PATH, {"change": "ideas.reader.1.2"}).status_code == 400
    assert save(adam, "n’importe.quoi", "ideas.reader.1.9").status_code == 302
    assert not Entry.objects.filter(verb="rights.set_level").exists()


@pytest.mark.parametrize("path", [PATH, f"{PATH}export.csv", "/administration/journal/"])
def test_delegates_stay_out_of_what_is_the_network_s(sign_in: SignIn, people: Cast, path: str) -> None:
    administrator = Profile.objects.get(code="administrator")
    services.grant_membership(people.bob, administrator, actor=people.adam, organisation=people.rhone)
    bob = sign_in(people.bob)

    assert bob.get(path).status_code == 403
    assert save(bob, "ideas.reader.1.3").status_code == 403
    page = bob.get("/administration/").content.decode()
    assert "Personnes et profils" in page
    assert "Qui peut faire quoi" not in page


def test_export_holds_the_grid(sign_in: SignIn, people: Cast) -> None:
    response = sign_in(people.adam).get(f"{PATH}export.csv")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "brique;Consultation;Contributeur" in text
    assert re.search(r"^Droits;Aucun;Aucun;Administrer;Administrer;Aucun\r$", text, re.MULTILINE)


def test_query_count_does_not_grow_with_changes(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False  # its SAVEPOINTs are not paid for in production
    adam = sign_in(people.adam)
    save(adam, "ideas.reader.1.2")
    adam.get(PATH)

    with django_assert_num_queries(10):
        adam.get(f"{PATH}?search.reader=2")
    save(adam, "search.reader.1.2", "directory.reader.1.2", "figures.reader.1.2")
    with django_assert_num_queries(10):
        adam.get(f"{PATH}?tools.reader=2&ideas.contributor=3&search.contributor=2")


@pytest.mark.django_db
def test_each_cell_flipped_closes_and_opens_its_pages(sign_in: SignIn, people: Cast) -> None:
    pages = {
        "ideas": "/idees/",
        "search": "/recherche/",
        "directory": "/organismes/",
        "figures": "/donnees-cles/",
        "tools": "/outils/",
        "operations": "/exploitation/",
    }
    reader, alice = Profile.objects.get(code="reader"), sign_in(people.alice)
    for brick, path in pages.items():
        services.set_level(reader, brick, Level.NONE, actor=None)
        assert alice.get(path).status_code == 404, brick
        assert f'href="{path}"' not in alice.get("/").content.decode(), brick
        services.set_level(reader, brick, Level.CONSULT, actor=None)
        assert alice.get(path).status_code == 200, brick
