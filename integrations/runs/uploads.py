"""Asking for work on an uploaded spreadsheet: look at it, apply what was looked at."""

from __future__ import annotations

from typing import Any

from integrations.choices import RunKind, UploadState
from integrations.models import OPEN_STATES, Run, Upload
from integrations.runs.request import request_run


class CannotApply(Exception):
    """What was looked at is not what would be done; the sentence says why."""


def request_look(upload: Upload, *, requested_by: Any = None) -> Run:
    """Look at it (again), with the columns as they are now. What was seen before holds no more."""
    changed = Upload.objects.filter(pk=upload.pk).exclude(
        state__in=(UploadState.APPLYING, UploadState.APPLIED)
    )
    values: dict[str, Any] = {"state": UploadState.LOOKING, "checksum": "", "counts": {}, "reason": ""}
    if not changed.update(**values):
        raise CannotApply("This upload has been applied; upload the file again to change something.")
    run = request_run(
        RunKind.LOOK_UPLOAD,
        console=upload.console,
        parameters={"upload": upload.pk},
        requested_by=requested_by,
        slot=f"look_upload:{upload.pk}",
    )
    Upload.objects.filter(pk=upload.pk).update(look_run=run)
    upload.refresh_from_db()
    return run


def request_apply(upload: Upload, checksum: str, *, requested_by: Any = None) -> Run:
    """Do what was looked at. Asked for twice it is done once. Raises `CannotApply`."""
    if not checksum or checksum != upload.checksum:
        raise CannotApply("The checksum is not that of this upload as it is now; look at it again.")
    if upload.apply_run is not None and (upload.state == UploadState.APPLIED or is_at_work(upload)):
        return upload.apply_run
    if upload.state not in (UploadState.READY, UploadState.APPLYING):
        raise CannotApply(f"This upload is {upload.get_state_display().lower()}; it cannot be applied.")
    if not upload.console.enabled:
        raise CannotApply("This console is switched off.")
    if sentence := stale(upload):
        raise CannotApply(sentence)
    # Conditional: whoever changes a column at this moment has not looked at what would be done.
    ready = Upload.objects.filter(
        pk=upload.pk, checksum=checksum, state__in=(UploadState.READY, UploadState.APPLYING)
    )
    if not ready.update(state=UploadState.APPLYING):
        raise CannotApply("This upload was changed at this moment; look at it again.")
    run = request_run(
        RunKind.APPLY_UPLOAD,
        console=upload.console,
        parameters={"upload": upload.pk, "what": upload.what, "checksum": checksum},
        requested_by=requested_by,
        slot=f"apply_upload:{upload.pk}",
    )
    Upload.objects.filter(pk=upload.pk).update(apply_run=run)
    return run


def stale(upload: Upload) -> str:
    """Why what was looked at is not how things are any more; '' while it is."""
    if upload.looked_at is None:
        return ""
    later = Upload.objects.filter(console=upload.console, applied_at__gt=upload.looked_at)
    if other := later.exclude(pk=upload.pk).first():
        return f"“{other}” has been applied since this was looked at; look at it again."
    return ""


def request_approved(console_id: int | None, what: str) -> Run | None:
    """After an approval: the list that was held back is looked through again, while it is kept."""
    held = Upload.objects.filter(
        console=console_id, what=what, state=UploadState.APPLIED, missing_counted=True
    )
    upload = (
        held.defer("content").exclude(content=b"").select_related("console").order_by("-applied_at").first()
    )
    if upload is None:
        return None
    return request_run(
        RunKind.APPLY_UPLOAD,
        console=upload.console,
        parameters={"upload": upload.pk, "what": what, "approved": True},
        slot=f"apply_upload:{upload.pk}",
    )


def is_at_work(upload: Upload) -> bool:
    """Whether a run of this upload is queued or running."""
    runs = [run for run in (upload.look_run, upload.apply_run) if run is not None]
    return any(run.state in OPEN_STATES for run in runs)
