"""What a computer can tell as text, and which Halo asset field usually holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Final, NamedTuple

from integrations.choices import ConsolePurpose
from integrations.registry import CONNECTORS, connector_class
from mappings.matching import AssetKeys, ComputerKeys, serial_key


class ComputerFacts(NamedTuple):
    """A computer as a flat row; `COLUMNS` reads it with `values_list`, in this order."""

    id: int
    console_id: int
    company_id: int | None
    external_id: str
    name: str
    host_name: str
    serial_number: str
    mac_addresses: list[str]
    ip_addresses: list[str]
    manufacturer: str
    model: str
    os_name: str
    os_version: str
    device_class: str
    last_user: str
    last_seen: datetime | None
    agent_version: str
    purchased_on: date | None
    warranty_ends_on: date | None
    console_url: str
    remote_url: str
    location_id: int | None
    product_id: int | None
    product_name: str | None
    console_kind: str
    active: bool
    eligible: bool
    ineligible_reason: str
    gone_since: datetime | None

    def keys(self, client_id: int) -> ComputerKeys:
        return ComputerKeys(
            self.id,
            client_id,
            serial=self.serial_number,
            macs=tuple(self.mac_addresses),
            host=self.host_name or self.name,
        )


COLUMNS: Final[tuple[str, ...]] = tuple(
    {"product_name": "product__name", "console_kind": "console__kind"}.get(name, name)
    for name in ComputerFacts._fields
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`usual_names`: names of Halo fields that hold it where nobody made a table, best first.

    `names_the_asset`: staff may have written it by hand on an asset that was there before us. `is_day`: it
    is a day, or begins with one.
    """

    key: str
    label: str
    read: Callable[[ComputerFacts], str | Sequence[str]]
    usual_names: tuple[str, ...] = ()
    names_the_asset: bool = False
    is_day: bool = False
    is_link: bool = False

    def value(self, facts: ComputerFacts, limit: int | None = None) -> str:
        """Its text. Of a list as many whole items as fit into `limit` characters, at least one."""
        read = self.read(facts)
        if isinstance(read, str):
            return read.strip()
        items = [item.strip() for item in read if item.strip()]
        text = ", ".join(items)
        while limit and len(text) > limit and len(items) > 1:
            items.pop()
            text = ", ".join(items)
        return text


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


@cache
def _backs_up(kind: str) -> bool:
    """As its connector declares it."""
    return kind in CONNECTORS and ConsolePurpose.BACKUP in connector_class(kind).purposes


_LIST: Final = (
    Attribute(
        "name",
        "Name",
        lambda facts: facts.name,
        ("device name", "computer name", "host name", "machine name", "asset name", "name"),
        names_the_asset=True,
    ),
    Attribute("host_name", "Host name", lambda facts: facts.host_name or facts.name),
    Attribute(
        "serial_number",
        "Serial number",
        # Junk is no serial number, and in Halo it would look like one.
        lambda facts: facts.serial_number if serial_key(facts.serial_number) else "",
        ("serial number", "serial no", "serial"),
        names_the_asset=True,
    ),
    Attribute("manufacturer", "Manufacturer", lambda facts: facts.manufacturer, ("manufacturer", "make")),
    Attribute("model", "Model", lambda facts: facts.model, ("model", "model name")),
    Attribute(
        "os_name", "Operating system", lambda facts: facts.os_name, ("operating system", "os name", "os")
    ),
    Attribute(
        "os_version",
        "Version of the operating system",
        lambda facts: facts.os_version,
        ("os version", "operating system version"),
    ),
    Attribute(
        "ip_addresses", "IP addresses", lambda facts: facts.ip_addresses, ("ip address", "ip addresses")
    ),
    Attribute(
        "mac_addresses", "MAC addresses", lambda facts: facts.mac_addresses, ("mac address", "mac addresses")
    ),
    Attribute(
        "last_user",
        "Last user",
        lambda facts: facts.last_user,
        ("last user", "last logged in user", "last logged on user"),
    ),
    # It changes with every read, so that nobody gets it without asking for it.
    Attribute("last_seen", "Last seen (UTC)", lambda facts: _moment(facts.last_seen), is_day=True),
    Attribute(
        "agent_version",
        "RMM agent version",
        lambda facts: facts.agent_version,
        ("rmm agent version", "agent version"),
    ),
    Attribute(
        "purchased_on",
        "Date of purchase",
        lambda facts: _day(facts.purchased_on),
        ("purchase date", "purchased on", "date of purchase"),
        is_day=True,
    ),
    Attribute(
        "warranty_ends_on",
        "End of warranty",
        lambda facts: _day(facts.warranty_ends_on),
        ("warranty end date", "warranty end", "warranty expiry", "warranty expires"),
        is_day=True,
    ),
    Attribute("console_url", "Link: page in the console", lambda facts: facts.console_url, is_link=True),
    Attribute("remote_url", "Link: remote control", lambda facts: facts.remote_url, is_link=True),
    Attribute("device_class", "Device class", lambda facts: facts.device_class),
    Attribute("product", "Product", lambda facts: facts.product_name or ""),
    Attribute(
        "backup_product",
        "Product of a backup console",
        lambda facts: (facts.product_name or "") if _backs_up(facts.console_kind) else "",
        ("backup product", "backup licence", "backup license"),
    ),
    Attribute("external_id", "ID in the console", lambda facts: facts.external_id),
)

