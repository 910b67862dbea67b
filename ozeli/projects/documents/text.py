"""The little markup of a section: paragraphs, « - » lists, « ## » headings, and « [2] » that calls a source.

One may type it in a plain field, and read it as it is. Nothing else means anything, so that nothing can be injected.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

CALL = re.compile(r"[ \u00a0\u202f]*\[(\d{1,3})\]")
_LONGEST_QUOTE = 420


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a sentence, or the call of a source (`note` is its number in the section)."""

    text: str = ""
    note: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """`items` are the lines of a list, the one line of a paragraph or of a heading."""

    kind: Literal["p", "ul", "h"]
    items: tuple[tuple[Run, ...], ...]


def blocks(text: str) -> list[Block]:
    """Read a section."""
    found: list[Block] = []
    for piece in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        found += _lines(piece)
    return found


def _lines(piece: str) -> Iterator[Block]:
    items: list[tuple[Run, ...]] = []
    words: list[str] = []

    def closed() -> Iterator[Block]:
        if items:
            yield Block("ul", tuple(items))
            items.clear()
        if words:
            yield Block("p", (runs(" ".join(words)),))
            words.clear()

    for line in (one.strip() for one in piece.split("\n")):
        if line.startswith("## "):
            yield from closed()
            yield Block("h", (runs(line[3:].strip()),))
        elif line.startswith("- "):
            if words:
                yield from closed()
            items.append(runs(line[2:].strip()))
        elif line:
            if items:
                yield from closed()
            words.append(line)
    yield from closed()


def runs(line: str) -> tuple[Run, ...]:
    """A line cut at its calls."""
    pieces = CALL.split(line)
    found = [Run(note=int(one)) if place % 2 else Run(text=one) for place, one in enumerate(pieces)]
    return tuple(run for run in found if run.text or run.note)


def calls(text: str) -> list[int]:
    """The numbers of the sources that a text calls, in order, once each."""
    return list(dict.fromkeys(int(number) for number in CALL.findall(text)))


def borrowed(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """Words of a sheet, fit to stand in a sentence: on one line, without markup, cut at a word when they are long."""
    words = " ".join(text.split())
    words = re.sub(r"\[(\d{1,3})\]", r"(\1)", words)
    if len(words) > longest:
        words = f"{words[:longest].rpartition(' ')[0].rstrip(' ,;:.')}…"
    return words
