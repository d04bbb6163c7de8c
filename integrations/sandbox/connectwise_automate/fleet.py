"""What ConnectWise Automate holds at first: half of the computers that MSP360's agent knows, and others.

Clients bear the names of the companies; serial numbers and hardware addresses are those of the same machines.
"""

from __future__ import annotations

import random

from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.moments import later
from integrations.sandbox.world import Row, World

SHARED = 0.5
"""Share of the computers with an RMM agent of MSP360 that have an agent of Automate, too."""
ONLY_HERE = (" Zoë's Bäckerei & Söhne ", "山田商店 (trial)")
_FIRST_CLIENT, _FIRST_LOCATION, _FIRST_COMPUTER = 62, 88, 1184
_PLACES = ("Main", "Warehouse / Lager")
_CLONED = {"serialNumber": "VMW-CLONE-7", "macAddress": "00-50-56-AA-BB-02", "virtual": True}


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet: a saved world may be older than it."""
    automate = world.of(AutomateWorld)
    if automate.clients:
        return
    chance = random.Random(f"{world.seed}/connectwise_automate")
    for name in [*(row["Name"] for row in world.console.companies.values()), *ONLY_HERE]:
        _add_client(automate, chance, name)
    clients = {row["Name"].strip(): row for row in automate.clients.values()}
    for hid, host in world.console.hosts.items():
        owner = clients.get((world.console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_computer(automate, chance, now, owner, host)
    some = next(iter(world.console.hosts.values()))
    for own in (
        {"computerName": "", "serialNumber": "", "macAddress": ""},
        {"computerName": "CLONE-A", **_CLONED},
        {"computerName": "CLONE-B", **_CLONED},
    ):
        _add_computer(automate, chance, now, clients[ONLY_HERE[0].strip()], {**some, **own})


def _add_client(automate: AutomateWorld, chance: random.Random, name: str) -> None:
    number = str(_FIRST_CLIENT + len(automate.clients))
    automate.clients[number] = {
        "Id": number,
        "Name": name,
        "Address1": f"{chance.randrange(1, 90)} Quay Street",
        "City": chance.choice(["Portsmouth", "Zürich", ""]),
        "Comment": "",
    }
    for place in _PLACES[: 1 if chance.random() < 0.7 else 2]:
        location = str(_FIRST_LOCATION + len(automate.locations))
        automate.locations[location] = {"Id": location, "Name": place, "_client": number}


def _add_computer(automate: AutomateWorld, chance: random.Random, now: str, client: Row, host: Row) -> None:
    number = str(_FIRST_COMPUTER + len(automate.computers))
    places = [row["Id"] for row in automate.locations.values() if row["_client"] == client["Id"]]
    online = chance.random() < 0.85
    user = f"{host['domainName'].partition('.')[0].upper()}\\{host['userName']}"
    automate.computers[number] = {
        "Id": number,
        "ComputerName": host["computerName"],
        "OperatingSystemName": _system(host),
        "DomainName": host["domainName"],
        "RemoteAgentVersion": chance.choice(["230.42", "230.42", "230.17"]),
        "RemoteAgentLastContact": later(now, minutes=-(0 if online else chance.randrange(30, 5000))),
        "LocalIPAddress": host["ip4Address"],
        "GatewayIPAddress": f"{host['ip4Address'].rpartition('.')[0]}.1",
        "MacAddress": host["macAddress"],
        "SerialNumber": host["serialNumber"],
        "BIOSManufacturer": host["manufactured"],
        "BIOSFlash": "1.12.1",
        "Status": "Online" if online else "Offline",
        "Type": host["productType"],
        "AssetTag": "",
        "IsVirtualMachine": host["virtual"],
        "IsRebootNeeded": chance.random() < 0.1,
        "LoggedInUsers": [{"LoggedInUserName": user}] if online else [],
        "Comment": "",
        "SystemUptime": chance.randrange(10**6),
        "_location": chance.choice(places),
    }


def _system(host: Row) -> str:
    return f"Microsoft {host['osName']} x64" if host["osType"] == "Windows" else str(host["osName"])
