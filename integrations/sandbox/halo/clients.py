"""`/Client`, `/Site` and `/Users`: what the scope `customers` covers. Writing is in `client_writing`."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.halo import custom_fields, lists
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.moments import without_zone
from integrations.sandbox.world import HaloWorld, Row


def list_clients(call: Call) -> Any:
    rows = lists.active_only(call, lists.visible(call, call.world.clients.values()))
    rows = lists.updated_between(call, lists.matching(call, rows, toplevel_id="toplevel_id"))
    rows = lists.searched(call, rows, lambda row: (row["name"], row["ref"], row["accountsid"]))
    return lists.envelope(call, rows, "clients", lambda row: _list_row(call, row), order="name")


def _list_row(call: Call, row: Row) -> Row:
    """HaloPSA API: custom fields come along only where they are asked for by id."""
    wanted = call.query.numbers("include_custom_fields")
    if not wanted:
        return _client_row(row)
    values = custom_fields.shown_values(call.world, custom_fields.CLIENT, row["customfields"], wanted)
    return {**_client_row(row), "customfields": values}


def show_client(call: Call, number: int) -> Row:
    row = known(call, call.world.clients, number)
    return client_detail(call.world, row) if call.query.flag("includedetails") else _client_row(row)


def _client_row(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["name"],
        "toplevel_id": row["toplevel_id"],
        "toplevel_name": "Managed",
        "inactive": row["inactive"],
        "colour": "#2bd3c6",
        "datto_id": row["datto_id"] or None,
        "ninjarmmid": row["ninjarmmid"],
        "accountsid": row["accountsid"],
        "ref": row["ref"],
        "is_vip": row["is_vip"],
        "stopped": 0,
        "use": "client",
    }


def client_detail(world: HaloWorld, row: Row) -> Row:
    return {
        **_client_row(row),
        "main_site_id": row["main_site_id"],
        "main_site_name": world.sites[row["main_site_id"]]["name"],
        "website": f"https://{row['domain']}" if row["domain"] else "",
        "domain": row["domain"],
        "notes": row["notes"] or None,
        "datecreated": without_zone(row["_created"]),
        "alastupdate": without_zone(row["_updated"], digits=1),
        "customfields": custom_fields.shown_values(world, custom_fields.CLIENT, row["customfields"]),
        "external_links": [],
        "isclientdetails": True,
    }


def list_sites(call: Call) -> Any:
    rows = lists.active_only(call, lists.visible(call, call.world.sites.values()))
    rows = lists.updated_between(call, lists.matching(call, rows, client_id="client_id"))
    rows = lists.searched(call, rows, lambda row: (row["name"], _client_name(call.world, row)))
    return lists.envelope(call, rows, "sites", lambda row: _site_row(call.world, row), order="name")


def show_site(call: Call, number: int) -> Row:
    row = known(call, call.world.sites, number)
    shown = _site_row(call.world, row)
    if call.query.flag("includedetails"):
        shown.update(
            guid=f"site-{row['id']}",
            datecreated=without_zone(row["_created"]),
            slastupdate=without_zone(row["_updated"]),
            stopped=0,
            customfields=custom_fields.shown_values(
                call.world, custom_fields.SITE, row.get("customfields", {})
            ),
            fields=[],
            external_links=[],
            issitedetails=True,
        )
    return shown


def _site_row(world: HaloWorld, row: Row) -> Row:
    """HaloPSA API: `client_id` of a site is a decimal."""
    main_contact = world.users.get(row["maincontact_id"])
    return {
        "id": row["id"],
        "name": row["name"],
        "client_id": float(row["client_id"]),
        "client_name": _client_name(world, row),
        "clientsite_name": f"{_client_name(world, row)}/{row['name']}",
        "inactive": row["inactive"],
        "sla_id": -1,
        "phonenumber": row["phonenumber"],
        "timezone": "",
        "isstocklocation": False,
        "ref": None,
        "maincontact_id": row["maincontact_id"],
        "maincontact_name": main_contact["name"] if main_contact else None,
        "use": "site",
    }


def list_users(call: Call) -> Any:
    rows = lists.active_only(call, lists.visible(call, call.world.users.values()))
    rows = lists.matching(call, rows, client_id="client_id", site_id="site_id")
    if call.query.flag("exclude_generaluser"):
        rows = [row for row in rows if not row["_general"]]
    rows = lists.updated_between(call, rows)
    rows = lists.searched(call, rows, lambda row: (row["name"], row["emailaddress"]))
    return lists.envelope(call, rows, "users", lambda row: user_row(call.world, row), order="name")


def show_user(call: Call, number: int) -> Row:
    row = known(call, call.world.users, number)
    shown = user_row(call.world, row)
    if call.query.flag("includedetails"):
        shown.update(
            datecreated=without_zone(row["_created"]),
            ulastupdate=without_zone(row["_updated"]),
            customfields=custom_fields.shown_values(
                call.world, custom_fields.USER, row.get("customfields", {})
            ),
            assets=[],
            isuserdetails=True,
        )
    return shown


def user_row(world: HaloWorld, row: Row) -> Row:
    """HaloPSA API: `site_id` of a user is a decimal, `site_id_int` its integer twin."""
    first, _, last = row["name"].partition(" ")
    site = world.sites[row["site_id"]]
    return {
        "id": row["id"],
        "name": row["name"],
        "site_id": float(row["site_id"]),
        "site_id_int": row["site_id"],
        "site_name": site["name"],
        "client_id": row["client_id"],
        "client_name": _client_name(world, row),
        "firstname": first,
        "surname": last,
        "emailaddress": row["emailaddress"],
        "phonenumber": None,
        "inactive": row["inactive"],
        "isimportantcontact": False,
        "isserviceaccount": False,
        "neversendemails": False,
        "priority_id": 0,
        "linked_agent_id": 0,
        "use": "user",
    }


def _client_name(world: HaloWorld, row: Row) -> str:
    return str(world.clients[row["client_id"]]["name"])
