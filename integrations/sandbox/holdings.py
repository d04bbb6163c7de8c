"""What the simulated Halo holds, told plainly: for tests, and for `GET /_control/world`.

Not Halo's API: nothing is paged, reduced or hidden, deleted tickets and private notes included.
"""

from __future__ import annotations

from integrations.sandbox.halo.assets import key_values
from integrations.sandbox.world import HaloWorld, Row

_TICKET = [
    "id",
    "summary",
    "details",
    "tickettype_id",
    "client_id",
    "site_id",
    "user_id",
    "team",
    "agent_id",
    "status_id",
    "sla_id",
    "priority_id",
    "category_1",
    "impact",
    "urgency",
    "supplier_reference",
    "assets",
    "customfields",
    "hasbeenclosed",
    "deleted",
    "merged_into_id",
]
_NOTE = ["id", "outcome", "who", "note", "note_html", "hiddenfromuser", "old_status", "new_status"]
_ASSET = [
    "id",
    "inventory_number",
    "assettype_id",
    "client_id",
    "site_id",
    "status_id",
    "inactive",
    "notes",
    "datto_id",
    "ninjarmm_id",
    "users",
    "customfields",
]


def tickets(halo: HaloWorld) -> list[Row]:
    """Oldest first, each with its `notes` (the opening entry and what Halo itself noted left out)."""
    return [{**_chosen(row, _TICKET), "notes": _notes(halo, row["id"])} for row in halo.tickets.values()]


def assets(halo: HaloWorld) -> list[Row]:
    """Oldest first; `fields` by field name, those without a value left out."""
    return [
        {
            **_chosen(row, _ASSET),
            "name": key_values(halo, row)[0],
            "fields": {
                halo.fields[number]["name"]: value
                for number, value in row["fields"].items()
                if value != "" and number in halo.fields
            },
        }
        for row in halo.assets.values()
    ]


def clients(halo: HaloWorld) -> list[Row]:
    return [_chosen(row, ["id", "name", "inactive", "main_site_id"]) for row in halo.clients.values()]


def _notes(halo: HaloWorld, ticket: int) -> list[Row]:
    return [_chosen(row, _NOTE) for row in halo.actions.get(ticket, []) if not row["_system"]]


def _chosen(row: Row, names: list[str]) -> Row:
    return {name: row[name] for name in names}