ATTRIBUTES: Final[Mapping[str, Attribute]] = {attribute.key: attribute for attribute in _LIST}
ATTRIBUTE_CHOICES: Final = [(attribute.key, attribute.label) for attribute in _LIST]
"""For forms: what a field mapping can name."""


# ---- Halo fields by name --------------------------------------------------------------------


_BETWEEN: Final = re.compile(r"[,;\s]+")


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def usual_fields(named: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Field id → attribute key, by the names of one asset type's fields; an attribute gets the best named."""
    by_name: dict[str, int] = {}
    for field_id, name in sorted(named):
        by_name.setdefault(_bare(name), field_id)
    found: dict[int, str] = {}
    for attribute in _LIST:
        ids = [by_name[_bare(name)] for name in attribute.usual_names if _bare(name) in by_name]
        if ids:
            found.setdefault(ids[0], attribute.key)
    return found


class KeyFields:
    """Which Halo fields tell serial number, MAC address and host name of an asset."""

    def __init__(self, named: Iterable[tuple[int, str]], mapped: Iterable[tuple[int, str]] = ()) -> None:
        """`named`: (field id, name) of all fields; `mapped`: (field id, attribute) of field mappings."""
        attributes = {"serial_number": "serial", "mac_addresses": "mac", "name": "host", "host_name": "host"}
        self._ids: dict[str, list[str]] = {"serial": [], "mac": [], "host": []}
        names = {_bare(name): key for key in attributes for name in ATTRIBUTES[key].usual_names}
        pairs = [(number, names[_bare(name)]) for number, name in sorted(named) if _bare(name) in names]
        for field_id, attribute in [*mapped, *pairs]:
            if attribute in attributes and str(field_id) not in self._ids[attributes[attribute]]:
                self._ids[attributes[attribute]].append(str(field_id))

    def keys_of(
        self,
        asset_id: int,
        client_id: int,
        *,
        fields: Mapping[str, str] | None,
        key_values: Sequence[str],
        key_field_ids: Sequence[int],
        serial: str = "",
        links: tuple[str, ...] = (),
    ) -> AssetKeys:
        """Keys from the asset's fields; where those were not read, from its key fields (first to third).

        `serial`: where no field tells one.
        """
        values = {str(number): value for number, value in zip(key_field_ids, key_values, strict=False)}
        values |= fields or {}
        return AssetKeys(
            asset_id,
            client_id,
            serial=self._first(values, "serial") or serial,
            macs=tuple(_BETWEEN.split(" ".join(self._all(values, "mac")).strip())),
            # Without a type nobody knows what the first key field is; it usually is the name.
            host=self._first(values, "host") or (key_values[0] if key_values and not key_field_ids else ""),
            links=links,
        )

    def _all(self, values: Mapping[str, str], kind: str) -> list[str]:
        return [str(values[number]) for number in self._ids[kind] if values.get(number)]

    def _first(self, values: Mapping[str, str], kind: str) -> str:
        return next(iter(self._all(values, kind)), "")
