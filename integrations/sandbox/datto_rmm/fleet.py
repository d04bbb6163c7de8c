"""What Datto RMM sees of the same companies: many of their computers, and devices of its own."""

from __future__ import annotations

import random
import uuid

from integrations.sandbox.datto_rmm.constants import PLATFORM
from integrations.sandbox.datto_rmm.happenings import CONTEXTS, make_alert, resolve
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.moments import later
from integrations.sandbox.world import Row, World

FIRST_SITE, FIRST_DEVICE = 30417, 880145
SHARED = 0.65
"""Share of the computers with an RMM agent of MSP360 that Datto RMM sees, too."""
ON_DEMAND, DELETED = "OnDemand", "Deleted Devices"
ONLY_HERE = "Kestrel  Yachts – Çeşme (trial)"
_PORTAL = f"https://{PLATFORM}.rmm.example"


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet. Serials and MACs are those that MSP360's agent tells."""
    datto, console = world.of(DattoWorld), world.console
    if datto.sites:
        return
    chance = random.Random(f"{world.seed}/datto_rmm")
    names = [ON_DEMAND, DELETED, *(row["Name"] for row in console.companies.values()), ONLY_HERE]
    sites = {name.strip(): _add_site(datto, chance, name) for name in names}
    for hid, computer in console.computers.items():
        owner = sites.get((computer["CompanyName"] or "").strip())
        if owner is not None and hid in console.hosts and chance.random() < SHARED:
            _add_computer(datto, chance, now, owner, console.hosts[hid])
    companies = [row for name, row in sites.items() if name not in (ON_DEMAND, DELETED)]
    for place, owner in enumerate(companies):
        if place % 5 == 0:
            _add_other(datto, chance, now, owner, "printer", "Printer by the door")
        if place % 7 == 0:
            _add_other(datto, chance, now, owner, "esxihost", None)
    _add_what_is_no_computer(datto, chance, now, sites, list(console.hosts.values()))
    _add_alerts(datto, chance, now)


def _uid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _add_site(datto: DattoWorld, chance: random.Random, name: str) -> Row:
    number, uid = FIRST_SITE + len(datto.sites), _uid(chance)
    row: Row = {
        "id": number,
        "uid": uid,
        "accountUid": "acc9f1e2",
        "name": name,
        "description": None,
        "notes": None,
        "onDemand": name == ON_DEMAND,
        "splashtopAutoInstall": True,
        "proxySettings": None,
        "autotaskCompanyName": None,
        "autotaskCompanyId": None,
        "portalUrl": f"{_PORTAL}/site/{number}",
    }
    datto.sites[uid] = row
    return row


def _add_device(datto: DattoWorld, chance: random.Random, now: str, owner: Row, **own: object) -> Row:
    number, uid = FIRST_DEVICE + len(datto.devices), _uid(chance)
    seen = later(now, minutes=-chance.randrange(1, 3000))
    row: Row = {
        "id": number,
        "uid": uid,
        "siteId": owner["id"],
        "siteUid": owner["uid"],
        "siteName": owner["name"],
        "deviceType": {"category": "Desktop", "type": "Main System Chassis"},
        "deviceClass": "device",
        "extIpAddress": "203.0.113.20",
        "cagVersion": "4.4.2230",
        "displayVersion": "4.4.2230.2230",
        "description": None,
        "a64Bit": True,
        "rebootRequired": chance.random() < 0.1,
        "online": chance.random() < 0.85,
        "suspended": False,
        "deleted": False,
        "lastSeen": seen,
        "lastReboot": later(seen, days=-chance.randrange(1, 30)),
        "lastAuditDate": later(seen, hours=-chance.randrange(1, 24)),
        "creationDate": later(now, days=-chance.randrange(30, 900)),
        "udf": {f"udf{place}": None for place in range(1, 31)},
        "snmpEnabled": False,
        "networkProbe": False,
        "onboardedViaNetworkMonitor": False,
        "antivirus": {"antivirusProduct": "Example AV", "antivirusStatus": "RunningAndUpToDate"},
        "patchManagement": {
            "patchStatus": "FullyPatched",
            "patchesApprovedPending": 0,
            "patchesNotApproved": chance.randrange(4),
            "patchesInstalled": 113,
        },
        "softwareStatus": "Compliant",
        "warrantyDate": None,
        "portalUrl": f"{_PORTAL}/device/{number}",
        "webRemoteUrl": None,
        **own,
    }
    datto.devices[uid] = row
    return row


