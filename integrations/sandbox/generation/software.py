"""Software licences of the clients, and the programs that are installed on their computers."""

from __future__ import annotations

import random

from integrations.sandbox.moments import later
from integrations.sandbox.world import HaloWorld, Row

PRODUCTS = [
    # name, manufacturer, vendor, SKU
    ("Microsoft 365 Business Premium", "Microsoft", "Pax8", "CFQ7TTC0LCHC"),
    ("Windows Server 2022 Standard", "Microsoft", "Ingram Micro", "P73-08328"),
    ("Adobe Acrobat Pro", "Adobe", "Adobe", "65324"),
    ("MSP360 Backup Ultimate", "MSP360", "MSP360", ""),
    ("Sophos Intercept X", "Sophos", "Westcoast", "CIXE1CSAA"),
]
PROGRAMS = [
    # name, versions, product of which it needs a licence (None: none)
    ("Microsoft 365 Apps for business", ["16.0.17328.20162", "16.0.16130.20868"], 0),
    ("Adobe Acrobat (64-bit)", ["24.002.20759", "23.008.20533"], 2),
    ("MSP360 Online Backup", ["7.9.4.84", "7.8.5.64"], 3),
    ("Sophos Endpoint Agent", ["2024.1.0.51"], 4),
    ("Google Chrome", ["131.0.6778.86", "130.0.6723.117", "109.0.5414.120"], None),
    ("7-Zip 23.01 (x64)", ["23.01"], None),
    ("Müller & Söhne Warenwirtschaft", ["5.2"], None),
    ("Zoom Workplace", ["6.2.50939", ""], None),
]
COMPUTER_TYPES = (112, 113, 114, 115)


def add_licences(halo: HaloWorld, chance: random.Random, now: str) -> None:
    """Some for every client that owns a computer, and one that belongs to nobody in particular."""
    owners = sorted(
        {row["client_id"] for row in halo.assets.values() if row["assettype_id"] in COMPUTER_TYPES}
    )
    for client in owners:
        for product in sorted(chance.sample(range(len(PRODUCTS)), chance.randrange(1, 4))):
            _add_licence(halo, chance, now, product, client)
    _add_licence(halo, chance, now, 0, 0)


def add_software(halo: HaloWorld, chance: random.Random, now: str) -> None:
    for asset in halo.assets.values():
        if asset["assettype_id"] in COMPUTER_TYPES:
            for place in sorted(chance.sample(range(len(PROGRAMS)), chance.randrange(2, len(PROGRAMS)))):
                _add_program(halo, chance, now, asset, place)


def _add_licence(halo: HaloWorld, chance: random.Random, now: str, product: int, client: int) -> None:
    name, manufacturer, vendor, sku = PRODUCTS[product]
    count = chance.randrange(1, 60)
    begins = later(now, days=-chance.randrange(20, 700))
    number = halo.next_id("licences", 701)
    halo.licences[number] = {
        "id": number,
        "type": chance.choice([0, 0, 1]),
        "name": name,
        "client_id": client,
        "site_id": halo.clients[client]["main_site_id"] if client and chance.random() < 0.3 else 0,
        "manufacturer": manufacturer,
        "vendor": vendor,
        "product_sku": sku,
        "count": count,
        "licences_in_use": chance.randrange(0, count + 1),
        "start_date": begins,
        "end_date": later(begins, days=365 * chance.choice([1, 3])) if chance.random() < 0.7 else None,
        "is_active": chance.random() < 0.9,
        "deleted": False,
        "_product": product,
        "_updated": begins,
    }


def _add_program(halo: HaloWorld, chance: random.Random, now: str, asset: Row, place: int) -> None:
    name, versions, product = PROGRAMS[place]
    number = halo.next_id("software", 9001)
    halo.software[number] = {
        "id": number,
        "did": asset["id"],
        "name": name,
        "version": chance.choice(versions),
        "licence_id": _licence_of(halo, asset["client_id"], product),
        "install_date": later(now, days=-chance.randrange(10, 900)) if chance.random() < 0.8 else None,
        "lastused": later(now, days=-chance.randrange(0, 60)) if chance.random() < 0.5 else None,
        "user_id": 0,
    }


def _licence_of(halo: HaloWorld, client: int, product: int | None) -> int:
    """0: none."""
    fitting = (
        row["id"]
        for row in halo.licences.values()
        if row["client_id"] == client and row["_product"] == product
    )
    return next(fitting, 0)
