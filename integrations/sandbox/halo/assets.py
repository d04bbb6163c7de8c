"""Reading `/Asset`. List rows are reduced: fields with `includeassetfields`, custom fields by their ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.sandbox.halo import custom_fields, lists
from integrations.sandbox.halo.call import Call, Query, known
from integrations.sandbox.halo.clients import user_row
from integrations.sandbox.moments import NEVER, NEVER_EXCEL, NEVER_NET, day, without_zone
from integrations.sandbox.world import HaloWorld, Row

ICON = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" * 12
"""Icons are heavy; `noicon=true` leaves them out."""


def list_assets(call: Call) -> Any:
    rows = lists.active_only(call, lists.visible(call, call.world.assets.values()))
    rows = lists.matching(
        call,
        rows,
        client_id="client_id",
        site_id="site_id",
        assettype_id="assettype_id",
        status_id="assetstatuses",
    )
    rows = _of_groups(call, rows)
    rows = lists.matching(call, rows, assettype_id="assettypes", id="assets")
    rows = _of_ticket(call, lists.updated_between(call, rows))
    excluded = call.query.numbers("excludethese") or set()
    rows = _with_tag(call.query, [row for row in rows if row["id"] not in excluded])
    rows = lists.searched(call, rows, _searched_texts(call))
    return lists.envelope(call, rows, "assets", lambda row: _list_row(call, row), order="inventory_number")


def show_asset(call: Call, number: int) -> Row:
    row = known(call, call.world.assets, number)
    return asset_detail(call, row) if call.query.flag("includedetails") else _list_row(call, row)


def next_tag(call: Call) -> str:
    return automatic_tag(call.world, 0)


def automatic_tag(world: HaloWorld, type_id: int) -> str:
    """The next tag of Halo's own numbering, which counts on over all types."""
    prefix = world.asset_types[type_id]["tagprefix"] if type_id else ""
    return f"{prefix or 'AST-'}{world.last_ids.get('assets', 500) + 1:05}"


def key_values(world: HaloWorld, row: Row) -> list[str]:
    """HaloPSA API: `key_field` to `key_field3` are derived from the asset type's key fields."""
    kind = world.asset_types.get(row["assettype_id"])
    keys = kind["_keys"] if kind else []
    return [str(row["fields"].get(key, "")) for key in keys] + [""] * (3 - len(keys))


def short_row(world: HaloWorld, row: Row) -> Row:
    """What a ticket shows of an asset."""
    return {
        "id": row["id"],
        "inventory_number": row["inventory_number"],
        "key_field": key_values(world, row)[0],
    }


def asset_detail(call: Call, row: Row) -> Row:
    world = call.world
    linked = [world.users[number] for number in row["users"] if number in world.users]
    return {
        **_base_row(world, row),
        "colour": "",
        "site_guid": None,
        "status_name": world.asset_statuses.get(row["status_id"]),
        "notes": row["notes"],
        "users": [user_row(world, user) for user in linked],
        "fields": _fields(world, row),
        "customfields": custom_fields.shown_values(world, custom_fields.ASSET, row["customfields"]),
        "external_links": [],
        "third_party_id_string": row.get("third_party_id_string"),
        "last_modified": without_zone(row["_updated"]),
        "dlastupdate": without_zone(row["_updated"], digits=6),
        "isassetdetails": True,
    }


def _list_row(call: Call, row: Row) -> Row:
    shown = _base_row(call.world, row)
    if not call.query.flag("noicon"):
        shown["icon"] = ICON
    if call.query.flag("includeassetfields"):
        fields = _fields(call.world, row)
        if call.switches.list_fields_differ:
            fields = [{**field, "value": field["display"]} for field in fields if field["value"] != ""]
        shown["fields"] = fields
    wanted = call.query.numbers("include_custom_fields")
    if wanted:
        values = row["customfields"]
        shown["customfields"] = custom_fields.shown_values(call.world, custom_fields.ASSET, values, wanted)
    return shown


