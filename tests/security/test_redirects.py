"""A link or a form never leads out of the portal."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts.models import User
from tests.factories import PASSWORD, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
OUTSIDE = [
    "//ailleurs.example/",
    "https://ailleurs.example/",
    "http:///ailleurs.example",
    "/\\ailleurs.example",
    "\\\\ailleurs.example",
    "javascript:alert(1)",
    "http://testserver@ailleurs.example/",
    "/\t/ailleurs.example",
]
REFERERS = [
    "http://testserver//ailleurs.example/",
    "http://testserver/\\ailleurs.example/",
    "http://testserver@ailleurs.example/",
    "http://ailleurs.example/idees/",
    "http://[mal",
    "javascript:alert(1)",
]


def leads_out(address: str) -> bool:
    return not address.startswith("/") or address.startswith(("//", "/\\"))


@pytest.mark.parametrize("address", OUTSIDE)
def test_next_stays_here(sign_in: SignIn, people: Cast, address: str) -> None:
    alice, nobody = sign_in(people.alice), sign_in(None)
    credentials = {"login": people.alice.email, "password": PASSWORD, "next": address}
    for answer in (
        alice.post("/theme/", {"theme": "dark", "next": address}),
        alice.post("/moi/texte-garde/", {"next": address}),
        alice.get("/connexion/", {"next": address}),
        alice.post("/deconnexion/", {"next": address}),
        nobody.post("/connexion/", credentials),
    ):
        assert answer.status_code == 302
        assert not leads_out(answer.headers["Location"])


@pytest.mark.parametrize("referer", REFERERS)
def test_the_page_one_came_from_is_ours(sign_in: SignIn, people: Cast, referer: str) -> None:
    url = IdeaFactory(author=people.alice).get_absolute_url()
    said = {"body": "Très utile.", "idempotency_key": str(uuid4())}
    for path, fields in ((f"{url}vote/", {"want": "1"}), (f"{url}commentaires/", said)):
        answer = sign_in(people.bob).post(path, fields, headers={"Referer": referer})
        assert answer.status_code == 302
        assert not leads_out(answer.headers["Location"])


@pytest.mark.parametrize("referer", REFERERS)
def test_a_lost_session_leads_back_to_a_page_of_ours(sign_in: SignIn, people: Cast, referer: str) -> None:
    url = IdeaFactory(author=people.alice).get_absolute_url()
    typed = sign_in(None).post(f"{url}commentaires/", {"body": "Très utile."}, headers={"Referer": referer})
    untyped = sign_in(None).post(
        f"{url}vote/", {"want": "1"}, headers={"Referer": referer, "HX-Request": "true"}
    )

    assert typed.status_code == 401
    assert not leads_out(typed.context["redirect_field_value"])
    assert "ailleurs.example" not in untyped.headers["HX-Redirect"].partition("=")[2][:12]
