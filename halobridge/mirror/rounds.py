"""What one round of a sync reads: decided once at its beginning, from settings, permissions and states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from halobridge.mirror.resources import INCREMENTAL, PAGED
from integrations.choices import ReadState, Resource, SyncMode
from integrations.models import HaloCredential, MirrorState, SyncSettings
from integrations.sync.rights import FIELD_NEEDS, OPTION_NEEDS, RESOURCE_NEEDS

OVERLAP: Final = timedelta(minutes=10)
"""Changes are read from so long before the last position: clocks differ, and a change may be stored late."""
UNUSABLE: Final = (ReadState.FAILED, ReadState.OFF)
NOT_WANTED: Final = "Switched off in the sync settings of this credential."


@dataclass(slots=True)
class Round:
    """`todo`: what is read, in order; since when, as ISO text in UTC by Halo's clock, '' for all of it.

    `off`: what is not read, and why. What is in neither is not due in this round.
    """

    todo: dict[str, str] = field(default_factory=dict)
    off: dict[str, str] = field(default_factory=dict)


def plan_round(
    credential: HaloCredential,
    settings: SyncSettings,
    states: Mapping[str, MirrorState],
    *,
    full: bool,
    now: datetime,
) -> Round:
    """What to read. Computes only.

    A change is read again if it was made after what it points to had been read, however long the last round
    rested in between: an asset of a client that was made in the meantime finds that client now.
    """
    planned = Round()
    full = full or settings.mode == SyncMode.FULL
    earliest: datetime | None = None
    for resource in Resource:
        if reason := why_off(credential, settings, resource):
            planned.off[resource] = reason
            continue
        state = states.get(resource)
        if state and state.position and resource in INCREMENTAL and state.state not in UNUSABLE:
            earliest = min(earliest or state.position, state.position)
        if full or state is None or _full_is_due(state, settings, now):
            planned.todo[resource] = ""
        elif resource in INCREMENTAL and state.position:
            planned.todo[resource] = (min(earliest or state.position, state.position) - OVERLAP).isoformat()
    return planned


def why_off(credential: HaloCredential, settings: SyncSettings, resource: Resource) -> str:
    """The sentence for staff where a resource is not read; '' where it is."""
    if resource not in settings.resources:
        return NOT_WANTED
    lacking = [credential.lacks(key) for key in _needs(resource)]
    return lacking[0] if all(lacking) else ""


def limits_of(settings: SyncSettings, resource: str) -> dict[str, Any]:
    """To what the list of a resource is limited; where this changes, all of it has to be read again."""
    if resource not in PAGED:
        return {}
    limits: dict[str, Any] = {"inactive": settings.include_inactive}
    if resource == Resource.ASSETS:
        limits |= {"types": sorted(settings.asset_types), "groups": sorted(settings.asset_groups)}
    return limits


def within_of(limits: Mapping[str, Any]) -> dict[str, Any]:
    """The same limits as conditions on our rows: only these can be missed by such a read."""
    within: dict[str, Any] = {}
    if limits.get("types"):
        within["asset_type__halo_id__in"] = limits["types"]
    if limits.get("groups"):
        within["asset_type__group_id__in"] = limits["groups"]
    return within


def _full_is_due(state: MirrorState, settings: SyncSettings, now: datetime) -> bool:
    if state.full_at is None or state.full_at <= now - timedelta(hours=settings.full_hours):
        return True
    if state.limits != limits_of(settings, state.resource):
        return True
    if state.resource in INCREMENTAL:
        return state.position is None
    # Has no smaller read that could make up for it.
    return state.state in UNUSABLE


def _needs(resource: Resource) -> list[str]:
    """Keys of permissions of which one suffices to read something of it."""
    if resource == Resource.OPTIONS:
        return list(dict.fromkeys(OPTION_NEEDS.values()))
    if resource == Resource.FIELDS:
        return list(dict.fromkeys(FIELD_NEEDS.values()))
    return [RESOURCE_NEEDS[resource]]
