"""Looking at a sheet: what each of its rows would do. Nothing but that is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.choices import UploadState
from integrations.ingest.batches import batches
from integrations.models import Run
from integrations.sync.digest import digest_of
from integrations.sync.tables.fields import Table
from mappings.linking import Above, nothing_above
from mappings.models import MappingSheet, SheetRow, SheetVerdict
from mappings.spreadsheets.columns import SheetLine, where
from mappings.spreadsheets.judged import Judged, refused, row_of
from mappings.spreadsheets.kinds import KINDS, Judge
from mappings.spreadsheets.lines import lines_of, look_through
from mappings.spreadsheets.problems import Claim, Problems, Taken

ROWS: Final = 500
"""Rows that are judged together: each names up to four things, and a statement takes only so many."""


def look_at(
    sheet: MappingSheet, run: Run | None, told: Callable[[int], None], above: Above = nothing_above
) -> dict[str, int]:
    """Judge all rows anew; return how many there are of each verdict. `told` hears how far it is, and
    `above` knows of companies that need a preview to be moved.

    The file is read in parts; a read that broke off begins anew. Raises `BadFile`.
    """
    table = KINDS[sheet.what].table
    order = look_through(sheet, table, told)
    begun = timezone.now()
    SheetRow.objects.filter(sheet=sheet).delete()
    counts: Counter[str] = Counter()
    taken = Taken()
    judge = KINDS[sheet.what].judge(sheet.halo_credential, above)
    digests: list[str] = []
    for number, part in enumerate(batches(lines_of(sheet, table, order), ROWS), 1):
        rows = _judged(sheet, judge, part, taken)
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


def _judged(sheet: MappingSheet, judge: Judge, lines: list[SheetLine], taken: Taken) -> list[SheetRow]:
    table, found = KINDS[sheet.what].table, []
    judge.begin(lines)

    def told(name: str) -> str:
        return where(name, sheet.found["columns"], sheet.found["headers"], table)

    for line in lines:
        problems = Problems(line.problems)
        judged = judge.judge(line, problems)
        claims = [*_subject(line, judged, table), *judged.claims]
        taken.check(claims, problems)
        if problems:
            row = refused(line, judged.subject, *problems.told(told))
        else:
            taken.take(claims, line.number)
            row = row_of(line, judged)
        row.sheet = sheet
        found.append(row)
    return found


def _subject(line: SheetLine, judged: Judged, table: Table) -> Iterator[Claim]:
    if judged.subject is None:
        return
    names = [name for names in table.keys for name in names]
    column = next((name for name in names if name in line.told), names[0])
    sentence = f"Row {{row}} is about the same {table.one}; give it one row."
    yield Claim(("subject", judged.subject.pk), column, sentence)


def _digest(row: SheetRow) -> str:
    return digest_of({"row": row.number, "of": row.subject_id, "before": row.before, "after": row.after})
