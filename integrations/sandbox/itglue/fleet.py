"""What IT Glue has written down about the same companies: half of their computers, and things of its own.

Serial numbers and hardware addresses are those that MSP360's agent tells; all ids are IT Glue's own.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.moments import at, later
from integrations.sandbox.world import Row, World

SHARED = 0.5
"""Share of the computers with an RMM agent of MSP360 that are documented."""
ONLY_HERE = "  Ingrid’s Bäckerei — Filiale № 2"
VENDOR = "Northlight Distribution"
UNNAMED = "?"
"""A configuration without name, host name, serial number and address."""
_FIRST_ORGANISATION, _FIRST_LOCATION, _FIRST_CONFIGURATION = 4_411_029, 881, 51_200_441
_SITES = ("Main office", "Warehouse", "Außenstelle")
_TYPES = {"Server": (91, "server"), "Managed Workstation": (92, "workstation"), "Laptop": (93, "laptop")}
_TYPES |= {"Managed Network Switch": (94, "managed-network-switch"), "Label maker": (95, "other")}
_EMPTY = (
    *("hostname", "primary-ip", "mac-address", "default-gateway", "serial-number", "asset-tag", "position"),
    *("installed-by", "purchased-by", "notes", "operating-system-notes"),
    *("warranty-expires-at", "installed-at", "purchased-at", "manufacturer-id", "manufacturer-name"),
    *("model-id", "model-name", "operating-system-id", "operating-system-name"),
)
"""What nobody has filled in is null."""
_TERMS = (365, 1095, 1095, 1095, 1825)


def add_documentation(world: World, now: str) -> None:
    """Does nothing where there is some already."""
    glue, console = world.of(ITGlueWorld), world.console
    if glue.organizations:
        return
    chance = random.Random(f"{world.seed}/itglue")
    names = [row["Name"] for row in console.companies.values()]
    owners = {name.strip(): _add_organisation(glue, chance, now, name) for name in [*names, ONLY_HERE]}
    _add_organisation(glue, chance, now, VENDOR, kind="Vendor")
    for hid, host in console.hosts.items():
        owner = owners.get((console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_computer(glue, chance, now, owner, host)
    _document_twice(glue, chance, now)
    for place, owner in enumerate(owners.values()):
        if place % 3 == 0:
            _add_switch(glue, chance, now, owner)
    _add(glue, chance, now, owners[ONLY_HERE.strip()], "Label maker", name=UNNAMED)


def _add_organisation(
    glue: ITGlueWorld, chance: random.Random, now: str, name: str, kind: str = "Customer"
) -> Row:
    number = _FIRST_ORGANISATION + len(glue.organizations)
    code = "".join(word[0] for word in name.split() if word[0].isascii() and word[0].isalnum())
    row: Row = {
        "psa-integration": None,
        "name": name,
        "alert": None,
        "description": None,
        "organization-type-id": 11 if kind == "Customer" else 12,
        "organization-type-name": kind,
        "organization-status-id": 21,
        "organization-status-name": "Active" if chance.random() < 0.9 else "Inactive",
        "quick-notes": "<p>Key under the mat</p>" if chance.random() < 0.2 else None,
        "short-name": code[:5].upper() or None,
        "primary-domain": f"{code.lower()}.example" if code and chance.random() < 0.7 else None,
        **_written(chance, now),
    }
    glue.organizations[str(number)] = {"id": number, **row}
    for place in _SITES[: chance.choice([1, 1, 2, 3])]:
        where = _FIRST_LOCATION + len(glue.locations)
        glue.locations[str(where)] = {
            "id": where,
            "organization-id": number,
            "organization-name": name,
            "name": place,
            "primary": place == _SITES[0],
            "city": None,
            **_written(chance, now),
        }
    return glue.organizations[str(number)]


def _add_computer(glue: ITGlueWorld, chance: random.Random, now: str, owner: Row, host: Row) -> None:
    name = host["computerName"]
    kind = "Laptop" if host["laptop"] else "Server" if is_server(name) else "Managed Workstation"
    _add(
        glue,
        chance,
        now,
        owner,
        kind,
        name=name if chance.random() < 0.8 else f"{name} ({host['userName']}’s)",
        **{
            "hostname": name if chance.random() < 0.9 else None,
            "primary-ip": host["ip4Address"],
            "mac-address": _address(chance, host["macAddress"]),
            "serial-number": host["serialNumber"] if chance.random() < 0.95 else "",
            "manufacturer-id": 1 + len(host["manufactured"]),
            "manufacturer-name": host["manufactured"],
            "model-id": 700 + len(host["model"]),
            "model-name": host["model"],
            "operating-system-id": 100 + len(host["osName"]),
            "operating-system-name": host["osName"],
            "archived": chance.random() < 0.05,
        },
        **_bought(chance, now),
    )


def _add_switch(glue: ITGlueWorld, chance: random.Random, now: str, owner: Row) -> None:
    """Written down by hand: no host name, a serial number that only the label has, a type without a kind."""
    serial = f"USW{chance.randrange(10**6):06}"
    named = {"serial-number": serial, "manufacturer-name": "Ubiquiti", "configuration-type-kind": None}
    kind = "Managed Network Switch"
    _add(glue, chance, now, owner, kind, name=f"Switch {owner['short-name'] or '—'}", **named)


def _document_twice(glue: ITGlueWorld, chance: random.Random, now: str) -> None:
    """What two other systems have synchronised into IT Glue is there twice, with one serial number."""
    for row in chance.sample([row for row in glue.configurations.values() if row["serial-number"]], 3):
        number = _FIRST_CONFIGURATION + len(glue.configurations)
        twin = {"id": number, "location-id": None, "location-name": None, "hostname": None}
        glue.configurations[str(number)] = {**row, **twin, **_written(chance, now)}


def _add(glue: ITGlueWorld, chance: random.Random, now: str, owner: Row, kind: str, **own: object) -> None:
    number = _FIRST_CONFIGURATION + len(glue.configurations)
    places = [row for row in glue.locations.values() if row["organization-id"] == owner["id"]]
    place: Row = chance.choice(places) if chance.random() < 0.9 else {}
    type_id, type_kind = _TYPES[kind]
    glue.configurations[str(number)] = {
        "id": number,
        "organization-id": owner["id"],
        "organization-name": owner["name"],
        "organization-short-name": owner["short-name"],
        "restricted": False,
        "psa-integration": None,
        "my-glue": False,
        **dict.fromkeys(_EMPTY),
        "configuration-type-id": type_id,
        "configuration-type-name": kind,
        "configuration-type-kind": type_kind,
        "configuration-status-id": 5,
        "configuration-status-name": chance.choices(["Active", "Inactive", None], [90, 7, 3])[0],
        "location-id": place.get("id"),
        "location-name": place.get("name"),
        "contact-id": None,
        "contact-name": None,
        "archived": False,
        **_written(chance, now),
        **own,
    }


def _bought(chance: random.Random, now: str) -> Row:
    """Most machines have been bought at some time, and most of these have a warranty, over or not."""
    if chance.random() < 0.2:
        return {}
    bought = date.fromisoformat(now[:10]) - timedelta(days=chance.randrange(20, 2500))
    ends = bought + timedelta(days=chance.choice(_TERMS)) if chance.random() < 0.85 else None
    return {
        "purchased-at": bought.isoformat() if chance.random() < 0.8 else None,
        "installed-at": bought.isoformat(),
        "warranty-expires-at": ends.isoformat() if ends else None,
    }


def _address(chance: random.Random, address: str) -> str:
    """Hardware addresses stand there as people type them."""
    bare = address.replace("-", "")
    dotted = ".".join((bare[:4], bare[4:8], bare[8:])).lower()
    return str(chance.choice([address, address.replace("-", ":"), bare, dotted]))


def _written(chance: random.Random, now: str) -> Row:
    """Times with three digits and a Z."""
    made = later(now, days=-chance.randrange(200, 1500))
    changed = later(now, days=-chance.randrange(0, 200), seconds=-chance.randrange(86_400))
    return {"created-at": shown(made), "updated-at": shown(changed)}


def shown(stamp: str) -> str:
    return at(stamp).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
