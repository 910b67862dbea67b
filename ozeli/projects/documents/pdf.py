"""The tagged PDF of a synthesis (PDF/UA-1), set by typst in a process of its own."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

from ozeli.core.french import number

from .content import Document

HERE = Path(__file__).parent
SECONDS = 60
AUTHOR = "Ozéli"


class SettingFailed(Exception):  # noqa: N818
    """The file could not be set; the message is for the logs."""


def write(document: Document, on: date) -> bytes:
    """The file. Raises SettingFailed."""
    orders = {
        "template": str(HERE / "synthesis.typ"),
        "fonts": [_fonts()],
        "seconds": SECONDS,
        "data": _data(document, on),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(HERE / "pdf_child.py")],
            input=json.dumps(orders).encode(),
            capture_output=True,
            timeout=2 * SECONDS,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SettingFailed("the setting took too long") from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise SettingFailed(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def _fonts() -> str:
    """The folder of Open Sans, as its package installs it."""
    found = find_spec("fontpkg_open_sans")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "files")


def _data(document: Document, on: date) -> dict[str, Any]:
    return {
        "title": document.title,
        "author": AUTHOR,
        "portal": "Ozéli, les expérimentations du réseau",
        "date": [on.year, on.month, on.day],
        "about": document.about,
        "period_words": f"{document.period[0].lower()}{document.period[1:]}",
        "day_words": f"Publiée le {document.day}, pour {document.readers}.",
        "signature": document.signature,
        "sections": [asdict(part) for part in document.sections],
        "pages": [asdict(part) for part in document.pages],
        "notes": [
            {
                "number": note.number,
                "label": note.label,
                "total": number(note.total),
                "url": f"{settings.PUBLIC_URL}{note.url}",
            }
            for note in document.notes
        ],
    }
