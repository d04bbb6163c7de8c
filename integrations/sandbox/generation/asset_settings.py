"""Asset types, groups, statuses and fields of the simulated Halo.

Field ids are shared between types. Fields 20 to 29 belong to people or other integrations: a bridge that
blanks one of them has done damage.
"""

from __future__ import annotations

import uuid

from integrations.sandbox.world import HaloWorld, Row

NAME, SERIAL, MANUFACTURER, MODEL, SYSTEM, ADDRESS, MAC, LAST_USER, PRODUCT = 1, 2, 3, 4, 5, 7, 8, 9, 11
LEASE_ENDS, RACK, DEPARTMENT, PAGES, ENVIRONMENT = 20, 21, 22, 23, 24
BRIDGE_ID = 61
ENVIRONMENT_LOOKUP = 205

FIELDS = [
    # id, name, data length, pick-list
    (NAME, "Device Name", 255, 0),
    (SERIAL, "Serial Number", 255, 0),
    (MANUFACTURER, "Manufacturer", 255, 0),
    (MODEL, "Model", 255, 0),
    (SYSTEM, "Operating System", 255, 0),
    (6, "OS Version", 100, 0),
    (ADDRESS, "IP Address", 255, 0),
    (MAC, "MAC Address", 255, 0),
    (LAST_USER, "Last User", 255, 0),
    (10, "Last Seen", 100, 0),
    (PRODUCT, "Backup Product", 255, 0),
    (12, "Agent Version", 100, 0),
    (LEASE_ENDS, "Lease Ends", 100, 0),
    (RACK, "Rack Position", 100, 0),
    (DEPARTMENT, "Department", 255, 0),
    (PAGES, "Page Count", 20, 0),
    (ENVIRONMENT, "Environment", 100, ENVIRONMENT_LOOKUP),
    (BRIDGE_ID, "Bridge Id", 255, 0),
]
_COMPUTER = [NAME, SERIAL, MANUFACTURER, MODEL, SYSTEM, 6, ADDRESS, MAC, LAST_USER, 10, PRODUCT, 12]

GROUPS = [(1, "Hardware"), (2, "Network"), (3, "Peripherals")]
TYPES = [
    # id, name, group, key fields, fields, allowed statuses (None: all), tag prefix
    (112, "Workstation", 1, [NAME, SERIAL], [*_COMPUTER, LEASE_ENDS, DEPARTMENT, ENVIRONMENT], None, "WS-"),
    (113, "Server", 1, [NAME, SERIAL], [*_COMPUTER, RACK, ENVIRONMENT], [1, 3, 4], "SRV-"),
    (114, "Laptop", 1, [NAME, SERIAL], [*_COMPUTER, LEASE_ENDS, DEPARTMENT], None, ""),
    (115, "Virtual Host", 1, [NAME], [*_COMPUTER, RACK], None, ""),
    (120, "Printer", 3, [SERIAL, NAME], [NAME, SERIAL, MANUFACTURER, MODEL, ADDRESS, PAGES], None, "PRN-"),
    (121, "Firewall", 2, [MAC, NAME], [NAME, SERIAL, MODEL, ADDRESS, MAC, RACK], None, ""),
]
STATUSES = {1: "Active", 2: "In Stock", 3: "In Repair", 4: "Retired"}


def add_asset_settings(halo: HaloWorld) -> None:
    halo.fields = {line[0]: _field(*line) for line in FIELDS}
    halo.asset_groups = {number: {"id": number, "name": name} for number, name in GROUPS}
    halo.asset_types = {line[0]: _type(*line) for line in TYPES}
    halo.asset_statuses = dict(STATUSES)
    for number, name in enumerate(("Production", "Test", "Spare"), 1):
        halo.lookups.append(
            {"lookupid": ENVIRONMENT_LOOKUP, "id": number, "name": name, "value2": "", "sequence": number}
        )


def _field(number: int, name: str, length: int, lookup: int) -> Row:
    return {"id": number, "name": name, "datalength": length, "lookup": lookup}


def _type(
    number: int,
    name: str,
    group: int,
    keys: list[int],
    fields: list[int],
    statuses: list[int] | None,
    prefix: str,
) -> Row:
    return {
        "id": number,
        "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox/asset-type/{number}")),
        "name": name,
        "assetgroup_id": group,
        "_keys": keys,
        "fields": [*fields, BRIDGE_ID],
        "tagprefix": prefix,
        "_statuses": statuses,
    }
