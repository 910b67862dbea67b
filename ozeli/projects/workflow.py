"""The life of a project, as a table (domain document, § 5). Stages are passed beside it: see `services.stages`."""

from typing import Any

from ozeli.core.workflow import Table, Transition

from .enums import State
from .rules import edits, owns

_STARTED = frozenset({State.TO_LAUNCH, State.UNDER_WAY})


def _row(name: str, label: str, sources: frozenset[str], target: str, **more: Any) -> Transition:
    return Transition(name, label, sources, target, owner="projects", **{"allows": owns} | more)


TRANSITIONS = Table(
    [
        _row("launch", "Lancer", frozenset({State.TO_LAUNCH}), State.UNDER_WAY, allows=edits),
        _row("freeze", "Geler", _STARTED, State.FROZEN, reason_required=True),
        _row("resume", "Reprendre", frozenset({State.FROZEN}), State.UNDER_WAY),
        _row("give_up", "Abandonner", _STARTED | {State.FROZEN}, State.ABANDONED, reason_required=True),
        _row("complete", "Terminer", frozenset({State.UNDER_WAY}), State.COMPLETED),
        _row(
            "reopen",
            "Rouvrir",
            frozenset({State.ABANDONED, State.COMPLETED}),
            State.UNDER_WAY,
            reason_required=True,
        ),
    ]
)
