"""Clients of Tactical RMM with their sites, and the ways from their names to their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.connectors import values
from integrations.connectors.tactical_rmm.parse.envelopes import Row
from integrations.records import CompanyRecord, LocationRecord


def company(row: Row) -> CompanyRecord | None:
    """One client; None for a row without id or name. Sites without id or name are left out."""
    external_id, name = values.text(row.get("id")), values.text(row.get("name"))
    if external_id is None or name is None:
        return None
    found = [location for site in _sites(row) if (location := _location(site))]
    return CompanyRecord(external_id=external_id, name=name, locations=tuple(found), raw=dict(row))


def _sites(row: Row) -> list[Row]:
    sites = row.get("sites")
    return [site for site in sites if isinstance(site, Mapping)] if isinstance(sites, list) else []


def _location(site: Row) -> LocationRecord | None:
    external_id, name = values.text(site.get("id")), values.text(site.get("name"))
    return LocationRecord(external_id, name) if external_id and name else None


def agent_count(rows: Iterable[Row]) -> int | None:
    """How many agents these clients have; None where the server does not say it for each of them.

    Sites count what the key's role may see; a client's own number takes in the sites that it may not see.
    """
    total = 0
    for row in rows:
        sites = _sites(row)
        counts = [values.number(site.get("agent_count")) for site in sites]
        if None in counts or not isinstance(row.get("sites"), list):
            return None
        total += sum(count for count in counts if count)
    return total


def ids_by_name(named: Iterable[CompanyRecord | LocationRecord]) -> dict[str, str]:
    """Id by name; names that two of them share are left out, they would point at the wrong one."""
    found: dict[str, set[str]] = {}
    for record in named:
        found.setdefault(name_key(record.name), set()).add(record.external_id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def name_key(name: Any) -> str:
    """How a name is compared: without case and superfluous blanks."""
    return " ".join((values.text(name) or "").casefold().split())
