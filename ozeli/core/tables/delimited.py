"""CSV and its cousins: the separator is found out, quoted texts may hold line ends."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ozeli.core.french import number

from .limits import LIMITS, Limits, TableRefused
from .rows import Row, check_columns, is_blank, row_of, titles_of

SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
_TRIED = 40
_SAID = re.compile(r"^sep=(.)\s*$", re.IGNORECASE)  # the first line that Excel writes to tell itself
csv.field_size_limit(LIMITS.cell + 1)


def text_lines(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    """The lines of a text with their ends; a line that is too long is refused before it is loaded."""
    place = 0
    try:
        with path.open(encoding=encoding, errors="strict", newline="") as file:
            while line := file.readline(limits.line + 1):
                place += 1
                if len(line) > limits.line:
                    raise TableRefused(
                        f"La ligne {number(place)} dépasse {number(limits.line)} caractères : "
                        "ce fichier n’a pas de fins de ligne, ou n’est pas un tableau."
                    )
                if "\0" in line:
                    raise TableRefused(
                        f"La ligne {number(place)} contient des caractères nuls : enregistrez à nouveau le fichier "
                        "en CSV UTF-8."
                    )
                yield line
    except UnicodeError:
        raise TableRefused(
            f"La ligne {number(place + 1)} n’est pas écrite dans le même encodage que le début du fichier. "
            "Enregistrez le tableau en CSV UTF-8."
        ) from None


def find_separator(path: Path, encoding: str, limits: Limits) -> str:
    """The separator that cuts the first lines most regularly; a comma when there is a single column."""
    lines = text_lines(path, encoding, limits)
    head = [line for line, _ in zip(lines, range(_TRIED), strict=False)]
    if head and (said := _SAID.match(head[0].lstrip("\ufeff"))):
        return said[1]
    return max(SEPARATORS, key=lambda one: _regularity(head, one)) if head else ","


def _regularity(head: list[str], separator: str) -> tuple[float, int]:
    try:
        records = [row for row in csv.reader(head, delimiter=separator) if not is_blank(row)]
    except csv.Error:
        return 0.0, 0
    width = len(records[0]) if records else 0
    if width < 2:
        return 0.0, width
    alike = sum(len(row) == width for row in records) / len(records)
    return alike, width


def records(path: Path, encoding: str, separator: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each record that is not blank."""
    reader = csv.reader(text_lines(path, encoding, limits), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            check_columns(len(cells), limits)
            if not is_blank(cells) and not (
                line == 1 and _SAID.match(separator.join(cells).lstrip("\ufeff"))
            ):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableRefused(_said(str(error), line)) from None


def _said(error: str, line: int) -> str:
    if "field larger" in error or "unexpected end" in error:
        return (
            f"À partir de la ligne {number(line)}, un guillemet ouvert n’est jamais refermé, ou une cellule est "
            "démesurée : corrigez cette ligne."
        )
    return (
        f"La ligne {number(line)} est mal formée : un guillemet se ferme au milieu d’un texte. Doublez les guillemets "
        "qui font partie du texte."
    )


def header(path: Path, encoding: str, separator: str, limits: Limits) -> list[str]:
    for _line, cells in records(path, encoding, separator, limits):
        return titles_of(cells, limits)
    raise TableRefused("Ce fichier est vide : il n’y a rien à lire.")


def rows(path: Path, encoding: str, separator: str, titles: list[str], limits: Limits) -> Iterator[Row]:
    found = records(path, encoding, separator, limits)
    next(found, None)
    for line, cells in found:
        # What a spreadsheet would run: our own files put an apostrophe before it.
        formulas = [place for place, cell in enumerate(cells) if cell.lstrip().startswith(("=", "＝"))]
        yield row_of(line, titles, cells, limits, formulas)
