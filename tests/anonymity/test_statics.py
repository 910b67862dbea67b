"""What the airlock is made of: it knows nobody, keeps nothing, sets no cookie, and touches only its tables."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler

from ozeli.airlock import quotas, receipts, urls_host
from ozeli.airlock.services import release
from ozeli.ideas.services.deposits import IdeaText, deposit_idea
from tests.airlock.visitor import Visitor
from tests.factories import BranchFactory, DomainFactory
from tests.personas import Cast

from .acts import everything

ROOT = Path(__file__).resolve().parent.parent.parent
AIRLOCK = ROOT / "ozeli" / "airlock"
# What runs in the process of the airlock, or for it; the rest (services, views) runs on the portal's side.
INSIDE = (
    "entry", "fixed", "forms/host", "host", "likeness", "pages/__init__", "pages/about", "pages/deposit",
    "pages/follow", "pages/frame", "pictures", "quotas", "receipts", "silence", "tokens", "urls_host", "urn", "wsgi",
)  # fmt: skip
FORBIDDEN = (
    "ozeli.accounts", "ozeli.activity", "ozeli.journal", "ozeli.people", "django.contrib.sessions",
    "django.contrib.auth", "django.contrib.messages", "django.core.mail", "allauth", "procrastinate",
)  # fmt: skip
# May silence the logs of the process; nobody else may even name them.
MAY_NAME_LOGS = {"wsgi"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]


# --- imports ------------------------------------------------------------------------------------------------------


def imported(source: str, package: str) -> set[str]:
    """The modules that a source imports, in full, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def forbidden(modules: set[str], *, may_log: bool = False) -> set[str]:
    names = FORBIDDEN if may_log else (*FORBIDDEN, "logging")
    return {module for module in modules for name in names if module == name or module.startswith(f"{name}.")}


@pytest.mark.parametrize("name", INSIDE)
def test_what_runs_inside_knows_neither_people_nor_logs(name: str) -> None:
    path = AIRLOCK / f"{name}.py"
    package = ".".join(["ozeli", "airlock", *name.split("/")[:-1]])
    assert forbidden(imported(path.read_text(), package), may_log=name in MAY_NAME_LOGS) == set()


def test_every_module_is_known_to_be_inside_or_outside() -> None:
    """A module added tomorrow has to be sorted."""
    outside = {
        "__init__", "admin", "apps", "enums", "exports", "health", "holdings", "models", "notifications", "registered",
        "rules", "selectors", "settings", "tasks", "urls", "wording",
    }  # fmt: skip
    for path in AIRLOCK.rglob("*.py"):
        name = str(path.relative_to(AIRLOCK).with_suffix(""))
        is_portal = name.split("/")[0] in ("services", "views", "migrations", "management")
        assert name in INSIDE or name in outside or is_portal or name.startswith("forms/"), name


@pytest.mark.parametrize(
    "line",
    [
        "import logging",
        "from ozeli.accounts.models import User",
        "from ozeli.journal.services import record",
        "def f():\n    from django.contrib.sessions.models import Session",
        "from ...accounts import selectors",
    ],
)
def test_control_a_forbidden_import_is_seen(line: str) -> None:
    assert forbidden(imported(line, "ozeli.airlock.pages"))


ASKED = """
import ozeli.airlock.wsgi, json, logging, sys
from django.conf import settings
from django.core.handlers.base import BaseHandler
loggers = [logging.root, *map(logging.getLogger, list(logging.root.manager.loggerDict))]
handlers = {type(one).__name__ for logger in loggers for one in logger.handlers} - {"NullHandler", "_StderrHandler"}
print(json.dumps({
    "logging": [settings.LOGGING, settings.LOGGING_CONFIG, sorted(handlers)],
    "sessions": [m for m in sys.modules if m in ("django.contrib.sessions.middleware", "ozeli.accounts.middleware")],
    "handler": hasattr(ozeli.airlock.host, "BaseHandler") or "WSGIHandler" in dir(ozeli.airlock.host),
    "context": settings.TEMPLATES[0]["OPTIONS"]["context_processors"],
    "middleware": [one for one in settings.MIDDLEWARE if not one.startswith("allauth.")],
    "read only": "default_transaction_read_only=on" in settings.DATABASES["default"]["OPTIONS"].get("options", ""),
}, default=str))
"""
NOTHING = {
    "logging": [{}, None, []],
    "sessions": [],
    "handler": False,
    "context": [],
    "middleware": [],
    "read only": True,
}


def asked(settings_module: str, home: Path) -> dict[str, Any]:
    """What a process with these settings says of itself."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings_module, "OZELI_HOME": str(home)}
    command = [sys.executable, "-c", ASKED]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_process_has_no_session_no_middleware_no_handler(tmp_path: Path) -> None:
    assert asked("ozeli.airlock.settings", tmp_path) == NOTHING


@pytest.fixture
def visitor_alone(settings: Any, db: None) -> Visitor:
    settings.AIRLOCK_URL = "http://localhost:8001"
    return Visitor()


def test_no_middleware_runs_whatever_the_settings_say(
    visitor_alone: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests run with the settings of the portal: none of its middleware is loaded for a page of the airlock."""
    loaded: list[object] = []
    monkeypatch.setattr(BaseHandler, "load_middleware", lambda *told, **more: loaded.append(told))
    assert visitor_alone.get("/").status == 200
    assert loaded == []


