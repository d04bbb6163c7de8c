"""Asking for work on a sheet: look at it, apply what was looked at."""

from __future__ import annotations

from typing import Any

from integrations.choices import RunKind, UploadState
from integrations.models import OPEN_STATES, Run
from integrations.runs.request import request_run
from integrations.runs.uploads import CannotApply
from mappings.models import MappingSheet
from mappings.spreadsheets.standing import why_nothing

_OVER = (UploadState.APPLYING, UploadState.APPLIED)


def request_look(sheet: MappingSheet, *, requested_by: Any = None) -> Run:
    """Look at it (again). What was seen before holds no more. Raises `CannotApply`."""
    changed = MappingSheet.objects.filter(pk=sheet.pk).exclude(state__in=_OVER)
    if not changed.update(state=UploadState.LOOKING, checksum="", counts={}, reason=""):
        raise CannotApply("This sheet has been applied; import the file again to change something.")
    run = request_run(
        RunKind.LOOK_SHEET,
        halo_credential=sheet.halo_credential,
        parameters={"sheet": sheet.pk},
        requested_by=requested_by,
        slot=f"look_sheet:{sheet.pk}",
    )
    MappingSheet.objects.filter(pk=sheet.pk).update(look_run=run)
    sheet.refresh_from_db()
    return run


def request_apply(sheet: MappingSheet, checksum: str, *, requested_by: Any = None) -> Run:
    """Do what was looked at. Asked for twice it is done once. Raises `CannotApply`."""
    if not checksum or checksum != sheet.checksum:
        raise CannotApply("The checksum is not that of this sheet as it is now; look at it again.")
    if sheet.apply_run is not None and (sheet.state == UploadState.APPLIED or is_at_work(sheet)):
        return sheet.apply_run
    if sheet.state == UploadState.READY and (sentence := why_nothing(sheet.counts)):
        raise CannotApply(sentence)
    # What a request or worker that died left as being applied is taken up again; rows that are done stay so.
    ready = MappingSheet.objects.filter(
        pk=sheet.pk, checksum=checksum, state__in=(UploadState.READY, UploadState.APPLYING)
    )
    if not ready.update(state=UploadState.APPLYING):
        raise CannotApply(f"This sheet is {sheet.get_state_display().lower()}; it cannot be applied.")
    run = request_run(
        RunKind.APPLY_SHEET,
        halo_credential=sheet.halo_credential,
        parameters={"sheet": sheet.pk, "checksum": checksum},
        requested_by=requested_by,
        slot=f"apply_sheet:{sheet.pk}",
    )
    MappingSheet.objects.filter(pk=sheet.pk).update(apply_run=run)
    sheet.refresh_from_db()
    return run


def is_at_work(sheet: MappingSheet) -> bool:
    """Whether a run of this sheet is queued or running."""
    runs = [run for run in (sheet.look_run, sheet.apply_run) if run is not None]
    return any(run.state in OPEN_STATES for run in runs)


def is_left_behind(sheet: MappingSheet) -> bool:
    """Whether it is being applied, but by nobody: asking for it again takes it up."""
    return sheet.state == UploadState.APPLYING and not is_at_work(sheet)
