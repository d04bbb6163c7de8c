"""Halo assets that already stand for some computers, and assets of other people that stand for none."""

from __future__ import annotations

import random

from integrations.sandbox.generation import asset_settings as of
from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.generation.names import JUNK_SERIALS
from integrations.sandbox.moments import later
from integrations.sandbox.world import HaloWorld, Row, World

STANDING_FOR_COMPUTERS = 60
FOREIGN = 24


def add_assets(world: World, chance: random.Random, now: str, pairs: dict[str, int]) -> None:
    """Every fifth one is known by serial and MAC, the others by one of serial, MAC and name."""
    known = [
        (hid, computer, pairs[computer["CompanyName"]])
        for hid, computer in world.console.computers.items()
        if computer["CompanyName"] in pairs and hid in world.console.hosts
    ]
    for place, (hid, computer, client) in enumerate(chance.sample(known, STANDING_FOR_COMPUTERS)):
        host = world.console.hosts[hid]
        kind = 113 if is_server(computer["ComputerName"]) else 114 if host["laptop"] else 112
        _add_asset(world.halo, chance, now, client, kind, _known_fields(place, computer, host))
    for place in range(FOREIGN):
        _add_foreign(world.halo, chance, now, place)


def _known_fields(place: int, computer: Row, host: Row) -> dict[int, str]:
    name, serial, mac = computer["ComputerName"].strip(), host["serialNumber"], host["macAddress"]
    common = {of.MODEL: host["model"], of.DEPARTMENT: "Front desk", of.RACK: f"R1-U{place % 40}"}
    if serial in JUNK_SERIALS:
        return {**common, of.NAME: name, of.SERIAL: serial}
    ways: list[dict[int, str]] = [
        {of.NAME: name, of.SERIAL: serial, of.MAC: mac},
        {of.NAME: f"old-{name}", of.SERIAL: serial.lower()},
        {of.NAME: f"PC of {host['userName']}", of.MAC: mac.replace("-", ":").lower()},
        {of.NAME: name.lower(), of.LEASE_ENDS: "2027-03-31"},
        {of.NAME: name, of.SERIAL: f" {serial} "},
    ]
    return {**common, **ways[place % len(ways)]}


def _add_foreign(halo: HaloWorld, chance: random.Random, now: str, place: int) -> None:
    client = chance.choice([row["id"] for row in halo.clients.values() if row["id"] > 2])
    if place % 3 == 2:
        mac = ":".join(f"{chance.randrange(256):02x}" for _ in range(6))
        values = {of.NAME: f"fw-{place}", of.MAC: mac, of.RACK: "Comms cupboard"}
        _add_asset(halo, chance, now, client, 121, values)
        return
    values = {
        of.NAME: f"Printer {place}",
        of.SERIAL: f"PRN{place:05}",
        of.PAGES: str(chance.randrange(90000)),
    }
    _add_asset(halo, chance, now, client, 120, values)


def _add_asset(
    halo: HaloWorld, chance: random.Random, now: str, client: int, kind: int, values: dict[int, str]
) -> None:
    number = halo.next_id("assets", 501)
    site = halo.clients[client]["main_site_id"]
    made = later(now, days=-chance.randrange(30, 900), seconds=chance.randrange(80000))
    types = halo.asset_types[kind]["fields"]
    halo.assets[number] = {
        "id": number,
        "inventory_number": f"{halo.asset_types[kind]['tagprefix'] or 'AST-'}{number:05}",
        "assettype_id": kind,
        "client_id": client,
        "site_id": site,
        "status_id": 1,
        "inactive": chance.random() < 0.06,
        "device_number": 1 + sum(row["site_id"] == site for row in halo.assets.values()),
        "notes": "Bought second-hand; ask Anna before touching." if chance.random() < 0.2 else "",
        "datto_id": f"d-{chance.randrange(10**6)}" if chance.random() < 0.3 else "",
        "ninjarmm_id": chance.randrange(1, 900) if chance.random() < 0.2 else 0,
        "warranty_end": later(now, days=chance.randrange(-400, 900)) if chance.random() < 0.5 else None,
        "users": [],
        "fields": {field: value for field, value in values.items() if field in types},
        "customfields": {310: f"PO-{chance.randrange(10000)}"},
        "_created": made,
        "_updated": later(made, days=chance.randrange(20)),
    }
