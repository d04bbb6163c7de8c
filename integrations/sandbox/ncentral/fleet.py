"""What the simulated N-central holds at first: part of the computers that MSP360 knows, and others.

Customers are the companies under the same names; devices have the serial numbers and hardware addresses of
the same machines. All ids are N-central's own.
"""

from __future__ import annotations

import random

from integrations.sandbox.moments import later
from integrations.sandbox.ncentral import issues
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.world import Row, World

SHARED = 0.55
"""Share of the computers with an RMM agent of MSP360 that have an agent of N-central, too."""
ONLY_HERE = ("  Żółw & Söhne – Ünïted Bakers  ", "株式会社さくら (N-central)")
SYSTEM = "System"
FIRST_CUSTOMER, FIRST_SITE, FIRST_DEVICE = 318, 4001, 774_120_193
_SITES = ("Main office", "Warehouse – Größe 2")
_SYSTEMS = {"Windows": "Windows", "Linux": "Linux", "Macos": "Mac"}
_CODES = {"Servers": "101", "Workstations": "102", "Laptop": "103"}


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet: a saved world may be older than it."""
    central = world.of(NCentralWorld)
    if central.customers:
        return
    chance = random.Random(f"{world.seed}/ncentral")
    central.customers["1"] = {"id": 1, "name": SYSTEM, "system": True}
    names = [row["Name"] for row in world.console.companies.values()]
    for name in [*names, *ONLY_HERE]:
        _add_customer(central, chance, name)
    customers = {row["name"].strip(): row for row in central.customers.values()}
    for hid, host in world.console.hosts.items():
        owner = customers.get((world.console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_computer(central, chance, now, owner, host)
    _add_others(central, chance, now)
    _add_issues(central, chance, now)


def _add_customer(central: NCentralWorld, chance: random.Random, name: str) -> None:
    number = FIRST_CUSTOMER + len(central.customers)
    central.customers[str(number)] = {"id": number, "name": name, "system": False}
    for place in _SITES[: chance.choices([0, 1, 2], [40, 40, 20])[0]]:
        site = FIRST_SITE + len(central.sites)
        central.sites[str(site)] = {"id": site, "name": place, "customer": number}


def _add_device(
    central: NCentralWorld, chance: random.Random, now: str, owner: Row | None, **own: object
) -> Row:
    """`owner` None: a device of the service organisation itself."""
    place = len(central.devices)
    sites = [None, *(row["id"] for row in central.sites.values() if owner and row["customer"] == owner["id"])]
    row: Row = {
        "deviceId": FIRST_DEVICE + place,
        "remoteControlUri": None,
        "description": "",
        "isProbe": False,
        "lastLoggedInUser": "",
        "stillLoggedIn": "false",
        "licenseMode": chance.choice(["Professional", "Essential"]),
        "applianceId": 66_120_000 + place,
        "lastApplianceCheckinTime": later(now, minutes=-chance.randrange(1, 3000)),
        **own,
        "_place": place,
        "_customer": owner["id"] if owner else None,
        "_site": chance.choice(sites),
    }
    central.devices[str(row["deviceId"])] = row
    return row


def _add_computer(central: NCentralWorld, chance: random.Random, now: str, owner: Row, host: Row) -> None:
    name, is_server = host["computerName"], host["productType"] == "Server"
    kind = "Servers" if is_server else "Laptop" if host["laptop"] else "Workstations"
    device = _add_device(
        central,
        chance,
        now,
        owner,
        uri=host["ip4Address"],
        sourceUri=host["ip4Address"],
        longName=name,
        discoveredName=f"{name}.{host['domainName']}" if " " not in name else name,
        deviceClass=_CODES[kind],
        deviceClassLabel=f"{kind} - {_SYSTEMS[host['osType']]}",
        osId="winnt" if host["osType"] == "Windows" else host["osType"].lower(),
        supportedOs="winsrv2022" if is_server else "win11",
        supportedOsLabel=host["osName"],
        lastLoggedInUser=f"{host['domainName'].partition('.')[0].upper()}\\{host['userName']}",
    )
    central.assets[str(device["deviceId"])] = {
        "serialnumber": host["serialNumber"],
        "netbiosname": name[:15].upper(),
        "model": host["model"],
        "manufacturer": host["manufactured"],
        "memory": str(host["memory"]),
        "system": host["osName"],
        "version": host["version"],
        "ip": host["ip4Address"],
        "mac": host["macAddress"].replace("-", ":"),
        "bought": later(now, days=-chance.randrange(30, 1500))[:10] if chance.random() < 0.6 else None,
    }


def _add_others(central: NCentralWorld, chance: random.Random, now: str) -> None:
    """What has no agent, a probe of the service organisation, and a machine that was cloned."""
    owners = [row for row in central.customers.values() if not row["system"]]
    for place, owner in enumerate(owners[::4]):
        address = f"10.98.{place}.1"
        names = {"longName": "", "discoveredName": address} if place % 2 else {"longName": f"Switch {place}"}
        _add_unwatched(central, chance, now, owner, address, "104", "Network Device", names)
    _add_unwatched(
        central, chance, now, owners[0], "10.98.90.9", "105", "Printer", {"longName": "Drucker Büro"}
    )
    _add_unwatched(central, chance, now, None, "10.98.0.2", "101", "Servers - Windows", {"longName": "PROBE"})
    original = next(iter(central.assets))
    row = central.devices[original]
    clone = dict(row, longName=f"{row['longName']} (clone)", deviceId=FIRST_DEVICE + len(central.devices))
    clone["_place"] = len(central.devices)
    central.devices[str(clone["deviceId"])] = clone
    central.assets[str(clone["deviceId"])] = dict(central.assets[original])


def _add_unwatched(
    central: NCentralWorld,
    chance: random.Random,
    now: str,
    owner: Row | None,
    address: str,
    code: str,
    label: str,
    names: Row,
) -> None:
    _add_device(
        central,
        chance,
        now,
        owner,
        **{
            "uri": address,
            "sourceUri": address,
            "discoveredName": "",
            "deviceClass": code,
            "deviceClassLabel": label,
            "osId": "",
            "supportedOs": "",
            "supportedOsLabel": "",
            "isProbe": owner is None,
            "lastApplianceCheckinTime": None if owner else now,
            **names,
        },
    )


def _add_issues(central: NCentralWorld, chance: random.Random, now: str) -> None:
    """One of each kind; of the last the device is not monitored at present."""
    watched = [central.devices[key] for key in central.assets]
    for device, kind in zip(chance.sample(watched, len(issues.SERVICES)), issues.SERVICES, strict=True):
        issue = issues.begin(central, device, kind, later(now, minutes=-chance.randrange(5, 4000)))
    issue["monitored"] = False
