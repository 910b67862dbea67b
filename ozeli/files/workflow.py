"""The life of a file, as a table. Only the system moves it: people join and remove."""

from typing import Any

from ozeli.core.workflow import Table, Transition

from .enums import WAITING, State


def nobody(user: Any, file: Any) -> bool:
    """Moves of the inspection."""
    return False


TRANSITIONS = Table(
    [
        Transition("publish", "Publier", WAITING, State.PUBLISHED, nobody, owner="files"),
        Transition("quarantine", "Mettre en quarantaine", WAITING, State.QUARANTINED, nobody, owner="files"),
        Transition("refuse", "Refuser", WAITING, State.REFUSED, nobody, owner="files", reason_required=True),
    ]
)
