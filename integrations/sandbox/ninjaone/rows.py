"""Organisations, devices, alerts and activities as NinjaOne shows them."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.moments import at, in_seconds
from integrations.sandbox.world import Row

_DETAILS = (
    "ipAddresses",
    "macAddresses",
    "publicIP",
    "os",
    "system",
    "lastLoggedInUser",
    "deviceType",
)
_TIMES = ("created", "lastContact", "lastUpdate", "createTime", "updateTime", "activityTime")


def shown(row: Row, *, iso: bool) -> Row:
    """NinjaOne: times are epoch seconds with a fraction; some clients expect ISO text."""
    return {
        name: _time(value, iso) if name in _TIMES else value
        for name, value in row.items()
        if not name.startswith("_")
    }


def _time(stamp: str | None, iso: bool) -> Any:
    if stamp is None:
        return None
    return in_seconds(stamp) if iso else round(at(stamp).timestamp(), 3)


def organisation(row: Row) -> Row:
    """The plain list leaves out the locations."""
    return {name: value for name, value in row.items() if name != "locations"}


def device(row: Row) -> Row:
    """The plain list leaves out the blocks of the detailed one."""
    return {name: value for name, value in row.items() if name not in _DETAILS}


def locations(organisation_row: Row) -> list[Row]:
    return [{**place, "organizationId": organisation_row["id"]} for place in organisation_row["locations"]]


def activity(row: Row, *, detailed_codes: bool) -> Row:
    """Papers differ: TRIGGERED and RESET stand in `statusCode`, or in `status` beside a finer code."""
    code = row.get("data", {}).get("message", {}).get("code")
    if not (detailed_codes and code):
        return row
    return {**row, "status": row["statusCode"], "statusCode": code}
