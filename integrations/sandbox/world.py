"""What the simulated systems hold. Plain rows by id, so that they can be saved, shown and changed in a test.

A row is a dictionary under the vendor's property names; what no vendor shows begins with an underscore
(`_created` and `_updated` are stamps). A Halo asset's `fields` and every `customfields` are stored as
`{field id: value}`. Actions are stored per ticket, oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Table = dict[int, Row]

_TABLES = [
    "clients",
    "sites",
    "users",
    "assets",
    "asset_types",
    "asset_groups",
    "fields",
    "custom_fields",
    "ticket_types",
    "statuses",
    "slas",
    "teams",
    "agents",
    "categories",
    "outcomes",
    "tickets",
    "licences",
    "software",
]
_NEWER_TABLES = {"licences", "software"}
"""A saved world may be older than these."""
_NUMBERED_MAPS = ("fields", "customfields")


@dataclass
class HaloWorld:
    """The simulated HaloPSA. `priorities` and `lookups` have no id of their own and are lists."""

    clients: Table = field(default_factory=dict)
    sites: Table = field(default_factory=dict)
    users: Table = field(default_factory=dict)
    assets: Table = field(default_factory=dict)
    asset_types: Table = field(default_factory=dict)
    asset_groups: Table = field(default_factory=dict)
    fields: Table = field(default_factory=dict)
    custom_fields: Table = field(default_factory=dict)
    ticket_types: Table = field(default_factory=dict)
    statuses: Table = field(default_factory=dict)
    slas: Table = field(default_factory=dict)
    teams: Table = field(default_factory=dict)
    agents: Table = field(default_factory=dict)
    categories: Table = field(default_factory=dict)
    outcomes: Table = field(default_factory=dict)
    tickets: Table = field(default_factory=dict)
    licences: Table = field(default_factory=dict)
    software: Table = field(default_factory=dict)
    """Programs installed on assets: `did` is the asset's id."""
    priorities: list[Row] = field(default_factory=list)
    lookups: list[Row] = field(default_factory=list)
    asset_statuses: dict[int, str] = field(default_factory=dict)
    actions: dict[int, list[Row]] = field(default_factory=dict)
    mails: list[Row] = field(default_factory=list)
    """Every mail that Halo would have sent to an end user: kind, to, ticket_id, why, at."""
    last_ids: dict[str, int] = field(default_factory=dict)

    def next_id(self, table: str, first: int) -> int:
        """A number that no row of the table ever had."""
        number = self.last_ids.get(table, first - 1) + 1
        self.last_ids[table] = number
        return number

    def sites_of(self, client_id: int) -> list[Row]:
        return [site for site in self.sites.values() if site["client_id"] == client_id]

    def general_user(self, site_id: int | None) -> Row | None:
        """The built-in user that stands for the site itself."""
        return next(
            (row for row in self.users.values() if row["site_id"] == site_id and row["_general"]), None
        )

    def lookup(self, lookupid: int, number: int) -> Row | None:
        wanted = (lookupid, number)
        return next((row for row in self.lookups if (row["lookupid"], row["id"]) == wanted), None)

    def priority(self, sla_id: int, priorityid: int) -> Row | None:
        wanted = (sla_id, priorityid)
        return next((row for row in self.priorities if (row["slaid"], row["priorityid"]) == wanted), None)


@dataclass
class ConsoleWorld:
    """The simulated MSP360: companies, users, licences and plans by guid, computers and hosts by hid."""

    companies: dict[str, Row] = field(default_factory=dict)
    users: dict[str, Row] = field(default_factory=dict)
    computers: dict[str, Row] = field(default_factory=dict)
    licences: dict[str, Row] = field(default_factory=dict)
    plans: dict[str, Row] = field(default_factory=dict)
    hosts: dict[str, Row] = field(default_factory=dict)
    """What the RMM agent knows of a computer; only where one is installed."""

    def plans_of(self, hid: str) -> list[Row]:
        return [plan for plan in self.plans.values() if plan["_hid"] == hid]


@dataclass
class TacticalWorld:
    """The simulated Tactical RMM: clients, sites and alerts by number, agents by agent id."""

    clients: dict[str, Row] = field(default_factory=dict)
    sites: dict[str, Row] = field(default_factory=dict)
    agents: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)
    last_alert: int = 0


@dataclass
class NinjaOneWorld:
    """The simulated NinjaOne: rows by id as text, alerts that are on by uid, activities oldest first."""

    organisations: dict[str, Row] = field(default_factory=dict)
    devices: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)
    activities: list[Row] = field(default_factory=list)
    webhook: Row = field(default_factory=dict)
    """What the API app asked for; empty: nothing."""
    last_activity_id: int = 0


@dataclass
class World:
    seed: int
    halo: HaloWorld = field(default_factory=HaloWorld)
    console: ConsoleWorld = field(default_factory=ConsoleWorld)
    tactical: TacticalWorld = field(default_factory=TacticalWorld)
    ninjaone: NinjaOneWorld = field(default_factory=NinjaOneWorld)


def to_data(world: World) -> Row:
    """The world as JSON can hold it."""
    halo = {name: list(getattr(world.halo, name).values()) for name in _TABLES}
    for name in ("priorities", "lookups", "mails", "last_ids", "asset_statuses", "actions"):
        halo[name] = getattr(world.halo, name)
    consoles = {name: vars(getattr(world, name)) for name in ("console", "tactical", "ninjaone")}
    return {"version": 1, "seed": world.seed, "halo": halo, **consoles}


def from_data(data: Row) -> World:
    """Raises KeyError or ValueError if the data is not what `to_data` wrote."""
    if data["version"] != 1:
        raise ValueError(f"The saved state has version {data['version']}, not 1.")
    halo = HaloWorld()
    for name in _TABLES:
        rows = data["halo"].get(name, []) if name in _NEWER_TABLES else data["halo"][name]
        setattr(halo, name, {row["id"]: _numbered(row) for row in rows})
    for name in ("priorities", "lookups", "mails", "last_ids"):
        setattr(halo, name, data["halo"][name])
    halo.asset_statuses = _by_number(data["halo"]["asset_statuses"])
    halo.actions = _by_number(data["halo"]["actions"])
    # A saved world may be older than these consoles.
    tactical = TacticalWorld(**data.get("tactical", {}))
    ninjaone = NinjaOneWorld(**data.get("ninjaone", {}))
    return World(data["seed"], halo, ConsoleWorld(**data["console"]), tactical, ninjaone)


def _by_number(mapping: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in mapping.items()}


def _numbered(row: Row) -> Row:
    for name in _NUMBERED_MAPS:
        if isinstance(row.get(name), dict):
            row[name] = _by_number(row[name])
    return row
