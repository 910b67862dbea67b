"""Guessing, counting and waiting at the door tell nothing, and a session dies when it must."""

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import User
from tests.factories import PASSWORD
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
RESET = "/mot-de-passe-oublie/"


@pytest.fixture(autouse=True)
def no_remembered_attempt(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def attempt(email: str, password: str = "pas-le-bon", client: Client | None = None, **headers: str) -> str:
    answer = (client or Client()).post("/connexion/", {"login": email, "password": password}, headers=headers)
    return answer.content.decode()


def test_the_limit_follows_the_account_whatever_the_announced_address(people: Cast) -> None:
    pages = [
        attempt(people.alice.email, **{"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.1.{n}"})
        for n in range(7)
    ]
    assert ["Trop d" in page for page in pages] == [False] * 5 + [True] * 2


def test_the_limit_follows_the_address_whatever_the_account(people: Cast) -> None:
    pages = [attempt(f"personne{n}@exemple.test", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(12)]
    assert ["Trop d" in page for page in pages] == [False] * 10 + [True] * 2


def test_a_full_cache_forgets_no_attempt(people: Cast) -> None:
    """Django keeps 300 entries in a database cache by default, then drops a third of them, whatever they hold."""
    for _time in range(5):
        attempt(people.alice.email)
    for number in range(700):
        cache.set(f"autre-{number}", 1, 300)

    assert "Trop d" in attempt(people.alice.email)


def test_an_unknown_address_costs_a_hash_too(people: Cast) -> None:
    """The time of the answer does not say which accounts exist: one hash for each."""
    hashed = []
    with patch(
        "django.contrib.auth.base_user.make_password", side_effect=lambda password: hashed.append(1) or "!"
    ):
        unknown = attempt("inconnue@exemple.test")
    with patch("django.contrib.auth.base_user.check_password", side_effect=check_password) as checked:
        known = attempt(people.alice.email)

    assert hashed
    assert checked.called
    assert (
        unknown.replace("inconnue@", "alice@").count("Vérifiez les deux")
        == known.count("Vérifiez les deux")
        > 0
    )


def test_a_new_password_is_asked_in_the_time_of_a_job(people: Cast) -> None:
    """No mail leaves while the page is being made, and no table holds the link."""
    with patch("django.core.mail.message.EmailMessage.send") as sent:
        known = Client().post(RESET, {"email": people.alice.email})
        unknown = Client().post(RESET, {"email": "inconnue@exemple.test"})

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert not sent.called
    assert [job.args for job in ProcrastinateJob.objects.all()] == [{"user_id": people.alice.pk}]


def test_a_session_is_new_after_the_sign_in(people: Cast) -> None:
    client = Client()
    client.cookies["ozeli_session"] = "a" * 32
    attempt(people.alice.email, PASSWORD, client)

    assert client.get("/moi/").status_code == 200
    assert client.cookies["ozeli_session"].value != "a" * 32


def test_another_password_ends_the_other_sessions(sign_in: SignIn, people: Cast) -> None:
    here, elsewhere = sign_in(people.alice), sign_in(people.alice)
    new = "une phrase facile à retenir"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    assert here.post("/moi/mot-de-passe/", fields).status_code == 302
    assert here.get("/moi/").status_code == 200
    assert elsewhere.get("/moi/").headers["Location"].startswith("/connexion/")


def test_a_closed_account_is_cut_and_stays_out(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    User.objects.filter(pk=people.alice.pk).update(is_active=False)

    assert alice.get("/idees/").headers["Location"].startswith("/connexion/")
    assert alice.post("/idees/deposer/brouillon/", {"problem": "Un"}).status_code == 401
    client = Client()
    attempt(people.alice.email, PASSWORD, client)
    assert client.get("/moi/").headers["Location"].startswith("/connexion/")


@pytest.mark.parametrize("packed", ["", "rien", "a:b:c", "\0", "é" * 50])
def test_a_forged_packet_of_typed_words_is_ignored(people: Cast, packed: str) -> None:
    client = Client()
    fields = {"login": people.alice.email, "password": PASSWORD, "reprise": packed}

    assert client.post("/connexion/", fields).status_code == 302
    assert "typed" not in client.session


def test_signing_out_leaves_nothing(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    key = alice.session.session_key
    alice.post("/deconnexion/")
    alice.cookies["ozeli_session"] = key

    assert alice.get("/moi/").headers["Location"].startswith("/connexion/")
