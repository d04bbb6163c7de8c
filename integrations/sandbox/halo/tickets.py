"""Reading `/Tickets`, and deleting. List rows are reduced: no reference, no assets, no custom fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.sandbox.halo import custom_fields, lists
from integrations.sandbox.halo.assets import short_row
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.refusals import Refusal, not_found
from integrations.sandbox.halo.texts import to_html
from integrations.sandbox.moments import NEVER, later, with_seven_digits, without_zone
from integrations.sandbox.world import HaloWorld, Row

_TEXT_FILTERS = {
    "search_summary": "summary",
    "search_details": "details",
    "search_supplier_reference": "supplier_reference",
}


def list_tickets(call: Call) -> Any:
    rows = _by_state(call, lists.visible(call, call.world.tickets.values()))
    rows = lists.matching(
        call, rows, id="ticketids", client_id="client_id", site_id="site_id", user_id="user_id"
    )
    rows = lists.matching(call, rows, client_id="client_ids", status_id="status_id", agent_id="agent_id")
    rows = lists.matching(
        call,
        rows,
        status_id="status",
        tickettype_id="requesttype",
        agent_id="agent",
        sla_id="sla",
        priority_id="priority",
    )
    rows = lists.matching(call, rows, tickettype_id="requesttype_id")
    asset = call.query.number("asset_id")
    rows = [row for row in rows if asset is None or asset in row["assets"]]
    rows = _occurred_between(call, lists.updated_between(call, rows))
    for parameter, column in _TEXT_FILTERS.items():
        rows = lists.searched(call, rows, _text_of(column), parameter)
    rows = lists.searched(call, rows, lambda row: (row["summary"], row["details"], str(row["id"])))
    shown = _ids_row if call.query.flag("ticketidonly") else _list_row
    return lists.envelope(
        call,
        rows,
        "tickets",
        lambda row: shown(call.world, row),
        order="_occurred",
        descending=True,
        id_only="",
    )


def show_ticket(call: Call, number: int) -> Row:
    """A deleted ticket is hidden here as well, unless `deleted=true`."""
    row = known(call, call.world.tickets, number)
    if row["deleted"] and not call.query.flag("deleted"):
        raise Refusal(200, {}) if call.switches.unknown_id_is_empty else not_found()
    if call.query.flag("includedetails"):
        return ticket_detail(call.world, row)
    return {**_list_row(call.world, row), "details": row["details"], "last_update": _short(row["_updated"])}


def delete_ticket(call: Call, number: int) -> Row:
    row = known(call, call.world.tickets, number)
    row.update(deleted=True, _updated=call.stamp())
    return ticket_detail(call.world, row)


def ticket_detail(world: HaloWorld, row: Row) -> Row:
    """What a write answers, and a read with `includedetails=true`."""
    client, site, user = (
        world.clients[row["client_id"]],
        world.sites[row["site_id"]],
        world.users.get(row["user_id"]),
    )
    assets = [short_row(world, world.assets[number]) for number in row["assets"] if number in world.assets]
    return {
        **_list_row(world, row),
        "details": row["details"],
        "details_html": row["details_html"] or to_html(row["details"]),
        "status_name": world.statuses.get(row["status_id"], {}).get("name"),
        "tickettype_name": world.ticket_types.get(row["tickettype_id"], {}).get("name"),
        "team_id": next((team["id"] for team in world.teams.values() if team["name"] == row["team"]), 0),
        "agent_name": world.agents[row["agent_id"]]["name"],
        "impact": row["impact"],
        "urgency": row["urgency"],
        "source": row["source"],
        "supplier_reference": row["supplier_reference"] or None,
        "client_reference": row.get("client_reference"),
        "deleted": row["deleted"],
        "inactive": False,
        "merged_into_id": row["merged_into_id"],
        "dateclosed": without_zone(row["_dateclosed"]) if row["_dateclosed"] else NEVER,
        "last_update": _short(row["_updated"]),
        "lastactiondate": without_zone(row["_updated"]),
        "fixbydate": without_zone(later(row["_occurred"], days=5), digits=0),
        "contract_id": -1,
        "key": row["key"],
        "matched_rule_id": row.get("matched_rule_id", 0),
        "third_party_id": row.get("third_party_id", 0),
        "priority": _priority(world, row),
        "client": {"id": client["id"], "name": client["name"]},
        "site": {"id": site["id"], "name": site["name"], "client_id": float(client["id"])},
        "user": {"id": user["id"], "name": user["name"], "site_id": float(user["site_id"])} if user else None,
        "assets": assets,
        "customfields": custom_fields.shown_values(world, custom_fields.TICKET, row["customfields"]),
        "external_links": [],
    }


def _list_row(world: HaloWorld, row: Row) -> Row:
    return {
        "id": row["id"],
        "dateoccurred": with_seven_digits(row["_occurred"]),
        "summary": row["summary"],
        "status_id": row["status_id"],
        "tickettype_id": row["tickettype_id"],
        "sla_id": row["sla_id"],
        "priority_id": row["priority_id"],
        "client_id": row["client_id"],
        "client_name": world.clients[row["client_id"]]["name"],
        "site_id": row["site_id"],
        "site_name": world.sites[row["site_id"]]["name"],
        "user_id": row["user_id"],
        "user_name": world.users.get(row["user_id"], {}).get("name"),
        "team": row["team"],
        "agent_id": row["agent_id"],
        "category_1": row["category_1"],
        "onhold": row["status_id"] == 23,
        "hasbeenclosed": row["hasbeenclosed"],
    }


def _ids_row(world: HaloWorld, row: Row) -> Row:
    shown = _list_row(world, row)
    return {name: shown[name] for name in ("id", "sla_id", "status_id", "client_id", "client_name")}


def _priority(world: HaloWorld, row: Row) -> Row | None:
    found = world.priority(row["sla_id"], row["priority_id"])
    return dict(found) if found else None


def _short(stamp: str) -> str:
    return without_zone(stamp, digits=2)


def _by_state(call: Call, rows: list[Row]) -> list[Row]:
    """`deleted=true` shows the deleted ones and no other. `includeclosed` is a list: 1 closed, 0 open."""
    query = call.query
    deleted = query.flag("deleted")
    rows = [row for row in rows if row["deleted"] == deleted]
    if query.flag("open_only") or query.flag("closed_only"):
        return [row for row in rows if row["hasbeenclosed"] == query.flag("closed_only")]
    wanted = {part.strip() for part in query.text("includeclosed").split(",")} & {"0", "1"}
    if wanted:
        return [row for row in rows if str(int(row["hasbeenclosed"])) in wanted]
    if call.switches.closed_hidden and not query.flag("includeclosed"):
        return [row for row in rows if not row["hasbeenclosed"]]
    return rows


def _text_of(column: str) -> Callable[[Row], list[str]]:
    return lambda row: [row[column]]


def _occurred_between(call: Call, rows: list[Row]) -> list[Row]:
    """HaloPSA API: `datesearch` names a database column, spelled `dateoccured`."""
    column = {"dateoccured": "_occurred", "datecleared": "_dateclosed"}.get(call.query.text("datesearch"))
    if column is None:
        return rows
    since, until = call.query.stamp("startdate") or "", call.query.stamp("enddate") or "9"
    return [row for row in rows if row[column] and since <= row[column] <= until]
