"""The front door: every target is told, and a poor machine is told what it lacks."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.infra
TARGETS = ["setup", "demo", "test", "check", "e2e", "bench", "lock", "help", "db-where"]


def make(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=inherited | environment, capture_output=True, text=True
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A clone without anything installed."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(Path(settings.BASE_DIR, name), tmp_path)
    return tmp_path


def test_help_tells_every_target(bare: Path) -> None:
    told = make("help", folder=bare).stdout
    assert make(folder=bare).stdout == told
    for target in TARGETS:
        assert re.search(rf"make {target}\s+\S", told), target


def test_an_old_python_is_refused_in_french(bare: Path) -> None:
    old = bare / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = make("setup", f"PYTHON={old}", folder=bare)
    assert done.returncode
    assert "Il faut Python 3.11 ou plus récent" in done.stderr
    assert not (bare / ".venv").exists()


def test_a_python_without_venv_is_told_how_to_get_it(bare: Path) -> None:
    crippled = bare / "crippled-python"
    crippled.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    crippled.chmod(0o755)
    done = make("setup", f"PYTHON={crippled}", folder=bare)
    assert done.returncode
    assert "sudo apt install python3-venv" in done.stderr


def test_a_half_made_environment_is_not_taken_for_proof(bare: Path) -> None:
    """A failed `python3 -m venv` leaves a python without pip: the next run starts again."""
    (bare / ".venv" / "bin").mkdir(parents=True)
    (bare / ".venv" / "bin" / "python").touch()
    plan = make("--dry-run", "setup", folder=bare).stdout
    assert "-m venv" in plan


def test_where_the_database_is() -> None:
    done = make("db-where", folder=settings.BASE_DIR)
    assert done.returncode == 0, done.stderr
    assert "Données :" in done.stdout
    assert "État    :" in done.stdout
