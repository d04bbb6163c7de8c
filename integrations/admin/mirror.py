"""How far the reading of a HaloPSA is: one line for each resource, on the credential and on its syncs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.safestring import SafeString

from integrations.admin.display import badge
from integrations.choices import ReadState, Resource
from integrations.models import HaloCredential, MirrorState

TONES: Final = {
    ReadState.NEVER: "neutral",
    ReadState.QUEUED: "neutral",
    ReadState.READING: "info",
    ReadState.DONE: "good",
    ReadState.FAILED: "bad",
    ReadState.OFF: "neutral",
}


@dataclass(frozen=True, slots=True)
class Line:
    """`percent` is None where nothing is known of how much there is (or while it waits)."""

    label: str
    badge: SafeString
    reading: bool
    failed: bool
    percent: int | None
    told: str
    read_at: datetime | None
    full_at: datetime | None
    calls: int
    reason: str


def mirror_of(credential: HaloCredential) -> list[Line]:
    """In the order of reading. One query; nothing before the first sync."""
    states = {row.resource: row for row in MirrorState.objects.filter(halo_credential=credential)}
    shown = [name for name in Resource.values if name in states]
    if not any(states[name].state != ReadState.NEVER for name in shown):
        return []
    return [_line(states[name]) for name in shown]


def _line(row: MirrorState) -> Line:
    reading, done = row.state == ReadState.READING, row.state == ReadState.DONE
    percent = 100 if done else None
    if reading and row.total:
        percent = min(99, 100 * row.done // row.total)
    told = f"{row.done:,} of {row.total:,}" if reading and row.total else f"{row.done:,}" if reading else ""
    if not reading and row.listed is not None and row.full_at:
        told = f"{row.listed:,}"
    return Line(
        label=row.get_resource_display().split(" [")[0],
        badge=badge(row.get_state_display(), TONES[ReadState(row.state)]),
        reading=reading,
        failed=row.state == ReadState.FAILED,
        percent=percent,
        told=told,
        read_at=row.read_at,
        full_at=row.full_at,
        calls=row.calls,
        reason=row.reason,
    )
