"""Companies of the console with their backup accounts, and the clients, sites and users of the Halo."""

from __future__ import annotations

import random
import unicodedata
import uuid

from integrations.sandbox.generation.names import FIRST_NAMES, HALO_ONLY, LAST_NAMES, PAIRS, Pair
from integrations.sandbox.moments import later
from integrations.sandbox.world import ConsoleWorld, HaloWorld, Row, World

UNKNOWN_CLIENT = 1
"""Where Halo puts what it cannot place."""


def draw_guid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def add_clients(world: World, chance: random.Random, now: str) -> dict[str, int]:
    """Returns which Halo client stands for which console company: `{console name: client id}`."""
    _add_client(world.halo, chance, now, "Unknown", client_id=UNKNOWN_CLIENT)
    _add_client(world.halo, chance, now, "Sandbox IT Services (ourselves)", client_id=2)
    pairs: dict[str, int] = {}
    for pair in PAIRS:
        _add_company(world.console, chance, pair)
        if pair.halo is not None:
            client = _add_client(world.halo, chance, now, pair.halo, inactive=pair.halo_inactive)
            pairs[pair.console] = client["id"]
    for name, inactive in HALO_ONLY:
        _add_client(world.halo, chance, now, name, inactive=inactive)
    return pairs


def plain(text: str) -> str:
    """Letters and digits only, for host names and mail addresses."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in flat.lower() if letter.isalnum()) or "company"


def _add_company(console: ConsoleWorld, chance: random.Random, pair: Pair) -> None:
    company, account = draw_guid(chance), draw_guid(chance)
    console.companies[company] = {
        "Id": company,
        "Name": pair.console,
        "StorageLimit": -1,
        "LicenseSettings": 1,
        "Destinations": [{"DestinationId": draw_guid(chance), "PlanId": draw_guid(chance)}],
        "DefaultLicense": 0,
        "AllowedLicenses": [0, 1],
    }
    console.users[account] = {
        "ID": account,
        "Email": f"backup@{plain(pair.code)}.example",
        "FirstName": "Backup",
        "LastName": "Account",
        "NotificationEmails": [],
        "Company": pair.console,
        "Enabled": True,
        "LicenseManagmentMode": 2,
        "SpaceUsed": chance.randrange(10**12),
        "DestinationList": [],
    }


def _add_client(
    halo: HaloWorld, chance: random.Random, now: str, name: str, *, client_id: int = 0, inactive: bool = False
) -> Row:
    number = client_id or halo.next_id("clients", 12)
    made = later(now, days=-chance.randrange(200, 2000), seconds=chance.randrange(80000))
    client: Row = {
        "id": number,
        "name": name,
        "toplevel_id": 3,
        "inactive": inactive,
        "ref": "",
        "accountsid": plain(name)[:3].upper() + "01" if chance.random() < 0.4 else "",
        "domain": f"{plain(name)[:40]}.example" if chance.random() < 0.6 else "",
        "notes": "",
        "is_vip": chance.random() < 0.1,
        "ninjarmmid": chance.randrange(10, 900) if chance.random() < 0.2 else 0,
        "datto_id": "",
        "customfields": {140: f"C-{chance.randrange(1000, 9999)}"},
        "_created": made,
        "_updated": later(made, days=chance.randrange(100)),
    }
    halo.clients[number] = client
    sites = ["Main"] if number <= 2 or chance.random() < 0.7 else ["Main", "Warehouse"]
    if name.startswith(("BIRCH", "Greenfield", "The Greenfield")):
        sites = ["Head Office", "Branch", "Branch"]
    rows = [_add_site(halo, chance, client, site) for site in sites]
    client["main_site_id"] = rows[0]["id"]
    return client


def _add_site(halo: HaloWorld, chance: random.Random, client: Row, name: str) -> Row:
    number = 1 if client["id"] == UNKNOWN_CLIENT else halo.next_id("sites", 31)
    site: Row = {
        "id": number,
        "name": name,
        "client_id": client["id"],
        "inactive": client["inactive"],
        "phonenumber": f"+44 20 7946 {chance.randrange(10000):04}",
        "_created": client["_created"],
        "_updated": client["_updated"],
    }
    halo.sites[number] = site
    general = _add_user(halo, site, client, "General User", "", general=True)
    site["maincontact_id"] = general["id"]
    if client["id"] > 2:
        for _ in range(chance.randrange(1, 4)):
            first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
            mail = f"{plain(first)}.{plain(last)}@{client['domain'] or 'mail.example'}"
            _add_user(halo, site, client, f"{first} {last}", mail)
    return site


def _add_user(halo: HaloWorld, site: Row, client: Row, name: str, mail: str, *, general: bool = False) -> Row:
    user: Row = {
        "id": halo.next_id("users", 88),
        "name": name,
        "site_id": site["id"],
        "client_id": client["id"],
        "emailaddress": mail,
        "inactive": client["inactive"],
        "_general": general,
        "_created": client["_created"],
        "_updated": client["_updated"],
    }
    halo.users[user["id"]] = user
    return user
