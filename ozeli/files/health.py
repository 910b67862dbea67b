"""How the keeping of files fares, for `ozeli doctor` and the operations page."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ozeli.core.french import NBSP, plural

from . import scanner, selectors


@dataclass(frozen=True, slots=True)
class State:
    """What is seen; `advice` is empty when all is well."""

    said: str
    advice: str = ""


def folder() -> State:
    """Whether the folder of the files can be written, and is closed to others."""
    path = Path(settings.FILES_ROOT)
    existing = next(one for one in (path, *path.parents) if one.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        return State(f"{path} n’est pas modifiable", f"Donnez à Ozéli le droit d’écrire dans {existing}.")
    if path.exists() and path.stat().st_mode & 0o077:
        return State(f"{path} est lisible par d’autres", f"Lancez « chmod 700 {path} ».")
    return State(f"dans {path}")


def antivirus() -> State:
    """Whether the scanner answers. None configured is a choice, said as it is."""
    if not scanner.is_configured():
        return State("aucun (variable OZELI_CLAMAV) : les fichiers sont ré-encodés, sans recherche de virus")
    try:
        scanner.ping()
    except scanner.ScannerAway as away:
        return State(
            f"{settings.CLAMAV} : {str(away).rstrip('.')}",
            "Les fichiers restent en quarantaine jusqu’à son retour : vérifiez clamd et OZELI_CLAMAV.",
        )
    return State(f"ClamAV répond, par {settings.CLAMAV}")


def summary() -> tuple[bool, str]:
    """For the operations page: is all well, and one sentence. One query."""
    held, seen = selectors.quarantined(), antivirus()
    if held:
        return False, f"{plural(held, 'fichier')} en quarantaine, antivirus{NBSP}: {seen.said}"
    return not seen.advice, f"antivirus{NBSP}: {seen.said}"
