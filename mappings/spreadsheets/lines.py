"""The rows of a kept sheet, read from its file as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from integrations.ingest.uploads.taking import reopened
from integrations.sync.tables.cells import BadFile, Line
from integrations.sync.tables.fields import Table
from integrations.sync.tables.grid import Head, rows_below
from mappings.models import MappingSheet
from mappings.spreadsheets.columns import SheetLine, read_line

TOLD_EVERY: Final = 5_000


def count_rows(sheet: MappingSheet, told: Callable[[int], None]) -> int:
    """How many rows there are, none of them kept in memory.

    Before any row is judged: of a file that is too long or breaks off nothing is stored. Raises `BadFile`.
    """
    number = 0
    with _below(sheet) as rows:
        for number, _ in enumerate(rows, 1):
            if number % TOLD_EVERY == 0:
                told(0)
    if not number:
        raise BadFile("There are no rows below the headers.")
    return number


def lines_of(sheet: MappingSheet, table: Table) -> Iterator[SheetLine]:
    columns = sheet.found["columns"]
    with _below(sheet) as rows:
        for line in rows:
            yield read_line(line, columns, table)


@contextmanager
def _below(sheet: MappingSheet) -> Iterator[Iterator[Line]]:
    content = bytes(MappingSheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    head = Head(sheet.found["head_row"], tuple(sheet.found["headers"]))
    with reopened(content) as source:
        yield rows_below(source.lines(sheet.found["sheet"]), head)
