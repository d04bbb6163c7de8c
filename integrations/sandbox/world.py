"""What the simulated systems hold. Plain rows by id, so that they can be saved, shown and changed in a test.

A row is a dictionary under the vendor's property names; what no vendor shows begins with an underscore
(`_created` and `_updated` are stamps). A Halo asset's `fields` and every `customfields` are stored as
`{field id: value}`. Actions are stored per ticket, oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

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
_NO_PARTS = {"version", "seed", "halo", "console"}


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
    alerts: dict[str, Row] = field(default_factory=dict)
    """Alerts of the RMM by their id, in the order in which they began."""

    def plans_of(self, hid: str) -> list[Row]:
        return [plan for plan in self.plans.values() if plan["_hid"] == hid]


class Part(Protocol):
    """What one further console holds: a dataclass of JSON values, every field with a default."""

    key: ClassVar[str]


P = TypeVar("P", bound=Part)


@dataclass
class World:
    seed: int
    halo: HaloWorld = field(default_factory=HaloWorld)
    console: ConsoleWorld = field(default_factory=ConsoleWorld)
    parts: dict[str, Any] = field(default_factory=dict)
    """Of the further consoles by their key; of a saved world as data until somebody asks."""

    def of(self, part: type[P]) -> P:
        """What the console of that part holds: always the same object. A new one is empty."""
        held = self.parts.get(part.key, {})
        if not isinstance(held, part):
            held = self.parts[part.key] = part(**held)
        return held


def to_data(world: World) -> Row:
    """The world as JSON can hold it."""
    halo = {name: list(getattr(world.halo, name).values()) for name in _TABLES}
    for name in ("priorities", "lookups", "mails", "last_ids", "asset_statuses", "actions"):
        halo[name] = getattr(world.halo, name)
    parts = {key: held if isinstance(held, dict) else vars(held) for key, held in world.parts.items()}
    return {"version": 1, "seed": world.seed, "halo": halo, "console": vars(world.console), **parts}


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
    parts = {key: held for key, held in data.items() if key not in _NO_PARTS}
    return World(data["seed"], halo, ConsoleWorld(**data["console"]), parts)


def _by_number(mapping: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in mapping.items()}


def _numbered(row: Row) -> Row:
    for name in _NUMBERED_MAPS:
        if isinstance(row.get(name), dict):
            row[name] = _by_number(row[name])
    return row
