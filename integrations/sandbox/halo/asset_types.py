"""`/AssetType`, `/AssetTypeInfo`, `/AssetGroup`, `/Field`: bare arrays. Ids in its fields are decimals."""

from __future__ import annotations

from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.world import HaloWorld, Row


def list_types(call: Call) -> list[Row]:
    group = call.query.number("assetgroup_id")
    rows = [row for row in call.world.asset_types.values() if group in (None, row["assetgroup_id"])]
    return [_type_row(call.world, row) for row in sorted(rows, key=lambda row: row["name"])]


def show_type(call: Call, number: int) -> Row:
    row = known(call, call.world.asset_types, number)
    shown = _type_row(call.world, row)
    if call.query.flag("includedetails"):
        fields = [(call.world.fields[field], place) for place, field in enumerate(row["fields"], 1)]
        shown["fields"] = [_type_field(row, field, place) for field, place in fields]
        shown["field_list"] = [_field(call.world, field, row["id"], place) for field, place in fields]
    return shown


def list_groups(call: Call) -> list[Row]:
    return [_group(call, row) for row in call.world.asset_groups.values()]


def show_group(call: Call, number: int) -> Row:
    return _group(call, known(call, call.world.asset_groups, number))


def list_fields(call: Call) -> list[Row]:
    wanted = call.query.number("type_id")
    type_row = call.world.asset_types.get(wanted) if wanted else None
    numbers = type_row["fields"] if type_row else list(call.world.fields)
    shown = [call.world.fields[number] for number in numbers]
    return [_field(call.world, row, wanted or 0, place) for place, row in enumerate(shown, 1)]


def show_field(call: Call, number: int) -> Row:
    return _field(call.world, known(call, call.world.fields, number), 0, 1)


def status_allowed(world: HaloWorld, type_id: int, status: int) -> bool:
    allowed = world.asset_types.get(type_id, {}).get("_statuses")
    return status in world.asset_statuses and (allowed is None or status in allowed)


def _type_row(world: HaloWorld, row: Row) -> Row:
    keys = [*row["_keys"], 0, 0, 0][:3]
    names = [world.fields[key]["name"] if key else "" for key in keys]
    statuses = row["_statuses"] or []
    return {
        "id": row["id"],
        "guid": row["guid"],
        "intent": "",
        "name": row["name"],
        "assetgroup_id": row["assetgroup_id"],
        "assetgroup_name": world.asset_groups[row["assetgroup_id"]]["name"],
        "keyfield_id": keys[0],
        "keyfield_name": names[0],
        "keyfield2_id": keys[1],
        "keyfield2_name": names[1],
        "keyfield3_id": keys[2],
        "keyfield3_name": names[2] or None,
        "tagprefix": row["tagprefix"],
        "show_to_users": True,
        "allowall_status": row["_statuses"] is None,
        "allowed_status": [
            _allowed_status(world, row, place, number) for place, number in enumerate(statuses, 1)
        ],
    }


def _allowed_status(world: HaloWorld, row: Row, place: int, number: int) -> Row:
    return {
        "id": place,
        "xtype_id": row["id"],
        "xtype_name": row["name"],
        "status_id": number,
        "status_name": world.asset_statuses.get(number, ""),
    }


def _type_field(row: Row, field: Row, place: int) -> Row:
    return {
        "typeinfo_id": float(row["id"] * 100 + place),
        "id": float(field["id"]),
        "field_id": float(field["id"]),
        "field_name": field["name"],
        "sequence": place,
        "type": "",
        "tab_id": 0,
        "visibility_conditions": [],
    }


def _group(call: Call, row: Row) -> Row:
    shown = {"id": row["id"], "guid": None, "intent": "", "name": row["name"], "sequence": row["id"]}
    if call.query.flag("includetypesforgroups"):
        types = [kind for kind in call.world.asset_types.values() if kind["assetgroup_id"] == row["id"]]
        shown["assettypes"] = [_type_row(call.world, kind) for kind in types]
    return shown


def _field(world: HaloWorld, row: Row, type_id: int, place: int) -> Row:
    values = [entry for entry in world.lookups if row["lookup"] and entry["lookupid"] == row["lookup"]]
    return {
        "id": row["id"],
        "guid": None,
        "intent": "",
        "kind": "T",
        "name": row["name"],
        "validate": "L" if row["lookup"] else "",
        "lookup": row["lookup"],
        "values": values,
        "mandatory": False,
        "parenttype_id": type_id,
        "issoftware": False,
        "datalength": row["datalength"],
        "sequence": place,
    }
