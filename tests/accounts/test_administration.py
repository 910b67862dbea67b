"""The index of the administration: by subject, narrowed by words, nothing but what one may open."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts import services
from ozeli.accounts.models import Profile, User
from ozeli.core.registry import ADMIN_SUBJECTS, admin_pages
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/"


def titles(client: Client, words: str = "") -> set[str]:
    groups = client.get(PATH, {"q": words}).context["groups"]
    return {page.title for _subject, pages in groups for page, _url in pages}


def test_every_page_has_a_subject_and_opens(sign_in: SignIn, people: Cast) -> None:
    sonia = sign_in(people.sonia)
    groups = sonia.get(PATH).context["groups"]

    shown = [(page, url) for _subject, pages in groups for page, url in pages]
    assert {page.subject for page in admin_pages} <= ADMIN_SUBJECTS.keys()
    assert len(shown) == len(admin_pages)
    assert {url: sonia.get(url).status_code for _page, url in shown} == {url: 200 for _page, url in shown}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("couleurs", "Nom et couleurs"),
        ("DÉLAI", "Délais de réponse"),
        ("utilisateur", "Personnes et profils"),
        ("mot accueil", "Briques de l’accueil"),
        ("historique", "Journal"),
        ("mot de passe", "Personnes et profils"),
        ("RGPD", "Personnes et profils"),
    ],
)
def test_words_find_a_page(words: str, found: str, sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)

    assert found in titles(adam, words)
    assert len(titles(adam, words)) < len(titles(adam))


@pytest.mark.parametrize("words", ["antivirus", "sauvegarde"])
def test_what_the_technical_team_keeps_is_found_or_said(words: str, sign_in: SignIn, people: Cast) -> None:
    assert titles(sign_in(people.sonia), words) == {"Exploitation"}
    assert titles(sign_in(people.adam), words) == set()
    assert "tenus par l’équipe technique" in sign_in(people.adam).get(f"{PATH}?q={words}").content.decode()


def test_no_page_found_says_so(sign_in: SignIn, people: Cast) -> None:
    assert "Aucun réglage ne répond" in sign_in(people.adam).get(f"{PATH}?q=zzzz%00").content.decode()


def test_each_sees_what_is_theirs(sign_in: SignIn, people: Cast) -> None:
    administrator = Profile.objects.get(code="administrator")
    services.grant_membership(people.bob, administrator, actor=people.sonia, organisation=people.loire)

    assert "Personnes et profils" in titles(sign_in(people.bob))
    assert not titles(sign_in(people.bob)) & {"Qui peut faire quoi", "Journal", "Domaines d’activité"}
    assert titles(sign_in(people.dev)) == {"Exploitation", "Tâches"}
    assert sign_in(people.alice).get(PATH).status_code == 404


def test_index_costs_no_query_of_its_own(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    adam = sign_in(people.adam)
    adam.get(PATH)
    with django_assert_num_queries(4):
        adam.get(PATH)
