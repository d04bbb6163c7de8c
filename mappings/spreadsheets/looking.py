"""Looking at a sheet: what each of its rows would do. Nothing but that is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.choices import UploadState
from integrations.ingest.batches import batches
from integrations.models import Run
from integrations.sync.digest import digest_of
from mappings.linking import Above, nothing_above
from mappings.models import MappingSheet, SheetRow, SheetVerdict
from mappings.spreadsheets.columns import SheetLine, where
from mappings.spreadsheets.judged import refused
from mappings.spreadsheets.kinds import KINDS, Judge
from mappings.spreadsheets.lines import count_rows, lines_of

ROWS: Final = 500
"""Rows that are judged together: each names up to four things, and a statement takes only so many."""


def look_at(
    sheet: MappingSheet, run: Run | None, told: Callable[[int], None], above: Above = nothing_above
) -> dict[str, int]:
    """Judge all rows anew; return how many there are of each verdict. `told` hears how far it is, and
    `above` knows of companies that need a preview to be moved.

    The file is read in parts; a read that broke off begins anew. Raises `BadFile`.
    """
    count_rows(sheet, told)
    begun = timezone.now()
    SheetRow.objects.filter(sheet=sheet).delete()
    counts: Counter[str] = Counter()
    seen: dict[int, int] = {}
    judge = KINDS[sheet.what].judge(sheet.halo_credential, above)
    digests: list[str] = []
    for number, part in enumerate(batches(lines_of(sheet, KINDS[sheet.what].table), ROWS), 1):
        rows = _judged(sheet, judge, part, seen)
        counts.update([row.verdict for row in rows])
        kept = [row for row in rows if row.verdict != SheetVerdict.UNCHANGED]
        digests += [_digest(row) for row in kept]
        SheetRow.objects.bulk_create(kept)
        told(number * ROWS)
    sheet.counts = dict(counts)
    sheet.checksum = digest_of({"rows": digests, "sheet": sheet.pk, "at": begun})
    sheet.state, sheet.looked_at, sheet.look_run = UploadState.READY, begun, run
    with transaction.atomic():
        sheet.save(update_fields=["counts", "checksum", "state", "looked_at", "look_run"])
    return sheet.counts


def _judged(
    sheet: MappingSheet, judge: Judge, lines: list[SheetLine], seen: dict[int, int]
) -> list[SheetRow]:
    kind = KINDS[sheet.what]
    judge.begin([line for line in lines if line.problem is None])
    found = []
    for line in lines:
        row = refused(line, *line.problem) if line.problem else judge.judge(line)
        first = seen.setdefault(row.subject_id, row.number) if row.subject_id else row.number
        if first != row.number:
            name = kind.table.keys[0][0]
            row = refused(line, name, f"Row {first} is about the same {kind.table.one}; give it one row.")
        if row.column:
            row.column = where(row.column, sheet.found["columns"], sheet.found["headers"], kind.table)
        row.sheet = sheet
        found.append(row)
    return found


def _digest(row: SheetRow) -> str:
    return digest_of({"row": row.number, "of": row.subject_id, "before": row.before, "after": row.after})
