"""The installed software of one asset: read when its page is opened, shown as soon as it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from integrations.choices import ConnectionState
from integrations.models import OPEN_STATES, HaloAsset, Run
from integrations.runs.request import request_software, software_slot

FRESH_FOR: Final = timedelta(hours=24)
REST_AFTER_A_FAILURE: Final = timedelta(minutes=15)
"""Opening the page again and again does not ask again and again for what has just failed."""
PERMISSION: Final = "read_software"


@dataclass(frozen=True, slots=True)
class Reading:
    """How it stands: `waiting` for a run, or the `reason` why nothing (newer) is read."""

    waiting: bool = False
    run: Run | None = None
    reason: str = ""


def reading_of(asset: HaloAsset) -> Reading:
    """Only looks. One query."""
    run = Run.objects.filter(slot=software_slot(asset)).order_by("-id").first()
    if run and run.state in OPEN_STATES:
        return Reading(waiting=True, run=run)
    return Reading(run=run, reason=_why_not(asset) or _last_failure(asset, run))


def reading_on_opening(asset: HaloAsset, staff: Any) -> Reading:
    """Asks for a run where what is known is old, could be read, and nobody has asked already."""
    reading = reading_of(asset)
    if reading.waiting or reading.reason or is_fresh(asset) or not asset.active:
        return reading
    return Reading(waiting=True, run=request_software(asset, requested_by=staff))


def is_fresh(asset: HaloAsset) -> bool:
    return asset.software_read_at is not None and asset.software_read_at > timezone.now() - FRESH_FOR


def _why_not(asset: HaloAsset) -> str:
    credential = asset.halo_credential
    if lack := credential.lacks(PERMISSION):
        return lack
    if not credential.enabled:
        return f"{credential} is switched off, so nothing is read from HaloPSA."
    if credential.state != ConnectionState.WORKING:
        return f"{credential} does not work at present: {credential.state_reason or 'it is not tested yet.'}"
    return ""


def _last_failure(asset: HaloAsset, run: Run | None) -> str:
    """What kept the last run from reading it, while that is news."""
    if run is None or run.ended_at is None or run.ended_at < timezone.now() - REST_AFTER_A_FAILURE:
        return ""
    if asset.software_read_at and asset.software_read_at >= run.requested_at:
        return ""
    return run.error or f"The last read ended without a result ({run.get_state_display().lower()})."
