"""Computers of MSP360: a row of the list, its licences, its company and its hardware make one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from integrations.connectors import links, values
from integrations.connectors.msp360.parse.companies import name_key
from integrations.connectors.msp360.parse.products import RMM_ONLY, Place, place
from integrations.records import ComputerRecord

Row = Mapping[str, Any]

HARDWARE: Final = (
    "serial_number",
    "manufacturer",
    "model",
    "mac_addresses",
    "ip_addresses",
    "last_user",
    "os_version",
    "device_class",
)
"""What only the RMM API knows about a computer."""
HARDWARE_AND_OS: Final = (*HARDWARE, "os_name")
"""What a failed look at the RMM API leaves unread: the system's full name comes from there, too."""

NO_AGENT: Final = "Neither a backup agent nor an RMM agent is installed on this computer."
_REMOTE_ACCESS_APPS: Final = frozenset({"ra", "connect", "remoteassistant", "remotedesktop"})
_OS_NAMES: Final = {"windows": "Windows", "linux": "Linux", "macos": "macOS", "mac": "macOS", "osx": "macOS"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a computer's row has to be joined with. `products` is None where licences could not be read.

    `console_link` and `remote_link` are patterns of addresses: the vendor tells none and documents none.
    """

    company_ids: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[Place, tuple[str, ...]] | None = None
    zone: tzinfo = UTC
    console_link: str = ""
    remote_link: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose alerts are read: of its row no more than they need, since all computers are held at once."""

    external_id: str
    name: str
    company_external_id: str | None = None
    company_name: str | None = None
    may_have_agent: bool = True


def hid(row: Row) -> str | None:
    return values.guid(row.get("ComputerHID"))


def owner(row: Row, company_ids: Mapping[str, str]) -> Owner | None:
    external_id, company = hid(row), values.line(row.get("CompanyName"))
    if external_id is None:
        return None
    name = values.line(row.get("ComputerName")) or values.line(row.get("ComputerDisplayName")) or ""
    return Owner(external_id, name, company_ids.get(name_key(company)), company, may_have_rmm(row))


def may_have_rmm(row: Row) -> bool:
    """False where the list of apps holds no RMM agent, and nothing else tells of one.

    By what id the agent is listed is not documented, so nobody is left alone for good because of it.
    """
    unknown = not isinstance(row.get("Apps"), list)
    return unknown or _has_rmm(row) or values.flag(row.get("RemoteManagementAvailable")) is True


def ids_by_place(rows: Iterable[Row], zone: tzinfo) -> dict[Place, str]:
    """hid by place. A computer that was set up again leaves its old row behind: the last active counts."""
    newest: dict[Place, tuple[datetime, str]] = {}
    for row in rows:
        external_id = hid(row)
        if external_id is not None:
            active = values.moment(row.get("LastActivity"), zone) or datetime.min.replace(tzinfo=UTC)
            newest[place(row)] = max(newest.get(place(row), (active, external_id)), (active, external_id))
    return {where: external_id for where, (_, external_id) in newest.items()}


def computer(
    row: Row, around: Surroundings, host: Row | None, *, unread: Iterable[str]
) -> ComputerRecord | None:
    """One computer, or None for a row without hid.

    `host` is the RMM API's host record if there is one; `unread` are attributes that could not be read now.
    """
    external_id = hid(row)
    if external_id is None:
        return None
    host_name = values.text(row.get("ComputerName"))
    reason = _ineligible_reason(row)
    company_id = around.company_ids.get(name_key(row.get("CompanyName")))
    parts = {"id": external_id, "name": host_name}
    return ComputerRecord(
        external_id=external_id,
        name=values.text(row.get("ComputerDisplayName")) or host_name or external_id,
        company_external_id=company_id,
        host_name=host_name,
        os_name=values.text((host or {}).get("osName")) or _os_name(row),
        last_seen=values.moment(row.get("LastActivity"), around.zone),
        online=_online(row),
        agent_version=_agent_version(row),
        products=_products(row, around),
        eligible=not reason,
        ineligible_reason=reason,
        console_url=links.filled(around.console_link, **parts),
        remote_url=links.filled(around.remote_link, **parts),
        raw={
            "computer": dict(row),
            "host": dict(host or {}),
            "unread": sorted({*unread, *_not_joined(row, around, company_id)}),
        },
        **_hardware(host or {}),
    )


def _not_joined(row: Row, around: Surroundings, company_id: str | None) -> Iterator[str]:
    """What could not be joined now though it may exist: refused licences, a company missing from the list."""
    if around.products is None:
        yield "products"
    if company_id is None and name_key(row.get("CompanyName")):
        yield "company_external_id"


def _apps(row: Row) -> list[Row]:
    found = row.get("Apps")
    return [app for app in found if isinstance(app, Mapping)] if isinstance(found, list) else []


def _has_backup(row: Row) -> bool:
    named = any(values.squash(app.get("ApplicationId")) == "backup" for app in _apps(row))
    return bool(values.flag(row.get("HasBackupApp"))) or named


def _has_rmm(row: Row) -> bool:
    """The RMM agent's own id is not documented: any app that is neither backup nor remote access counts."""
    ids = {values.squash(app.get("ApplicationId")) for app in _apps(row)}
    return bool(ids - _REMOTE_ACCESS_APPS - {"", "backup"})


def _ineligible_reason(row: Row) -> str:
    unknown = row.get("HasBackupApp") is None and not isinstance(row.get("Apps"), list)
    return "" if unknown or _has_backup(row) or _has_rmm(row) else NO_AGENT


def _products(row: Row, around: Surroundings) -> tuple[str, ...]:
    if around.products is None:
        return ()
    licensed = around.products.get(place(row), ())
    return licensed or ((RMM_ONLY,) if _has_rmm(row) and not _has_backup(row) else ())


def _online(row: Row) -> bool | None:
    states = [state for app in _apps(row) if (state := values.flag(app.get("Online"))) is not None]
    return any(states) if states else None


def _agent_version(row: Row) -> str | None:
    build = row.get("BackupBuildVersion")
    if isinstance(build, Mapping):
        parts = [values.number(build.get(key)) for key in ("_Major", "_Minor", "_Build", "_Revision")]
        if parts[0]:
            return ".".join(str(part) for part in parts if part is not None and part >= 0)
    return next((version for app in _apps(row) if (version := values.text(app.get("Version")))), None)


def _os_name(row: Row) -> str | None:
    found = values.text(row.get("OSTypeString"))
    return _OS_NAMES.get(values.squash(found), found) if found else None


# ---- hardware (RMM API) ---------------------------------------------------------------------


def _hardware(host: Row) -> dict[str, Any]:
    network = host.get("network")
    networks = network if isinstance(network, list) else [network]
    cards = [card for card in networks if isinstance(card, Mapping)]
    return {
        "serial_number": values.text(host.get("serialNumber")),
        "manufacturer": values.text(host.get("manufactured")),
        "model": values.text(host.get("model")),
        "mac_addresses": values.mac_addresses([card.get("macAddress") for card in cards]),
        "ip_addresses": values.ip_addresses(
            [card.get(key) for card in cards for key in ("ip4Address", "ip6Address")]
        ),
        "last_user": _last_user(host),
        "os_version": values.text(host.get("version")),
        "device_class": _device_class(host),
    }


def _last_user(host: Row) -> str | None:
    name, domain = values.text(host.get("userName")), values.text(host.get("userDomainName"))
    return f"{domain}\\{name}" if name and domain and "\\" not in name else name


def _device_class(host: Row) -> str | None:
    words = f"{values.squash(host.get('productType'))} {values.squash(host.get('osName'))}"
    if "server" in words or "domaincontroller" in words:
        return "server"
    return "workstation" if "workstation" in words or "client" in words else None
