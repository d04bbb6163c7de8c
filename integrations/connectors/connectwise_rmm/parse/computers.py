"""Endpoints of ConnectWise RMM: one row is one record, under whichever of its known names a value stands."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from integrations.connectors import bodies, links, values
from integrations.connectors.connectwise_rmm.parse.envelopes import Row, device_id, identifier
from integrations.records import ComputerRecord
from integrations.sync import clocks

_HOST_NAMES: Final = ("hostname", "devicename", "computername", "systemname")
_CONTACTS: Final = ("lastseen", "lastcontact", "lastcheckin", "lastheartbeat")
_ONLINE: Final = ("online", "isonline", "availability", "availabilitystatus")

# Words of an endpoint type, the first that fits decides.
_CLASSES: Final = (
    ("server", "server"),
    ("laptop", "laptop"),
    ("notebook", "laptop"),
    ("desktop", "workstation"),
    ("workstation", "workstation"),
    ("virtual", "vm"),
    ("mobile", "mobile"),
    ("tablet", "mobile"),
    ("printer", "printer"),
    ("network", "network"),
    ("switch", "network"),
    ("router", "network"),
    ("firewall", "network"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`asked` are the companies asked for, `companies` all there are; `now` bounds times of contact."""

    zone: tzinfo
    now: datetime
    console_link: str = ""
    remote_link: str = ""
    companies: Set[str] = frozenset()
    asked: tuple[str, ...] = ()

    def asking(self, ids: Iterable[str | None]) -> Surroundings:
        return replace(self, asked=tuple(found for found in ids if found))


def named_owner(row: Row) -> str | None:
    """The company that the row itself names."""
    known = bodies.without_case(row)
    direct = identifier(bodies.first(known, "companyid", "clientid"))
    inside = (identifier(bodies.block(known, name).get("id")) for name in ("company", "client"))
    return direct or next((found for found in inside if found), None)


def owner(row: Row, around: Surroundings) -> str | None:
    """Whose it is: the company it names, or the only one that was asked for where it names none that we know.

    Endpoints may name their company by another number than the list of companies does.
    """
    named = named_owner(row)
    if named in around.companies or len(around.asked) != 1:
        return named
    return around.asked[0]


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the last contact lies in the future: one of the clocks is wrong."""
    seen = _last_seen(bodies.without_case(row), around)
    return clocks.is_ahead(seen, around.now)


def computer(row: Row, around: Surroundings) -> ComputerRecord | None:
    """One endpoint, or None for a row without id."""
    external_id = device_id(row)
    if external_id is None:
        return None
    known = bodies.without_case(row)
    system, os, board = (bodies.block(known, name) for name in ("system", "os", "baseboard"))
    host_name = values.text(bodies.first(known, *_HOST_NAMES)) or values.text(system.get("hostname"))
    kind = values.text(bodies.first(known, "endpointtype", "devicetype"))
    parts = {"id": external_id, "name": host_name}
    return ComputerRecord(
        external_id=external_id,
        name=values.text(bodies.first(known, "friendlyname", "name")) or host_name or external_id,
        company_external_id=owner(row, around),
        location_external_id=identifier(known.get("siteid") or bodies.block(known, "site").get("id")),
        host_name=host_name,
        serial_number=_text_of((known, system), "serialnumber"),
        mac_addresses=values.mac_addresses(bodies.first(known, "macaddress", "macaddresses")),
        ip_addresses=values.ip_addresses(bodies.first(known, "ipaddress", "ipaddresses")),
        manufacturer=_text_of((known, system, board), "manufacturer"),
        model=_text_of((known, system), "model") or _text(system, "product"),
        os_name=_text(known, "os", "osname") or _text(os, "name", "product"),
        os_version=_text(known, "osversion") or _text(os, "version"),
        device_class=_device_class(kind),
        last_user=_text(known, "lastloggedinuser", "lastuser"),
        last_seen=None if is_ahead(row, around) else _last_seen(known, around),
        online=values.flag(bodies.first(known, *_ONLINE)),
        agent_version=_text(known, "agentversion"),
        console_url=links.filled(around.console_link, **parts),
        remote_url=links.filled(around.remote_link, **parts),
        products=(kind,) if kind else (),
        raw=dict(row),
    )


def _text(known: Row, *names: str) -> str | None:
    found = (values.text(known.get(name)) for name in names)
    return next((text for text in found if text), None)


def _text_of(blocks: Iterable[Row], name: str) -> str | None:
    return next((text for found in blocks if (text := values.text(found.get(name)))), None)


def _last_seen(known: Row, around: Surroundings) -> datetime | None:
    return values.moment(bodies.first(known, *_CONTACTS), around.zone)


def _device_class(kind: str | None) -> str | None:
    if kind is None:
        return None
    word = values.squash(kind)
    return next((found for part, found in _CLASSES if part in word), "other")
