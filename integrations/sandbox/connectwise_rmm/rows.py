"""Endpoints as ConnectWise RMM shows them: flat, with other names, or grouped with values in blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row

_OTHER_NAMES = {"endpointId": "deviceId", "endpointType": "deviceType", "osName": "os"}
_OWNER = ("companyId", "siteId")


def shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def endpoints(rows: Iterable[Row], switches: Switches) -> Any:
    """An object with the list of them, or one list for each category of devices."""
    found = [
        _without_owner(row) if switches.connectwise_rmm_company_not_named else shown(row) for row in rows
    ]
    if switches.connectwise_rmm_grouped:
        return {"platform": _grouped(found), "network": []}
    if switches.connectwise_rmm_other_names:
        found = [{_OTHER_NAMES.get(name, name): value for name, value in row.items()} for row in found]
    return {"endpoints": found}


def _without_owner(row: Row) -> Row:
    return {name: value for name, value in shown(row).items() if name not in _OWNER}


def _grouped(rows: list[Row]) -> list[Row]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.get("companyId", ""), row.get("siteId", "")), []).append(_in_blocks(row))
    return [
        {**({"companyID": company, "siteID": site} if company else {}), "endpoints": inner}
        for (company, site), inner in groups.items()
    ]


def _in_blocks(row: Row) -> Row:
    return {
        "endpointID": row["endpointId"],
        "deviceName": row["hostName"],
        "friendlyName": row["friendlyName"],
        "endpointType": row["endpointType"],
        "ipAddress": row["ipAddress"],
        "macAddress": row["macAddress"],
        "os": {"product": row["osName"]},
        "system": {"serialNumber": row["serialNumber"], "model": row["model"]},
        "baseboard": {"manufacturer": row["manufacturer"]},
    }
