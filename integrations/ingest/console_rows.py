"""Records of a console → rows of our tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from integrations.ingest.upsert import Row, Shape
from integrations.models import Company, Computer, Location
from integrations.records import CompanyRecord, ComputerRecord, LocationRecord
from integrations.sync.names import normalise_name
from integrations.sync.storable import storable_key, storable_text

COMPANIES: Final = Shape(Company, key=("external_id",), find_by="external_id")
LOCATIONS: Final = Shape(Location, key=("company_id", "external_id"), find_by="company_id")
COMPUTERS: Final = Shape(Computer, key=("external_id",), find_by="external_id")

LONGEST_ID: Final = 200
LONGEST_PRODUCT: Final = 200
LONGEST_TAG: Final = 100
MOST_TAGS: Final = 100
LONGEST_ADDRESS: Final = 1000

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "company_external_id": ("company_id", "location_id"),
    "location_external_id": ("location_id",),
    "products": ("products", "product_id"),
    "eligible": ("eligible", "ineligible_reason"),
}
"""Columns that hold an attribute of a record, where they are not just called the same."""


def external_key(external_id: str) -> str:
    """A vendor's id as it is stored and looked up."""
    return storable_key(external_id, LONGEST_ID)


def product_name(name: str) -> str:
    return storable_text(name, LONGEST_PRODUCT)


def web_address(url: str | None) -> str | None:
    """The address if a browser may be sent there; a cut one would lead somewhere else."""
    tidy = (url or "").strip()
    return tidy if tidy.startswith(("https://", "http://")) and len(tidy) <= LONGEST_ADDRESS else None


def tags_of(tags: Iterable[str]) -> list[str]:
    """Each tag once, in the console's order; what two tags differ in besides case is kept."""
    tidy = (storable_text(tag, LONGEST_TAG).strip() for tag in tags)
    return list({tag.casefold(): tag for tag in tidy if tag}.values())[:MOST_TAGS]


def company_row(record: CompanyRecord) -> Row:
    content = {
        "name": record.name or record.external_id,
        "normalised_name": normalise_name(record.name or record.external_id),
        "domain": record.domain,
        "account_number": record.account_number,
        "tags": tags_of(record.tags),
    }
    unread = _unread(record.raw, content)
    if "name" in unread:
        unread |= {"normalised_name"}
    return Row(key=(external_key(record.external_id),), content=content, unread=unread)


def location_row(record: LocationRecord, company_id: int) -> Row:
    return Row(
        key=(company_id, external_key(record.external_id)),
        content={"name": record.name or record.external_id},
    )


def computer_row(
    record: ComputerRecord, company_id: int | None, location_id: int | None, product_id: int | None
) -> Row:
    content: dict[str, Any] = {
        "company_id": company_id,
        "location_id": location_id,
        "name": record.name or record.host_name or record.external_id,
        "host_name": record.host_name,
        "serial_number": record.serial_number,
        "mac_addresses": record.mac_addresses,
        "ip_addresses": record.ip_addresses,
        "manufacturer": record.manufacturer,
        "model": record.model,
        "os_name": record.os_name,
        "os_version": record.os_version,
        "device_class": record.device_class,
        "last_user": record.last_user,
        "agent_version": record.agent_version,
        "purchased_on": record.purchased_on,
        "warranty_ends_on": record.warranty_ends_on,
        "console_url": web_address(record.console_url),
        "remote_url": web_address(record.remote_url),
        "tags": tags_of(record.tags),
        "products": record.products,
        "product_id": product_id,
        "eligible": record.eligible,
        "ineligible_reason": record.ineligible_reason,
    }
    volatile = {name: getattr(record, name) for name in sorted(Computer.VOLATILE)}
    return Row(
        key=(external_key(record.external_id),),
        content=content,
        volatile=volatile,
        unread=_unread(record.raw, {**content, **volatile}),
    )


def _unread(raw: Mapping[str, Any], columns: Iterable[str]) -> frozenset[str]:
    """The columns of what the connector names in `raw["unread"]` as not readable this time."""
    named = {column for name in raw.get("unread") or () for column in _COLUMNS.get(name, (name,))}
    return frozenset(named.intersection(columns))
