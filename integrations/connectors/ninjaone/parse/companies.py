"""Organisations of NinjaOne with their locations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.connectors import values
from integrations.records import CompanyRecord, LocationRecord

Row = Mapping[str, Any]


def company(row: Row) -> CompanyRecord | None:
    """One organisation; None for a row without id or name."""
    external_id, name = values.text(row.get("id")), values.text(row.get("name"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(
        external_id=external_id,
        name=name,
        tags=values_of(row.get("tags")),
        locations=tuple({place.external_id: place for place in _locations(row)}.values()),
        raw=dict(row),
    )


def values_of(tags: Any) -> tuple[str, ...]:
    """Tags as texts; some consoles send objects with a name in place of a text."""
    found = tags if isinstance(tags, list) else []
    names = (tag.get("name") if isinstance(tag, Mapping) else tag for tag in found)
    return tuple(dict.fromkeys(name for tag in names if (name := values.text(tag))))


def _locations(row: Row) -> Iterator[LocationRecord]:
    places = row.get("locations")
    for place in places if isinstance(places, list) else ():
        external_id = values.text(place.get("id")) if isinstance(place, Mapping) else None
        if external_id is not None:
            yield LocationRecord(external_id, values.text(place.get("name")) or external_id)
