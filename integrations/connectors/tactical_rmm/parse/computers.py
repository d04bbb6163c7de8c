"""Agents of Tactical RMM: a row of the list, and the full record where it was read, make one computer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Final

from integrations.connectors import values
from integrations.connectors.tactical_rmm.parse.companies import ids_by_name, name_key
from integrations.connectors.tactical_rmm.parse.envelopes import Row, moment, text
from integrations.records import CompanyRecord, ComputerRecord

HARDWARE: Final = ("mac_addresses",)
"""What only the full record of an agent holds."""

_SYSTEM: Final = re.compile(
    r"(?P<name>.+?),\s*(?:32|64)[ -]?bit\b.*?(?:\(build (?P<build>[\d.]+)\))?\s*$", re.I
)
_ONLINE: Final = {"online": True, "offline": False, "overdue": False}
_CLASSES: Final = {"server": "server", "workstation": "workstation"}
_MAKERS: Final = (
    "Dell Inc.",
    "HPE",
    "HP",
    "Hewlett-Packard",
    "LENOVO",
    "Microsoft Corporation",
    "VMware, Inc.",
    "QEMU",
    "Apple Inc.",
    "Apple",
    "ASUSTeK COMPUTER INC.",
    "Acer",
    "Gigabyte Technology Co., Ltd.",
    "Supermicro",
    "FUJITSU",
    "Intel(R) Client Systems",
    "Microsoft",
)
"""Makers whose name begins a `make_model`; of any other the whole text is the model."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The client whose agents are read. `dashboard` is the address of the pages, '' if it is not known."""

    company: CompanyRecord
    zone: tzinfo = UTC
    dashboard: str = ""
    location_ids: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, company: CompanyRecord, zone: tzinfo, dashboard: str) -> Surroundings:
        return cls(company, zone, dashboard.rstrip("/"), ids_by_name(company.locations))


def agent_id(row: Row) -> str | None:
    return text(row.get("agent_id"))


def computer(
    row: Row, around: Surroundings, full: Row | None, *, unread: Iterable[str] = ()
) -> ComputerRecord | None:
    """One agent, or None for a row without `agent_id`; `full` is its full record, where that was read."""
    external_id = agent_id(row)
    if external_id is None:
        return None
    host_name, kind = text(row.get("hostname")), text(row.get("monitoring_type"))
    manufacturer, model = _make_and_model(row.get("make_model"))
    os_name, os_version = _system(row.get("operating_system"))
    location_id = around.location_ids.get(name_key(row.get("site_name")))
    lost = () if location_id or not name_key(row.get("site_name")) else ("location_external_id",)
    return ComputerRecord(
        external_id=external_id,
        name=host_name or external_id,
        company_external_id=around.company.external_id,
        location_external_id=location_id,
        host_name=host_name,
        serial_number=text(row.get("serial_number")),
        mac_addresses=_mac_addresses(full or {}),
        ip_addresses=values.ip_addresses(row.get("local_ips")),
        manufacturer=manufacturer,
        model=model,
        os_name=os_name,
        os_version=os_version,
        device_class=_CLASSES.get((kind or "").casefold()),
        last_user=text(row.get("logged_username")),
        last_seen=moment(row.get("last_seen"), around.zone),
        online=_ONLINE.get((text(row.get("status")) or "").casefold()),
        in_maintenance=values.flag(row.get("maintenance_mode")),
        agent_version=text(row.get("version")),
        products=_products(kind, text(row.get("plat"))),
        raw={"agent": dict(row), "unread": sorted({*unread, *lost})},
        console_url=_page(around, "agents", external_id),
        remote_url=_page(around, "takecontrol", external_id),
    )


def _products(kind: str | None, platform: str | None) -> tuple[str, ...]:
    """`server (windows)`: what the agent is monitored as, and its platform."""
    named = kind or platform
    return (f"{kind} ({platform})" if kind and platform else named,) if named else ()


def _page(around: Surroundings, name: str, external_id: str) -> str | None:
    return f"{around.dashboard}/{name}/{external_id}" if around.dashboard else None


def _make_and_model(value: Any) -> tuple[str | None, str | None]:
    """(manufacturer, model) of text that begins with a known maker, or of a list of the two."""
    parts = [found for part in _listed(value) if (found := text(part))]
    if len(parts) == 2:
        return parts[0], parts[1]
    whole = values.line(" ".join(parts))
    for maker in _MAKERS if whole else ():
        if whole and whole.casefold().startswith(f"{maker.casefold()} "):
            return whole[: len(maker)], whole[len(maker) :].strip()
    return None, whole


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    found = text(value) or ""
    if found.startswith("[") and found.endswith("]"):
        try:
            parsed = json.loads(found if '"' in found else found.replace("'", '"'))
        except ValueError:
            parsed = [part.strip(" '\"") for part in found[1:-1].split(",")]
        return parsed if isinstance(parsed, list) else [found]
    return [found]


def _system(value: Any) -> tuple[str | None, str | None]:
    """(name, build) of `Windows 11 Pro, 64 bit (build 22631)`; other systems are a name only."""
    found = values.line(text(value))
    parts = _SYSTEM.fullmatch(found) if found else None
    return (parts["name"], parts["build"]) if parts else (found, None)


def _mac_addresses(full: Row) -> tuple[str, ...]:
    """Of the network cards that have an IP address; Windows has dozens of others that belong to nothing."""
    details = full.get("wmi_detail")
    cards = details.get("network_config") if isinstance(details, Mapping) else None
    merged = (_merged(card) for card in cards) if isinstance(cards, list) else ()
    return values.mac_addresses([card.get("MACAddress") for card in merged if card.get("IPAddress")])


def _merged(card: Any) -> dict[str, Any]:
    """A card's properties; they come as one object, or as a list of objects with one property each."""
    parts = card if isinstance(card, list) else [card]
    return {key: value for part in parts if isinstance(part, Mapping) for key, value in part.items()}
