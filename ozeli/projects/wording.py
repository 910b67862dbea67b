"""How the journal says the acts on projects."""

from collections.abc import Mapping
from typing import Any

VERBS = {
    "project.created": "a créé un projet",
}


def details(held: Mapping[str, Any]) -> str:
    """What an act keeps besides its verb, in one line."""
    return str(held.get("title", ""))
