"""Customers of N-central with their sites; service organisations, which stand above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from integrations.connectors import values
from integrations.connectors.ncentral.parse.envelopes import Row, first_text
from integrations.records import CompanyRecord, LocationRecord

Sites = Mapping[str, list[LocationRecord]]


def customer_id(row: Row) -> str | None:
    return first_text(row, ("customerId", "orgUnitId"))


def site_id(row: Row) -> str | None:
    return first_text(row, ("siteId", "orgUnitId"))


def service_org_id(row: Row) -> str | None:
    return first_text(row, ("soId", "serviceOrgId", "orgUnitId", "customerId"))


def is_system(row: Row) -> bool:
    """Whether this is the server's own root and nobody's customer."""
    return bool(values.flag(row.get("isSystem")))


def company(row: Row, sites: Sites) -> CompanyRecord | None:
    """One customer; None for a row without id or name."""
    external_id, name = customer_id(row), first_text(row, ("customerName", "orgUnitName"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(
        external_id=external_id,
        name=name,
        account_number=values.text(row.get("externalId")),
        locations=tuple(sites.get(external_id, ())),
        raw=dict(row),
    )


def parent_id(site: Row) -> str | None:
    """The customer that a site belongs to."""
    return first_text(site, ("parentId", "customerId"))


def by_customer(rows: Iterable[Row]) -> dict[str, list[LocationRecord]]:
    """Sites by the id of their customer; those that name none are left out."""
    found: dict[str, list[LocationRecord]] = {}
    for row in rows:
        external_id, owner = site_id(row), parent_id(row)
        if external_id is not None and owner is not None:
            name = first_text(row, ("siteName", "orgUnitName")) or external_id
            found.setdefault(owner, []).append(LocationRecord(external_id, name))
    return found


def owners(sites: Sites) -> dict[str, str]:
    """Id of the customer by the id of its site."""
    return {place.external_id: owner for owner, places in sites.items() for place in places}
