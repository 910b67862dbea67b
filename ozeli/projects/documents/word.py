"""The Word file of a synthesis, to be edited: real headings, lists, tables with a header row, French throughout."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import docx
from django.conf import settings
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import _Cell

from ozeli.core import clock
from ozeli.core.french import number

from .content import Document, Part

LANGUAGE = "fr-FR"
_LAGOON = RGBColor(0x0B, 0x5C, 0x66)


def write(document: Document) -> bytes:
    file = docx.Document()
    _set_up(file, document)
    file.add_heading(document.title, 0)
    period = f"{document.period[0].lower()}{document.period[1:]}"
    file.add_paragraph(f"{document.about}, {period}. Publiée le {document.day}, pour {document.readers}.")
    if document.signature:
        file.add_paragraph(f"Signée par {document.signature}")
    for part in document.sections:
        file.add_heading(part.title, 1)
        _body(file, part, 2)
        _tables(file, part)
    if document.pages:
        file.add_heading("Les projets, un par un", 1)
    for place, part in enumerate(document.pages):
        file.add_heading(part.title, 2).paragraph_format.page_break_before = place > 0
        if part.facts:
            _table(file, "", ["Repère", "Ce qu’il en est"], part.facts)
        _body(file, part, 3)
        _tables(file, part)
    _sources(file, document)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _set_up(file: Any, document: Document) -> None:
    """Title, language, the face of the text. The file keeps no name of a person."""
    known = file.core_properties
    known.title, known.language, known.author, known.last_modified_by = (
        document.title,
        LANGUAGE,
        "Ozéli",
        "Ozéli",
    )
    known.comments, known.subject = "", document.about
    known.created = known.modified = datetime.combine(clock.today(), datetime.min.time())
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Segoe UI", Pt(10.5)
    language = normal.element.get_or_add_rPr().find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        normal.element.get_or_add_rPr().append(language)
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), LANGUAGE)
    for default in file.styles.element.iter(qn("w:lang")):
        default.set(qn("w:val"), LANGUAGE)


def _body(file: Any, part: Part, depth: int) -> None:
    for block in part.body:
        for item in block["items"]:
            if block["kind"] == "h":
                file.add_heading("".join(run["text"] for run in item), depth)
            else:
                _line(file.add_paragraph(style="List Bullet" if block["kind"] == "ul" else None), item)


def _line(paragraph: Any, item: Iterable[dict[str, Any]]) -> None:
    for run in item:
        if run["note"]:
            call = paragraph.add_run(str(run["note"]))
            call.font.superscript = True
        else:
            paragraph.add_run(run["text"])


def _tables(file: Any, part: Part) -> None:
    for one in part.tables:
        _table(file, one["caption"], one["header"], one["rows"])


def _table(file: Any, caption: str, header: list[str], rows: Iterable[Iterable[Any]]) -> Any:
    if caption:
        file.add_paragraph(caption, style="Caption")
    table = file.add_table(rows=1, cols=len(header), style="Light List Accent 1")
    _repeat(table.rows[0])
    for cell, words in zip(table.rows[0].cells, header, strict=True):
        cell.text = words
    for row in rows:
        for cell, value in zip(_cells(table.add_row(), table), row, strict=True):
            cell.text = number(value) if isinstance(value, int) else str(value)
    file.add_paragraph()
    return table


def _cells(row: Any, table: Any) -> list[Any]:
    """Those of a plain row: `row.cells` goes through the whole table each time."""
    return [_Cell(one, table) for one in row._tr.tc_lst]


def _repeat(row: Any) -> None:
    """The first row is a header: read as one, and repeated on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _sources(file: Any, document: Document) -> None:
    if not document.notes:
        return
    file.add_heading("Les sources", 1)
    file.add_paragraph(
        "Chaque phrase appelle les lignes dont elle est faite, telles qu’elles étaient le jour où elle a été écrite."
    )
    rows = [[note.number, "", note.total] for note in document.notes]
    table = _table(file, "", ["N°", "Ce que sont les lignes", "Lignes"], rows)
    for note, row in zip(document.notes, list(table.rows)[1:], strict=True):
        _link(_cells(row, table)[1].paragraphs[0], note.label, f"{settings.PUBLIC_URL}{note.url}")


def _link(paragraph: Any, words: str, url: str) -> None:
    key = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    run = paragraph.add_run(words)
    run.font.color.rgb, run.font.underline = _LAGOON, True
    link.append(run._r)
    paragraph._p.append(link)
