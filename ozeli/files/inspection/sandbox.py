"""The worker's side of the inspection: start the process, wait for it, and take its word only when it makes sense."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_WAIT = 120
TOO_SLOW = "Ce fichier est trop long à lire. Enregistrez-le de nouveau, plus simplement, puis joignez-le."
TOO_HEAVY = "Ce fichier n’a pas pu être lu sans risque : sa lecture demande trop de mémoire ou de temps."


@dataclass(frozen=True, slots=True)
class Clean:
    """What was written in the folder: `main`, and for an image its renditions ([width, height] each)."""

    width: int | None = None
    height: int | None = None
    renditions: tuple[tuple[int, int], ...] = ()


def inspect(media_type: str, source: Path, folder: Path) -> Clean | str:
    """Inspect `source` into `folder`; the French sentence that refuses it otherwise.

    The child receives no environment of ours (no key, no address of the database) and dies with this thread.
    """
    command = [sys.executable, "-m", "ozeli.files.inspection", media_type, str(source), str(folder)]
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "INSPECTION_PARENT": str(os.getpid()),
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(folder),
    }
    try:
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, timeout=LONGEST_WAIT, check=False
        )
    except subprocess.TimeoutExpired:
        return TOO_SLOW
    try:
        said = json.loads(done.stdout) if done.returncode == 0 else {"refused": TOO_HEAVY}
        return str(said["refused"]) if "refused" in said else _clean(said, folder)
    except (ValueError, KeyError, TypeError):
        return TOO_HEAVY


def _clean(said: dict[str, Any], folder: Path) -> Clean:
    if not (folder / "main").is_file():
        raise ValueError("nothing was written")
    renditions = tuple((int(width), int(height)) for width, height in said.get("renditions", []))
    return Clean(said.get("width"), said.get("height"), renditions)
