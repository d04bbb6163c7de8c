"""Organisations of IT Glue, and the locations that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from integrations.connectors import values
from integrations.connectors.itglue.parse.envelopes import Row, attributes, row_id
from integrations.records import CompanyRecord, LocationRecord

Locations = Mapping[str, Sequence[LocationRecord]]
"""Locations by the id of their organisation."""


def company(row: Row, locations: Locations) -> CompanyRecord | None:
    """One organisation; None for a row without id or name. Its tags are its type and its status."""
    found, external_id = attributes(row), row_id(row)
    name = values.text(found.get("name"))
    if external_id is None or name is None:
        return None
    kinds = (values.text(found.get(f"organization-{part}-name")) for part in ("type", "status"))
    return CompanyRecord(
        external_id=external_id,
        name=name,
        domain=values.text(found.get("primary-domain")),
        tags=tuple(dict.fromkeys(kind for kind in kinds if kind)),
        locations=tuple(locations.get(external_id, ())),
        raw=dict(row),
    )


def locations_of(rows: Iterable[Row]) -> Locations:
    """Rows without id or organisation are left out; one without a name is called by its id."""
    found: dict[str, list[LocationRecord]] = {}
    for row in rows:
        external_id, held = row_id(row), attributes(row)
        owner = values.text(held.get("organization-id"))
        if external_id and owner:
            place = LocationRecord(external_id, values.text(held.get("name")) or external_id)
            found.setdefault(owner, []).append(place)
    return found
