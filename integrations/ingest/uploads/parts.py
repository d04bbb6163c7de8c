"""The rows of an upload in parts of 1,000, read from the file once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction

from integrations.ingest.batches import batches
from integrations.ingest.uploads.taking import head_of, opened
from integrations.models import Upload, UploadedRows
from integrations.sync.tables.cells import BadFile, Line, packed, unpacked
from integrations.sync.tables.grid import rows_below
from integrations.sync.tables.known import TABLES
from integrations.sync.tables.rows import Layout
from integrations.sync.tables.times import Order

ROWS: Final = 1000


def layout_of(upload: Upload) -> Layout:
    """The columns as staff have left them."""
    choices = upload.choices
    headers = tuple(upload.found["headers"])
    columns = [*choices.get("columns", ())][: len(headers)]
    order = choices.get("order") or upload.found.get("order")
    return Layout(
        TABLES[upload.what],
        headers,
        (*columns, *[""] * (len(headers) - len(columns))),
        tuple(choices.get("keys") or ()),
        Order(order) if order else None,
    )


def read_into_parts(upload: Upload, told: Callable[[int], None]) -> int:
    """Read the chosen sheet unless it has been; how many rows it has. `told` hears how far it is.

    A read that broke off has left no mark in `found`, so the next one begins anew. Raises `BadFile`.
    """
    sheet = upload.choices.get("sheet", "")
    if upload.found.get("parts_of") == [sheet, upload.found["head_row"]]:
        return int(upload.found["rows"])
    UploadedRows.objects.filter(upload=upload).delete()
    rows = 0
    with opened(upload) as source:
        lines = rows_below(source.lines(sheet), head_of(upload))
        for position, part in enumerate(batches(lines, ROWS)):
            UploadedRows.objects.create(upload=upload, position=position, content=packed(part))
            rows += len(part)
            told(rows)
    if not rows:
        raise BadFile("There are no rows below the headers.")
    upload.found |= {"rows": rows, "parts_of": [sheet, upload.found["head_row"]]}
    upload.save(update_fields=["found"])
    return rows


def parts(upload: Upload, start: int = 0) -> Iterator[tuple[int, list[Line]]]:
    """(position, rows) from a position on, one part in memory."""
    stored = UploadedRows.objects.filter(upload=upload, position__gte=start).order_by("position")
    for position in list(stored.values_list("position", flat=True)):
        content = UploadedRows.objects.values_list("content", flat=True).get(upload=upload, position=position)
        yield position, unpacked(bytes(content))


def drop_content(upload: Upload) -> None:
    """Forget the file and its rows; what was counted stays."""
    with transaction.atomic():
        UploadedRows.objects.filter(upload=upload).delete()
        Upload.objects.filter(pk=upload.pk).update(content=b"")
