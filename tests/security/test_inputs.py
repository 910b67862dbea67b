"""Whatever is sent, the portal answers in French and in time: no 500, no worker held by a regular expression."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity.fanout import subject_of
from ozeli.core.registry import Message
from ozeli.engagement.models import Comment
from ozeli.engagement.services import clean_text
from ozeli.ideas.differences import pieces
from ozeli.ideas.models import IdeaDraft
from tests.factories import CommentFactory, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
DRAFT = "/idees/deposer/brouillon/"
HOSTILE = {
    "nul": "a\0b" * 20,
    "markup": "<script>alert(1)</script>" * 3,
    "quotes": "'\"`;--" * 10,
    "turned": "\u202e" + "abc" * 10,
    "stacked": "e" + "\u0301" * 3000,
    "formula": "=1+1" * 10,
    "long": "x" * 90_000,
    "blank": "a" + " " * 90_000 + "b",
}


@contextmanager
def quickly(seconds: float = 3) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def keyed(**fields: str) -> dict[str, str]:
    return {"idempotency_key": str(uuid4()), **fields}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_may_be_typed_anywhere(sign_in: SignIn, people: Cast, name: str) -> None:
    """Drafts, look-alikes, deposits, comments, the desk: refused with words, or kept."""
    text = HOSTILE[name]
    url = IdeaFactory(author=people.alice).get_absolute_url()
    need = dict.fromkeys(("problem", "beneficiaries", "proposal", "benefit", "domain"), text)
    posts = [
        (people.alice, DRAFT, need | {"title": text, "tags": text, "audience": text, "objective": text}),
        (people.alice, "/idees/deposer/ressemblances/", {"problem": text, "proposal": text}),
        (people.alice, "/idees/deposer/", keyed(problem=text, domain=text)),
        (people.alice, "/idees/deposer/", keyed(proposal=text, geste="brouillon")),
        (people.alice, f"{url}modifier/", keyed(title=text, tags=text, version=text)),
        (people.bob, f"{url}commentaires/", keyed(body=text, parent=text)),
        (people.rita, "/animation/" + url.split("/")[2][:12] + "/", keyed(form="qualifier", note=text)),
        (people.adam, f"/administration/personnes/{people.bob.pk}/", keyed(profile=text, organisation=text)),
        (people.adam, "/administration/matrice/", keyed(change=text)),
    ]
    for person, path, fields in posts:
        client = sign_in(person)
        client.raise_request_exception = False
        with quickly():
            assert client.post(path, fields).status_code in (200, 302, 400, 413, 422), path


def test_a_draft_keeps_the_words_around_a_nul(sign_in: SignIn, people: Cast) -> None:
    assert sign_in(people.alice).post(DRAFT, {"problem": "avant\0après"}).status_code == 200
    assert IdeaDraft.objects.get(owner=people.alice).fields["problem"] == "avantaprès"


def test_a_text_is_cleaned_in_a_time_that_follows_its_length() -> None:
    with quickly(1):
        assert len(clean_text("a" + " " * 1_000_000 + "b\u200b ")) == 1_000_002


def test_words_repeated_a_thousand_times_are_compared_at_once() -> None:
    """The page of the amendments of an idea compares ten of them, for anybody who reads it."""
    before, after = "a b " * 1250, "a c " * 1250
    with quickly(1):
        found = pieces(before, after)
    assert "".join(one.text for one in found if one.kind != "gone") == after
    assert "".join(one.text for one in found if one.kind != "new").split() == before.split()


@pytest.mark.parametrize("version", ["9" * 5000, "7", "-1", "\0"])
def test_a_version_that_never_was_is_no_fault(sign_in: SignIn, people: Cast, version: str) -> None:
    sonia = sign_in(people.sonia)
    for path in ("/administration/theme/", "/administration/theme/logo/retirer/"):
        assert sonia.post(path, keyed(version=version)).status_code < 500


@pytest.mark.parametrize("turning", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_text_cannot_turn_the_page_around(turning: str) -> None:
    assert clean_text(f"Votre{turning} idée") == "Votre idée"


@pytest.mark.parametrize("end", "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
def test_a_title_is_one_line_of_a_mail(end: str) -> None:
    subject = subject_of(Message(text="", url="/", subject=f"Titre{end}Bcc: ailleurs@exemple.test"))

    assert subject == "Titre Bcc: ailleurs@exemple.test"
    assert len(clean_text(f"un{end}deux").split("\n")) == (2 if end in "\r\n\u2028\u2029" else 1)


@pytest.mark.django_db
def test_a_thousand_words_are_not_a_name(sign_in: SignIn, people: Cast) -> None:
    words = " ".join("abcdefgh"[place % 8] for place in range(2000))
    for path in (
        "/animation/personnes/",
        "/organismes/suggestions/",
        "/organismes/",
        "/idees/",
        "/recherche/",
    ):
        with quickly():
            answer = sign_in(people.rita).get(path, {"q": words, "organisme": words})
        assert answer.status_code == 200


def test_an_address_may_be_long(sign_in: SignIn, people: Cast) -> None:
    """The slug is anybody's to lengthen, and filters make long addresses: the form still has its one effect."""
    bob, url = sign_in(people.bob), IdeaFactory(author=people.alice).get_absolute_url()
    long_slug = f"{url[:-1]}{'-a' * 300}/commentaires/"
    came = {"HTTP_REFERER": f"http://testserver{url}?suite={'x' * 900}"}

    assert bob.post(long_slug, keyed(body="Par un long chemin")).status_code == 302
    assert bob.post(f"{url}commentaires/", keyed(body="D’une longue page"), **came).status_code == 302
    assert Comment.objects.count() == 2


def test_a_reply_to_a_comment_of_another_idea_or_of_none_is_refused(sign_in: SignIn, people: Cast) -> None:
    bob, url = sign_in(people.bob), IdeaFactory(author=people.alice).get_absolute_url()
    elsewhere = CommentFactory()
    for parent in (elsewhere.pk, uuid4()):
        answer = bob.post(f"{url}commentaires/", keyed(body="Tout à fait.", parent=str(parent)))
        assert answer.status_code == 422
        assert "Tout à fait." in answer.content.decode()
    assert list(Comment.objects.all()) == [elsewhere]


@pytest.mark.parametrize(
    "query", ["au=9999-12-31", "du=0001-01-01", "du=9999-12-31&au=0001-01-01", "au=2026-02-30"]
)
def test_the_journal_knows_every_date(sign_in: SignIn, people: Cast, query: str) -> None:
    assert sign_in(people.adam).get(f"/administration/journal/?{query}").status_code == 200


HUGE = "9" * 30


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("adam", f"/administration/personnes/{HUGE}/"),
        ("adam", f"/administration/personnes/{HUGE}/profils/{HUGE}/fin/"),
        ("nora", f"/animation/relances/{HUGE}/"),
    ],
)
def test_a_huge_number_is_nothing(sign_in: SignIn, people: Cast, name: str, path: str) -> None:
    assert sign_in(getattr(people, name)).post(path, keyed()).status_code == 404
