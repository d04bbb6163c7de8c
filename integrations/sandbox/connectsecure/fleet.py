"""What ConnectSecure sees of the same companies: most computers with an RMM agent, and what probes find."""

from __future__ import annotations

import random

from integrations.sandbox.connectsecure import findings
from integrations.sandbox.connectsecure.happenings import Happenings
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.moments import later
from integrations.sandbox.world import Row, World

SHARED = 0.65
"""Share of the computers with an RMM agent of MSP360 that have an agent of ConnectSecure, too."""
PROSPECT = "Lantern Catering (assessment)"
DELETED = "Closed Accounts"
FIRST_COMPANY, FIRST_ASSET, FIRST_AGENT, FIRST_ROW = 412, 90_211, 3301, 771_200


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet. Serials and MACs are those that MSP360's agent tells."""
    held = world.of(ConnectSecureWorld)
    if held.companies:
        return
    chance = random.Random(f"{world.seed}/connectsecure")
    held.last_row = FIRST_ROW
    for row in world.console.companies.values():
        _add_company(held, chance, now, row["Name"])
    _add_company(held, chance, now, PROSPECT, is_assessment=True)
    _add_company(held, chance, now, DELETED, is_deleted=True)
    owners = {row["name"].strip(): row for row in held.companies.values()}
    for hid, host in world.console.hosts.items():
        owner = owners.get((world.console.computers[hid]["CompanyName"] or "").strip())
        if owner is not None and chance.random() < SHARED:
            _add_computer(held, chance, now, owner, host)
    for place, owner in enumerate(owners.values()):
        if place % 3 == 0 and not owner["is_deleted"]:
            _add_found(
                held, chance, now, owner, asset_category="Printer", manufacturer="HP", is_firewall=False
            )
        if place % 5 == 0 and not owner["is_deleted"]:
            _add_found(
                held, chance, now, owner, asset_category="Firewall", manufacturer=None, is_firewall=True
            )
    for asset in held.assets.values():
        if asset["agent_type"] == "LIGHTWEIGHT" and not asset["is_deprecated"]:
            findings.add_some(held, chance, now, asset)
    _add_history(held, chance, now)


def _add_company(held: ConnectSecureWorld, chance: random.Random, now: str, name: str, **flags: bool) -> None:
    number = FIRST_COMPANY + len(held.companies)
    held.companies[str(number)] = {
        "id": number,
        "name": name,
        "description": None,
        "domain": None if chance.random() < 0.6 else f"company{number}.example",
        "customer_name": name.strip(),
        "source": 0,
        "source_id": None,
        "is_assessment": False,
        "is_migrated": False,
        "is_deleted": False,
        "tags": [],
        "manual_tags": ["gold"] if chance.random() < 0.2 else [],
        "meta_info": {},
        "tenantid": "1",
        "old_id": None,
        "created": later(now, days=-chance.randrange(200, 900)),
        "updated": later(now, days=-chance.randrange(1, 200)),
        **flags,
    }


def _add_asset(held: ConnectSecureWorld, chance: random.Random, now: str, owner: Row, **own: object) -> Row:
    number = FIRST_ASSET + len(held.assets)
    row: Row = {
        "id": number,
        "company_id": owner["id"],
        "agent_id": FIRST_AGENT + number - FIRST_ASSET,
        "configuration_id": None,
        "unique_id": [],
        "ip_extra": None,
        "domain": None,
        "is_firewall": False,
        "agent_type": "LIGHTWEIGHT",
        "asset_type": "discovered",
        "asset_category": None,
        "status": True,
        "is_deprecated": False,
        "is_deleted": False,
        "importance": 50,
        "tags": {},
        "manual_tags": {},
        "online_status": chance.random() < 0.85,
        "last_discovered_time": later(now, hours=-chance.randrange(1, 30)),
        "last_ping_time": later(now, minutes=-chance.randrange(1, 1200)),
        "created": later(now, days=-chance.randrange(30, 400)),
        "updated": later(now, minutes=-chance.randrange(1, 1200)),
        **own,
    }
    held.assets[str(number)] = row
    return row


def _add_computer(held: ConnectSecureWorld, chance: random.Random, now: str, owner: Row, host: Row) -> None:
    is_deprecated = chance.random() < 0.05
    _add_asset(
        held,
        chance,
        now,
        owner,
        name=host["computerName"],
        host_name=host["computerName"],
        visible_name=None if chance.random() < 0.3 else host["computerName"],
        ip=host["ip4Address"],
        mac=host["macAddress"].replace("-", ":").lower(),
        domain=host["domainName"],
        platform={"Windows": "windows", "Linux": "linux"}.get(host["osType"], "darwin"),
        system_type="x64-based PC",
        os_name=host["osName"],
        os_version=host["version"],
        architecture="64-bit",
        manufacturer=host["manufactured"],
        hardware_model=host["model"],
        serial_number=host["serialNumber"],
        unique_id=[host["serialNumber"]],
        cpu_core="4",
        physical_memory="16 GB",
        logged_in_user=f"{host['domainName'].partition('.')[0].upper()}\\{host['userName']}",
        manual_tags={"vip": True} if chance.random() < 0.05 else {},
        is_deprecated=is_deprecated,
        is_deleted=chance.random() < 0.03,
        deprecated_time=later(now, days=-3) if is_deprecated else None,
        last_ping_time=later(now, days=-40 if is_deprecated else 0, minutes=-chance.randrange(1, 1200)),
    )


def _add_found(held: ConnectSecureWorld, chance: random.Random, now: str, owner: Row, **own: object) -> None:
    """Found by a probe over the network: no name, no serial number, no operating system."""
    _add_asset(
        held,
        chance,
        now,
        owner,
        name=None,
        host_name=None,
        visible_name=None,
        agent_type="PROBE",
        ip=f"10.98.{owner['id'] % 250}.{len(held.assets) % 250}",
        mac=None,
        platform=None,
        os_name=None,
        os_version=None,
        hardware_model=None,
        serial_number=None,
        logged_in_user=None,
        online_status=None,
        last_ping_time=None,
        **own,
    )


def _add_history(held: ConnectSecureWorld, chance: random.Random, now: str) -> None:
    """System events, open and closed ones, and audits of the last days."""
    servers = [row for row in held.assets.values() if "Server" in (row.get("os_name") or "")]
    for place in range(12):
        happenings = Happenings(held, lambda: later(now, hours=-chance.randrange(1, 72)))
        kind = chance.choice(["port", "agent", "job", "certificate", "azure"])
        event = happenings.begin(chance.choice(servers), kind)
        if place % 3 == 0:
            happenings.end(event)
    for _ in range(30):
        happenings = Happenings(held, lambda: later(now, minutes=-chance.randrange(1, 4000)))
        happenings.add_ad_entry(
            chance.choice(servers), chance.choice(["4740", "4672", "4728", "4726", "1102"])
        )
    for company in list(held.companies.values())[:3]:
        Happenings(held, lambda: later(now, hours=-chance.randrange(1, 20))).add_entra_entry(company)
