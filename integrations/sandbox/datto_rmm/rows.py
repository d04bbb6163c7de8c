"""Sites, devices, audits and alerts as Datto RMM shows them; pages around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.moments import at, in_seconds
from integrations.sandbox.world import Row

NONE = -62135596800000
"""How "no time" is written: the year 1 in milliseconds."""
_TIMES = {
    "lastSeen",
    "lastReboot",
    "lastAuditDate",
    "creationDate",
    "timestamp",
    "resolvedOn",
    "actionTime",
    "lastTriggered",
    "alertTime",
}
_NULL_TIMES = {"resolvedOn"}
"""Times that are null where there is none."""


def shown(value: Any, times: str, name: str = "") -> Any:
    """What is shown of a stored value: without names that begin with an underscore, times in one spelling."""
    if isinstance(value, dict):
        return {key: shown(part, times, key) for key, part in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [shown(part, times) for part in value]
    return _time(value, times, name) if name in _TIMES else value


def _time(stamp: str | None, times: str, name: str) -> Any:
    if stamp is None:
        return None if name in _NULL_TIMES else NONE
    if times == "iso":
        return in_seconds(stamp)
    return int(at(stamp).timestamp() * (1 if times == "seconds" else 1000))


def site(datto: DattoWorld, row: Row) -> Row:
    """With the devices counted."""
    own = [device for device in datto.devices.values() if device["siteUid"] == row["uid"]]
    online = sum(device["online"] for device in own)
    counts = {
        "numberOfDevices": len(own),
        "numberOfOnlineDevices": online,
        "numberOfOfflineDevices": len(own) - online,
    }
    return {**row, "devicesStatus": counts}


def page(name: str, found: Sequence[Row], number: int, size: int, address: str, told: int) -> Row:
    """One page of a list that counts `told` rows; the addresses of its neighbours are whole ones."""
    start = number * size
    some = list(found[start : start + size])

    def neighbour(other: int) -> str:
        return f"{address}?{urlencode({'max': size, 'page': other})}"

    details = {
        "count": len(some),
        "totalCount": told,
        "prevPageUrl": neighbour(number - 1) if number > 0 else None,
        "nextPageUrl": neighbour(number + 1) if start + size < len(found) else None,
    }
    return {"pageDetails": details, name: some}
