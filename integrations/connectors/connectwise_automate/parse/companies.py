"""Clients of ConnectWise Automate, and the locations that name the client they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.connectors import bodies, values
from integrations.connectors.connectwise_automate.parse.envelopes import Row, row_id
from integrations.records import CompanyRecord, LocationRecord

Places = Mapping[str, Sequence[LocationRecord]]


def company(row: Row, places: Places) -> CompanyRecord | None:
    """One client with its `places` (by client id); None for a row without id or name."""
    external_id, name = row_id(row), values.text(bodies.without_case(row).get("name"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(
        external_id=external_id, name=name, locations=tuple(places.get(external_id, ())), raw=dict(row)
    )


def locations(rows: Iterable[Row]) -> tuple[dict[str, list[LocationRecord]], int]:
    """Locations by the id of their client, and how many name no client or have no id."""
    found: dict[str, list[LocationRecord]] = {}
    left_out = 0
    for row in rows:
        external_id, owner = row_id(row), owner_id(row, "client")
        if external_id is None or owner is None:
            left_out += 1
            continue
        name = values.text(bodies.without_case(row).get("name")) or external_id
        found.setdefault(owner, []).append(LocationRecord(external_id, name))
    return found, left_out


def owner_id(row: Row, what: str) -> str | None:
    """Id of the row's client or location: inside an object, or beside it as `ClientId`."""
    known: Mapping[str, Any] = bodies.without_case(row)
    found = values.text(bodies.block(known, what).get("id")) or values.text(known.get(f"{what}id"))
    # Zero is how the server writes that there is none.
    return None if found == "0" else found
