"""An upload from the file to the stored rows, with the queue's work done on the spot."""

from __future__ import annotations

import io
from typing import Any

from integrations.choices import UploadState
from integrations.ingest.uploads.taking import Wanted, take_file
from integrations.management.reporting import execute_here
from integrations.models import Console, Entry, Run, Upload
from integrations.runs.uploads import request_apply, request_look
from tests.builders import make_console
from tests.integrations.sync.tables.sheets import Rows, csv_of

COMPANIES: Rows = [["Company ID", "Company"], ["c1", "Pine Dental Ltd"], ["c2", "Oak GmbH"]]


def make_spreadsheet_console(**values: Any) -> Console:
    return make_console(kind="spreadsheet", **values)


def take(console: Console, what: str, rows: Rows | bytes, complete: bool = False) -> Upload:
    content = rows if isinstance(rows, bytes) else csv_of(rows)
    return take_file(Wanted(console, what, complete), io.BytesIO(content), f"{what}.csv")


def look(upload: Upload) -> Upload:
    """Look at it, and hand it back as it is then."""
    execute_here(request_look(upload))
    upload.refresh_from_db()
    return upload


def looked_at(console: Console, what: str, rows: Rows | bytes, complete: bool = False) -> Upload:
    return look(take(console, what, rows, complete))


def apply(upload: Upload) -> Run:
    assert upload.state == UploadState.READY, upload.reason
    return execute_here(request_apply(upload, upload.checksum))


def applied(console: Console, what: str, rows: Rows | bytes, complete: bool = False) -> Run:
    return apply(looked_at(console, what, rows, complete))


def told(run: Run | None) -> list[tuple[str, str]]:
    """(row, reason) of all that a run told."""
    return list(Entry.objects.filter(run=run).values_list("subject", "reason"))
