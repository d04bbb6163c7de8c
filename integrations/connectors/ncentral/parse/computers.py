"""Devices of N-central: a row of the list, and what was read about it one by one, make one computer."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from integrations.connectors import values
from integrations.connectors.ncentral.parse import codes
from integrations.connectors.ncentral.parse.envelopes import Row, block, first_text, listed
from integrations.records import ComputerRecord
from integrations.sync import clocks

HARDWARE: Final = (
    "serial_number",
    "mac_addresses",
    "ip_addresses",
    "manufacturer",
    "model",
    "os_version",
)
"""What only the asset data hold (of addresses the list has one)."""
LIFECYCLE: Final = ("purchased_on", "warranty_ends_on")
"""What only the lifecycle data hold."""
_KEPT: Final = ("computersystem", "os", "networkadapter", "processor", "device")
"""Asset data that are kept with the computer; the lists of programs are long and of no use here."""
ASSET_BLOCKS: Final = (*_KEPT, "application", "_extra")
LIFECYCLE_KEYS: Final = ("warrantyExpiryDate", "purchaseDate", "leaseExpiryDate", "assetTag")
"""By these, asset data and lifecycle data are known where no `data` stands around them."""
_WITH_DOMAIN: Final = re.compile(r"([^\s.]+)(\.[\w-]+)+")
_NOTHING: Final = frozenset({"n/a", "none", "null", "-", "unknown"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`console` is the address of the console's pages; `now` bounds times of contact."""

    zone: tzinfo
    now: datetime
    console: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """What was read about one device besides its row; None: not read, or the console has none."""

    assets: Row | None = None
    lifecycle: Row | None = None

    def unread(self, row: Row) -> list[str]:
        """Attributes that could not be read. Some stand in the list for most devices, else in the assets."""
        found = [] if self.lifecycle is not None else list(LIFECYCLE)
        if self.assets is None:
            found += HARDWARE
            found += [] if _host_name(row) else ["host_name"]
            found += [] if _text(row.get("supportedOsLabel")) else ["os_name"]
        return sorted(found)


def device_id(row: Row) -> str | None:
    return values.text(row.get("deviceId"))


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the time of the last contact lies in the future: one of the clocks is wrong."""
    return clocks.is_ahead(_last_contact(row, around), around.now)


def computer(row: Row, around: Surroundings, details: Details) -> ComputerRecord | None:
    """One device, or None for a row without id."""
    external_id = device_id(row)
    if external_id is None:
        return None
    assets, lifecycle = details.assets or {}, details.lifecycle or {}
    system, os, cards = block(assets, "computersystem"), block(assets, "os"), _cards(assets)
    label, code = values.text(row.get("deviceClassLabel")), values.text(row.get("deviceClass"))
    page = _page(row, external_id, around)
    return ComputerRecord(
        external_id=external_id,
        name=first_text(row, ("longName", "discoveredName")) or external_id,
        company_external_id=first_text(row, ("customerId", "orgUnitId")),
        location_external_id=values.text(row.get("siteId")),
        host_name=_host_name(row) or _text(system.get("netbiosname")),
        serial_number=_text(system.get("serialnumber")),
        mac_addresses=values.mac_addresses([card.get("macaddress") for card in cards]),
        ip_addresses=values.ip_addresses([*(card.get("ipaddress") for card in cards), row.get("uri")]),
        manufacturer=_text(system.get("manufacturer")),
        model=_text(system.get("model")),
        os_name=_text(row.get("supportedOsLabel")) or _text(os.get("reportedos")),
        os_version=_text(os.get("version")),
        device_class=codes.device_class(label, code),
        last_user=_text(row.get("lastLoggedInUser")),
        last_seen=None if is_ahead(row, around) else _last_contact(row, around),
        purchased_on=_day(lifecycle.get("purchaseDate")),
        warranty_ends_on=_day(lifecycle.get("warrantyExpiryDate")),
        console_url=page.format("deviceDetails") or None,
        remote_url=_web_address(row.get("remoteControlUri")) or page.format("deviceRC") or None,
        products=tuple(found for found in (label or code, _text(row.get("licenseMode"))) if found),
        raw={
            "device": dict(row),
            "assets": {name: assets[name] for name in _KEPT if name in assets},
            "lifecycle": dict(lifecycle),
            "unread": details.unread(row),
        },
    )


def _text(value: Any) -> str | None:
    """Text without the words that stand for nothing."""
    found = values.text(value)
    return None if found is None or found.casefold() in _NOTHING else found


def _last_contact(row: Row, around: Surroundings) -> datetime | None:
    return values.moment(row.get("lastApplianceCheckinTime"), around.zone)


def _host_name(row: Row) -> str | None:
    """The discovered name without its domain; a device without a name was discovered by its address."""
    found = _text(row.get("discoveredName"))
    if found is None or _is_address(found):
        return None
    with_domain = _WITH_DOMAIN.fullmatch(found)
    return with_domain[1] if with_domain else found


def _is_address(found: str) -> bool:
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return True


def _cards(assets: Row) -> list[Row]:
    """Network cards that have an address; the others only where none has one."""
    cards = listed(assets.get("networkadapter"))
    return [card for card in cards if values.ip_addresses(card.get("ipaddress"))] or cards


def _page(row: Row, external_id: str, around: Surroundings) -> str:
    """The address of a page about this device, with `{}` for which; "" where it can't be told."""
    customer = first_text(row, ("customerId", "orgUnitId"))
    if customer is None or not around.console:
        return ""
    query = urlencode({"customerID": customer, "deviceID": external_id, "language": "en"})
    return f"{around.console}/deepLinkAction.do?method={{}}&{query}"


def _web_address(value: Any) -> str | None:
    found = values.text(value) or ""
    return found if found.lower().startswith(("https://", "http://")) else None


def _day(value: Any) -> date | None:
    """A day as it is written, whatever the time behind it."""
    found = values.moment((values.text(value) or "")[:10], UTC) if isinstance(value, str) else None
    found = found or values.moment(value, UTC)
    return found.date() if found else None
