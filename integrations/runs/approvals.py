"""Deciding about losses that wait: take away what is missing, or keep everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.choices import RunKind, RunState, UploadedKind
from integrations.models import HeldLoss, Run
from integrations.registry import CONNECTORS, connector_class
from integrations.runs.request import request_console_sync, request_events, request_halo_sync
from integrations.runs.uploads import request_approved

KINDS: Final = (RunKind.SYNC_HALO, RunKind.SYNC_CONSOLE, RunKind.EVENTS, RunKind.APPLY_UPLOAD)
"""Runs that can wait for an approval."""
_SERIES: Final = "series"


class NothingToDecide(Exception):
    """What was looked at has been decided, has healed, or is not what it was any more."""


def open_losses() -> QuerySet[HeldLoss]:
    """Losses about which somebody has to decide."""
    return HeldLoss.objects.filter(approved_at=None, dismissed_at=None)


def losses_of(run: Run) -> list[HeldLoss]:
    """The open losses that such a run can have met; none where it does not wait."""
    if run.state != RunState.WAITING or run.kind not in KINDS:
        return []
    series = Q(resource=_SERIES) | Q(resource__startswith=f"{_SERIES}:")
    of_kind = series if run.kind == RunKind.EVENTS else ~series
    if run.kind == RunKind.APPLY_UPLOAD:
        of_kind = Q(resource=_resource_of(run))
    owner = Q(halo_credential=run.halo_credential_id) if run.halo_credential_id else Q(console=run.console_id)
    return list(open_losses().filter(owner, of_kind).select_related("halo_credential__instance", "console"))


def approve(looked_at: Iterable[HeldLoss], by: Any) -> Run:
    """Let the next complete read take away what is missing, at most as much as was looked at.

    Returns the run that reads (the last, where the losses are of several). Raises `NothingToDecide` where a
    loss has been decided or has changed since; then none of them is approved.
    """
    losses = list(looked_at)
    staff = by if isinstance(by, get_user_model()) else None
    with transaction.atomic():
        _decide(losses, approved_at=timezone.now(), approved_by=staff)
        _close_waiting(losses, f"Approved by {by}: the next read takes it away.")
    runs = {_reads(loss): loss for loss in losses}
    return [_read_again(loss, kind, by) for (kind, _), loss in runs.items()][-1]


def dismiss(looked_at: Iterable[HeldLoss], by: Any) -> None:
    """Keep everything; asked again only if more is missing. Raises as `approve`."""
    losses = list(looked_at)
    with transaction.atomic():
        _decide(losses, dismissed_at=timezone.now())
        _close_waiting(losses, f"{by} has decided to keep everything.")


def supersede_waiting(run: Run, state: str) -> None:
    """A later read has ended: an older run waits no more where this one waits, or where nothing waits."""
    if run.kind not in KINDS or state not in (RunState.WAITING, RunState.SUCCEEDED, RunState.PARTIAL):
        return
    same = Q(slot=run.slot)
    if run.kind == RunKind.APPLY_UPLOAD:
        same = Q(console=run.console_id, parameters__what=run.parameters.get("what"))
    older = Run.objects.filter(same, kind=run.kind, state=RunState.WAITING, pk__lt=run.pk)
    for waiting in older:
        if state == RunState.WAITING or not losses_of(waiting):
            sentence = f"Run {run.pk} has read it again and tells how it stands."
            older.filter(pk=waiting.pk).update(state=RunState.PARTIAL, error=sentence)


def _resource_of(run: Run) -> str:
    """What an uploaded list holds, as losses are called."""
    what = str(run.parameters.get("what", ""))
    return _SERIES if what == UploadedKind.EVENTS else what


def _decide(losses: list[HeldLoss], **decision: Any) -> None:
    if not losses:
        raise NothingToDecide("Nothing waits for an approval here.")
    for loss in losses:
        # Conditional: what has grown meanwhile was not looked at.
        if not open_losses().filter(pk=loss.pk, missing=loss.missing).update(**decision):
            raise NothingToDecide(f"This has changed or has been decided meanwhile: {loss}.")


def _close_waiting(losses: list[HeldLoss], sentence: str) -> None:
    """A run of which nothing is left to decide waits no more."""
    owners = Q(pk__in=())
    for loss in losses:
        owners |= (
            Q(halo_credential=loss.halo_credential_id)
            if loss.halo_credential_id
            else Q(console=loss.console_id)
        )
    waiting = Run.objects.filter(owners, kind__in=KINDS, state=RunState.WAITING)
    for run in waiting:
        if not losses_of(run):
            waiting.filter(pk=run.pk).update(state=RunState.PARTIAL, error=sentence)


def _reads(loss: HeldLoss) -> tuple[str, int | None]:
    """The kind of run that reads this list, and for whom."""
    if loss.halo_credential_id:
        return RunKind.SYNC_HALO, loss.halo_credential_id
    is_series = loss.resource.partition(":")[0] == _SERIES
    return (RunKind.EVENTS if is_series else RunKind.SYNC_CONSOLE), loss.console_id


def _read_again(loss: HeldLoss, kind: str, by: Any) -> Run:
    if loss.halo_credential:
        return request_halo_sync(loss.halo_credential, full=True, requested_by=by)
    assert loss.console is not None  # noqa: S101  a constraint of its table
    if loss.console.kind in CONNECTORS and connector_class(loss.console.kind).abilities.uploaded:
        return _look_through_again(loss)
    read = request_events if kind == RunKind.EVENTS else request_console_sync
    return read(loss.console, requested_by=by)


def _look_through_again(loss: HeldLoss) -> Run:
    """The uploaded list, while it is kept; else the next complete one does it, and the last run tells so."""
    what = UploadedKind.EVENTS if loss.resource == _SERIES else loss.resource
    if run := request_approved(loss.console_id, what):
        return run
    uploads = Run.objects.filter(console=loss.console_id, kind=RunKind.APPLY_UPLOAD)
    run = uploads.filter(parameters__what=what).order_by("-pk").first()
    if run is None:
        raise NothingToDecide("The list is not kept any more; upload a complete one, and decide about that.")
    return run
