"""The `ozeli` command, its refusals and its French."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ozeli import cli

from .processes import free_port


def ozeli(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ozeli.cli", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.infra
def test_alone_it_says_what_it_can_do() -> None:
    done = ozeli("--help")
    assert done.returncode == 0
    for word in ("demo", "serve", "worker", "migrate", "doctor", "journal verify"):
        assert f"ozeli {word}" in done.stdout


@pytest.mark.infra
def test_any_other_word_is_a_command_of_django() -> None:
    done = ozeli("check", "--help")
    assert done.returncode == 0
    assert "usage: ozeli check" in done.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "portail.example"])
def test_the_demonstration_listens_on_loopback_only(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", "--host", host, "--port", str(free_port())])
    assert ended.value.code == 2
    assert "127.0.0.1" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_is_recognised(host: str) -> None:
    assert cli._is_loopback(cli._serve_options("ozeli demo", ["--host", host]).host)


def test_a_name_is_not_listened_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli._serve_options("ozeli serve", ["--host", "localhost"]).host == "127.0.0.1"
    with pytest.raises(SystemExit):
        cli.main(["serve", "--host", "portail.example"])
    assert "portail.example n’est pas une adresse IP" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_a_wrong_port_is_told_in_french(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit):
        cli.main(["serve"])
    assert f"PORT={port} n’est pas un numéro de port" in capsys.readouterr().err


def test_a_busy_port_is_told_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SystemExit):
            cli.main(["serve", "--port", str(other.getsockname()[1])])
    assert "Essayez un autre port" in capsys.readouterr().err


def test_a_busy_port_of_the_airlock_is_told_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(SystemExit):
            cli.main(["serve", "--port", str(free_port()), "--airlock-port", str(taken)])
    assert "C’est le port du dépôt anonyme" in capsys.readouterr().err


def test_the_airlock_has_a_port_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli._serve_options("ozeli serve", ["--port", "8100"]).airlock_port == 8101
    assert cli._serve_options("ozeli serve", ["--port", "65535", "--without-airlock"]).without_airlock
    for words in (["--port", "65535"], ["--port", "8100", "--airlock-port", "8100"]):
        with pytest.raises(SystemExit):
            cli._serve_options("ozeli serve", words)
        assert "ne convient pas au dépôt anonyme" in capsys.readouterr().err


def test_a_port_taken_while_the_demonstration_is_prepared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OZELI_DEMO", "OZELI_URL", "OZELI_AIRLOCK_URL", "PORT"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    for name in ("_start_embedded_database", "_release_embedded_database"):
        monkeypatch.setattr(cli, name, lambda: None)
    with socket.socket() as other:
        port = free_port()

        def take(*_: str) -> None:
            other.bind(("127.0.0.1", port))
            other.listen()

        monkeypatch.setattr(cli, "_run_ourselves", take)
        with pytest.raises(SystemExit):
            cli.main(["demo", "--port", str(port)])
    assert "Essayez un autre port" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["journal"], ["journal", "burn"], ["worker", "--fast"]])
def test_an_unknown_option_is_told_in_french(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.infra
def test_the_doctor_tells_an_absent_database(tmp_path: Path) -> None:
    done = ozeli(
        "doctor", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none", OZELI_HOME=str(tmp_path)
    )
    assert done.returncode == 1
    assert "injoignable" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_the_doctor_looks_at_everything(capsys: pytest.CaptureFixture[str]) -> None:
    from ozeli.doctor import CHECKS, examine

    examine()
    told = capsys.readouterr().out
    assert all(name in told for name in CHECKS)
    assert "à jour" in told
    assert "aucun exécuteur de tâches" in told


@pytest.mark.django_db
def test_an_untouched_journal_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["journal", "verify"])
    assert ended.value.code == 0
    assert "intact" in capsys.readouterr().out
