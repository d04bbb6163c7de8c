"""Devices of NinjaOne: a row of the detailed list is one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from integrations.connectors import values
from integrations.connectors.ninjaone.parse.companies import values_of
from integrations.records import ComputerRecord
from integrations.sync import clocks

Row = Mapping[str, Any]

APPROVED: Final = "APPROVED"
NAMES: Final = ("displayName", "systemName", "dnsName", "netbiosName")

# What mainboards report that nobody has labelled; then the BIOS' number may be better.
_JUNK_SERIALS: Final = frozenset(
    {
        "0",
        "none",
        "na",
        "defaultstring",
        "notspecified",
        "systemserialnumber",
        "chassisserialnumber",
        "tobefilledbyoem",
        "0123456789",
        "123456789",
    }
)
# Beginnings and words of node classes, the first that fits decides.
_CLASSES: Final = (
    ("NMS_PRINTER", "printer"),
    ("NMS_SCANNER", "printer"),
    ("VMWARE_VM_GUEST", "vm"),
    ("HYPERV_VMM_GUEST", "vm"),
    ("NMS_VIRTUAL_MACHINE", "vm"),
    ("VMWARE_VM_HOST", "server"),
    ("HYPERV_VMM_HOST", "server"),
    ("NMS_VM_HOST", "server"),
    ("NMS_COMPUTER", "workstation"),
    ("NMS_OTHER", "other"),
    ("CLOUD_MONITOR_TARGET", "other"),
    ("ANDROID", "mobile"),
    ("APPLE_I", "mobile"),
    ("SERVER", "server"),
    ("WORKSTATION", "workstation"),
    ("MAC", "workstation"),
    ("NMS_", "network"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`dashboard` is the address of a device's page with `{id}` in it; `now` bounds times of contact."""

    zone: tzinfo
    now: datetime
    dashboard: str = ""


def is_approved(row: Row) -> bool:
    """Whether the device has been let in; a console that does not say has let it in."""
    status = values.text(row.get("approvalStatus"))
    return status is None or status.upper() == APPROVED


def is_ahead(row: Row, around: Surroundings) -> bool:
    """Whether the time of the last contact lies in the future: one of the clocks is wrong."""
    return clocks.is_ahead(values.moment(row.get("lastContact"), around.zone), around.now)


def computer(row: Row, around: Surroundings) -> ComputerRecord | None:
    """One device, or None for a row without id."""
    external_id = values.text(row.get("id"))
    if external_id is None:
        return None
    system, os = _block(row, "system"), _block(row, "os")
    node_class = values.text(row.get("nodeClass"))
    host_name = values.text(row.get("systemName")) or values.text(system.get("name"))
    offline = values.flag(row.get("offline"))
    return ComputerRecord(
        external_id=external_id,
        name=next((name for key in NAMES if (name := values.text(row.get(key)))), host_name or external_id),
        company_external_id=values.text(row.get("organizationId")),
        location_external_id=values.text(row.get("locationId")),
        host_name=host_name or values.text(row.get("dnsName")),
        serial_number=_serial(system),
        mac_addresses=values.mac_addresses(row.get("macAddresses")),
        ip_addresses=values.ip_addresses(row.get("ipAddresses")),
        manufacturer=values.text(system.get("manufacturer")),
        model=values.text(system.get("model")),
        os_name=values.text(os.get("name")),
        os_version=values.text(os.get("buildNumber")) or values.text(os.get("releaseId")),
        device_class=_device_class(node_class, values.text(system.get("chassisType"))),
        last_user=values.text(row.get("lastLoggedInUser")),
        last_seen=None if is_ahead(row, around) else values.moment(row.get("lastContact"), around.zone),
        online=None if offline is None else not offline,
        in_maintenance=_in_maintenance(row, around),
        tags=values_of(row.get("tags")),
        products=(node_class,) if node_class else (),
        console_url=around.dashboard.replace("{id}", external_id) or None,
        raw=row,
    )


def _block(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def _serial(system: Row) -> str | None:
    """The system's number, unless that says nothing and the BIOS knows a better one."""
    numbers = [values.text(system.get(key)) for key in ("serialNumber", "biosSerialNumber")]
    found = [number for number in numbers if number]
    return next((number for number in found if not _is_junk(number)), found[0] if found else None)


def _is_junk(number: str) -> bool:
    bare = values.squash(number)
    return bare in _JUNK_SERIALS or len(set(bare)) <= 1


def _device_class(node_class: str | None, chassis: str | None) -> str | None:
    if node_class is None:
        return None
    name = node_class.upper()
    found = next((known for part, known in _CLASSES if part in name), "other")
    is_laptop = found == "workstation" and (chassis or "").upper() == "LAPTOP"
    return "laptop" if is_laptop else found


def _in_maintenance(row: Row, around: Surroundings) -> bool | None:
    """None where the console says nothing; a planned maintenance that has not begun is none."""
    if "maintenance" not in row:
        return None
    found = row["maintenance"]
    if not isinstance(found, Mapping):
        return bool(values.flag(found))
    status = (values.text(found.get("status")) or "").upper()
    start = values.moment(found.get("start"), around.zone)
    end = values.moment(found.get("end"), around.zone)
    if status:
        return status == "IN_MAINTENANCE"
    begun, over = start is not None and start <= around.now, end is not None and end <= around.now
    return begun and not over
