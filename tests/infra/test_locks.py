"""The locks install the same thing behind any mirror."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def lock(name: str) -> str:
    return Path(settings.BASE_DIR, name).read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address(name: str) -> None:
    assert "://" not in lock(name)
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", lock(name), re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_a_version_and_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock(name).strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("package", ["pip", "uv", "setuptools"])
def test_the_installers_survive_a_sync(name: str, package: str) -> None:
    assert re.search(rf"^{package}==", lock(name), re.MULTILINE)


def test_no_uv_lock_is_kept() -> None:
    assert not Path(settings.BASE_DIR, "uv.lock").exists()


def test_the_bootstrap_installs_the_uv_of_the_lock() -> None:
    found = re.search(r"^UV_VERSION := (\S+)", Path(settings.BASE_DIR, "Makefile").read_text(), re.MULTILINE)
    assert found
    assert f"\nuv=={found[1]} " in lock("requirements.lock")


@pytest.mark.infra
@pytest.mark.parametrize(("name", "options"), [(LOCKS[0], []), (LOCKS[1], ["--group", "dev"])])
def test_a_lock_agrees_with_the_project_file(name: str, options: list[str], tmp_path: Path) -> None:
    """Compile again, keeping the known versions; without a network, uv's cache may be enough, or not."""
    target = tmp_path / name
    target.write_text(lock(name))
    command = [str(Path(sys.prefix) / "bin" / "uv"), "pip", "compile", "-q", "--universal", "--no-header"]
    command += [
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--python-version",
        "3.11",
    ]
    command += ["pyproject.toml", "--group", "tools", *options, "-o", str(target)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    if done.returncode and re.search(r"connect|network|dns|offline|fetch", done.stderr, re.IGNORECASE):
        pytest.skip("no package index within reach")
    assert done.returncode == 0, done.stderr
    assert _pins(target.read_text()) == _pins(lock(name))


def _pins(text: str) -> list[str]:
    return re.findall(r"^[a-z0-9._\[\],-]+==\S+", text, re.MULTILINE)
