"""What every answer says besides its page: nothing is kept by caches, and refusals speak French."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.test import Client

from ozeli.accounts.models import User
from tests.personas import Cast

SignIn = Callable[[User | None], Client]

PAGES = [
    "/",
    "/idees/",
    "/idees/export.csv",
    "/organismes/suggestions/?q=caf",
    "/idees",
    "/nulle-part/",
    "/aide/",
]


@pytest.mark.parametrize("path", PAGES)
def test_no_cache_keeps_a_page(sign_in: SignIn, people: Cast, path: str) -> None:
    for person in (people.alice, None):
        assert "no-store" in sign_in(person).get(path).headers["Cache-Control"]


def test_no_cache_keeps_a_refusal(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    for answer in (
        alice.put("/idees/"),
        alice.post("/idees/deposer/", {}),
        Client(enforce_csrf_checks=True).post("/connexion/", {"login": "x"}),
        sign_in(None).get("/", headers={"Host": "ailleurs.example"}),
        sign_in(None).post("/idees/deposer/", {"problem": "Ce que je tapais"}),
    ):
        assert answer.status_code >= 400
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_request_too_big_is_refused_in_french(sign_in: SignIn, people: Cast) -> None:
    answer = sign_in(people.alice).post("/idees/deposer/ressemblances/", {"problem": "é" * 600_000})

    assert answer.status_code == 413
    assert "C’est trop long pour un seul envoi" in answer.content.decode()


@pytest.mark.parametrize("headers", [{"Host": "ailleurs.example"}, {"Host": "a b"}])
def test_another_host_is_refused_in_french(headers: dict[str, str]) -> None:
    answer = Client().get("/aide/", headers=headers)

    assert answer.status_code == 400
    assert "ailleurs" not in answer.content.decode()
    assert "n’a pas compris cette demande" in answer.content.decode()


def test_a_form_that_is_not_ours_is_refused_in_french(sign_in: SignIn, people: Cast) -> None:
    answer = sign_in(people.alice).post("/idees/deposer/", {"idempotency_key": "rien"})

    assert answer.status_code == 400
    assert "rechargez la page" in answer.content.decode()


SECURE = (
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
)


def test_cookies_and_transport_are_strict_over_https(tmp_path: object) -> None:
    """Read in a process of its own, as in production."""
    names = (*SECURE, "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS", "DEBUG")
    code = (
        f"import json, ozeli.config.settings as s; print(json.dumps([getattr(s, n, True) for n in {names}]))"
    )
    env = os.environ | {"OZELI_URL": "https://idees.exemple.test", "OZELI_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout
    held = dict(zip(names, json.loads(said), strict=True))

    assert all(held[name] for name in SECURE)
    assert held["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert held["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert held["SECURE_HSTS_SECONDS"] >= 31536000
    assert held["DEBUG"] is False
