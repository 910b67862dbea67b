"""The page of the circuit for developers, written from the table of transitions."""

from .enums import State
from .looks import LOOKS
from .rules import decides, is_author, works_desk
from .workflow import TRANSITIONS, nobody

WHO = {is_author: "author", works_desk: "référent", decides: "référent, not an author", nobody: "the system"}
HEAD = """\
# The circuit of an idea

Written by `ozeli ideas_circuit --write` from `ozeli/ideas/workflow.py`: change the table, then run the command again (a
test compares). The diagram draws every row; dashed moves belong to later apps and have no button yet.
"""
TAIL = """\
Every move is one conditional update of `ideas_idea` (state, and the version that was read), in one transaction with its
`IdeaMove`, its act in the journal, its index job and its event. A screen that read an older state gets a conflict: 409,
what won, and the own words kept. « Retain » and « decline » are reached by publishing a prepared decision
(`services/decisions.py`). Locks are taken in one order: ballot, idea, then what hangs from it.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, _diagram(), _states(), _table(), TAIL])


def _diagram() -> str:
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'    {state}(["{state.label}"])' for state in State]
    for row in TRANSITIONS:
        arrow = "-->" if row.owner == "ideas" else "-.->"
        lines += [f'    {source} {arrow}|"{row.label}"| {row.target}' for source in _ordered(row.sources)]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    lines = ["| state | shown as | shape |", "| --- | --- | --- |"]
    lines += [f"| `{state}` | {LOOKS[state].label} | {LOOKS[state].shape} |" for state in State]
    return "\n".join([*lines, ""])


def _table() -> str:
    lines = [
        "| move | button | from | to | who | reason | app |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in TRANSITIONS:
        sources = ", ".join(f"`{source}`" for source in _ordered(row.sources))
        cells = [
            f"`{row.name}`",
            row.label,
            sources,
            f"`{row.target}`",
            WHO[row.allows],
            "required" if row.reason_required else "",
            row.owner,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _ordered(states: frozenset[str]) -> list[str]:
    """States in the order of life."""
    return [state.value for state in State if state in states]
