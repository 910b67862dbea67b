"""What a section is written with, and how it says numbers, days and rows: agreements, zeroes, borrowed sentences."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ozeli.core.french import NBSP, long_date, number, plural_word

from .documents.text import borrowed
from .models import Project, ProjectMove
from .selectors import synthesis_facts as facts
from .selectors.synthesis_facts import Rows


@dataclass(slots=True)
class Source:
    label: str
    rows: Rows
    address: str = ""


@dataclass(slots=True)
class Draft:
    """A section as it is written: paragraphs of sentences, and their sources in order."""

    parts: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def say(self, *sentences: str) -> None:
        """A paragraph."""
        self.parts.append(" ".join(one for one in sentences if one))

    def items(self, lines: Iterable[str]) -> None:
        if written := [f"- {line}" for line in lines]:
            self.parts.append("\n".join(written))

    def head(self, title: str) -> None:
        self.parts.append(f"## {title}")

    def ref(self, label: str, rows: Rows, address: str = "") -> str:
        """The call of a new source; nothing for no row at all."""
        if not rows.total:
            return ""
        self.sources.append(Source(label, rows, address))
        return f"{NBSP}[{len(self.sources)}]"

    @property
    def body(self) -> str:
        return "\n\n".join(self.parts)


def said(how_many: int, one: str, many: str, *, feminine: bool = False) -> str:
    """« 3 projets ont démarré », « 1 projet a démarré », « aucun projet n’a démarré »."""
    if how_many:
        return count(how_many, one, many)
    return _denied(one, feminine=feminine)


def _denied(one: str, *, feminine: bool) -> str:
    """« projet a démarré » → « aucun projet n’a démarré »."""
    noun, verb = one.split(" ", 1)
    negation = "ne " if verb[0] not in "aeéèêiou" else "n’"
    return f"{'aucune' if feminine else 'aucun'} {noun} {negation}{verb}"


def count(how_many: int, one: str, many: str = "") -> str:
    return f"{number(how_many)}{NBSP}{plural_word(how_many, one, many or f'{one}s')}"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def sentence(text: str) -> str:
    """Words of a sheet as a sentence of their own."""
    words = borrowed(text)
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def euros(amount: Any) -> str:
    return f"{number(round(amount))}{NBSP}€"


def day(when: Any) -> str:
    return long_date(when) if when else "jour non précisé"


def cause_of(move: ProjectMove) -> str:
    return facts.cause_words(move.cause)


def ending_of(move: ProjectMove) -> str:
    return move.ending.name if move.ending else ""


def kept(rows: Iterable[tuple[Project, str]], total: int = 0) -> Rows:
    """Rows of projects; `total` when they are the first ones of more."""
    told_of = [[str(one.pk), one.title, one.organisation.name, words] for one, words in rows]
    return Rows(max(total, len(told_of)), told_of[: facts.MOST_ROWS])


def told(
    moves: Iterable[ProjectMove], words: Callable[[ProjectMove], str] | None = None, *, total: int = 0
) -> Rows:
    """Rows of moves: what is said of each, then its day."""
    return kept(
        (
            (move.project, ", ".join(filter(None, [words(move) if words else "", f"le {day(move.made_on)}"])))
            for move in moves
        ),
        total,
    )
