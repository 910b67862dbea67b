"""Workbooks as people bring them back: read, changed, written again by another library than ours."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook


def rows_of(content: bytes) -> list[list[Any]]:
    """The first sheet of a workbook, titles included."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def table_of(content: bytes) -> list[dict[str, Any]]:
    titles, *rows = rows_of(content)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def workbook(rows: Iterable[dict[str, Any]], formulas: Iterable[tuple[int, str, str]] = ()) -> bytes:
    """The bytes of a workbook; `formulas` are (line of the sheet, title, formula)."""
    rows, file = list(rows), io.BytesIO()
    titles = list(rows[0])
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, titles)
        for line, row in enumerate(rows, 1):
            for place, title in enumerate(titles):
                if row[title] != "":
                    sheet.write(line, place, row[title])
        for line, title, formula in formulas:
            sheet.write_formula(line - 1, titles.index(title), formula, value="Retenir")
    return file.getvalue()


def with_entry(content: bytes, name: str, change: Any) -> bytes:
    """The same workbook with one of its entries rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.namelist():
            text = before.read(entry)
            after.writestr(entry, change(text) if entry == name else text)
    return file.getvalue()
