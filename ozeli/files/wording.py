"""How the acts on files are said where the journal is read."""

from collections.abc import Mapping
from typing import Any

VERBS = {
    "file.remove": "a retiré un fichier",
    "file.infected": "a refusé un fichier infecté",
}


def details(held: Mapping[str, Any]) -> str:
    """Why it was removed, or what infected it."""
    if held.get("infection"):
        return f"Reconnu par l’antivirus\u00a0: {held['infection']}"
    return str(held.get("reason", ""))
