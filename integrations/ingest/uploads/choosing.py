"""What staff change about an upload: its sheet, its columns, what tells rows apart, the order of dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F

from integrations.choices import UploadState
from integrations.ingest.uploads.taking import describe, opened
from integrations.models import Upload
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.guessing import guess, guess_keys
from integrations.sync.tables.known import TABLES
from integrations.sync.tables.times import Order

CHOICES: Final = ("sheet", "columns", "keys", "order", "complete")


def choose(upload: Upload, wanted: Mapping[str, Any]) -> None:
    """Store what is wanted of `CHOICES`; what is not named stays. Raises `BadFile` for what cannot be.

    Another sheet has other columns: they are guessed anew.
    """
    if upload.state in (UploadState.APPLYING, UploadState.APPLIED):
        raise BadFile("This upload has been applied; upload the file again to change something.")
    if not upload.choices:
        raise BadFile("This upload has not been read yet; look again in a moment.")
    choices, found = dict(upload.choices), upload.found
    sheet = wanted.get("sheet", choices["sheet"])
    if sheet != choices["sheet"]:
        found = _of_sheet(upload, sheet)
        columns = guess(found["headers"], upload.what)
        choices |= {"sheet": sheet, "columns": columns, "keys": guess_keys(columns, TABLES[upload.what])}
    else:
        choices |= _chosen(upload, wanted)
    Upload.objects.filter(pk=upload.pk).update(
        choices=choices,
        found=found,
        complete=wanted.get("complete", upload.complete),
        version=F("version") + 1,
    )
    upload.refresh_from_db()


def _of_sheet(upload: Upload, sheet: str) -> dict[str, Any]:
    with opened(upload) as source:
        if sheet not in source.sheets:
            raise BadFile(f"The workbook has no sheet called {sheet[:100]!r}.")
        return describe(source, upload.what, sheet)


def _chosen(upload: Upload, wanted: Mapping[str, Any]) -> dict[str, Any]:
    table, width = TABLES[upload.what], len(upload.found["headers"])
    columns = list(wanted.get("columns", upload.choices["columns"]))
    keys = list(wanted.get("keys", upload.choices["keys"]))
    order = wanted.get("order", upload.choices["order"])
    if len(columns) != width:
        raise BadFile(f"The sheet has {width} columns; say for each what it is.")
    for name in [*columns, *keys]:
        if name and name not in table.by_name:
            raise BadFile(f"There is no field {str(name)[:100]!r} of {table.what}.")
    if order and order not in list(Order):
        raise BadFile("Either the day or the month comes first.")
    return {"columns": columns, "keys": [name for name in keys if name], "order": order}
