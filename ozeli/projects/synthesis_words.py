"""How a synthesis says numbers, days and rows: agreements, zeroes, sentences borrowed from sheets."""

from collections.abc import Iterable, Sequence
from typing import Any

from ozeli.core.french import NBSP, long_date, number, plural_word

from .documents.text import borrowed
from .models import Project, ProjectMove
from .selectors import synthesis_facts as facts
from .selectors.synthesis_facts import Rows


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


def kept(rows: Iterable[tuple[Project, str]]) -> Rows:
    told_of = [[str(one.pk), one.title, one.organisation.name, words] for one, words in rows]
    return Rows(len(told_of), told_of[: facts.MOST_ROWS])


def told(moves: Iterable[ProjectMove], words: Any = None) -> Rows:
    return kept(
        (move.project, ", ".join(filter(None, [words(move) if words else "", f"le {day(move.made_on)}"])))
        for move in moves
    )


def passed_rows(walked: Sequence[Any]) -> Rows:
    rows = [[str(pk), title, body, f"{stage}, le {day(on)}"] for pk, title, body, stage, on in walked]
    return Rows(len(rows), rows[: facts.MOST_ROWS])