def test_control_the_portal_has_them_all(tmp_path: Path) -> None:
    said = asked("ozeli.config.settings", tmp_path)
    assert said["middleware"]
    assert said["context"]
    assert "RotatingFileHandler" in said["logging"][2]
    assert said["read only"] is False


# --- answers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(settings: Any, tmp_path: Path, db: None) -> Any:
    settings.AIRLOCK_URN = tmp_path / "urn"
    settings.AIRLOCK_URL = "http://localhost:8001"
    quotas.forget_all()
    DomainFactory(code="accueil")
    BranchFactory(code="maladie")
    yield Visitor()
    quotas.forget_all()


def told(visitor: Visitor, method: str, path: str, **extra: Any) -> tuple[int, list[str]]:
    """Status and the cookies set."""
    marks = {"HTTP_COOKIE": "ozeli_session=canari; ozeli_csrf=canari", "HTTP_USER_AGENT": "canari", **extra}
    answer = visitor.ask(method, path, b"problem=x" if method == "POST" else b"", **marks)
    kept = [value for name, value in answer.headers if name.lower() in ("set-cookie", "set-cookie2")]
    assert answer.header("Cache-Control") == "no-store", (method, path)
    return answer.status, kept


def test_no_answer_sets_a_cookie(visitor: Visitor) -> None:
    paths = ["/" + str(one.pattern) for one in urls_host.urlpatterns] + ["/absente/", "/healthz", "/admin/"]
    statuses = set()
    for path in paths:
        for method in METHODS:
            for extra in ({}, {"HTTP_HOST": "ailleurs.test"}, {"CONTENT_TYPE": "multipart/form-data"}):
                status, cookies = told(visitor, method, path, **extra)
                assert cookies == [], (method, path)
                statuses.add(status)
    assert len(paths) >= 11
    assert statuses >= {200, 403, 404, 405, 421}


def test_control_a_cookie_of_a_page_is_taken_off(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door drops it whatever a page does; without the door's list, this test sees it."""
    from ozeli.airlock import entry, host

    def tempted(request: Any) -> Any:
        from django.http import HttpResponse

        answer = HttpResponse("ok")
        answer["Set-Cookie"] = "suivi=1"
        return answer

    monkeypatch.setattr(host, "_response", tempted)
    assert told(visitor, "GET", "/") == (200, [])
    monkeypatch.setattr(entry, "DROPPED", frozenset({"cache-control"}))
    assert told(visitor, "GET", "/") == (200, ["suivi=1"])


def test_nothing_of_the_visitor_gets_past_the_door(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages never see it, so no fault in them can keep it."""
    from ozeli.airlock import host

    seen: list[str] = []
    inner = host._response

    def watched(request: Any) -> Any:
        seen.append(repr(request.META))
        return inner(request)

    monkeypatch.setattr(host, "_response", watched)
    marks = "HTTP_COOKIE HTTP_AUTHORIZATION HTTP_USER_AGENT HTTP_REFERER HTTP_ACCEPT_LANGUAGE HTTP_X_FORWARDED_FOR"
    marks += " HTTP_X_REAL_IP HTTP_FORWARDED REMOTE_ADDR REMOTE_HOST REMOTE_PORT REMOTE_USER HTTP_REMOTE_USER HTTP_VIA"
    marks += " HTTP_X_REQUEST_ID HTTP_X_SSL_CLIENT_S_DN SSL_CLIENT_S_DN HTTP_DNT HTTP_SEC_CH_UA"
    visitor.get("/", **{name: f"canari-{number}" for number, name in enumerate(marks.split())})
    assert len(seen) == 1
    assert "canari" not in seen[0]


# --- tables -------------------------------------------------------------------------------------------------------


def grown(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, int]:
    return {table: len(rows) - len(before[table]) for table, rows in after.items() if rows != before[table]}


def test_a_deposit_touches_no_table_before_its_batch(visitor: Visitor, people: Cast, settings: Any) -> None:
    """Pages, deposits, wrong codes: not one row of one table moves. The batch then fills its table alone."""
    settings.AIRLOCK_BATCH = 3
    before = everything()
    assert len(before) > 60
    codes = [visitor.deposit(problem=f"Le problème numéro {number} que voici.").code for number in range(3)]
    visitor.follow(codes[0])
    visitor.follow(receipts.new())
    assert grown(before, everything()) == {}

    release()
    assert grown(before, everything()) == {"airlock_deposit": 3}
    between = everything()
    visitor.act("/suivre/message/", codes[0], body="Une précision utile.")
    assert grown(between, everything()) == {}


def test_control_a_signed_deposit_touches_many(people: Cast) -> None:
    before = everything()
    text = IdeaText(
        title="Casier", problem="Perdu.", proposal="Un casier.", domain=DomainFactory(code="accueil")
    )
    deposit_idea(text, author=people.alice)
    assert {"ideas_idea", "ideas_ideaauthor", "activity_follow"} <= grown(before, everything()).keys()
