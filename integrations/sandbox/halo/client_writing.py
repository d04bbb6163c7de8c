"""Writing `/Client` and `/Site`: make, rename, move, make inactive, and merge one client into another.

HaloPSA API: `_merge_client_into` can only be written. What a merge does is not documented; here the other
client gets all sites, Halo users, assets, tickets and licences, and the first one is empty and inactive.
"""

from __future__ import annotations

from typing import Any

from integrations.sandbox.halo import batches
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.clients import client_detail, show_site
from integrations.sandbox.halo.refusals import exception
from integrations.sandbox.world import Row

CLIENT_PROPERTIES = {
    **dict.fromkeys(
        ["name", "ref", "accountsid", "domain", "notes", "datto_id", "newclient_sitename"], "str"
    ),
    **dict.fromkeys(["toplevel_id", "main_site_id", "ninjarmmid", "_merge_client_into"], "int"),
    **dict.fromkeys(["inactive", "is_vip"], "bool"),
}
SITE_PROPERTIES = {
    **dict.fromkeys(["name", "phonenumber"], "str"),
    **dict.fromkeys(["client_id", "maincontact_id"], "int"),
    **dict.fromkeys(["inactive"], "bool"),
}
_MOVES_WITH_ITS_CLIENT = ("sites", "users", "assets", "tickets", "licences")


def write_clients(call: Call) -> Any:
    return batches.write(call, CLIENT_PROPERTIES, _write_client)


def write_sites(call: Call) -> Any:
    return batches.write(call, SITE_PROPERTIES, _write_site)


def _write_client(call: Call, sent: Row) -> Row:
    number, target = sent.pop("id", 0), sent.pop("_merge_client_into", 0)
    site_name = sent.pop("newclient_sitename", "") or "Main"
    row = known(call, call.world.clients, number) if number > 0 else _new_client(call, sent, site_name)
    if target > 0:
        _check_merge(call, row, target)
    row.update(sent, _updated=call.stamp())
    if target > 0:
        _merge(call, row, target)
    return client_detail(call.world, row)


def _new_client(call: Call, sent: Row, site_name: str) -> Row:
    if not sent.get("name", "").strip():
        raise exception("Please enter a Customer Name.")
    row: Row = {
        "id": call.world.next_id("clients", 12),
        "name": sent["name"],
        "toplevel_id": 3,
        "inactive": False,
        **dict.fromkeys(["ref", "accountsid", "domain", "notes", "datto_id"], ""),
        "is_vip": False,
        "ninjarmmid": 0,
        "customfields": {},
        "_created": call.stamp(),
        "_updated": call.stamp(),
    }
    call.world.clients[row["id"]] = row
    row["main_site_id"] = _new_site(call, {"name": site_name, "client_id": row["id"]})["id"]
    return row


def _write_site(call: Call, sent: Row) -> Row:
    number = sent.pop("id", 0)
    if sent.get("client_id", 0) not in {0, *call.world.clients}:
        raise exception("Please select a valid Customer.")
    row = known(call, call.world.sites, number) if number > 0 else _new_site(call, sent)
    row.update(sent, _updated=call.stamp())
    if "client_id" in sent:
        _take_along(call, row)
    return show_site(call, row["id"])


def _new_site(call: Call, sent: Row) -> Row:
    if not sent.get("name", "").strip() or not sent.get("client_id"):
        raise exception("Please enter a Site Name and select a Customer.")
    times = {"_created": call.stamp(), "_updated": call.stamp()}
    row: Row = {
        "id": call.world.next_id("sites", 31),
        "name": sent["name"],
        "client_id": sent["client_id"],
        "inactive": False,
        "phonenumber": "",
        **times,
    }
    call.world.sites[row["id"]] = row
    general = {"id": call.world.next_id("users", 88), "name": "General User", "site_id": row["id"]}
    call.world.users[general["id"]] = {
        **general,
        "client_id": row["client_id"],
        "emailaddress": "",
        "inactive": False,
        "_general": True,
        **times,
    }
    row["maincontact_id"] = general["id"]
    return row


def _take_along(call: Call, site: Row) -> None:
    """People and things of a site are those of its client."""
    for table in (call.world.users, call.world.assets):
        for row in table.values():
            if row["site_id"] == site["id"] and row["client_id"] != site["client_id"]:
                row.update(client_id=site["client_id"], _updated=call.stamp())


def _check_merge(call: Call, row: Row, target: int) -> None:
    if target == row["id"] or target not in call.world.clients:
        raise exception("Please select a valid Customer to merge into.")


def _merge(call: Call, client: Row, target: int) -> None:
    for name in _MOVES_WITH_ITS_CLIENT:
        for row in getattr(call.world, name).values():
            if row["client_id"] == client["id"]:
                row.update(client_id=target, _updated=call.stamp())
    client.update(inactive=True, _updated=call.stamp())
