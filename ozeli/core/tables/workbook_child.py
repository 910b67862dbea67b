"""The process that opens a spreadsheet. It reads its orders on its input, and says JSON lines on its output.

It stands alone (standard library and calamine): it is started with nothing else of ours, a memory and a time counted.
Its lines: what the workbook is, then [number, cells, columns that hold a formula] for each row, then "end"; or
{"refused": a French sentence}.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
CHUNK = 2**16
CENTRAL_DIRECTORY = 2**18
MOST_MERGES = 20_000


class Refusal(Exception):  # noqa: N818
    """A French sentence."""


def main() -> None:
    orders = json.loads(sys.stdin.read())
    limits = orders["limits"]
    _hold(limits)
    try:
        read(Path(orders["path"]), orders["sheet"], orders["rows"], limits)
    except Refusal as refusal:
        say({"refused": str(refusal)})
    except (MemoryError, RecursionError):
        say(
            {
                "refused": "Ce classeur demande trop de mémoire : copiez ses lignes utiles dans un classeur neuf."
            }
        )
    except Exception as error:
        say({"refused": _unreadable(error)})


def _hold(limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _unreadable(error: Exception) -> str:
    if "password" in type(error).__name__.lower() or "password" in str(error).lower():
        return "Ce classeur est protégé par un mot de passe : enregistrez-le sans protection."
    return "Ce classeur est endommagé ou n’en est pas un : ouvrez-le, puis enregistrez-le à nouveau en .xlsx."


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")


def read(path: Path, sheet: str, count: int, limits: dict[str, int]) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    kind = _check_zip(path, limits) if head.startswith(ZIP) else _check_ole(path)
    from python_calamine import SheetVisibleEnum, load_workbook

    book = load_workbook(str(path))
    names = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    if not names:
        raise Refusal("Ce classeur ne contient aucune feuille visible.")
    if sheet and sheet not in names:
        raise Refusal("La feuille choisie n’est plus dans ce classeur.")
    wanted = [sheet] if sheet else names
    found = next((one for name in wanted if (one := book.get_sheet_by_name(name)).start is not None), None)
    if found is None:
        raise Refusal("Cette feuille est vide : il n’y a rien à lire.")
    say({"kind": kind, "sheets": names, "sheet": found.name})
    _rows(found, count, limits, list(_formulas(path, kind, found.name)))
    say("end")


def _rows(sheet: Any, count: int, limits: dict[str, int], formulas: list["Block"]) -> None:
    if sheet.width > limits["columns"] * 2:
        raise Refusal(
            f"Cette feuille a {sheet.width} colonnes, la limite est de {limits['columns']} : gardez celles qui servent."
        )
    first, left = sheet.start
    filled, computed, covered = _merged_down(sheet), _Blocks(formulas), _Blocks(_covered(sheet))
    for place, cells in enumerate(sheet.to_python(skip_empty_area=True)):
        if place >= count:
            return
        row = [""] * left + [_text(cell) for cell in cells]
        for column, value in filled.get(first + place, {}).items():
            if column < len(row) and not row[column]:
                row[column] = value if isinstance(value, str) else _text(value)
        line = first + place
        say([line + 1, row, computed.columns(line, len(row)), covered.columns(line, len(row))])


def _merged_down(sheet: Any) -> dict[int, dict[int, str]]:
    """row → column → value, of the cells that a merge over several rows leaves empty."""
    filled: dict[int, dict[int, str]] = {}
    ranges = [one for one in (sheet.merged_cell_ranges or []) if one[1][0] > one[0][0]]
    if not ranges or len(ranges) > MOST_MERGES:
        return filled
    first, left = sheet.start
    data = sheet.to_python(skip_empty_area=True)
    for (top, column), (bottom, _right) in ranges:
        place, across = top - first, column - left
        if 0 <= place < len(data) and 0 <= across < len(data[place]):
            value = _text(data[place][across])
            for row in range(top + 1, min(bottom, first + len(data)) + 1):
                filled.setdefault(row, {})[column] = value
    return filled


def _covered(sheet: Any) -> list["Block"]:
    """The cells of merges, but for the first of each, that holds its value."""
    found: list[Block] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if right > left:
            found.append((top, top, left + 1, right))
        if bottom > top:
            found.append((top + 1, bottom, left, right))
    return found[:MOST_MERGES]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


# --- formulas ---------------------------------------------------------------------------------------------------
# calamine gives the last value that a spreadsheet computed: what was a formula is read beside it.

Block = tuple[int, int, int, int]  # top, bottom, left, right: counted from 0, all included
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CELL = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


class _Blocks:
    """Blocks of cells, asked row after row."""

    def __init__(self, blocks: list[Block]) -> None:
        self.ahead = sorted(blocks, reverse=True)
        self.here: list[Block] = []

    def columns(self, row: int, width: int) -> list[int]:
        while self.ahead and self.ahead[-1][0] <= row:
            self.here.append(self.ahead.pop())
        self.here = [one for one in self.here if one[1] >= row]
        return sorted({column for one in self.here for column in range(one[2], min(one[3], width - 1) + 1)})


def _formulas(path: Path, kind: str, name: str) -> Iterator[Block]:
    """The cells of a sheet that hold a formula. Those of a .xls cannot be told."""
    if kind == "xls":
        return
    with zipfile.ZipFile(path) as archive:
        if kind == "ods":
            yield from _formulas_of_ods(archive, name)
        elif (entry := _entry_of(archive, name)) and _may_compute(archive, entry):
            yield from _formulas_of_xlsx(archive, entry)


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _entry_of(archive: zipfile.ZipFile, name: str) -> str:
    """The entry that holds a sheet of an .xlsx."""
    key = ""
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if _bare(node.tag) == "sheet" and node.get("name") == name:
            key = next((value for word, value in node.items() if _bare(word) == "id"), "")
    for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):  # noqa: S314
        if key and node.get("Id") == key:
            target = (node.get("Target") or "").replace("\\", "/")
            entry = target[1:] if target.startswith("/") else f"xl/{target}"
            return entry if entry in archive.namelist() else ""
    return ""


def _may_compute(archive: zipfile.ZipFile, entry: str) -> bool:
    """Whether a sheet may hold a formula: most hold none, and are not parsed a second time."""
    kept = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            if b"\0" in chunk or _FORMULA.search(kept + chunk):
                return True
            kept = chunk[-32:]
    return False


def _formulas_of_xlsx(archive: zipfile.ZipFile, entry: str) -> Iterator[Block]:
    row = column = -1
    with archive.open(entry) as stream:
        for event, node in ElementTree.iterparse(stream, events=("start", "end")):  # noqa: S314
            tag = _bare(node.tag)
            if event == "start" and tag == "row":
                row, column = int(node.get("r") or row + 2) - 1, -1
            elif event == "start" and tag == "c":
                at = _place(node.get("r") or "")
                row, column = at if at else (row, column + 1)
            elif event == "end" and tag == "f":
                yield _block(node.get("ref") if node.get("t") in ("array", "dataTable") else "", row, column)
            elif event == "end" and tag in ("row", "c"):
                node.clear()


def _place(cell: str) -> tuple[int, int] | None:
    found = _CELL.match(cell)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _block(reference: str | None, row: int, column: int) -> Block:
    """The cells that a formula fills: its own, or all those of an array."""
    first, _colon, last = (reference or "").partition(":")
    start, end = _place(first), _place(last or first)
    if start is None or end is None:
        return row, row, column, column
    return start[0], end[0], start[1], end[1]


def _formulas_of_ods(archive: zipfile.ZipFile, name: str) -> Iterator[Block]:
    is_here, row, column, rows = False, 0, 0, 1
    with archive.open("content.xml") as stream:
        for event, node in ElementTree.iterparse(stream, events=("start", "end")):  # noqa: S314
            tag = _bare(node.tag)
            said = {_bare(word): value for word, value in node.items()} if event == "start" else {}
            if event == "start" and tag == "table":
                is_here, row = said.get("name") == name, 0
            elif event == "start" and tag == "table-row":
                rows, column = int(said.get("number-rows-repeated", 1)), 0
            elif event == "start" and tag in ("table-cell", "covered-table-cell"):
                across = int(said.get("number-columns-repeated", 1))
                if is_here and "formula" in said:
                    yield row, row + rows - 1, column, column + across - 1
                column += across
            elif event == "end" and tag == "table-row":
                row += rows
                node.clear()


# --- before anything is opened ----------------------------------------------------------------------------------


def _check_zip(path: Path, limits: dict[str, int]) -> str:
    """Every entry is read, and forgotten, before the workbook is opened: sizes told by a zip are not believed."""
    _check_directory(path, limits)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError):
        raise Refusal(_unreadable(ValueError())) from None
    entries = archive.infolist()
    if len(entries) > limits["entries"]:
        raise Refusal(f"Ce classeur contient {len(entries)} fichiers, la limite est de {limits['entries']}.")
    names = [entry.filename for entry in entries]
    for name in names:
        _check_name(name)
    if len({name.lower() for name in names}) < len(names):
        raise Refusal("Ce classeur contient deux fois le même fichier : enregistrez-le à nouveau.")
    left = limits["unzipped"]
    for entry in entries:
        left = _check_entry(archive, entry, left)
    return _kind(archive, set(names))


def _check_directory(path: Path, limits: dict[str, int]) -> None:
    """The list of the entries is loaded whole by whoever opens a zip: its size is read first."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + 22 > len(tail):
        raise Refusal("Ce classeur est incomplet : la fin du fichier manque.")
    length = int.from_bytes(tail[place + 12 : place + 16], "little")
    if length > CENTRAL_DIRECTORY or b"PK\x06\x07" in tail:
        raise Refusal(f"Ce classeur contient trop de fichiers : la limite est de {limits['entries']}.")


