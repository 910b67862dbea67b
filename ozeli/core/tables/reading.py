"""From a path to a table: what the file is, then its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ozeli.core.french import number

from . import delimited, json_lines, workbook
from .encodings import LABELS, find_encoding
from .limits import LIMITS, MIB, Limits, TableRefused
from .rows import Row

_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
# What people bring by mistake, by its first bytes.
_OTHERS = (
    (b"%PDF", "un PDF"),
    (b"\x89PNG", "une image"),
    (b"GIF8", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"RIFF", "une image ou un son"),
    (b"7z\xbc\xaf", "une archive"),
    (b"Rar!", "une archive"),
    (b"\x1f\x8b", "une archive"),
    (b"BZh", "une archive"),
    (b"PK\x05\x06", "une archive vide"),
    (b"{\\rtf", "un document de traitement de texte"),
    (b"\x7fELF", "un programme"),
    (b"MZ", "un programme"),
)
_MARKUP = ("<html", "<!doctype", "<?xml", "<table", "<svg", "<script", "<body")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be walked as often as one likes; nothing of it is kept in memory."""

    path: Path
    format: str
    header: list[str]
    limits: Limits
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    start: int = 0

    @property
    def label(self) -> str:
        """« CSV, point-virgule, UTF-8 »."""
        if self.format in workbook.LABELS:
            return f"{workbook.LABELS[self.format]}, feuille «\u202f{self.sheet}\u202f»"
        parts = (
            ["JSON par ligne"]
            if self.format == "jsonl"
            else ["CSV", delimited.SEPARATORS.get(self.separator, "")]
        )
        return ", ".join(part for part in (*parts, LABELS[self.encoding]) if part)

    @property
    def tells_formulas(self) -> bool:
        """Whether a formula can be told from its last value: not in an Excel of before 2007."""
        return self.format != "xls"

    def rows(self) -> Iterator[Row]:
        """The lines under the titles, within the limits."""
        cells = 0
        for place, row in enumerate(self._rows(), 1):
            if place > self.limits.rows:
                raise TableRefused(
                    f"Ce tableau a plus de {number(self.limits.rows)} lignes : coupez-le en plusieurs fichiers."
                )
            cells += len(row.cells)
            if cells > self.limits.cells:
                raise TableRefused(
                    f"Ce tableau a plus de {number(self.limits.cells)} cellules : coupez-le en plusieurs fichiers."
                )
            yield row

    def _rows(self) -> Iterator[Row]:
        if self.format == "jsonl":
            return json_lines.rows(self.path, self.encoding, self.limits)
        if self.format == "csv":
            return delimited.rows(self.path, self.encoding, self.separator, self.header, self.limits)
        return workbook.rows(self.path, self.sheet, self.start, self.header, self.limits)


def open_table(path: Path, *, sheet: str = "", limits: Limits = LIMITS) -> Table:
    """Tell what a file is and read its titles. Raises TableRefused, in French, for whatever is not a table."""
    head = _check_file(path, limits)
    table = _workbook(path, sheet, limits) if head.startswith((_ZIP, _OLE)) else _text(path, head, limits)
    if next(iter(table.rows()), None) is None:
        raise TableRefused("Ce tableau n’a que ses titres : aucune ligne à lire en dessous.")
    return table


def _check_file(path: Path, limits: Limits) -> bytes:
    if not path.is_file():
        raise TableRefused("Ce fichier est introuvable, ou n’est pas un fichier ordinaire.")
    size = path.stat().st_size
    if size == 0:
        raise TableRefused("Ce fichier est vide : il n’y a rien à lire.")
    if size > limits.size:
        raise TableRefused(
            f"Ce fichier pèse {number(size // MIB)} Mo, la limite est de {number(limits.size // MIB)} Mo : "
            "coupez-le en plusieurs fichiers."
        )
    with path.open("rb") as file:
        head = file.read(2048)
    if other := next((name for mark, name in _OTHERS if head.startswith(mark)), ""):
        raise TableRefused(
            f"Ce fichier est {other}, pas un tableau : attendu, un CSV, un JSON par ligne ou un .xlsx."
        )
    return head


def _workbook(path: Path, sheet: str, limits: Limits) -> Table:
    found = workbook.describe(path, sheet, limits)
    return Table(
        path,
        found["kind"],
        found["header"],
        limits,
        sheet=found["sheet"],
        sheets=found["sheets"],
        start=found["start"],
    )


def _text(path: Path, head: bytes, limits: Limits) -> Table:
    encoding = find_encoding(path)
    begins = head.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    if begins[:9].lower().startswith(_MARKUP):
        raise TableRefused(
            "Ce fichier est une page web ou du XML, même si son nom dit autre chose : ouvrez-le dans un tableur, "
            "puis enregistrez-le en .xlsx."
        )
    if begins.startswith("["):
        raise TableRefused(
            "Ce fichier est un tableau JSON d’un seul tenant : écrivez un objet {…} par ligne."
        )
    if begins.startswith("{"):
        return Table(path, "jsonl", json_lines.header(path, encoding, limits), limits, encoding=encoding)
    separator = delimited.find_separator(path, encoding, limits)
    titles = delimited.header(path, encoding, separator, limits)
    return Table(path, "csv", titles, limits, encoding=encoding, separator=separator)
