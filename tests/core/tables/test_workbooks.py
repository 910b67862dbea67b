"""Spreadsheets, as they come and as attackers make them. Another process opens them; its death is a refusal."""

import datetime
import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from ozeli.core.tables import Limits, TableRefused, open_table

from .conftest import bounded_memory, cells, read

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = (
    '<?xml version="1.0"?>{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)


def book(fill=None, **options):
    """The bytes of a workbook written by `fill(book, sheet)`."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as written:
        sheet = written.add_worksheet("Feuille")
        (
            fill
            or (lambda _book, sheet: (sheet.write_row(0, 0, ["nom", "x"]), sheet.write_row(1, 0, ["a", 1])))
        )(written, sheet)
    return file.getvalue()


def handmade(rows='<row r="1"><c r="A1"><v>1</v></c></row>', head="", entries=()):
    """The bytes of a workbook written by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELS.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", RELS.format(kind="worksheet", target="worksheets/sheet1.xml")
        )
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows=rows, head=head))
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def test_a_plain_workbook_is_read(made):
    assert cells(made(book())) == [{"nom": "a", "x": "1"}]
    assert open_table(made(book())).label == "Excel (.xlsx), feuille «\u202fFeuille\u202f»"


def test_values_dates_and_formulas(made):
    def fill(written, sheet):
        sheet.write_row(0, 0, ["nom", "jour", "somme", "vrai", "nombre"])
        day = written.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_string(1, 0, "=1+1")
        sheet.write_datetime(1, 1, datetime.datetime(2024, 2, 29), day)
        sheet.write_formula(1, 2, "=SUM(1,2)", None, 3)
        sheet.write_boolean(1, 3, True)
        sheet.write_number(1, 4, 0.1)

    expected = {"nom": "=1+1", "jour": "2024-02-29", "somme": "3", "vrai": "oui", "nombre": "0.1"}
    assert cells(made(book(fill))) == [expected]
    assert cells(made(book(fill, date_1904=True))) == [expected]


def test_merged_cells_and_a_name_above_the_titles(made):
    def fill(_written, sheet):
        sheet.merge_range("A1:C1", "Organismes de 2024")
        sheet.write_row(2, 0, ["branche", "nom", "ville"])
        sheet.merge_range("A4:A6", "famille")
        for row, name in enumerate("abc", 3):
            sheet.write_string(row, 1, name)

    rows = read(made(book(fill)))
    assert [row.cells for row in rows] == [{"branche": "famille", "nom": name, "ville": ""} for name in "abc"]
    assert [row.number for row in rows] == [4, 5, 6]


def test_a_table_that_begins_far_from_the_corner(made):
    def fill(_written, sheet):
        sheet.write_row(4, 2, ["nom", "x"])
        sheet.write_row(5, 2, ["a", 1])

    (row,) = read(made(book(fill)))
    assert (row.number, row.cells["nom"], row.cells["x"]) == (6, "a", "1")


def test_the_first_visible_sheet_that_holds_something(made):
    def fill(written, sheet):
        second = written.add_worksheet("Deuxième")
        second.write_column(0, 0, ["nom", "b"])
        hidden = written.add_worksheet("Cachée")
        hidden.hide()
        hidden.write_column(0, 0, ["nom", "secret"])

    table = open_table(made(book(fill)))
    assert (table.sheet, table.sheets) == ("Deuxième", ["Feuille", "Deuxième"])
    with pytest.raises(TableRefused, match="plus dans ce classeur"):
        open_table(made(book(fill)), sheet="Cachée")


# --- hostile ----------------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    return handmade(entries=[("xl/media/zeros.bin", b"\0" * (101 * 2**20))])


def lying_bomb() -> bytes:
    """The size told by the zip is small; what comes out is not."""
    data = bytearray(bomb())
    size = struct.pack("<I", 101 * 2**20)
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = struct.pack("<I", 10)
    return bytes(data)