def _base_row(world: HaloWorld, row: Row) -> Row:
    kind = world.asset_types.get(row["assettype_id"])
    keys = key_values(world, row)
    user = world.users.get(row["users"][0]) if row["users"] else None
    return {
        "id": row["id"],
        "inventory_number": row["inventory_number"],
        "key_field": keys[0],
        "key_field2": keys[1],
        "key_field3": keys[2],
        "client_id": row["client_id"],
        "client_name": world.clients[row["client_id"]]["name"],
        "site_id": row["site_id"],
        "site_name": world.sites[row["site_id"]]["name"],
        "assettype_id": row["assettype_id"],
        "assettype_name": kind["name"] if kind else None,
        "assetgroup_name": world.asset_groups[kind["assetgroup_id"]]["name"] if kind else None,
        "business_owner_id": row.get("business_owner_id", -99),
        "technical_owner_id": row.get("technical_owner_id", 0),
        "username": user["name"] if user else "",
        "inactive": row["inactive"],
        "supplier_id": row.get("supplier_id", 0),
        "criticality": row.get("criticality", 0),
        "status_id": row["status_id"],
        "device_number": row["device_number"],
        "third_party_id": row.get("third_party_id", 0),
        "sla_id": row.get("sla_id", -1),
        "priority_id": row.get("priority_id", -1),
        "warranty_start": day(row["warranty_start"]) if row.get("warranty_start") else NEVER_NET,
        "warranty_end": without_zone(row["warranty_end"]) if row["warranty_end"] else NEVER,
        "supplier_purchasedate": day(row["supplier_purchasedate"])
        if row.get("supplier_purchasedate")
        else NEVER_EXCEL,
        "ninjarmm_id": row["ninjarmm_id"],
        "datto_id": row["datto_id"],
        "itglue_id": row.get("itglue_id"),
        "use": "device",
    }


def _fields(world: HaloWorld, row: Row) -> list[Row]:
    """All fields of the asset's type, in the type's order, with or without a value."""
    kind = world.asset_types.get(row["assettype_id"])
    return [_field(world, row, world.fields[number]) for number in (kind["fields"] if kind else [])]


def _field(world: HaloWorld, row: Row, field: Row) -> Row:
    value = str(row["fields"].get(field["id"], ""))
    choice = world.lookup(field["lookup"], int(value)) if field["lookup"] and value.isdigit() else None
    return {
        "id": field["id"],
        "name": field["name"],
        "value": value,
        "display": choice["name"] if choice else value,
        "validate": "L" if field["lookup"] else "",
        "mandatory": False,
        "lookup": field["lookup"],
        "systemuse": 0,
        "parenttype_id": row["assettype_id"],
        "tab_id": 0,
        "tab_name": None,
    }


def _with_tag(query: Query, rows: list[Row]) -> list[Row]:
    wanted = query.text("inventory_number").lower()
    return [row for row in rows if row["inventory_number"].lower() == wanted] if wanted else rows


def _searched_texts(call: Call) -> Callable[[Row], list[str]]:
    if call.query.flag("search_inventory_number_only"):
        return lambda row: [row["inventory_number"]]
    return lambda row: [row["inventory_number"], *key_values(call.world, row)]


def _of_groups(call: Call, rows: list[Row]) -> list[Row]:
    """Those whose asset type is in the groups of `assetgroups`, and in `assetgroup_id`."""
    types = call.world.asset_types
    for parameter in ("assetgroups", "assetgroup_id"):
        wanted = call.query.numbers(parameter)
        if wanted is not None:
            rows = [row for row in rows if types.get(row["assettype_id"], {}).get("assetgroup_id") in wanted]
    return rows


def _of_ticket(call: Call, rows: list[Row]) -> list[Row]:
    number = call.query.number("ticket_id")
    if number is None:
        return rows
    linked = call.world.tickets.get(number, {}).get("assets", [])
    return [row for row in rows if row["id"] in linked]
