"""Clients, locations and computers as ConnectWise Automate shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.moments import in_seconds
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row

_OTHER_CASE = {"MacAddress": "MACAddress", "BIOSManufacturer": "BiosManufacturer", "BIOSFlash": "BiosFlash"}
LISTS: dict[str, Callable[[AutomateWorld, Switches], list[Row]]] = {
    "clients": lambda automate, switches: list(automate.clients.values()),
    "locations": lambda automate, switches: [location(automate, row) for row in automate.locations.values()],
    "computers": lambda automate, switches: [
        computer(automate, row, switches) for row in automate.computers.values()
    ],
}


def location(automate: AutomateWorld, row: Row) -> Row:
    return {"Id": row["Id"], "Client": _short(automate.clients[row["_client"]]), "Name": row["Name"]}


def computer(automate: AutomateWorld, row: Row, switches: Switches) -> Row:
    place = automate.locations[row["_location"]]
    seen = in_seconds(row["RemoteAgentLastContact"])
    shown = {
        **{name: value for name, value in row.items() if not name.startswith("_")},
        "Client": _short(automate.clients[place["_client"]]),
        "Location": _short(place),
        "RemoteAgentLastContact": seen.rstrip("Z") if switches.connectwise_automate_naive_times else seen,
    }
    if not switches.connectwise_automate_other_case:
        return shown
    return {_OTHER_CASE.get(name, name): value for name, value in shown.items()}


def _short(row: Row) -> dict[str, Any]:
    return {"Id": row["Id"], "Name": row["Name"]}
