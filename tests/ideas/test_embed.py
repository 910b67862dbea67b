"""The button of an intranet: a bare link, which keeps its challenge or its domain all the way to the deposit."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from ozeli.challenges.enums import PhaseKind
from ozeli.core import memo
from ozeli.network.enums import Audience
from tests.factories import PASSWORD, ChallengeFactory, DomainFactory


@pytest.fixture
def opened(people):
    made = ChallengeFactory(slug="defi", title="Zéro papier", phases={PhaseKind.OPEN: (-5, 5)})
    memo.forget_all()
    return made


@pytest.fixture
def alice(people, sign_in):
    return sign_in(people.alice)


class Tags(HTMLParser):
    """Every tag of a piece of HTML, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def copied(page):
    """What is copied: the text of the area, as a browser gives it."""
    return unescape(re.search(r'<textarea[^>]*id="html"[^>]*>(.*?)</textarea>', page, re.S)[1])


def link(page):
    """The one tag of what is copied, and its words."""
    parsed = Tags(copied(page))
    ((tag, attributes),) = parsed.found
    assert tag == "a"
    return attributes, parsed.words


def test_it_is_a_bare_link_with_nothing_else(alice, opened):
    attributes, words = link(alice.get("/defis/defi/bouton/").content.decode())
    assert attributes == {"class": "ozeli-bouton", "href": f"{settings.PUBLIC_URL}/idees/deposer/?defi=defi"}
    assert words == "Déposer une idée"


def test_a_domain_a_text_a_dark_ground(alice, people):
    DomainFactory(code="numerique", name="Numérique")
    memo.forget_all()
    page = alice.get("/idees/bouton/?vers=domaine:numerique&texte=Une+idée+?&allure=sombre").content.decode()
    attributes, words = link(page)
    assert attributes["class"] == "ozeli-bouton ozeli-bouton-sombre"
    assert parse_qs(urlsplit(attributes["href"]).query) == {"domaine": ["numerique"]}
    assert words == "Une idée ?"
    assert "embed-dark" in page


def test_only_what_takes_deposits_is_offered(alice, people, opened):
    for slug, options in (
        ("clos", {"phases": {PhaseKind.OPEN: (-9, -2)}}),
        ("ailleurs", {"audience": Audience.ORGANISATION, "bodies": [people.nord]}),
    ):
        ChallengeFactory(slug=slug, title=f"Défi {slug}", **options)
    memo.forget_all()
    page = alice.get("/idees/bouton/").content.decode()
    assert 'value="defi:defi"' in page
    assert "defi:clos" not in page
    assert "defi:ailleurs" not in page
    refused = alice.get("/idees/bouton/?vers=defi:clos")
    assert refused.status_code == 422
    assert link(refused.content.decode())[0]["href"].endswith("/idees/deposer/")


@pytest.mark.parametrize(
    "text",
    [
        '"><script>alert(1)</script>',
        "</textarea><b>x</b>",
        "' class='x",
        "&amp;lt;b&gt;",
        "\u202etxet\x07",
    ],
)
def test_no_text_makes_more_than_words(alice, opened, text):
    page = alice.get("/defis/defi/bouton/", {"texte": text}).content.decode()
    attributes, words = link(page)
    assert set(attributes) == {"class", "href"}
    assert words == text.replace("\u202e", "").replace("\x07", "")
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_a_long_text_is_refused_with_what_to_do(alice, opened):
    refused = alice.get("/defis/defi/bouton/", {"texte": "x" * 61})
    assert refused.status_code == 422
    assert link(refused.content.decode())[1] == "Déposer une idée"


def test_a_closed_challenge_says_so_and_shows_what_is_open(alice, opened):
    ChallengeFactory(slug="clos", title="Défi clos", phases={PhaseKind.OPEN: (-9, -2)})
    memo.forget_all()
    page = alice.get("/defis/clos/bouton/").content.decode()
    assert "n’accepte plus de dépôt" in page
    assert 'href="/defis/defi/bouton/"' in page
    landed = alice.get("/idees/deposer/?defi=clos").content.decode()
    assert "n’accepte plus de dépôt" in landed
    assert "Zéro papier" in landed


def test_the_choice_survives_the_sign_in(people, opened):
    client = Client()
    asked = "/idees/deposer/?defi=defi"
    response = client.get(asked)
    assert response.status_code == 302
    signed = client.post(
        response["Location"], {"login": people.alice.email, "password": PASSWORD, "next": asked}, follow=True
    )
    assert signed.request["PATH_INFO"] + "?" + signed.request["QUERY_STRING"] == asked
    assert re.search(r'<option value="defi" selected', signed.content.decode())


def test_the_domain_survives_the_sign_in(people):
    DomainFactory(code="numerique", name="Numérique")
    memo.forget_all()
    client, asked = Client(), "/idees/deposer/?domaine=numerique"
    gate = client.get(asked)["Location"]
    signed = client.post(
        gate, {"login": people.alice.email, "password": PASSWORD, "next": asked}, follow=True
    )
    assert re.search(r'<option value="numerique" selected', signed.content.decode())


def test_who_makes_one(people, sign_in, opened):
    for name, status in {"alice": 200, "nora": 200, "dev": 404, "zoe": 404}.items():
        client = sign_in(getattr(people, name))
        assert client.get("/idees/bouton/").status_code == status
        assert client.get("/defis/defi/bouton/").status_code == status
    hidden = ChallengeFactory(slug="cache", audience=Audience.ORGANISATION, bodies=[people.nord])
    memo.forget_all()
    assert sign_in(people.alice).get(f"/defis/{hidden.slug}/bouton/").status_code == 404


def test_the_page_of_a_challenge_leads_to_it(alice, opened):
    page = alice.get("/defis/defi/").content.decode()
    assert 'href="/defis/defi/bouton/"' in page
    assert "echange/" not in page
