"""The door of the inspection: bounds first, then the file; one line of JSON tells what was found."""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from ozeli.core.processes import die_with_parent
from ozeli.files.inspection import Unreadable
from ozeli.files.signatures import IMAGES

MEMORY_BYTES = 1_000_000_000
CPU_SECONDS = 40
WRITTEN_BYTES = 60_000_000
DAMAGED = "Ce fichier est abîmé ou incomplet : nous n’avons pas pu le lire."
TOO_MUCH = "Ce fichier demande trop de mémoire pour être lu sans risque."


def bound() -> None:
    """Little memory, little time, small files, no core dump, last served, and gone with the worker."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))
    os.nice(10)
    die_with_parent(signal.SIGKILL, int(os.environ["INSPECTION_PARENT"]))


def inspected(media_type: str, source: Path, folder: Path) -> dict[str, Any]:
    """What was made of the file in `folder`, or why it is refused."""
    try:
        if media_type in IMAGES:
            from ozeli.files.inspection import images

            return images.clean(media_type, source, folder)
        from ozeli.files.inspection import documents

        return documents.clean(source, folder)
    except Unreadable as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": TOO_MUCH}
    except Exception as error:  # whatever a decoder says of a stranger's file, it is refused
        return {"refused": DAMAGED, "error": type(error).__name__}


if __name__ == "__main__":
    bound()
    found = inspected(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(found))
