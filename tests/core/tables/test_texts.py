"""CSV and JSON by line, as they come: encodings, separators, quotes, and what is refused."""

import codecs
import json
import os

import pytest

from ozeli.core.tables import Limits, TableRefused, open_table

from .conftest import SMALL, bounded_memory, cells, read

FRENCH = "nom;été;prix\nCaf de l’Hérault – Sète;déjà reçu à Orléans;12 €\nÇa marche où ?;forêt, cœur;naïf\n"
EXPECTED = [
    {"nom": "Caf de l’Hérault – Sète", "été": "déjà reçu à Orléans", "prix": "12 €"},
    {"nom": "Ça marche où ?", "été": "forêt, cœur", "prix": "naïf"},
]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_usual_encodings_are_found(made, encoding):
    assert cells(made(FRENCH.encode(encoding))) == EXPECTED


@pytest.mark.parametrize("encoding", ["latin-1", "mac-roman"])
def test_old_encodings_are_found(made, encoding):
    text = "nom;lieu\nDéjà reçu à l'hôtel;Orléans et Sète, près du château\n"
    assert cells(made(text.encode(encoding))) == [
        {"nom": "Déjà reçu à l'hôtel", "lieu": "Orléans et Sète, près du château"}
    ]


def test_an_accent_far_from_the_head_is_read(made):
    text = "nom;texte\n" + "".join(f"ligne {n};{'x' * 90}\n" for n in range(4_000)) + "Sète;déjà vu à Nîmes\n"
    assert cells(made(text.encode("cp1252")))[-1] == {"nom": "Sète", "texte": "déjà vu à Nîmes"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(made, separator):
    text = (
        separator.join(["nom", "texte"])
        + "\r\n"
        + separator.join(["a", '"un, deux; trois\nquatre"'])
        + "\r\n"
    )
    assert cells(made(text)) == [{"nom": "a", "texte": "un, deux; trois\nquatre"}]


def test_a_single_column_and_the_separator_line_of_excel(made):
    assert cells(made("nom\na\nb\n")) == [{"nom": "a"}, {"nom": "b"}]
    assert cells(made("sep=;\nnom;x\na;1\n")) == [{"nom": "a", "x": "1"}]


def test_lines_are_numbered_as_in_the_file(made):
    rows = read(made('nom,texte\na,"un\ndeux"\n\nb,c\n'))
    assert [row.number for row in rows] == [2, 5]


def test_old_mac_line_ends(made):
    assert cells(made(b"nom;x\ra;1\rb;2\r")) == [{"nom": "a", "x": "1"}, {"nom": "b", "x": "2"}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"\n\n  \n", "vide"),
        (b"nom;x\n", "que ses titres"),
        (b";;\na;b;c\n", "que ses titres"),
        (b"nom;Nom\na;b\n", "même titre|portent le titre"),
        ("no\u200bm;nom\na;b\n".encode(), "portent le titre"),
        (b'nom;x\na;"jamais referm\n' + b"b;c\n" * 50, "guillemet"),
        (b'nom;x\na;"b"c\n', "mal formée"),
        (b"nom;x\na;\0b\n", "octets nuls"),
        (b"a\0\0\0" * 500, "octets nuls"),
        (b"%PDF-1.7\n1 0 obj\n", "un PDF"),
        (b"\x89PNG\r\n\x1a\n", "une image"),
        (b"GIF89a;nom\n", "une image"),
        (b"\x1f\x8b\x08nom", "une archive"),
        (b"7z\xbc\xaf\x27\x1c", "une archive"),
        (b"MZ\x90\x00", "un programme"),
        (b"{\\rtf1 nom}", "traitement de texte"),
        (b"<html><table><tr><td>nom</td></tr></table>", "page web"),
        (b'  <?xml version="1.0"?><Workbook/>', "page web"),
        (b"\xef\xbb\xbf<table>", "page web"),
        (b'[{"nom": "a"}]', "d’un seul tenant"),
        (("x" * 300 + ";b\na;b\n").encode(), "titres des colonnes"),
        ((";".join(f"c{n}" for n in range(600)) + "\n" + "a;" * 600 + "\n").encode(), "colonnes"),
        (codecs.BOM_UTF16_LE + b"n\0o\0m\0;\0x\0\n\0a\0\x00\xd8;\0", "encodage"),
    ],
    ids=lambda value: repr(value[:18]) if isinstance(value, bytes) else None,
)
def test_what_is_no_table_is_refused_in_french(made, content, said):
    with pytest.raises(TableRefused, match=said):
        read(made(content))


def test_utf8_that_stops_being_utf8_falls_back(made):
    """One stray byte: the file is read as what old spreadsheets write, the accents of its head tell it."""
    content = "nom;x\n" + "a;b\n" * 10
    assert len(cells(made(content.encode() + b"\xe9t\xe9;c\n"))) == 11


def test_a_line_with_too_many_cells_carries_its_fault(made):
    rows = read(made("nom;x\na;b\nc;d;e\nf;g;;\n"))
    assert ["cellules pour 2 titres" in row.fault for row in rows] == [False, True, False]


