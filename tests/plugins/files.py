"""The files of the tests go to a folder of their own, one for each process, gone at the end."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(tempfile.mkdtemp(prefix="oz-files-"))


def pytest_configure(config: pytest.Config) -> None:
    settings.FILES_ROOT = ROOT
    settings.TABLES_FOLDER = ROOT / "tables"
    storages: Any = settings.STORAGES
    storages["files"]["OPTIONS"]["location"] = ROOT / "kept"


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(ROOT, ignore_errors=True)
