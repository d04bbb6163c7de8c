"""Writing `/AssetType`: a new type of a group. HaloPSA API: what else a write does is not documented."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.halo import batches
from integrations.sandbox.halo.asset_types import show_type
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.refusals import exception
from integrations.sandbox.world import Row

PROPERTIES = {
    **dict.fromkeys(["name", "tagprefix"], "str"),
    **dict.fromkeys(["assetgroup_id", "keyfield_id", "keyfield2_id", "keyfield3_id"], "int"),
    **dict.fromkeys(["allowall_status", "show_to_users"], "bool"),
    "fields": "objects",
}
KEYS = ("keyfield_id", "keyfield2_id", "keyfield3_id")


def write_types(call: Call) -> Any:
    return batches.write(call, PROPERTIES, _write_type)


def _write_type(call: Call, sent: Row) -> Row:
    number = sent.pop("id", 0)
    row = known(call, call.world.asset_types, number) if number > 0 else _new_type(call, sent)
    row.update({name: sent[name] for name in ("name", "assetgroup_id", "tagprefix") if name in sent})
    if "fields" in sent:
        wanted = [int(item["field_id"]) for item in sent["fields"] if "field_id" in item]
        row["fields"] = [field for field in wanted if field in call.world.fields]
    keys = [sent[name] for name in KEYS if sent.get(name) in call.world.fields]
    row["_keys"] = keys or row["_keys"]
    row["fields"] = [*row["_keys"], *(field for field in row["fields"] if field not in row["_keys"])]
    return show_type(call, row["id"])


def _new_type(call: Call, sent: Row) -> Row:
    if not sent.get("name", "").strip():
        raise exception("Please enter a Name.")
    if sent.get("assetgroup_id") not in call.world.asset_groups:
        raise exception("Please select an Asset Group.")
    number = call.world.next_id("asset_types", max(call.world.asset_types, default=111) + 1)
    row: Row = {
        "id": number,
        "guid": f"00000000-0000-4000-8000-{number:012}",
        "tagprefix": "",
        "_keys": [],
        "_statuses": None,
        "fields": [],
    }
    call.world.asset_types[number] = row
    return row
