"""Files of the tests: CSV and XLSX from rows, and workbooks that nobody should be able to make."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from integrations.sync.tables.cells import Line
from integrations.sync.tables.files import open_file
from integrations.sync.tables.grid import find_head, rows_below
from integrations.sync.tables.guessing import field_called, guess, guess_keys
from integrations.sync.tables.known import TABLES
from integrations.sync.tables.rows import Layout, Row, read_row
from integrations.sync.tables.times import Order

Rows = Sequence[Sequence[Any]]


def csv_of(rows: Rows, encoding: str = "utf-8", separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(rows: Rows, title: str = "List", **others: Rows) -> bytes:
    """A workbook with this sheet first, and `others` by title behind it."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    _fill(sheet, rows)
    for name, more in others.items():
        _fill(book.create_sheet(name), more)
    return saved(book)


def _fill(sheet: Any, rows: Rows) -> None:
    """Texts are texts, also those that the library would take for a formula."""
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one of its parts replaced or added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def part_of(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def lines_of(content: bytes, sheet: str = "") -> list[Line]:
    return list(open_file(io.BytesIO(content))[1].lines(sheet))


def layout_of(lines: Sequence[Line], what: str, order: Order | None = None) -> tuple[Layout, list[Line]]:
    """What is guessed of a file, and the rows below its headers."""
    head = find_head(lines, lambda header: bool(field_called(header, what)))
    columns = guess(head.names, what)
    keys = tuple(guess_keys(columns, TABLES[what]))
    return Layout(TABLES[what], head.names, tuple(columns), keys, order), list(rows_below(lines, head))


def rows_of(content: bytes, what: str = "computers", order: Order | None = None) -> list[Row]:
    """All rows of a file as they would be sent, by what is guessed of it."""
    layout, lines = layout_of(lines_of(content), what, order)
    assert layout.problem() == ""
    return [read_row(line, layout) for line in lines]
