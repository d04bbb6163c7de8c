"""Assets of ConnectSecure: a row of the asset view is one computer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from integrations.connectors import links, values
from integrations.connectors.connectsecure.parse import envelopes
from integrations.records import ComputerRecord
from integrations.sync import clocks

Row = Mapping[str, Any]

NAMES: Final = ("visible_name", "name", "host_name")
DEPRECATED: Final = (
    "ConnectSecure calls it deprecated: it has not been seen for the number of days set there."
)
AGENTLESS: Final = "It has no agent of its own (a scan has found it), or it is the host of a probe."

_FOUND_BY_SCAN: Final = frozenset({"probe", "externalscan", "external", "agentless", "discovered", "none"})
"""Agent types, squashed, of assets that somebody else's agent has found. The vendor publishes no list."""

# Words of the category, the type and the operating system; the first that fits decides.
_CLASSES: Final = (
    (("printer",), "printer"),
    (("firewall", "router", "switch", "access point", "network", "cisco", "fortios", "pan-os"), "network"),
    (("phone", "mobile", "android", "ios", "ipados", "tablet"), "mobile"),
    (("server", "esxi"), "server"),
    (("laptop", "notebook"), "laptop"),
    (("workstation", "desktop", "windows", "macos", "mac os", "os x"), "workstation"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row does not say: patterns of links, and whether deprecated and agentless ones are wanted."""

    zone: tzinfo
    now: datetime
    console_link: str = ""
    remote_link: str = ""
    deprecated: bool = False
    agentless: bool = False


def computer(row: Row, around: Surroundings) -> ComputerRecord | None:
    """One asset, or None for a row without id."""
    external_id = envelopes.row_id(row)
    if external_id is None:
        return None
    device_class = _device_class(row)
    host_name = values.text(row.get("host_name")) or values.text(row.get("name"))
    parts, reason = {"id": external_id, "name": host_name}, _ineligible_reason(row, around)
    return ComputerRecord(
        external_id=external_id,
        name=next((name for key in NAMES if (name := values.text(row.get(key)))), external_id),
        company_external_id=values.text(row.get("company_id")),
        host_name=host_name,
        serial_number=values.text(row.get("serial_number")),
        mac_addresses=values.mac_addresses(row.get("mac")),
        ip_addresses=values.ip_addresses([row.get("ip"), row.get("ip_extra")]),
        manufacturer=values.text(row.get("manufacturer")),
        model=values.text(row.get("hardware_model")),
        os_name=values.text(row.get("os_name")) or values.text(row.get("os_full_name")),
        os_version=values.text(row.get("os_version")) or values.text(row.get("os_build")),
        device_class=device_class,
        last_user=values.text(row.get("logged_in_user")) or values.text(row.get("asset_logon_user")),
        last_seen=None if is_ahead(row, around) else _last_seen(row, around.zone),
        online=values.flag(row.get("online_status")),
        tags=envelopes.tags(row.get("tags"), row.get("manual_tags")),
        console_url=links.filled(around.console_link, **parts),
        remote_url=links.filled(around.remote_link, **parts),
        products=_products(row, device_class),
        eligible=not reason,
        ineligible_reason=reason,
        raw=dict(row),
    )


def is_deprecated(row: Row) -> bool:
    return bool(values.flag(row.get("is_deprecated")))


def is_agentless(row: Row) -> bool:
    """Whether it carries no agent. A probe's own host and what the probe finds can't be told apart."""
    kind = values.squash(values.text(row.get("agent_type")))
    return kind in _FOUND_BY_SCAN or values.text(row.get("agent_id")) is None


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the time of the last contact lies in the future: one of the clocks is wrong."""
    return clocks.is_ahead(_last_seen(row, around.zone), around.now)


def _last_seen(row: Row, zone: tzinfo) -> datetime | None:
    pinged = values.moment(row.get("last_ping_time"), zone)
    return pinged or values.moment(row.get("last_discovered_time"), zone)


def _ineligible_reason(row: Row, around: Surroundings) -> str:
    if is_deprecated(row) and not around.deprecated:
        return DEPRECATED
    return AGENTLESS if is_agentless(row) and not around.agentless else ""


def _device_class(row: Row) -> str | None:
    """From what the vendor calls it; where that says nothing, from its operating system."""
    if values.flag(row.get("is_firewall")):
        return "network"
    for keys in (("asset_category", "asset_type"), ("os_name", "os_full_name")):
        told = " ".join(values.text(row.get(key)) or "" for key in keys).casefold()
        found = next((known for words, known in _CLASSES if any(_has(told, word) for word in words)), None)
        if found is not None:
            return found
    return None


def _has(told: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", told) is not None


def _products(row: Row, device_class: str | None) -> tuple[str, ...]:
    """What can decide the asset type, the most telling first."""
    firewall = "firewall" if values.flag(row.get("is_firewall")) else None
    told = (values.text(row.get(key)) for key in ("asset_category", "asset_type", "platform"))
    found: dict[str, str] = {}
    for name in (firewall, device_class, *told):
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())
