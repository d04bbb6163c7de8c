"""What the simulated Tactical RMM holds at first: part of the computers that MSP360 knows, and others.

Clients are the companies under the same names; agents have the serial numbers and hardware addresses of the
same machines. All ids are Tactical RMM's own.
"""

from __future__ import annotations

import random
import string

from integrations.sandbox.moments import later
from integrations.sandbox.tactical_rmm import alerts
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row, World

SHARED = 0.6
"""Share of the computers with an RMM agent of MSP360 that have an agent of Tactical RMM, too."""
NO_CLIENT = "Unassigned"
OWN = ("TRMM-ONLY-01", "TRMM-ONLY-02", "TRMM-ONLY-03")
_FIRST_CLIENT, _FIRST_SITE, _FIRST_AGENT = 4, 9, 12
_SITES = ("Main office", "Warehouse")


def add_fleet(world: World, now: str) -> None:
    """Does nothing where there is a fleet: a saved world may be older than it."""
    tactical = world.of(TacticalWorld)
    if tactical.clients:
        return
    chance = random.Random(f"{world.seed}/tactical_rmm")
    names = [row["Name"] for row in world.console.companies.values()]
    for name in [*names, NO_CLIENT]:
        _add_client(tactical, chance, name.strip())
    clients = {row["name"]: row for row in tactical.clients.values()}
    for hid, host in world.console.hosts.items():
        if chance.random() < SHARED:
            company = (world.console.computers[hid]["CompanyName"] or "").strip()
            _add_agent(tactical, chance, now, clients[company or NO_CLIENT], host)
    for name in OWN:
        host = dict(chance.choice(list(world.console.hosts.values())))
        host.update(
            computerName=name, serialNumber=f"OWN{chance.randrange(10**6):06}", macAddress=_mac(chance)
        )
        _add_agent(tactical, chance, now, clients[names[0].strip()], host)
    _add_alerts(tactical, chance, now)


def _mac(chance: random.Random) -> str:
    return "-".join(f"{pair:02X}" for pair in (0x00, 0x16, 0x3E, *(chance.randrange(256) for _ in range(3))))


def _add_client(tactical: TacticalWorld, chance: random.Random, name: str) -> None:
    number = _FIRST_CLIENT + len(tactical.clients)
    tactical.clients[str(number)] = {"id": number, "name": name}
    for place in _SITES[: 1 if chance.random() < 0.7 else 2]:
        site = _FIRST_SITE + len(tactical.sites)
        tactical.sites[str(site)] = {"id": site, "name": place, "client": number}


def _add_agent(tactical: TacticalWorld, chance: random.Random, now: str, client: Row, host: Row) -> None:
    key = "".join(chance.choice(string.ascii_letters) for _ in range(40))
    sites = [site["id"] for site in tactical.sites.values() if site["client"] == client["id"]]
    status = chance.choices(["online", "offline", "overdue"], [85, 10, 5])[0]
    quiet = {"online": 0, "offline": 12, "overdue": 600}[status]
    tactical.agents[key] = {
        "agent_id": key,
        "hostname": host["computerName"],
        "monitoring_type": "server" if host["productType"] == "Server" else "workstation",
        "status": status,
        "last_seen": later(now, minutes=-quiet, seconds=-chance.randrange(60)),
        "maintenance_mode": chance.random() < 0.04,
        "logged_username": host["userName"] if status == "online" else "-",
        "plat": {"Windows": "windows", "Linux": "linux"}.get(host["osType"], "darwin"),
        "version": chance.choice(["2.9.0", "2.9.0", "2.8.0"]),
        "operating_system": _system(host),
        "make_model": _make_and_model(chance, host),
        "serial_number": host["serialNumber"],
        "_number": _FIRST_AGENT + len(tactical.agents),
        "_site": chance.choice(sites),
        "_ip": host["ip4Address"],
        "_mac": host["macAddress"],
    }


def _system(host: Row) -> str:
    if host["osType"] != "Windows":
        return str(host["osName"])
    return f"{host['osName']}, 64 bit (build {host['version'].rpartition('.')[2]})"


def _make_and_model(chance: random.Random, host: Row) -> str:
    """Text, or the text of a list."""
    parts = [host["manufactured"], host["model"]]
    return str(parts) if chance.random() < 0.2 else " ".join(parts)


def _add_alerts(tactical: TacticalWorld, chance: random.Random, now: str) -> None:
    """Some open ones, one of them hidden, and some that have ended."""
    healthy = [row for row in tactical.agents.values() if not row["maintenance_mode"]]
    for place, agent in enumerate(chance.sample(healthy, 10)):
        begun = later(now, minutes=-chance.randrange(5, 4000))
        kind = list(alerts.KINDS)[place % len(alerts.KINDS)]
        alert = alerts.open_alert(tactical, agent, kind, begun, hidden=place == 3)
        if place > 5:
            alerts.resolve(tactical, alert, later(begun, minutes=4))
