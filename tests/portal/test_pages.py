"""Tools, glossary, help, and what the footer promises."""

from collections.abc import Callable

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.core.french import sort_key
from ozeli.portal import glossary
from ozeli.portal.models import ToolLink
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def test_tools_carry_the_words_over(sign_in: SignIn, people: Cast) -> None:
    ToolLink.objects.create(name="Le magasin", url="https://magasin.test/s?q={q}&l=fr")
    ToolLink.objects.create(name="Sans recherche", url="https://autre.test/")

    page = sign_in(people.alice).get("/outils/?q=r%C3%A9duire+d%C3%A9lais%26x%3D1%22").content.decode()

    assert (
        'href="https://magasin.test/s?q=r%C3%A9duire%20d%C3%A9lais%26x%3D1%22&amp;l=fr" rel="noopener noreferrer"'
        in page
    )
    assert "magasin.test" in page
    assert page.count("emporte «") == 1


@pytest.mark.parametrize("url", ["http://clair.test/{q}", "javascript:alert(1)//{q}", "//sans.test/"])
def test_tools_that_are_not_https_are_never_shown(sign_in: SignIn, people: Cast, url: str) -> None:
    ToolLink.objects.create(name="Douteux", url=url)
    alice = sign_in(people.alice)

    page = alice.get("/outils/").content.decode()

    assert "Douteux" not in page
    assert "Aucun outil n’est encore relié" in page
    assert "Vos autres outils" not in alice.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/aide/", "/glossaire/", "/accessibilite/", "/vos-donnees/", "/anonymat/", "/contact/"]
)
def test_pages_are_open_to_everyone_without_a_query(
    client: Client, path: str, django_assert_num_queries: object, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    client.get(path)  # the name and the colours of the portal are asked once in half a minute
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_glossary_is_alphabetical_and_anchored(client: Client) -> None:
    words = [term.word for term in glossary.terms()]

    assert words == sorted(words, key=sort_key)
    assert len({term.anchor for term in glossary.terms()}) == len(words)
    assert 'id="a-l-etude"' in client.get("/glossaire/").content.decode()


@pytest.mark.django_db
def test_contact_gives_the_address_or_says_it_is_missing(client: Client, settings: object) -> None:
    settings.CONTACT = ""
    assert "pas encore réglée" in client.get("/contact/").content.decode()

    settings.CONTACT = "equipe@exemple.test"
    assert 'href="mailto:equipe@exemple.test"' in client.get("/contact/").content.decode()
