"""Sheets of mappings for tests: written as staff have them, looked at and applied as the queue does it."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from integrations.choices import UploadState
from integrations.models import HaloCredential, Run
from mappings.models import MappingSheet, SheetKind, SheetRow
from mappings.spreadsheets.asking import request_apply, request_look
from mappings.spreadsheets.taking import take_sheet
from tests.connected import execute_here

Rows = list[dict[str, Any]]


def csv_file(rows: Rows) -> io.BytesIO:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def xlsx_file(rows: Rows) -> io.BytesIO:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    names = list(dict.fromkeys(name for row in rows for name in row))
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(file)
    return file


def taken(credential: HaloCredential, rows: Rows, what: str = SheetKind.COMPANIES, by: Any = None) -> Any:
    return take_sheet(credential, what, csv_file(rows), "sheet.csv", by)


def looked_at(
    credential: HaloCredential, rows: Rows, what: str = SheetKind.COMPANIES, by: Any = None
) -> MappingSheet:
    sheet: MappingSheet = taken(credential, rows, what, by)
    execute_here(request_look(sheet, requested_by=by))
    sheet.refresh_from_db()
    return sheet


def applied(sheet: MappingSheet, by: Any = None) -> Run:
    run = execute_here(request_apply(sheet, sheet.checksum, requested_by=by))
    sheet.refresh_from_db()
    return run


def rows_of(sheet: MappingSheet) -> list[SheetRow]:
    return list(sheet.rows.order_by("number"))


def verdicts(sheet: MappingSheet) -> list[tuple[int, str]]:
    return [(row.number, row.verdict) for row in rows_of(sheet)]


def make_sheet(credential: HaloCredential, **more: Any) -> MappingSheet:
    """One that has been looked at, for tests of pages."""
    values: dict[str, Any] = {
        "what": SheetKind.COMPANIES,
        "file_name": "companies.csv",
        "state": UploadState.READY,
        "found": {
            "described": "CSV, UTF-8, commas",
            "sheet": "",
            "head_row": 1,
            "headers": ["Company"],
            "columns": ["company"],
        },
        "counts": {"refused": 1},
        "checksum": "0" * 32,
    }
    sheet = MappingSheet.objects.create(halo_credential=credential, **{**values, **more})
    SheetRow.objects.create(sheet=sheet, number=2, verdict="refused", column="Company", reason="Unknown.")
    return sheet
