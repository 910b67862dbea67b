"""Exports: each list of the portal says once what its file holds; this writes it as CSV or .xlsx.

CSV is as French spreadsheets read it: UTF-8 with its mark, semicolons, no formula. A list of more than `LONG` rows is
prepared by a job (see `ozeli.transfers`): its address leads to the page that asks for it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import urlencode

from .registry import Registry
from .web import without

LONG = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins so would be run by a spreadsheet.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_767
_WIDTHS = (12, 60)

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """How a workbook that people change and bring back shows itself, by titles of columns.

    `muted` columns are there to be read, in grey; `choices` offers a closed list in each cell; `widths` in characters.
    """

    muted: frozenset[str] = frozenset()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Export:
    """The file of a list. `header` are its titles, those that an importer reads where there is one.

    `rows(user, query)` yields what this person may read of what the address asks (`query` without its page), lazily.
    `count(user, query)` counts it, up to one past `LONG`; None: never long. `brick` and `level` open it, asked again
    when a prepared file is fetched; `allowed(user)` adds what they do not say. `look` is that of the workbook.
    `rights(user, query)` is what the matrix does not say of a list: a file made under others is not theirs any more.
    """

    code: str
    title: str
    name: str
    brick: str
    header: Sequence[str] | Callable[[], Sequence[str]]
    rows: Callable[[Any, QueryDict], Rows]
    count: Callable[[Any, QueryDict], int] | None = None
    level: int = 1
    allowed: Callable[[Any], bool] = lambda user: True
    position: int = 100
    look: Look = field(default_factory=Look)
    rights: Callable[[Any, QueryDict], str] = lambda user, query: ""

    @property
    def titles(self) -> Sequence[str]:
        return self.header() if callable(self.header) else self.header

    def is_open_to(self, user: Any) -> bool:
        return bool(user.level(self.brick) >= self.level and self.allowed(user))


exports: Registry[Export] = Registry()


def export_response(request: HttpRequest, code: str) -> HttpResponseBase:
    """The file of a registered list; a long one is asked on a page of its own.

    The view stands behind the brick of the list; this only writes.
    """
    export, query = exports[code], without(request.GET, "page", "format")
    if export.count is not None and export.count(request.user, query) > LONG:
        asked = {"contenu": code, "format": format_of(request), "filtres": query.urlencode()}
        return HttpResponseRedirect(f"{reverse('transfers:ask_export')}?{urlencode(asked)}")
    rows = export.rows(request.user, query)
    return table_response(request, export.name, export.titles, rows, look=export.look)


def table_response(
    request: HttpRequest, name: str, header: Sequence[str], rows: Rows, *, look: Look | None = None
) -> HttpResponseBase:
    """A list as the attachment that the address asks for: CSV, or .xlsx with `?format=xlsx`."""
    if format_of(request) == "xlsx":
        return xlsx_response(name, header, rows, look)
    return csv_response(name, header, rows)


def format_of(request: HttpRequest) -> str:
    return "xlsx" if request.GET.get("format") == "xlsx" else "csv"


# --- CSV ----------------------------------------------------------------------------------------------------------


def neutral(value: Any) -> str:
    """The text of a cell; an apostrophe keeps a spreadsheet from reading it as a formula."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) and not _is_number(value) else text


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([neutral(cell) for cell in header])
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponseBase:
    """Send rows as they come, as the attachment `name`.csv."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


# --- .xlsx --------------------------------------------------------------------------------------------------------


def xlsx_response(name: str, header: Sequence[str], rows: Rows, look: Look | None = None) -> HttpResponseBase:
    """A short table as the attachment `name`.xlsx."""
    from tempfile import TemporaryFile

    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_xlsx(file, header, rows, look)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Rows, look: Look | None = None) -> int:
    """Write a table row by row, none kept in memory; how many rows.

    Texts are typed as texts: no spreadsheet runs them, whatever they begin with.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count, look = 0, look or Look()
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(header):
            width = look.widths.get(title) or min(max(len(title) + 2, _WIDTHS[0]), _WIDTHS[1])
            sheet.set_column(place, place, width)
        bold = book.add_format({"bold": True})
        muted = book.add_format({"font_color": "#555555", "bg_color": "#EEEEEE"})
        formats = [muted if title in look.muted else None for title in header]
        for place, title in enumerate(header):
            sheet.write_string(0, place, title, bold)
        for count, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                _write_cell(sheet, count, place, cell, formats[place])
        if look.choices:
            _offer(book, sheet, header, look, count)
    return count


def _offer(book: Any, sheet: Any, header: Sequence[str], look: Look, last: int) -> None:
    """Closed lists in the cells of a column, kept on a sheet of their own: one may hold more than a cell may."""
    lists = book.add_worksheet("Valeurs")
    lists.write_row(0, 0, list(look.choices))
    longest = max(len(values) for values in look.choices.values())
    for row in range(longest):
        for place, values in enumerate(look.choices.values()):
            if row < len(values):
                lists.write_string(row + 1, place, values[row])
    for place, (title, values) in enumerate(look.choices.items()):
        lists.set_column(place, place, 45)
        column, letter = header.index(title), chr(65 + place)
        source = f"=Valeurs!${letter}$2:${letter}${len(values) + 1}"
        rule = {"validate": "list", "source": source, "error_type": "warning", "ignore_blank": True}
        sheet.data_validation(1, column, max(last, 1), column, rule)


def _write_cell(sheet: Any, row: int, column: int, cell: Any, look: Any = None) -> None:
    if cell is None or cell == "":
        if look is not None:
            sheet.write_blank(row, column, None, look)
    elif isinstance(cell, bool):
        sheet.write_string(row, column, "oui" if cell else "non", look)
    elif _is_number(cell):
        sheet.write_number(row, column, cell, look)
    else:
        text = str(cell)
        sheet.write_string(
            row, column, text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…", look
        )


def write_csv(file: IO[bytes], header: Sequence[str], rows: Rows) -> int:
    """Write a table as CSV, row by row; how many rows."""
    count = -1
    for line in csv_lines(header, rows):
        file.write(line.encode())
        count += 1
    return count