def damaged() -> bytes:
    """One byte of the sheet is not what its checksum says."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(handmade())) as good, zipfile.ZipFile(file, "w") as stored:
        for entry in good.infolist():
            stored.writestr(entry.filename, good.read(entry))
    return file.getvalue().replace(b"<sheetData>", b"<sheetDatb>")


def crowd() -> bytes:
    return handmade(entries=[(f"xl/media/{n}.bin", b"") for n in range(600)])


def endless_directory() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(20_000):
            archive.writestr(f"xl/{n}", b"")
    return file.getvalue()


def with_doctype(name: str, text: str) -> bytes:
    return handmade(head=text) if name == "sheet" else handmade(entries=[(name, text)])


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def encrypted() -> bytes:
    data = bytearray(book())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return handmade(entries=[("xl/workbook.xml", BOOK)])


HOSTILE = {
    "zip bomb": (bomb, "démesuré"),
    "zip bomb that lies": (lying_bomb, "démesuré|endommagé|mémoire"),
    "too many entries": (crowd, "limite est de 500"),
    "endless directory": (endless_directory, "trop de fichiers"),
    "A1 and XFD1048576": (lambda: handmade(FAR), "mémoire|colonnes"),
    "billion laughs": (lambda: with_doctype("sheet", LAUGHS), "entités"),
    "XXE": (lambda: with_doctype("xl/sharedStrings.xml", XXE), "entités"),
    "XXE in UTF-16": (lambda: handmade(entries=[("xl/styles.xml", XXE.encode("utf-16"))]), "entités"),
    "path traversal": (
        lambda: handmade(entries=[("../../etc/cron.d/x", "* * * * *")]),
        "sort de son dossier",
    ),
    "Windows traversal": (lambda: handmade(entries=[("xl\\..\\..\\x", "")]), "sort de son dossier"),
    "absolute path": (lambda: handmade(entries=[("/etc/passwd", "")]), "sort de son dossier"),
    "drive": (lambda: handmade(entries=[("C:/x", "")]), "sort de son dossier"),
    "macros": (lambda: handmade(entries=[("xl/vbaProject.bin", b"\0")]), "macros"),
    "old macros": (lambda: handmade(entries=[("xl/macrosheets/sheet1.xml", "<x/>")]), "macros"),
    "nested workbook": (lambda: handmade(entries=[("xl/embeddings/a.xlsx", book())]), "autre fichier"),
    "nested zip": (lambda: handmade(entries=[("docs/a.zip", bomb())]), "autre fichier"),
    "same entry twice": (twice, "deux fois"),
    "encrypted entry": (encrypted, "mot de passe"),
    "end cut off": (lambda: book()[:-300], "fin du fichier|endommagé"),
    "bad checksum": (lambda: damaged(), "endommagé"),
    "a mere archive": (lambda: _zip({"a.txt": "bonjour"}), "pas un tableau"),
    "a text document": (
        lambda: _zip({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "pas un tableau",
    ),
    "a Word document": (lambda: _zip({"word/document.xml": "<x/>"}), "pas un tableau"),
    "an empty sheet": (lambda: book(lambda *_: None), "vide"),
    "protected by a password": (lambda: _ole("EncryptedPackage"), "mot de passe"),
    "old workbook with macros": (lambda: _ole("Workbook", "_VBA_PROJECT"), "macros"),
    "old Word document": (lambda: _ole("WordDocument"), "ancien document"),
    "old workbook of noise": (lambda: _ole("Workbook"), "endommagé|mémoire"),
    "zip then PDF": (lambda: b"PK\x03\x04%PDF-1.7 polyglotte" + b"\0" * 100, "fin du fichier"),
    "duplicate titles": (
        lambda: book(lambda _b, s: (s.write_row(0, 0, ["nom", "NOM"]), s.write(1, 0, "a"))),
        "portent",
    ),
    "titles alone": (lambda: book(lambda _b, s: s.write_row(0, 0, ["nom", "x"])), "que ses titres"),
    "too wide": (lambda: book(lambda _b, s: (s.write_row(0, 0, range(1_200)), s.write(1, 0, 1))), "colonnes"),
}


def _zip(entries: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def _ole(*streams: str) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
    return head + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams) + b"\xff" * 4096


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_french(made, name):
    make, said = HOSTILE[name]
    path = made(make())
    with bounded_memory(), pytest.raises(TableRefused) as refusal:
        open_table(path)
    assert any(part in str(refusal.value) for part in said.split("|")), str(refusal.value)


def test_the_small_sheet_would_ask_for_terabytes(made):
    """It weighs a few kilobytes and its zip is innocent: only the limit of the process stops it."""
    path = made(handmade(FAR))
    assert path.stat().st_size < 5_000
    with bounded_memory(), pytest.raises(TableRefused):
        open_table(path, limits=Limits(columns=100_000))


def test_a_workbook_that_compresses_well_is_bounded(made):
    """50 MB of XML in 50 kB: within the limits of the zip, and of the memory of the other process."""
    row = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>' + "a" * 100 + "</t></is></c></row>"
    rows = "".join(row.format(n=n) for n in range(1, 200_000))
    path = made(handmade(rows))
    assert path.stat().st_size < 2_000_000
    with bounded_memory():
        assert sum(1 for _row in open_table(path).rows()) == 199_998


def test_the_process_leaves_no_zombie_when_nobody_listens(made):
    rows = open_table(made(book())).rows()
    next(rows)
    rows.close()
    assert zlib  # the generator is closed: its process was killed and waited for
