"""The rows of a kept sheet, read from its file as a stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from integrations.ingest.uploads.taking import reopened
from integrations.sync.tables.cells import BadFile, Line
from integrations.sync.tables.fields import Kind, Table
from integrations.sync.tables.files import Source
from integrations.sync.tables.grid import Head, at, letters, rows_below
from integrations.sync.tables.times import Evidence, Order
from mappings.models import MappingSheet
from mappings.spreadsheets.columns import SheetLine, read_line

TOLD_EVERY: Final = 5_000


def look_through(sheet: MappingSheet, table: Table, told: Callable[[int], None]) -> Order | None:
    """The order of the days in the file, if it tells one. No row is kept in memory.

    Before any row is judged: of a file that is too long or breaks off nothing is stored. Raises `BadFile`.
    """
    _refuse_merged(sheet)
    number, evidence, columns = 0, Evidence(), sheet.found["columns"]
    days = [place for place, name in enumerate(columns) if name and table.by_name[name].kind == Kind.DAY]
    with _below(sheet) as rows:
        for number, (row, cells) in enumerate(rows, 1):
            evidence.look(row, [at(cells, place) for place in days])
            if number % TOLD_EVERY == 0:
                told(0)
    if not number:
        raise BadFile("There are no rows below the headers.")
    return evidence.order


def lines_of(sheet: MappingSheet, table: Table, order: Order | None = None) -> Iterator[SheetLine]:
    columns, headers = sheet.found["columns"], sheet.found["headers"]
    with _below(sheet) as rows:
        for line in rows:
            yield read_line(line, columns, headers, table, order)


_CORNERS: Final = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


def _refuse_merged(sheet: MappingSheet) -> None:
    """Where cells of several rows are merged only the first has the value: the others would lack it."""
    known = {letters(place) for place, name in enumerate(sheet.found["columns"]) if name}
    with _opened(sheet) as source:
        for cells in source.merged(sheet.found["sheet"]):
            corners = _CORNERS.fullmatch(cells)
            if corners is None or not sheet.found["head_row"] < int(corners[2]) < int(corners[4]):
                continue
            if corners[1] in known or corners[3] in known:
                raise BadFile(
                    f"The cells {cells} are merged, so that only row {corners[2]} has their value. Undo it, "
                    "give each row its own value, and import the file again."
                )


@contextmanager
def _below(sheet: MappingSheet) -> Iterator[Iterator[Line]]:
    head = Head(sheet.found["head_row"], tuple(sheet.found["headers"]))
    with _opened(sheet) as source:
        yield rows_below(source.lines(sheet.found["sheet"]), head)


@contextmanager
def _opened(sheet: MappingSheet) -> Iterator[Source]:
    content = bytes(MappingSheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    with reopened(content) as source:
        yield source
