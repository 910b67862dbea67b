"""JSON by line: one object a line, its keys are the titles."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ozeli.core.french import number

from .delimited import text_lines
from .limits import Limits, TableRefused
from .rows import Row, check_columns, clean_cell, clean_title

_LOOKED_AT = 1_000
_HALF = re.compile("[\ud800-\udfff]")


class _NotAValueError(ValueError):
    """A value that no column can hold; the message is French."""


def header(path: Path, encoding: str, limits: Limits) -> list[str]:
    """The keys of the first thousand objects, in the order they are met."""
    titles: dict[str, None] = {}
    for row, _ in zip(rows(path, encoding, limits), range(_LOOKED_AT), strict=False):
        titles.update(dict.fromkeys(row.cells))
        check_columns(len(titles), limits)
    if not titles:
        raise TableRefused("Aucune ligne de ce fichier n’est un objet JSON lisible.")
    return list(titles)


def rows(path: Path, encoding: str, limits: Limits) -> Iterator[Row]:
    """Each line as a row; one that is not a plain object carries its fault."""
    for place, line in enumerate(text_lines(path, encoding, limits), 1):
        if line.strip():
            yield _row(place, line, limits)


def _row(place: int, line: str, limits: Limits) -> Row:
    try:
        value = json.loads(line, object_pairs_hook=_object, parse_constant=_constant)
        if not isinstance(value, dict):
            return Row(place, fault="Cette ligne n’est pas un objet JSON : écrivez un objet {…} par ligne.")
        return Row(place, _cells(value, limits))
    except RecursionError:
        return Row(place, fault="Cette ligne emboîte trop d’objets JSON : aplatissez-la.")
    except _NotAValueError as error:
        return Row(place, fault=str(error))
    except ValueError:
        return Row(place, fault="Cette ligne n’est pas du JSON bien formé : vérifiez guillemets et virgules.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotAValueError("Une clé est écrite deux fois dans cet objet JSON : gardez-en une.")
    return found


def _constant(name: str) -> Any:
    raise _NotAValueError(f"« {name} » n’est pas une valeur : laissez la clé vide ou écrivez un nombre.")


def _cells(value: dict[str, Any], limits: Limits) -> dict[str, str]:
    if len(value) > limits.columns:
        raise _NotAValueError(
            f"Cet objet a {number(len(value))} clés, la limite est de {number(limits.columns)}."
        )
    cells: dict[str, str] = {}
    for key, held in value.items():
        title = clean_title(key)[:200]
        if title in cells:
            raise _NotAValueError(
                f"La clé « {title} » est écrite deux fois dans cet objet JSON : gardez-en une."
            )
        text = _text(title, held)
        if len(text) > limits.cell:
            raise _NotAValueError(
                f"La valeur de « {title} » dépasse {number(limits.cell)} caractères : raccourcissez-la."
            )
        cells[title] = clean_cell(text)
    return cells


def _text(title: str, held: Any) -> str:
    if held is None:
        return ""
    if isinstance(held, bool):
        return "oui" if held else "non"
    if isinstance(held, float):
        if not math.isfinite(held):
            raise _NotAValueError(f"Le nombre de « {title} » est démesuré : écrivez-le en chiffres.")
        return str(int(held)) if held.is_integer() and abs(held) < 1e15 else repr(held)
    text = held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)
    if _HALF.search(text):
        raise _NotAValueError(
            f"La valeur de « {title} » contient un demi-caractère Unicode : corrigez-la à la source."
        )
    return text
