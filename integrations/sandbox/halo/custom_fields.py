"""Custom fields: definitions (`/FieldInfo`), and values on clients, assets and tickets.

HaloPSA API: written by id or by name (`CFname`), read with id, name, label, type, value and display. Whether
a partly sent array is merged or replaced is not documented: the switch `custom_fields_replaced` decides.
"""

from __future__ import annotations

from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.world import HaloWorld, Row

TICKET, CLIENT, SITE, USER, ASSET = 1, 2, 3, 4, 5


def list_definitions(call: Call) -> list[Row]:
    if call.switches.field_definitions_refused:
        raise Refusal(403)
    kind = call.query.number("typeid")
    rows = [row for row in call.world.custom_fields.values() if kind in (None, row["_typeid"])]
    return [_definition(row) for row in rows]


def show_definition(call: Call, number: int) -> Row:
    row = call.world.custom_fields.get(number)
    if row is None or call.switches.field_definitions_refused:
        raise Refusal(404 if row is None else 403)
    return _definition(row)


def shown_values(world: HaloWorld, kind: int, values: dict[int, object]) -> list[Row]:
    """All custom fields of a kind of object, also those without a value."""
    return [
        {
            "id": row["id"],
            "name": f"CF{row['name']}",
            "label": row["label"],
            "type": 0,
            "value": values.get(row["id"], ""),
            "display": str(values.get(row["id"], "")),
            "characterlimit": 255,
            "usage": 1,
            "searchable": row["searchable"],
        }
        for row in world.custom_fields.values()
        if row["_typeid"] == kind
    ]


def written_values(call: Call, kind: int, old: dict[int, object], sent: list[Row]) -> dict[int, object]:
    """The values after a write; unknown fields are ignored."""
    known = {row["id"]: row for row in call.world.custom_fields.values() if row["_typeid"] == kind}
    by_name = {f"cf{row['name']}".lower(): number for number, row in known.items()}
    values = {} if call.switches.custom_fields_replaced else dict(old)
    for item in sent:
        number = item.get("id") or by_name.get(str(item.get("name", "")).lower(), 0)
        if number in known:
            values[number] = item.get("value", "")
    return values


def _definition(row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": None,
        "intent": "",
        "name": row["name"],
        "label": row["label"],
        "type": 0,
        "inputtype": 0,
        "custom": 1,
        "usage": 1,
        "characterlimit": 255,
        "searchable": row["searchable"],
        "mandatory": False,
        "variable_name": f"$CF{row['name']}",
    }
