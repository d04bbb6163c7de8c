"""Computers of ConnectWise Automate: one row of the list is one record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from integrations.connectors import bodies, links, values
from integrations.connectors.connectwise_automate.parse.companies import owner_id
from integrations.connectors.connectwise_automate.parse.envelopes import Row, row_id
from integrations.records import ComputerRecord
from integrations.sync import clocks

_CLASSES: Final = {
    "server": "server",
    "workstation": "workstation",
    "desktop": "workstation",
    "laptop": "laptop",
}
"""Any other type is `other`; that a machine is virtual stands in its product."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`console_link` and `remote_link` are patterns of addresses; `now` bounds times of contact."""

    zone: tzinfo
    now: datetime
    console_link: str = ""
    remote_link: str = ""


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the last contact lies in the future: one of the clocks is wrong."""
    seen = values.moment(bodies.without_case(row).get("remoteagentlastcontact"), around.zone)
    return clocks.is_ahead(seen, around.now)


def computer(row: Row, around: Surroundings) -> ComputerRecord | None:
    """One computer, or None for a row without id. Versions of the server differ in the case of its keys."""
    external_id = row_id(row)
    if external_id is None:
        return None
    known = bodies.without_case(row)
    host_name = values.text(known.get("computername"))
    kind = values.text(known.get("type"))
    seen = values.moment(known.get("remoteagentlastcontact"), around.zone)
    parts = {"id": external_id, "name": host_name}
    return ComputerRecord(
        external_id=external_id,
        name=values.text(known.get("friendlyname")) or host_name or external_id,
        company_external_id=owner_id(row, "client"),
        location_external_id=owner_id(row, "location"),
        host_name=host_name,
        serial_number=values.text(known.get("serialnumber")),
        mac_addresses=values.mac_addresses(known.get("macaddress")),
        ip_addresses=values.ip_addresses(known.get("localipaddress")),
        manufacturer=values.text(known.get("biosmanufacturer")),
        model=values.text(known.get("model")),
        os_name=values.text(known.get("operatingsystemname")),
        os_version=values.text(known.get("operatingsystemversion")),
        device_class=_CLASSES.get(kind.casefold(), "other") if kind else None,
        last_user=_last_user(known),
        last_seen=None if is_ahead(row, around) else seen,
        online=values.flag(known.get("status")),
        in_maintenance=values.flag(known.get("ismaintenancemodeenabled")),
        agent_version=values.text(known.get("remoteagentversion")),
        warranty_ends_on=values.day(known.get("warrantyenddate")),
        console_url=links.filled(around.console_link, **parts),
        remote_url=links.filled(around.remote_link, **parts),
        products=_products(kind, values.flag(known.get("isvirtualmachine"))),
        raw=dict(row),
    )


def _products(kind: str | None, is_virtual: bool | None) -> tuple[str, ...]:
    """`Server` or `Server (virtual)`: what default asset types are chosen by."""
    if kind is None:
        return ("virtual",) if is_virtual else ()
    return (f"{kind} (virtual)" if is_virtual else kind,)


def _last_user(known: Row) -> str | None:
    """Who is logged in, first of the list; else who was last."""
    listed = known.get("loggedinusers")
    rows = bodies.rows(listed) or []
    names = (values.text(bodies.without_case(row).get("loggedinusername")) for row in rows)
    return next((name for name in names if name), None) or values.text(known.get("lastusername"))