def _add_computer(datto: DattoWorld, chance: random.Random, now: str, owner: Row, host: Row) -> Row:
    name = host["computerName"]
    category = "Server" if is_server(name) else "Laptop" if host["laptop"] else "Desktop"
    prefix = "Microsoft " if host["osType"] == "Windows" else ""
    device = _add_device(
        datto,
        chance,
        now,
        owner,
        deviceType={"category": category, "type": "Notebook" if host["laptop"] else "Main System Chassis"},
        hostname=name,
        intIpAddress=host["ip4Address"],
        operatingSystem=f"{prefix}{host['osName']} {host['version']}" if prefix else host["osName"],
        lastLoggedInUser=f"{host['domainName'].partition('.')[0].upper()}\\{host['userName']}",
        domain=host["domainName"],
        warrantyDate=later(now, days=chance.randrange(30, 900))[:10] if chance.random() < 0.5 else None,
    )
    number = device["id"]
    device["webRemoteUrl"] = f"{_PORTAL}/remote/{number}" if chance.random() < 0.8 else None
    if chance.random() < 0.03:
        device["lastAuditDate"] = None
    else:
        datto.audits[device["uid"]] = _audit(host)
    return device


def _audit(host: Row) -> Row:
    return {
        "systemInfo": {
            "manufacturer": host["manufactured"],
            "model": host["model"],
            "totalPhysicalMemory": host["memory"],
            "username": host["userName"],
            "dotNetVersion": None,
            "totalCpuCores": 8,
        },
        "bios": {
            "instance": "1",
            "serialNumber": host["serialNumber"],
            "smBiosVersion": "2.5.1",
            "releaseDate": None,
        },
        "baseBoard": None,
        "nics": [
            {
                "instance": "Ethernet",
                "ipv4": host["ip4Address"],
                "ipv6": None,
                "macAddress": host["macAddress"],
                "type": "Ethernet",
            }
        ],
        "processors": [],
        "physicalMemory": [],
        "logicalDisks": [],
        "snmpInfo": None,
    }


def _add_other(
    datto: DattoWorld, chance: random.Random, now: str, owner: Row, kind: str, description: str | None
) -> None:
    """Watched over the network: no name, no agent; its audit is of another kind."""
    _add_device(
        datto,
        chance,
        now,
        owner,
        deviceType=None,
        deviceClass=kind,
        hostname=None,
        description=description,
        intIpAddress=f"10.99.{owner['id'] % 250}.9",
        operatingSystem=None,
        lastLoggedInUser=None,
        domain=None,
        cagVersion=None,
        displayVersion=None,
        antivirus=None,
        patchManagement=None,
    )


def _add_what_is_no_computer(
    datto: DattoWorld, chance: random.Random, now: str, sites: dict[str, Row], hosts: list[Row]
) -> None:
    """Devices that wait, devices that are removed; some of them are machines that others still see."""
    for place, name in enumerate((ON_DEMAND, DELETED, DELETED)):
        _add_computer(datto, chance, now, sites[name], {**hosts[place], "computerName": f"AWAY-{place}"})
    gone = _add_computer(datto, chance, now, sites[ONLY_HERE.strip()], {**hosts[3], "computerName": "AWAY-3"})
    gone["deleted"] = True


def _add_alerts(datto: DattoWorld, chance: random.Random, now: str) -> None:
    """A history of alerts that are over; nothing is on."""
    devices = [row for row in datto.devices.values() if row["deviceClass"] == "device" and row["hostname"]]
    for place in range(40):
        begun = later(now, days=-40 + place, minutes=-chance.randrange(600))
        kind = list(CONTEXTS)[place % len(CONTEXTS)]
        alert = make_alert(datto, chance.choice(devices), kind, begun, _uid(chance))
        resolve(alert, later(begun, minutes=12), "auto-resolved")
