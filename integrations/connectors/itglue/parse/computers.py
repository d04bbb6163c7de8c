"""Configurations of IT Glue: one row of the list is one record."""

from __future__ import annotations

from typing import Final

from integrations.connectors import values
from integrations.connectors.itglue.parse.envelopes import Row, attributes, row_id
from integrations.records import ComputerRecord

ARCHIVED: Final = "Archived in IT Glue."

# Words in the kind or, where an account has made the type itself, in the name of a configuration type.
# The first that fits decides: "Virtual Host" is a server, "Virtual Server" is a virtual machine.
_CLASSES: Final = (
    (("host", "hypervisor"), "server"),
    (("virtual", "vm", "guest"), "vm"),
    (("server",), "server"),
    (("laptop", "notebook"), "laptop"),
    (("workstation", "desktop", "computer", "pc", "imac"), "workstation"),
    (("printer", "scanner", "copier", "mfp"), "printer"),
    (("phone", "mobile", "tablet", "ipad", "smartphone"), "mobile"),
    (("switch", "firewall", "router", "network", "wireless", "wifi", "gateway", "modem", "ap"), "network"),
)


def computer(row: Row) -> ComputerRecord | None:
    """One configuration, or None for a row without id."""
    external_id, found = row_id(row), attributes(row)
    if external_id is None:
        return None
    name, host_name = values.text(found.get("name")), values.text(found.get("hostname"))
    kind = values.text(found.get("configuration-type-name"))
    status = values.text(found.get("configuration-status-name"))
    archived = bool(values.flag(found.get("archived")))
    return ComputerRecord(
        external_id=external_id,
        name=name or host_name or external_id,
        company_external_id=values.text(found.get("organization-id")),
        location_external_id=values.text(found.get("location-id")),
        host_name=host_name,
        serial_number=values.text(found.get("serial-number")),
        mac_addresses=values.mac_addresses(found.get("mac-address")),
        ip_addresses=values.ip_addresses(found.get("primary-ip")),
        manufacturer=values.text(found.get("manufacturer-name")),
        model=values.text(found.get("model-name")),
        os_name=values.text(found.get("operating-system-name")),
        device_class=_device_class(values.text(found.get("configuration-type-kind")), kind),
        tags=(status,) if status else (),
        products=(kind,) if kind else (),
        purchased_on=values.day(found.get("purchased-at")),
        warranty_ends_on=values.day(found.get("warranty-expires-at")),
        console_url=values.text(found.get("resource-url")),
        eligible=not archived,
        ineligible_reason=ARCHIVED if archived else "",
        raw=dict(row),
    )


def _device_class(*names: str | None) -> str | None:
    """From the first name that says something; `other` where there is a type that says nothing."""
    for name in filter(None, names):
        words = set("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())
        for known, device_class in _CLASSES:
            if words.intersection(known):
                return device_class
    return "other" if any(names) else None
