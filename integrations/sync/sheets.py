"""Rows as CSV or as a workbook, in one pass over any number of rows: memory does not grow with them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from integrations.sync.cells import Cell, cell

MOST_ROWS: Final = 1_048_575
"""Rows of a workbook's sheet (1,048,576), less the one with the names."""
BOM: Final = "\ufeff"
"""Tells Excel that the text is UTF-8."""
BATCH: Final = 500
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`path`: a field, annotation or relation of the list's rows; `told` makes a cell of its value."""

    name: str
    path: str
    told: Callable[[Any], Any] = _as_it_is


def cells_of(columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]]) -> Iterator[list[Cell]]:
    """The cells of rows whose values stand in the order of the columns."""
    told = [column.told for column in columns]
    for values in rows:
        yield [cell(tell(value)) for tell, value in zip(told, values, strict=True)]


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """CSV (RFC 4180) in pieces of many lines. Days are `2026-03-01`, times `2026-03-01 10:00:00`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(names)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def write_xlsx(file: IO[bytes], title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A workbook with one sheet: names in bold on a first row that stays in sight, days and times as such.

    At most MOST_ROWS rows; the caller has counted them.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    sheet.append([_bold(sheet, name) for name in names])
    for row in rows:
        sheet.append(row)
    book.save(file)


def written(kind: str, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[Any, str]:
    """(what to send, its content type): `csv` piece by piece, `xlsx` as an open file on disk."""
    if kind != "xlsx":
        return csv_lines(names, rows), "text/csv; charset=utf-8"
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    write_xlsx(file, title, names, rows)
    file.seek(0)
    return file, XLSX_TYPE


def _bold(sheet: Any, name: str) -> Any:
    head = WriteOnlyCell(sheet, name)
    head.font = Font(bold=True)
    return head
