"""Read tables that people bring: CSV, JSON by line, spreadsheets. Nothing in a file is believed.

`open_table(path)` tells what a file is by its content, never by its name; `Table.rows()` then walks it line by line
and holds one at a time. What cannot be read is refused (`TableRefused`) in a French sentence that says what to do.
Spreadsheets are opened by another process, whose memory and time are counted (`workbook_child.py`).
"""

from .limits import LIMITS, Limits, TableRefused
from .reading import Table, open_table
from .rows import CONTROL, FORMULA, MERGED, Row, column_name

__all__ = [
    "CONTROL",
    "FORMULA",
    "LIMITS",
    "MERGED",
    "Limits",
    "Row",
    "Table",
    "TableRefused",
    "column_name",
    "open_table",
]
