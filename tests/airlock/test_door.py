"""The door: what comes in, what goes out, what is never said."""

import io
import logging
from typing import Any

import pytest
from django.db import OperationalError

from ozeli.airlock import entry, host, urls_host
from ozeli.airlock.entry import HEADERS, MOST_BODY

from .visitor import Visitor

CANARY = "CANARI-7f3a"
ABOUT_PEOPLE = {
    "HTTP_COOKIE": f"ozeli_session={CANARY}",
    "HTTP_AUTHORIZATION": f"Bearer {CANARY}",
    "HTTP_X_FORWARDED_FOR": CANARY,
    "HTTP_X_FORWARDED_USER": CANARY,
    "HTTP_X_REAL_IP": CANARY,
    "HTTP_X_REMOTE_USER": CANARY,
    "HTTP_OIDC_CLAIM_EMAIL": CANARY,
    "HTTP_USER_AGENT": CANARY,
    "HTTP_REFERER": f"http://127.0.0.1:8000/?{CANARY}",
    "HTTP_ACCEPT_LANGUAGE": CANARY,
    "REMOTE_ADDR": "192.0.2.77",
    "REMOTE_USER": CANARY,
    "SSL_CLIENT_S_DN": CANARY,
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the pages are given of each request."""
    environs: list[dict[str, Any]] = []

    def look(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environs.append(environ)
        start_response("200 -", [("Content-Type", "text/plain"), ("Set-Cookie", "a=b"), ("ETag", "x")])
        return [b"seen"]

    monkeypatch.setattr("tests.airlock.visitor.application", entry.guarded(look))
    return environs


def test_nothing_about_a_person_comes_in(seen: list[dict[str, Any]], visitor: Visitor) -> None:
    visitor.get("/", "defi=accueil&qui=" + CANARY, **ABOUT_PEOPLE)
    (environ,) = seen
    assert environ["QUERY_STRING"] == "defi=accueil"
    assert environ["REMOTE_ADDR"] == ""
    assert not [name for name in environ if name.startswith("HTTP_") and name != "HTTP_HOST"]
    assert CANARY not in repr(environ)


def test_no_cookie_and_nothing_to_recognise_goes_out(seen: list[dict[str, Any]], visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert {name.lower() for name, _value in answer.headers}.isdisjoint({"set-cookie", "etag", "server"})
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Referrer-Policy") == "same-origin"
    for name, value in HEADERS:
        assert answer.header(name) == value
    assert "script" not in answer.header("Content-Security-Policy")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", ""])
def test_only_three_methods(visitor: Visitor, method: str) -> None:
    assert visitor.ask(method, "/").status == 405


def test_head_has_no_body(visitor: Visitor, db: None) -> None:
    answer = visitor.ask("HEAD", "/")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.header("Content-Length")) > 1000


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({"CONTENT_LENGTH": ""}, 411),
        ({"CONTENT_LENGTH": "12x"}, 400),
        ({"CONTENT_LENGTH": "-3"}, 400),
        ({"CONTENT_LENGTH": "1" * 40}, 400),
        ({"CONTENT_LENGTH": str(MOST_BODY + 1)}, 413),
        ({"CONTENT_LENGTH": "400"}, 400),
        ({"PATH_INFO": "/" + "a" * 300}, 414),
        ({"QUERY_STRING": "a" * 300}, 414),
        ({"HTTP_HOST": "127.0.0.1:8001"}, 421),
        ({"HTTP_HOST": ""}, 421),
    ],
)
def test_a_request_that_goes_no_further(visitor: Visitor, extra: dict[str, str], status: int) -> None:
    answer = visitor.ask("POST", "/deposer/", b"texte=" + CANARY.encode(), **extra)
    assert answer.status == status
    assert CANARY not in answer.text
    assert answer.header("Cache-Control") == "no-store"


def test_an_empty_body_is_a_body(visitor: Visitor, db: None) -> None:
    assert visitor.ask("POST", "/suivre/", b"", CONTENT_LENGTH="0").status == 403


def test_a_form_too_large_or_an_address_too_full_is_told(visitor: Visitor, db: None) -> None:
    assert visitor.post("/deposer/", {"problem": "x" * 4_000_000}).status == 413
    assert visitor.ask("GET", "/", QUERY_STRING="&".join(f"a{n}=1" for n in range(20))).status == 400


def test_unknown_page(visitor: Visitor) -> None:
    answer = visitor.get(f"/{CANARY}/")
    assert answer.status == 404
    assert CANARY not in answer.text


def test_a_fault_says_nothing_anywhere(
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(request: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(urls_host.urlpatterns[0], "callback", broken)
    errors = io.StringIO()
    with caplog.at_level(logging.DEBUG):
        answer = visitor.get("/", **{"wsgi.errors": errors})
    assert answer.status == 500
    assert CANARY not in answer.text + errors.getvalue() + caplog.text + "".join(capfd.readouterr())


def test_a_lost_database_is_a_page(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: Any) -> None:
        raise OperationalError(CANARY)

    monkeypatch.setattr(urls_host.urlpatterns[0], "callback", away)
    answer = visitor.get("/")
    assert answer.status == 503
    assert "navigateur a gardé votre texte" in answer.text


def test_static_files_are_kept_by_browsers(tmp_path: Any, settings: Any, monkeypatch: Any) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "x.0123456789ab.css").write_text("a{}")
    (tmp_path / "core" / "y.css").write_text("a{}")
    settings.STATIC_ROOT = tmp_path
    served = entry.guarded(host.with_static_files(host.pages))
    monkeypatch.setattr("tests.airlock.visitor.application", served)
    visitor = Visitor()
    assert "immutable" in visitor.get("/static/core/x.0123456789ab.css").header("Cache-Control")
    assert "max-age=3600" in visitor.get("/static/core/y.css").header("Cache-Control")
    assert visitor.get("/static/core/none.css").header("Cache-Control") == "no-store"


def test_an_answer_is_closed(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Body(list):  # type: ignore[type-arg]
        def close(self) -> None:
            closed.append(True)

    def inner(environ: Any, start_response: Any) -> Body:
        start_response("200 -", [("Cache-Control", "max-age=9"), ("Content-Length", "3")])
        return Body([b"ab", b"c"])

    monkeypatch.setattr("tests.airlock.visitor.application", entry.guarded(inner))
    answer = visitor.get("/")
    assert closed
    assert [value for name, value in answer.headers if name == "Content-Length"] == ["3"]
    assert [value for name, value in answer.headers if name == "Cache-Control"] == ["no-store"]


def test_what_a_server_would_write_goes_nowhere() -> None:
    assert entry._Nowhere().write(CANARY) == len(CANARY)


def test_how_it_is_kept_is_told_here_too(visitor: Visitor) -> None:
    assert visitor.get("/anonymat/").status == 200
