"""Writing `/Asset`. Scalars merge, arrays replace: a field left out of a sent `fields` array is blanked."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.halo import batches, custom_fields
from integrations.sandbox.halo.asset_types import status_allowed
from integrations.sandbox.halo.assets import asset_detail, automatic_tag
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.refusals import exception, plain
from integrations.sandbox.world import Row

PROPERTIES = {
    **dict.fromkeys(
        [
            "assettype_id",
            "client_id",
            "site_id",
            "status_id",
            "criticality",
            "sla_id",
            "priority_id",
            "business_owner_id",
            "technical_owner_id",
            "supplier_id",
            "third_party_id",
            "ninjarmm_id",
        ],
        "int",
    ),
    **dict.fromkeys(["inventory_number", "notes", "third_party_id_string", "datto_id", "itglue_id"], "str"),
    **dict.fromkeys(["inactive", "_dontaddnewfields", "_dontupdatetype", "_donotvalidate"], "bool"),
    **dict.fromkeys(["warranty_start", "warranty_end", "supplier_purchasedate"], "date"),
    **dict.fromkeys(["fields", "customfields", "users"], "objects"),
}
_THIRD_PARTY = ("third_party_id", "third_party_id_string")


def write_assets(call: Call) -> Any:
    return batches.write(call, PROPERTIES, _write_asset)


def delete_asset(call: Call, number: int) -> Row:
    row = known(call, call.world.assets, number)
    if any(number in ticket["assets"] for ticket in call.world.tickets.values()):
        raise exception("This Asset is linked to Tickets and cannot be deleted.")
    del call.world.assets[number]
    return asset_detail(call, row)


def _write_asset(call: Call, sent: Row) -> Row:
    number = sent.pop("id", 0)
    old = known(call, call.world.assets, number) if number > 0 else None
    row = _merged(call, old or _blank(), sent)
    _check(call, row, sent, old)
    if old is None:
        _complete(call, row)
    row["_updated"] = call.stamp()
    call.world.assets[row["id"]] = row
    return asset_detail(call, row)


def _blank() -> Row:
    return {
        "inventory_number": "",
        "assettype_id": 0,
        "client_id": 0,
        "site_id": 0,
        "status_id": 1,
        "inactive": False,
        "notes": "",
        "datto_id": "",
        "ninjarmm_id": 0,
        "warranty_end": None,
        "users": [],
        "fields": {},
        "customfields": {},
    }


def _merged(call: Call, old: Row, sent: Row) -> Row:
    """A copy with what was sent; nothing is changed yet."""
    scalars = {name: value for name, value in sent.items() if not name.startswith("_")}
    for name in ("fields", "customfields", "users"):
        scalars.pop(name, None)
    if not call.switches.third_party_ids_persist:
        scalars = {name: value for name, value in scalars.items() if name not in _THIRD_PARTY}
    row = {**old, **scalars}
    _place(call, row, scalars)
    if "users" in sent:
        row["users"] = [item["id"] for item in sent["users"] if "id" in item]
    if "customfields" in sent:
        row["customfields"] = custom_fields.written_values(
            call, custom_fields.ASSET, old["customfields"], sent["customfields"]
        )
    if "fields" in sent:
        row["fields"] = {item["id"]: _text(item.get("value")) for item in sent["fields"] if "id" in item}
    return row


def _place(call: Call, row: Row, scalars: Row) -> None:
    """A site decides the client; a client alone means its main site."""
    if scalars.get("site_id") in call.world.sites and "client_id" not in scalars:
        row["client_id"] = call.world.sites[scalars["site_id"]]["client_id"]
    elif scalars.get("client_id") in call.world.clients and "site_id" not in scalars:
        row["site_id"] = call.world.clients[scalars["client_id"]]["main_site_id"]


def _check(call: Call, row: Row, sent: Row, old: Row | None) -> None:
    world = call.world
    if not row["assettype_id"]:
        raise exception("Please select an Asset Type.")
    if row["assettype_id"] not in world.asset_types and (old is None or "assettype_id" in sent):
        raise exception(f"The Asset Type with ID {row['assettype_id']} does not exist.")
    if row["client_id"] not in world.clients or row["client_id"] in call.switches.hidden_clients:
        raise exception("Please select a valid Customer.")
    if row["site_id"] not in world.sites:
        raise exception("Please select a valid Site.")
    if world.sites[row["site_id"]]["client_id"] != row["client_id"]:
        raise exception("The Site does not belong to the Customer.")
    if "status_id" in sent and not status_allowed(world, row["assettype_id"], row["status_id"]):
        raise exception("The Status is not allowed for this Asset Type.")
    if any(number not in world.users for number in row["users"]):
        raise plain("One of the Users does not exist.")
    _check_tag(call, row)
    _check_fields(call, row, sent)


def _check_fields(call: Call, row: Row, sent: Row) -> None:
    """Unknown fields are ignored; a known one that the type lacks is added to it, unless told not to."""
    if "fields" not in sent or row["assettype_id"] not in call.world.asset_types:
        return
    kind = call.world.asset_types[row["assettype_id"]]
    for number, value in row["fields"].items():
        field = call.world.fields.get(number)
        if field is not None and len(value) > max(field["datalength"], 1):
            if call.switches.overlong_text != "truncate":
                raise exception(
                    f"The value of '{field['name']}' is longer than {field['datalength']} characters."
                )
            row["fields"][number] = value[: field["datalength"]]
    if not sent.get("_dontaddnewfields"):
        kind["fields"] += [n for n in row["fields"] if n in call.world.fields and n not in kind["fields"]]
    row["fields"] = {number: value for number, value in row["fields"].items() if number in kind["fields"]}


def _check_tag(call: Call, row: Row) -> None:
    tag = row["inventory_number"].strip().lower()
    if not call.switches.unique_tags or not tag:
        return
    others = (other for other in call.world.assets.values() if other["id"] != row.get("id"))
    if any(other["inventory_number"].strip().lower() == tag for other in others):
        raise exception("Asset tag must be unique")


def _complete(call: Call, row: Row) -> None:
    """What Halo gives a new asset."""
    if not row["inventory_number"] and call.switches.automatic_tags:
        row["inventory_number"] = automatic_tag(call.world, row["assettype_id"])
    row["id"] = call.world.next_id("assets", 501)
    row["device_number"] = 1 + sum(other["site_id"] == row["site_id"] for other in call.world.assets.values())
    row["_created"] = call.stamp()


def _text(value: object) -> str:
    return "" if value is None else str(value)
