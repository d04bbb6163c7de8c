"""Companies of ConnectWise RMM with their sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from integrations.connectors import bodies, values
from integrations.connectors.connectwise_rmm.parse.envelopes import Row, identifier
from integrations.records import CompanyRecord, LocationRecord

_IDS: Final = ("id", "companyid", "clientid")
_NAMES: Final = ("name", "companyname", "friendlyname")


def asked_id(row: Row) -> str | None:
    """The company's id in the console's own spelling: what it is asked for by."""
    return values.text(bodies.first(bodies.without_case(row), *_IDS))


def company(row: Row, sites: Iterable[Row]) -> CompanyRecord | None:
    """One company; None for a row without id or name. Sites without id are left out."""
    external_id = identifier(asked_id(row))
    name = values.text(bodies.first(bodies.without_case(row), *_NAMES))
    if external_id is None or name is None:
        return None
    places = {place.external_id: place for site in sites if (place := _location(site))}
    return CompanyRecord(external_id=external_id, name=name, locations=tuple(places.values()), raw=dict(row))


def _location(site: Row) -> LocationRecord | None:
    known = bodies.without_case(site)
    external_id = identifier(bodies.first(known, "id", "siteid"))
    name = values.text(bodies.first(known, "name", "sitename", "friendlyname"))
    return LocationRecord(external_id, name or external_id) if external_id else None
