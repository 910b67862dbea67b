"""What the doctor sees of the airlock."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ozeli import doctor
from ozeli.airlock import health, urn


class Page(http.server.BaseHTTPRequestHandler):
    cookie = ""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.cookie:
            self.send_header("Set-Cookie", self.cookie)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def served(settings: Any) -> Iterator[type[Page]]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.AIRLOCK_URL = f"http://localhost:{server.server_port}"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    Page.cookie = ""
    yield Page
    server.shutdown()


def test_it_answers_under_a_name_of_its_own(served: type[Page], settings: Any) -> None:
    assert not health.host().advice
    assert not doctor.check_airlock().advice
    served.cookie = "suivi=1"
    assert "cookie" in health.host().said
    settings.PUBLIC_URL = "http://localhost:8000"
    assert "les cookies y suivraient" in health.host().said
    settings.PUBLIC_URL, settings.AIRLOCK_URL = "http://127.0.0.1:8000", "http://localhost:9"
    assert "ne répond pas" in health.host().said


def test_its_secrets_are_its_own(settings: Any, tmp_path: Path, own_urn: Path, monkeypatch: Any) -> None:
    settings.AIRLOCK_ROOT = tmp_path
    monkeypatch.delenv("OZELI_AIRLOCK_PEPPER", raising=False)
    assert health.secrets().said == "poivre dans son fichier, urne vide"
    urn.put({"key": "a"})
    assert "moins de 10 envois" in doctor.check_airlock_secrets().text
    (tmp_path / "pepper").touch(mode=0o600)
    monkeypatch.setenv("OZELI_AIRLOCK_PEPPER", "x")
    assert "OZELI_AIRLOCK_PEPPER" in health.secrets().said
    own_urn.write_bytes(b"harm")
    assert "illisible" in health.secrets().said
    (tmp_path / "pepper").chmod(0o644)
    assert "lisible par d’autres" in health.secrets().said


def test_the_base_is_silent(db: None, monkeypatch: Any) -> None:
    from django.db import connection

    monkeypatch.delenv("OZELI_AIRLOCK_DATABASE_URL", raising=False)
    monkeypatch.setitem(connection.settings_dict, "EMBEDDED", True)
    assert not doctor.check_airlock_base().advice
    monkeypatch.setitem(connection.settings_dict, "EMBEDDED", False)
    monkeypatch.setattr("ozeli.airlock.silence.faults", lambda: ["log_statement=all"])
    assert "log_statement=all" in health.base().said
    monkeypatch.setattr("ozeli.airlock.silence.faults", list)
    assert health.base().said == "la base se tait"
    monkeypatch.setenv("OZELI_AIRLOCK_DATABASE_URL", "postgresql://sas@base/ozeli")
    assert health.base().said == "un rôle de base à lui"
