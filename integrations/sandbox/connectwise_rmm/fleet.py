"""What ConnectWise RMM holds at first: part of the computers that MSP360's agent knows, and others.

Companies are those of MSP360; serial numbers and hardware addresses are those of the same machines.
"""

from __future__ import annotations

import random

from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.generation.clients import draw_guid
from integrations.sandbox.world import Row, World

SHARED = 0.55
"""Share of the computers with an RMM agent of MSP360 that have an agent here, too."""
ONLY_HERE = (" Zoë's Bäckerei & Söhne ", "Empty & Quiet Ltd")
"""The second has no endpoints."""
_FIRST_COMPANY, _FIRST_SITE = 50019, 70051
_PLACES = ("Head office", "Depot / Lager")
_CLONED = {"serialNumber": "VMW-CLONE-9", "macAddress": "00-50-56-AA-BB-01"}


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet: a saved world may be older than it."""
    asio = world.of(AsioWorld)
    if asio.companies:
        return
    chance = random.Random(f"{world.seed}/connectwise_rmm")
    for name in [*(row["Name"] for row in world.console.companies.values()), *ONLY_HERE]:
        _add_company(asio, chance, name)
    companies = {row["name"].strip(): row for row in asio.companies.values()}
    for hid, host in world.console.hosts.items():
        owner = companies.get((world.console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_endpoint(asio, chance, owner, host)
    some = next(iter(world.console.hosts.values()))
    for own in (
        {"computerName": None, "serialNumber": None, "macAddress": None},
        {"computerName": "CLONE-A", **_CLONED},
        {"computerName": "CLONE-B", **_CLONED},
    ):
        _add_endpoint(asio, chance, companies[ONLY_HERE[0].strip()], {**some, **own})


def _add_company(asio: AsioWorld, chance: random.Random, name: str) -> None:
    number = str(_FIRST_COMPANY + len(asio.companies))
    asio.companies[number] = {"id": number, "name": name, "friendlyName": name.strip()}
    for place in _PLACES[: 1 if chance.random() < 0.7 else 2]:
        site = str(_FIRST_SITE + len(asio.sites))
        asio.sites[site] = {"id": site, "name": place, "_company": number}


def _add_endpoint(asio: AsioWorld, chance: random.Random, company: Row, host: Row) -> None:
    key = draw_guid(chance)
    places = [row["id"] for row in asio.sites.values() if row["_company"] == company["id"]]
    kind = "Server" if host["productType"] == "Server" else "Laptop" if host["laptop"] else "Desktop"
    name = host["computerName"]
    mac = host["macAddress"]
    asio.endpoints[key] = {
        "endpointId": key,
        "friendlyName": f"{name} (server room)" if name and chance.random() < 0.1 else name,
        "hostName": name,
        "endpointType": kind,
        "osName": host["osName"],
        "ipAddress": host["ip4Address"],
        "macAddress": mac.replace("-", ":") if mac else None,
        "manufacturer": host["manufactured"],
        "model": host["model"],
        "serialNumber": host["serialNumber"],
        "companyId": company["id"],
        "siteId": chance.choice(places),
    }