def test_invisible_marks_are_dropped_from_titles(made):
    text = "\u202enom\u202c;\u00a0pri\u200dx \u2066;e\u0301te\u0301\na;b;c\n"
    assert open_table(made(text)).header == ["nom", "prix", "été"]


def test_a_blank_title_is_named_after_its_place(made):
    assert cells(made("nom;;x\na;b;c\n")) == [{"nom": "a", "Colonne B": "b", "x": "c"}]


def test_formulas_are_texts(made):
    assert cells(made("nom,x\n=cmd|' /C calc'!A0,\"@SUM(1+1)\"\n")) == [
        {"nom": "=cmd|' /C calc'!A0", "x": "@SUM(1+1)"}
    ]


def test_control_characters_are_dropped(made):
    assert cells(made("nom;x\na\x07\x1b[31m;b\x85\n")) == [{"nom": "a[31m", "x": "b"}]


# --- too much -------------------------------------------------------------------------------------------------------


def test_a_line_of_a_gigabyte_is_not_loaded(tmp_path):
    """A sparse file: two megabytes of letters, then a gigabyte of nothing, without an end of line."""
    path = tmp_path / "ligne.csv"
    with path.open("wb") as file:
        file.write(b"nom;" + b"x" * 2_000_000)
        file.truncate(2**30)
    with bounded_memory(), pytest.raises(TableRefused, match=r"1\s024 Mo"):
        open_table(path)
    with bounded_memory(), pytest.raises(TableRefused, match=r"octets nuls|dépasse"):
        open_table(path, limits=Limits(size=2**31))


def test_a_long_line_of_letters_is_not_loaded(tmp_path):
    path = tmp_path / "ligne.csv"
    with path.open("wb") as file:
        for _ in range(90):
            file.write(b"a" * 2**20)
    with bounded_memory(), pytest.raises(TableRefused, match="La ligne 1 dépasse"):
        open_table(path)


def test_a_quoted_cell_without_end_is_not_loaded(tmp_path):
    path = tmp_path / "guillemet.csv"
    with path.open("w") as file:
        file.write('nom;x\na;"')
        for _ in range(500_000):
            file.write("encore une ligne de texte sans fin\n")
    with bounded_memory(), pytest.raises(TableRefused, match="guillemet"):
        list(open_table(path).rows())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nom;x\n" + "a;b\n" * 11, "plus de 10 lignes"),
        (";".join(f"c{n}" for n in range(21)) + "\na\n", "21 colonnes"),
        ("nom\n" + "a" * 5_001 + "\n", "5\u202f000 caractères"),
    ],
)
def test_limits_are_told(made, content, said):
    with pytest.raises(TableRefused, match=said):
        list(open_table(made(content), limits=SMALL).rows())


def test_a_cell_that_is_too_long_refuses_its_line_alone(made):
    rows = list(open_table(made("nom;x\n" + "a" * 501 + ";b\nc;d\n"), limits=SMALL).rows())
    assert ["dépasse 500 caractères" in row.fault for row in rows] == [True, False]


def test_pipes_and_folders_are_no_files(tmp_path):
    with pytest.raises(TableRefused, match="introuvable"):
        open_table(tmp_path)
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(TableRefused, match="introuvable"):
        open_table(tmp_path / "tube")


# --- JSON by line -----------------------------------------------------------------------------------------------------


def test_json_values_become_texts(made):
    line = {"a": None, "b": True, "c": 12.0, "d": 1.5, "e": ["x", {"y": 1}], "f": "un\r\ndeux", "g": 10**15}
    assert cells(made(json.dumps(line))) == [
        {
            "a": "",
            "b": "oui",
            "c": "12",
            "d": "1.5",
            "e": '["x", {"y": 1}]',
            "f": "un\ndeux",
            "g": str(10**15),
        }
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"a": ' * 100_000, "JSON|emboîte"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "emboîte"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "démesuré"),
        ('{"a": ' + "9" * 5_000 + "}", "bien formé"),
        ('{"a": "\\ud800"}', "demi-caractère"),
        ('{"a": 1, "a": 2}', "deux fois"),
        ('{"a": 1, "a\u200b": 2}', "deux fois"),
        ("[1, 2]", "objet JSON"),
        ("{'a': 1}", "bien formé"),
        ('{"a": "' + "x" * 100_001 + '"}', "dépasse"),
        ("{" + ",".join(f'"k{n}": 1' for n in range(600)) + "}", "600 clés"),
    ],
    ids=lambda value: value[:14],
)
def test_a_hostile_json_line_is_refused_alone(made, line, said):
    good, bad = read(made('{"a": "bon"}\n' + line + "\n"))
    assert good.cells == {"a": "bon"}
    assert bad.fault
    assert any(part in bad.fault for part in said.split("|")), bad.fault


def test_nul_in_a_json_text_is_dropped(made):
    assert cells(made('{"a": "b\\u0000c"}')) == [{"a": "bc"}]
