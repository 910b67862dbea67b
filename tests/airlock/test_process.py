"""The process of the airlock: its settings, its silence, and itself started for real."""

import importlib
import logging
import multiprocessing
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ozeli.airlock import pictures, wsgi
from tests.plugins.database import cloned_database, server_environment

ROOT = Path(__file__).resolve().parents[2]
CANARY = "CANARI-4c1d"


def settings_made(monkeypatch: pytest.MonkeyPatch, url: str = "") -> dict[str, Any]:
    monkeypatch.setenv("OZELI_AIRLOCK_DATABASE_URL", url)
    return runpy.run_path(str(ROOT / "ozeli" / "airlock" / "settings.py"))


def test_settings_without_people(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings_made(monkeypatch)
    asked = made["DATABASES"]["default"]["OPTIONS"]["options"]
    assert "default_transaction_read_only=on" in asked
    assert ("log_min_error_statement=panic" in asked) is bool(made["DATABASES"]["default"].get("EMBEDDED"))
    assert made["ROOT_URLCONF"] == "ozeli.airlock.urls_host"
    assert {"ozeli.portal", "django.contrib.messages"}.isdisjoint(made["INSTALLED_APPS"])
    assert made["LOGGING_CONFIG"] is None


def test_both_images_fit_in_the_form_that_carries_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """In base 64, with the characters that an address writes as three, beside the longest texts."""
    made = settings_made(monkeypatch)
    images = pictures.MOST * pictures.MOST_MADE_BYTES * 4 / 3 * 1.07
    assert made["DATA_UPLOAD_MAX_MEMORY_SIZE"] > images + 500_000


def test_a_role_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ozeli.config.settings.DATABASES", {"default": {"NAME": "externe"}})
    monkeypatch.setenv("DATABASE_URL", "")
    made = settings_made(monkeypatch, "postgresql://sas@base/ozeli")
    assert os.environ["DATABASE_URL"] == "postgresql://sas@base/ozeli"
    assert "log_min_error_statement" not in made["DATABASES"]["default"]["OPTIONS"]["options"]


def test_served_it_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[tuple[int, int]] = []
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: object())
    monkeypatch.setattr("ozeli.core.processes.die_with_spawner", lambda: None)
    monkeypatch.setattr(os, "dup2", lambda one, other: closed.append((one, other)))
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr("threading.excepthook", lambda *told: None)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    try:
        importlib.reload(wsgi)
        assert [target for _source, target in closed] == [1, 2]
        assert os.environ["DJANGO_SETTINGS_MODULE"] == "ozeli.airlock.settings"
        assert not logging.getLogger("django.request").isEnabledFor(logging.CRITICAL)
        sys.excepthook(ValueError, ValueError(), None)
    finally:
        logging.disable(logging.NOTSET)
        monkeypatch.undo()
        importlib.reload(wsgi)


def test_alone_it_loads_its_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr("django.apps.apps.ready", False)
    monkeypatch.setattr("django.setup", lambda set_prefix: loaded.append(set_prefix))
    importlib.reload(wsgi)
    assert loaded == [False]


def free_ports() -> int:
    """A port whose neighbour is free too."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def ask(port: int, path: str = "/", data: bytes | None = None, **headers: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data, {"Host": f"localhost:{port}", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.infra
def test_the_real_process_says_nothing_and_dies_with_its_parent(tmp_path: Path) -> None:
    with cloned_database("airlock") as name:
        port = free_ports()
        env = os.environ | server_environment(name) | {"PORT": str(port)}
        env |= {
            "OZELI_AIRLOCK_URN": str(tmp_path / "urn"),
            "OZELI_AIRLOCK_URL": f"http://localhost:{port + 1}",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "ozeli.cli", "serve", "--port", str(port), "--without-worker"],
            env=env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            deadline = time.monotonic() + 60
            while ask(port + 1) != 200 and time.monotonic() < deadline:
                time.sleep(0.2)
            assert ask(port + 1, "/suivre/") == 200
            assert ask(port + 1, f"/{CANARY}/", Cookie=CANARY) == 404
            assert ask(port + 1, "/relire/", f"title={CANARY}".encode()) == 422
            assert ask(port + 1, "/deposer/", CANARY.encode(), **{"Content-Length": "9"}) in (
                0,
                400,
                403,
                422,
            )
            assert ask(port + 1, Host="127.0.0.1") == 421
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
        assert CANARY not in output
        assert ask(port + 1) == 0
