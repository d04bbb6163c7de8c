"""Custom fields: definitions (`/FieldInfo`), and values on clients, assets and tickets.

HaloPSA API: written by id or by name (`CFname`), read with id, name, label, type, value and display. Whether
a partly sent array is merged or replaced is not documented: the switch `custom_fields_replaced` decides.
"""

from __future__ import annotations

from integrations.sandbox.generation.settings import DATE, SINGLE_SELECT
from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.world import HaloWorld, Row

TICKET, CLIENT, SITE, USER, ASSET = 1, 2, 3, 4, 5


def list_definitions(call: Call) -> list[Row]:
    if call.switches.field_definitions_refused:
        raise Refusal(403)
    kind = call.query.number("typeid")
    rows = [row for row in call.world.custom_fields.values() if kind in (None, row["_typeid"])]
    return [_definition(row, with_values=call.query.flag("includevalues")) for row in rows]


def show_definition(call: Call, number: int) -> Row:
    row = call.world.custom_fields.get(number)
    if row is None or call.switches.field_definitions_refused:
        raise Refusal(404 if row is None else 403)
    return _definition(row, with_values=True)


def shown_values(
    world: HaloWorld, kind: int, values: dict[int, object], only: set[int] | None = None
) -> list[Row]:
    """All custom fields of a kind of object (or `only` some), also those without a value."""
    return [
        {
            "id": row["id"],
            "name": f"CF{row['name']}",
            "label": row["label"],
            "type": row.get("type", 0),
            "value": values.get(row["id"], ""),
            "display": _display(row, values.get(row["id"], "")),
            "characterlimit": 255,
            "usage": 1,
            "searchable": row["searchable"],
        }
        for row in world.custom_fields.values()
        if row["_typeid"] == kind and (only is None or row["id"] in only)
    ]


def _display(row: Row, value: object) -> str:
    """HaloPSA API: of a pick list `value` is the choice's id and `display` its text."""
    if row.get("type") == DATE and value:
        return f"{str(value)[8:10]}/{str(value)[5:7]}/{str(value)[:4]}"
    names = {choice["id"]: choice["name"] for choice in row.get("values", ())}
    return str(names.get(value, value)) if row.get("type") == SINGLE_SELECT else str(value)


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


def _definition(row: Row, *, with_values: bool) -> Row:
    shown = {
        "id": row["id"],
        "guid": None,
        "intent": "",
        "name": row["name"],
        "label": row["label"],
        "type": row.get("type", 0),
        "inputtype": 0,
        "custom": 1,
        "usage": 1,
        "characterlimit": 255,
        "searchable": row["searchable"],
        "mandatory": False,
        "variable_name": f"$CF{row['name']}",
    }
    return {**shown, "values": [dict(value) for value in row.get("values", ())]} if with_values else shown