def _check_name(name: str) -> None:
    if (
        name.startswith(("/", "\\"))
        or ".." in name.replace("\\", "/").split("/")
        or ":" in name
        or "\0" in name
    ):
        raise Refusal("Ce classeur contient un fichier qui sort de son dossier : il est refusé.")
    low = name.lower()
    if "vbaproject" in low or "/macrosheets/" in low or ("basic/" in low and low.endswith((".xml", ".xlb"))):
        raise Refusal("Ce classeur contient des macros : enregistrez-le en .xlsx, sans macro.")
    if "/embeddings/" in low or low.endswith((".zip", ".xlsx", ".xls", ".jar", ".exe", ".7z")):
        raise Refusal("Ce classeur contient un autre fichier : copiez ses lignes dans un classeur neuf.")


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """What is left of the unzipped size once this entry has been read through."""
    if entry.flag_bits & 1:
        raise Refusal("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("Ce classeur est compressé d’une façon inhabituelle : enregistrez-le à nouveau.")
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    kept = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Refusal("Ce classeur est démesuré une fois décompressé : il est refusé.")
            if is_xml:
                _check_xml(kept + chunk)
                kept = chunk[-32:]
    return left


def _check_xml(piece: bytes) -> None:
    bare = piece.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
        raise Refusal("Ce classeur déclare des entités XML, ce qu’un tableur ne fait pas : il est refusé.")


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            if stream.read(80).startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                return "ods"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise Refusal(
        "Ce fichier est une archive ou un document, pas un tableau : attendu, un classeur .xlsx ou .ods, ou un CSV."
    )


def _check_ole(path: Path) -> str:
    data = path.read_bytes()
    if _utf16("EncryptedPackage") in data:
        raise Refusal("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection.")
    if _utf16("_VBA_PROJECT") in data:
        raise Refusal("Ce classeur contient des macros : enregistrez-le en .xlsx, sans macro.")
    if _utf16("Workbook") not in data and _utf16("Book") not in data:
        raise Refusal("Ce fichier est un ancien document Office, pas un classeur : enregistrez-le en .xlsx.")
    return "xls"


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


if __name__ == "__main__":
    main()
