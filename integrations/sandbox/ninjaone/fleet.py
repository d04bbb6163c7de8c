"""What NinjaOne sees of the same companies: most computers with an RMM agent, and devices of its own."""

from __future__ import annotations

import random

from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.moments import later
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.world import Row, World

FIRST_ORGANISATION = 17
FIRST_LOCATION = 41
FIRST_DEVICE = 2204
FIRST_ACTIVITY = 889_102_200
ONLY_HERE = "Kite Repairs (trial)"
_NODE_CLASSES = {"windows": "WINDOWS", "linux": "LINUX", "macos": "MAC"}


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet. Serials and MACs are those that MSP360's agent tells."""
    ninja, console = world.of(NinjaOneWorld), world.console
    if ninja.organisations:
        return
    chance = random.Random(f"{world.seed}/ninjaone")
    ninja.last_activity_id = FIRST_ACTIVITY
    names = [row["Name"].strip() for row in console.companies.values()]
    organisations = {name: _add_organisation(ninja, chance, name) for name in [*names, ONLY_HERE]}
    for hid, computer in console.computers.items():
        owner = organisations.get((computer["CompanyName"] or "").strip())
        if owner is not None and hid in console.hosts and chance.random() < 0.7:
            _add_computer(ninja, chance, now, owner, computer, console.hosts[hid])
    for place, owner in enumerate(organisations.values()):
        if place % 4 == 0:
            _add_printer(ninja, chance, now, owner)


def _add_organisation(ninja: NinjaOneWorld, chance: random.Random, name: str) -> Row:
    number = FIRST_ORGANISATION + len(ninja.organisations)
    places = ["Main Office"] if chance.random() < 0.7 else ["Main Office", "Warehouse"]
    first = FIRST_LOCATION + sum(len(row["locations"]) for row in ninja.organisations.values())
    row: Row = {
        "id": number,
        "name": name,
        "description": None,
        "nodeApprovalMode": "AUTOMATIC",
        "tags": ["gold"] if chance.random() < 0.2 else [],
        "userData": {},
        "fields": {},
        "locations": [
            {"id": first + place, "name": called, "address": None, "description": None}
            for place, called in enumerate(places)
        ],
    }
    ninja.organisations[str(number)] = row
    return row


def _add_device(ninja: NinjaOneWorld, chance: random.Random, now: str, owner: Row, **own: object) -> None:
    number = FIRST_DEVICE + len(ninja.devices)
    ninja.devices[str(number)] = {
        "id": number,
        "organizationId": owner["id"],
        "locationId": chance.choice(owner["locations"])["id"],
        "nodeRoleId": 12,
        "rolePolicyId": 6,
        "approvalStatus": "PENDING" if chance.random() < 0.04 else "APPROVED",
        "offline": chance.random() < 0.15,
        "created": later(now, days=-chance.randrange(30, 900)),
        "lastContact": later(now, minutes=-chance.randrange(1, 3000)),
        "lastUpdate": later(now, minutes=-chance.randrange(3000, 6000)),
        "publicIP": "203.0.113.20",
        "tags": [],
        "maintenance": None,
        **own,
    }


def _add_computer(
    ninja: NinjaOneWorld, chance: random.Random, now: str, owner: Row, computer: Row, host: Row
) -> None:
    name, system = host["computerName"], computer["OSTypeString"]
    kind = "SERVER" if is_server(name) else "WORKSTATION"
    is_mac = system == "macos"
    block = {
        "name": name,
        "manufacturer": host["manufactured"],
        "model": host["model"],
        "biosSerialNumber": host["serialNumber"],
        "serialNumber": host["serialNumber"],
        "domain": host["domainName"],
        "chassisType": "LAPTOP" if host["laptop"] else "DESKTOP",
    }
    _add_device(
        ninja,
        chance,
        now,
        owner,
        nodeClass="MAC" if is_mac else f"{_NODE_CLASSES[system]}_{kind}",
        displayName=None if chance.random() < 0.3 else name,
        systemName=name,
        dnsName=None,
        netbiosName=name[:15].upper(),
        ipAddresses=[host["ip4Address"]],
        macAddresses=[host["macAddress"].replace("-", ":")],
        os={"name": host["osName"], "buildNumber": host["version"].rpartition(".")[2], "needsReboot": False},
        system=block,
        lastLoggedInUser=f"{host['domainName'].partition('.')[0].upper()}\\{host['userName']}",
        deviceType="AGENT_DEVICE",
    )


def _add_printer(ninja: NinjaOneWorld, chance: random.Random, now: str, owner: Row) -> None:
    """Watched over the network: no operating system, no serial number."""
    _add_device(
        ninja,
        chance,
        now,
        owner,
        nodeClass="NMS_PRINTER",
        displayName=f"Printer {owner['id']}",
        systemName=None,
        dnsName=None,
        netbiosName=None,
        ipAddresses=[f"10.99.{owner['id']}.9"],
        macAddresses=[],
        os=None,
        system=None,
        lastLoggedInUser=None,
        deviceType="NMS_TARGET",
    )
