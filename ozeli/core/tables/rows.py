"""Titles and lines: what a table is made of, cleaned of what cannot be seen."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ozeli.core.french import number

from .limits import Limits, TableRefused

_SPACES = dict.fromkeys(map(ord, "\t\n\r\u00a0\u202f\u2007\u2028\u2029"), " ")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
# What cannot be seen: controls, and marks that turn the direction of a text.
_UNSEEN = frozenset(map(chr, [*_CONTROLS, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
FORMULA, CONTROL, MERGED = "formula", "control", "merged"


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its number in the file, its cells by title, and what makes it unreadable.

    `odd` names the cells that are not what they seem: (title, `FORMULA`), (title, `CONTROL`) or (title, `MERGED`).
    """

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    odd: tuple[tuple[str, str], ...] = ()


def clean_title(text: str) -> str:
    """A title without its blanks, marks of direction and characters that take no room."""
    composed = unicodedata.normalize("NFC", text).translate(_SPACES)
    seen = "".join(char for char in composed if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join(seen.split())


def clean_cell(text: str) -> str:
    """The text of a cell: one kind of line end, no control character."""
    if text.isprintable():
        return text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).strip()


def column_name(place: int) -> str:
    """« A », « Z », « AA »: how a spreadsheet calls its columns, from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def titles_of(cells: Sequence[str], limits: Limits) -> list[str]:
    """The titles of the columns. A column without one is named after its place; two alike are refused."""
    titles = [clean_title(cell) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    if not titles:
        raise TableRefused("Aucun titre de colonne n’a été trouvé en tête du fichier.")
    check_columns(len(titles), limits)
    seen: dict[str, int] = {}
    for place, title in enumerate(titles):
        if len(title) > 200:
            raise TableRefused(
                f"Le titre de la colonne {column_name(place)} compte {number(len(title))} caractères : "
                "la première ligne doit porter les titres des colonnes."
            )
        if title and title.casefold() in seen:
            first, second = column_name(seen[title.casefold()]), column_name(place)
            raise TableRefused(
                f"Deux colonnes portent le titre « {title} » ({first} et {second}) : renommez l’une d’elles."
            )
        seen[title.casefold()] = place
    return [title or f"Colonne {column_name(place)}" for place, title in enumerate(titles)]


def check_columns(count: int, limits: Limits) -> None:
    if count > limits.columns:
        raise TableRefused(
            f"Ce tableau a {number(count)} colonnes, la limite est de {number(limits.columns)} : "
            "gardez celles qui servent."
        )


def row_of(
    line: int,
    titles: Sequence[str],
    cells: Sequence[str],
    limits: Limits,
    formulas: Sequence[int] = (),
    merged: Sequence[int] = (),
) -> Row:
    """A line under its titles. One that has more cells than there are titles cannot be trusted.

    `formulas` are the places of the cells that hold one, `merged` those that a merge covers.
    """
    if len(cells) > len(titles) and any(cell.strip() for cell in cells[len(titles) :]):
        return Row(
            line,
            dict(zip(titles, cells, strict=False)),
            fault=f"La ligne a {len(cells)} cellules pour {len(titles)} titres : un séparateur est de trop, "
            "ou un texte qui en contient n’est pas entre guillemets.",
        )
    found = {title: clean_cell(cell) for title, cell in zip(titles, cells, strict=False)}
    if too_long := next((title for title, cell in found.items() if len(cell) > limits.cell), ""):
        return Row(
            line,
            {},
            fault=f"La cellule « {too_long} » dépasse {number(limits.cell)} caractères : raccourcissez-la.",
        )
    return Row(line, found, odd=tuple(_odd(titles, cells, formulas, merged)))


def _odd(
    titles: Sequence[str], cells: Sequence[str], formulas: Sequence[int], merged: Sequence[int]
) -> Iterator[tuple[str, str]]:
    for places, kind in ((merged, MERGED), (formulas, FORMULA)):
        yield from ((titles[place], kind) for place in places if place < len(titles))
    for title, cell in zip(titles, cells, strict=False):
        if not cell.isprintable() and not _UNSEEN.isdisjoint(cell):
            yield title, CONTROL


def is_blank(cells: Iterable[str]) -> bool:
    return not any(cell.strip() for cell in cells)
