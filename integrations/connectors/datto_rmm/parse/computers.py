"""Devices of Datto RMM: a row of the list and, where it was read, the device's audit make one record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from integrations.connectors import values
from integrations.connectors.datto_rmm.parse.companies import Sites
from integrations.connectors.datto_rmm.parse.envelopes import Row
from integrations.records import ComputerRecord
from integrations.sync import clocks

HARDWARE: Final = ("serial_number", "manufacturer", "model", "mac_addresses")
"""What only the audit tells about a device."""
ON_DEMAND: Final = "The device is not managed: it waits in the OnDemand site."

# Words of categories, the first that fits decides; then those of the device class.
_CATEGORIES: Final = (
    ("server", "server"),
    ("esxi", "server"),
    ("laptop", "laptop"),
    ("notebook", "laptop"),
    ("desktop", "workstation"),
    ("workstation", "workstation"),
    ("virtual", "vm"),
    ("tablet", "mobile"),
    ("phone", "mobile"),
    ("mobile", "mobile"),
    ("printer", "printer"),
    ("network", "network"),
    ("switch", "network"),
    ("router", "network"),
    ("firewall", "network"),
)
_CLASSES: Final = {"printer": "printer", "esxihost": "server", "rmmnetworkdevice": "network"}
# "Microsoft Windows Server 2022 Standard 10.0.20348"
_NAME_AND_VERSION: Final = re.compile(r"(.*\S)\s+(\d+(?:\.\d+)+)\S*")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device's row has to be seen with. `now` bounds times of contact."""

    now: datetime
    sites: Sites = field(default_factory=Sites)
    zone: tzinfo = UTC


def uid(row: Row) -> str | None:
    return values.guid(row.get("uid"))


def is_removed(row: Row, sites: Sites) -> bool:
    """Whether the console keeps no more than the memory of the device."""
    return values.flag(row.get("deleted")) is True or values.guid(row.get("siteUid")) in sites.removed


def has_audit(row: Row) -> bool:
    """Whether the list lets expect an audit of this kind; printers, ESXi hosts and the like have others."""
    kind = values.squash(row.get("deviceClass"))
    return kind in ("", "device") and values.moment(row.get("lastAuditDate"), UTC) is not None


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the time of the last contact lies in the future: one of the clocks is wrong."""
    return clocks.is_ahead(values.moment(row.get("lastSeen"), around.zone), around.now)


def computer(
    row: Row, audit: Row | None, around: Surroundings, unread: tuple[str, ...] = ()
) -> ComputerRecord | None:
    """One device, or None for a row without uid. `unread` is what could not be read this time."""
    external_id, site = uid(row), values.guid(row.get("siteUid"))
    if external_id is None:
        return None
    system, found = _block(audit, "systemInfo"), audit or {}
    os_name, os_version = _operating_system(values.text(row.get("operatingSystem")))
    host_name, waits = values.text(row.get("hostname")), site in around.sites.on_demand
    category, kind = _kinds(row)
    product = category or kind
    return ComputerRecord(
        external_id=external_id,
        name=host_name or values.line(row.get("description")) or external_id,
        company_external_id=None if waits else site,
        host_name=host_name,
        serial_number=values.text(_block(audit, "bios").get("serialNumber")),
        mac_addresses=_mac_addresses(found.get("nics")),
        ip_addresses=values.ip_addresses(row.get("intIpAddress")),
        manufacturer=values.text(system.get("manufacturer")),
        model=values.text(system.get("model")),
        os_name=os_name,
        os_version=os_version,
        device_class=_device_class(category, kind, os_name),
        last_user=values.text(row.get("lastLoggedInUser")),
        last_seen=None if is_ahead(row, around) else values.moment(row.get("lastSeen"), around.zone),
        online=values.flag(row.get("online")),
        agent_version=values.text(row.get("displayVersion")) or values.text(row.get("cagVersion")),
        warranty_ends_on=_day(row.get("warrantyDate"), around.zone),
        products=(product,) if product else (),
        eligible=not waits,
        ineligible_reason=ON_DEMAND if waits else "",
        raw={"device": dict(row), "audit": dict(audit) if audit else None, "unread": sorted(unread)},
        console_url=values.text(row.get("portalUrl")),
        remote_url=values.text(row.get("webRemoteUrl")),
    )


def _kinds(row: Row) -> tuple[str | None, str | None]:
    """The category and, coarser, the device class."""
    return values.text(_block(row, "deviceType").get("category")), values.text(row.get("deviceClass"))


def _block(row: Row | None, name: str) -> Mapping[str, Any]:
    found = (row or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def _mac_addresses(nics: Any) -> tuple[str, ...]:
    cards = nics if isinstance(nics, list) else []
    return values.mac_addresses([card.get("macAddress") for card in cards if isinstance(card, Mapping)])


def _operating_system(told: str | None) -> tuple[str | None, str | None]:
    """Name and version; a text that does not end in a version is the name."""
    found = _NAME_AND_VERSION.fullmatch(told or "")
    return (found[1], found[2]) if found else (told, None)


def _device_class(category: str | None, kind: str | None, os_name: str | None) -> str | None:
    """From the category, else the device class, else the words of the operating system."""
    name, known = (category or "").casefold(), _CLASSES.get(values.squash(kind))
    found = next((ours for word, ours in _CATEGORIES if word in name), known)
    if found is not None or os_name is None:
        return found or ("other" if category or kind else None)
    return "server" if "server" in os_name.casefold() else "workstation"


def _day(value: Any, zone: tzinfo) -> date | None:
    """A date as text, or the day of an epoch."""
    told = values.text(value)
    try:
        return date.fromisoformat((told or "")[:10])
    except ValueError:
        found = values.moment(value, zone)
        return found.astimezone(zone).date() if found else None
