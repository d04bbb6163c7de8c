"""What ScalePad has collected of the same companies: most of their computers, and hardware of its own.

Serial numbers are those that MSP360's agent tells, also of unlabelled and cloned machines; ids are its own.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from integrations.sandbox.generation.clients import draw_guid
from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.moments import in_seconds, later
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.world import Row, World

SHARED = 0.75
"""Share of the computers with an RMM agent of MSP360 that are here."""
ONLY_HERE = "Żółw & Sons  (prospect)"
_TERMS = (365, 1095, 1095, 1095, 1825)


def add_hardware(world: World, now: str) -> None:
    """Does nothing where there is some already."""
    pad, console = world.of(ScalePadWorld), world.console
    if pad.clients:
        return
    chance = random.Random(f"{world.seed}/scalepad")
    names = [row["Name"] for row in console.companies.values()]
    owners = {name.strip(): _add_client(pad, chance, now, name) for name in [*names, ONLY_HERE]}
    for hid, host in console.hosts.items():
        owner = owners.get((console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_computer(pad, chance, now, owner, host)
    for place, owner in enumerate(owners.values()):
        if place % 4 == 0:
            serial = f"NET{chance.randrange(10**6):06}"
            _add(pad, chance, now, owner, f"switch-{place}", "NETWORK", serial, manufacturer="Ubiquiti")
    _add(pad, chance, now, owners[ONLY_HERE], "", "IMAGING", "")
    _add(pad, chance, now, None, "loaner tablet", "MOBILE", "TB-0001")


def _add_client(pad: ScalePadWorld, chance: random.Random, now: str, name: str) -> Row:
    key = draw_guid(chance)
    pad.clients[key] = {
        "id": key,
        "name": name,
        "lifecycle": "PROSPECT" if name == ONLY_HERE else "CLIENT",
        "num_contacts": chance.randrange(1, 40),
        "record_created_at": in_seconds(later(now, days=-chance.randrange(200, 900))),
        "record_updated_at": in_seconds(later(now, minutes=-chance.randrange(5, 90_000))),
        "record_lineage": {
            "source_record_id": str(100 + len(pad.clients)),
            "integration_configuration": {
                "id": "5b1f0c77-halo",
                "vendor": {"id": "halopsa", "brand_name": "HaloPSA"},
            },
        },
    }
    return pad.clients[key]


def _add_computer(pad: ScalePadWorld, chance: random.Random, now: str, owner: Row, host: Row) -> None:
    name = host["computerName"]
    kind = "VIRTUAL" if host["virtual"] else "SERVER" if is_server(name) else "WORKSTATION"
    described = chance.random() < 0.5
    _add(
        pad,
        chance,
        now,
        owner,
        name,
        kind,
        host["serialNumber"],
        manufacturer=host["manufactured"],
        model={"number": host["model"], "description": f"{host['model']} Gen 2" if described else None},
        software={"operating_system": host["osName"]},
        configuration={
            "cpu": {"name": "Xeon E-2314", "manufacturer_name": "Intel"},
            "ram_bytes": host["memory"],
            "disks": {"total_bytes": 480_000_000_000},
        },
        last_login_user=host["userName"] if chance.random() < 0.5 else None,
    )


def _add(
    pad: ScalePadWorld,
    chance: random.Random,
    now: str,
    owner: Row | None,
    name: str,
    kind: str,
    serial: str,
    *,
    manufacturer: str = "",
    **own: object,
) -> None:
    key = draw_guid(chance)
    pad.hardware[key] = {
        "id": key,
        "name": name or None,
        "serial_number": serial or None,
        "type": kind,
        "location_name": chance.choice([None, "Main office", "Entrepôt"]),
        "client": {"id": owner["id"], "name": owner["name"]} if owner else None,
        "manufacturer": {"id": manufacturer.lower(), "name": manufacturer} if manufacturer else None,
        "model": None,
        "contact": None,
        "configuration": None,
        "software": None,
        "last_login_user": None,
        **own,
    }
    if serial:
        pad.lifecycles[key] = _lifecycle(chance, now, pad.hardware[key])


def _lifecycle(chance: random.Random, now: str, row: Row) -> Row:
    """Some makers say nothing, some only how long the warranty lasts that came with the machine."""
    bought = date.fromisoformat(now[:10]) - timedelta(days=chance.randrange(20, 2500))
    ends = bought + timedelta(days=chance.choice(_TERMS))
    known = chance.random()
    return {
        "client_id": row["client"]["id"] if row["client"] else None,
        "serial_number": row["serial_number"],
        "name": row["name"],
        "manufacturer": row["manufacturer"]["name"] if row["manufacturer"] else None,
        "model": (row["model"] or {}).get("number"),
        "purchase_date": bought.isoformat() if known > 0.15 else None,
        "warranty_expiry_date": ends.isoformat() if known > 0.3 else None,
        "manufacturer_expiry_date": ends.isoformat() if known > 0.2 else None,
        "warranty_source": "MANUFACTURER",
    }
