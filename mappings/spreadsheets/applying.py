"""Applying a sheet that was looked at: each row as the single mapping does it, or refused with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from integrations.choices import Outcome, UploadState
from mappings.linking import Above, nothing_above
from mappings.models import MappingSheet, SheetRow, SheetVerdict
from mappings.spreadsheets.judged import same
from mappings.spreadsheets.kinds import KINDS
from mappings.spreadsheets.problems import LONGEST_REASON

AT_ONCE: Final = 50
"""Rows of one transaction: it holds what they change."""
MEANWHILE: Final = "It was changed since the sheet was looked at; nothing was overwritten. Import it again."


@dataclass(slots=True)
class Applied:
    """What became of some rows, and the company mappings (our ids) whose tickets they switched on."""

    rows: list[SheetRow] = field(default_factory=list)
    tickets_on: list[int] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)


def waiting_rows(sheet: MappingSheet) -> Any:
    """Those that are still to be applied."""
    return SheetRow.objects.filter(sheet=sheet, outcome="").exclude(verdict=SheetVerdict.REFUSED)


def apply_some(sheet: MappingSheet, staff: Any, above: Above = nothing_above) -> Applied:
    """Apply the next rows and store what became of each, in one transaction; nothing left: no rows.

    A row whose subject is not as it was when the sheet was looked at is refused, and so is one to which
    something has come that needs a preview.
    """
    kind = KINDS[sheet.what]
    done = Applied()
    with transaction.atomic():
        done.rows = list(waiting_rows(sheet).order_by("number")[:AT_ONCE])
        ids = [row.subject_id for row in done.rows if row.subject_id is not None]
        now = kind.present(ids, sheet.halo_credential, lock=True)
        against = kind.refusals(done.rows, sheet.halo_credential, above)
        for row in done.rows:
            row.sheet = sheet
            if not same(now.get(row.subject_id or 0), row.before):
                row.outcome, row.reason = Outcome.CHANGED_MEANWHILE, MEANWHILE
            elif sentence := against.get(row.subject_id or 0):
                row.outcome, row.reason = Outcome.CHANGED_MEANWHILE, sentence[:LONGEST_REASON]
            elif (mapping := _applied(row, sheet, staff)) is not None:
                done.tickets_on.append(mapping)
        SheetRow.objects.bulk_update(done.rows, ["outcome", "reason"])
    return done


def _applied(row: SheetRow, sheet: MappingSheet, staff: Any) -> int | None:
    try:
        with transaction.atomic():
            mapping = KINDS[sheet.what].apply(row, sheet.halo_credential, staff)
    except ValidationError as problem:
        row.outcome, row.reason = Outcome.FAILED, " ".join(problem.messages)[:LONGEST_REASON]
        return None
    except (ObjectDoesNotExist, IntegrityError):
        row.outcome, row.reason = Outcome.CHANGED_MEANWHILE, MEANWHILE
        return None
    row.outcome = Outcome.DONE
    return mapping


def conclude(sheet: MappingSheet) -> None:
    """All rows are applied; the file is not needed any more."""
    MappingSheet.objects.filter(pk=sheet.pk, state=UploadState.APPLYING).update(
        state=UploadState.APPLIED, applied_at=timezone.now(), content=b""
    )


def changed_since(sheet: MappingSheet, rows: list[SheetRow]) -> set[int]:
    """The numbers of those rows whose subject is not as it was when they were looked at."""
    open_rows = [row for row in rows if row.verdict != SheetVerdict.REFUSED and not row.outcome]
    ids = [row.subject_id for row in open_rows if row.subject_id is not None]
    if not ids:
        return set()
    now = KINDS[sheet.what].present(ids, sheet.halo_credential)
    return {row.number for row in open_rows if not same(now.get(row.subject_id or 0), row.before)}
