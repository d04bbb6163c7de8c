"""What tickets are configured with: types, statuses, SLAs, priorities, teams, agents, categories, outcomes.

All bare arrays. HaloPSA API: a priority's `id` is a GUID, tickets want `priorityid` within the SLA; `type` of
a status does not tell closed from open; a team that the agent may not see is missing.
"""

from __future__ import annotations

from typing import Any

from integrations.sandbox.generation.settings import guid
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.refusals import not_found
from integrations.sandbox.world import HaloWorld, Row


def list_ticket_types(call: Call) -> list[Row]:
    return [_ticket_type(call, row) for row in call.world.ticket_types.values()]


def show_ticket_type(call: Call, number: int) -> Row:
    row = known(call, call.world.ticket_types, number)
    shown = _ticket_type(call, row)
    if call.query.flag("includedetails"):
        allowed = row["_statuses"] or []
        shown.update(
            initial_status=row["initial_status"],
            reopenedstatus=row["reopenedstatus"],
            default_sendack=row["default_sendack"],
            mustclosechildbeforeclosurebool=call.switches.closing_needs_children_closed,
            allowall_status=row["_statuses"] is None,
            allowed_status=[_allowed_status(call.world, row, status) for status in allowed],
            fields=[_field(row, place, *field) for place, field in enumerate(_fields(call, row), 1)],
        )
    return shown


def allowed_statuses(world: HaloWorld, ticket_type: int) -> set[int]:
    kind = world.ticket_types.get(ticket_type)
    if kind is None or kind["_statuses"] is None:
        return set(world.statuses)
    return set(kind["_statuses"]) & set(world.statuses)


def _fields(call: Call, row: Row) -> list[tuple[int, str]]:
    """(id, name) of what the form of a new ticket asks for."""
    found = [(0, "Summary"), (0, "Details"), *([(0, "Assets")] if row.get("_shows_assets", True) else [])]
    mandatory = call.switches.mandatory_ticket_field
    return [*found, *([(291, mandatory)] if mandatory else [])]


def _field(row: Row, place: int, number: int, name: str) -> Row:
    return {"id": place, "rtid": row["id"], "fieldid": number, "seq": place, "fieldname": name}


def _ticket_type(call: Call, row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": guid("ticket-type", row["id"]),
        "name": row["name"],
        "use": "ticket",
        "sequence": row["sequence"],
        "default_sla": row["default_sla"],
        "group_id": row["group_id"],
        "group_name": row["group_name"],
        "cancreate": True,
        "agentscanselect": True,
        "itilrequesttype": 1,
        "default_team": row["default_team"],
        "default_agent": 1,
        "default_priority": row["default_priority"],
        "fieldidlist": None,
        "hasmandatorytechfields": bool(call.switches.mandatory_ticket_field),
    }


def _allowed_status(world: HaloWorld, row: Row, status: int) -> Row:
    name = world.statuses.get(status, {}).get("name")
    return {
        "ticketype_id": row["id"],
        "tickettype_name": row["name"],
        "status_id": status,
        "status_name": name,
    }


def list_statuses(call: Call) -> list[Row]:
    wanted = call.query.number("tickettype_id")
    allowed = allowed_statuses(call.world, wanted) if wanted else set(call.world.statuses)
    rows = [row for row in call.world.statuses.values() if row["id"] in allowed]
    if call.query.flag("excludeclosed"):
        rows = [row for row in rows if not row["_closed"]]
    return [_status(row) for row in sorted(rows, key=lambda row: row["sequence"])]


def show_status(call: Call, number: int) -> Row:
    return _status(known(call, call.world.statuses, number))


def _status(row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": guid("status", row["id"]),
        "intent": "",
        "name": row["name"],
        "shortname": row["shortname"],
        "type": 0,
        "sequence": row["sequence"],
        "colour": row["colour"],
        "slaaction": "N",
        "ticket_count": 0,
        "showonquickchange": True,
    }


def list_priorities(call: Call) -> list[Row]:
    wanted = call.query.number("slaid")
    return [dict(row) for row in call.world.priorities if wanted in (None, row["slaid"])]


def show_priority(call: Call, identity: str) -> Row:
    row = next((row for row in call.world.priorities if row["id"] == identity.lower()), None)
    if row is None:
        raise not_found()
    return dict(row)


def list_slas(call: Call) -> list[Row]:
    return [_sla(call, row) for row in call.world.slas.values()]


def show_sla(call: Call, number: int) -> Row:
    return _sla(call, known(call, call.world.slas, number))


def _sla(call: Call, row: Row) -> Row:
    shown = {"id": row["id"], "guid": guid("sla", row["id"]), "name": row["name"], "workday_id": 1}
    shown["hoursaretechslocaltime"] = False
    if call.query.flag("showpriorities"):
        shown["priorities"] = [dict(entry) for entry in call.world.priorities if entry["slaid"] == row["id"]]
    return shown


def list_teams(call: Call) -> list[Row]:
    enabled, disabled = call.query.flag("includeenabled", True), call.query.flag("includedisabled")
    rows = [row for row in call.world.teams.values() if (disabled if row["inactive"] else enabled)]
    return [_team(row) for row in rows if _sees_team(call, row)]


def show_team(call: Call, number: int) -> Row:
    row = known(call, call.world.teams, number)
    if not _sees_team(call, row):
        raise not_found()
    return _team(row)


def _sees_team(call: Call, row: Row) -> bool:
    return "all:teams" in call.scopes or row["name"] not in call.switches.hidden_teams


def _team(row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": guid("team", row["id"]),
        "name": row["name"],
        "sequence": row["id"],
        "forrequests": True,
        "foropps": False,
        "forprojects": False,
        "inactive": row["inactive"],
        "ticket_count": 0,
        "department_id": 2,
        "department_name": row["department_name"],
    }


def list_agents(call: Call) -> Any:
    query = call.query
    rows = [_agent(call.world, row) for row in call.world.agents.values() if _listed(call, row)]
    if query.text("search"):
        rows = [row for row in rows if query.text("search").lower() in row["name"].lower()]
    return {"agents": rows} if call.switches.agent_envelope else rows


def show_agent(call: Call, number: int) -> Row:
    return _agent(call.world, known(call, call.world.agents, number))


def show_own_agent(call: Call) -> Row:
    return {**_agent(call.world, call.agent), "is_admin": call.switches.agent_is_administrator}


def _listed(call: Call, row: Row) -> bool:
    """HaloPSA API: the agent Unassigned and disabled agents only when asked for."""
    if row["id"] == 1:
        return call.query.flag("includeunassigned")
    if row["isapiagent"] and not call.query.flag("includeapiagents", True):
        return False
    return (
        call.query.flag("includedisabled") if row["isdisabled"] else call.query.flag("includeenabled", True)
    )


def _agent(world: HaloWorld, row: Row) -> Row:
    teams = [world.teams[number] for number in row["_teams"] if number in world.teams]
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"] or None,
        "initials": row["initials"],
        "isdisabled": row["isdisabled"],
        "isapiagent": row["isapiagent"],
        "team": teams[0]["name"] if teams else "",
        "teams": [
            {"id": place, "agent_id": row["id"], "team_id": team["id"], "team_name": team["name"]}
            for place, team in enumerate(teams, 1)
        ],
        "use": "agent",
    }


def list_categories(call: Call) -> list[Row]:
    kind = call.query.number("type_id")
    return [_category(row) for row in call.world.categories.values() if kind in (None, row["type_id"])]


def show_category(call: Call, number: int) -> Row:
    return _category(known(call, call.world.categories, number))


def _category(row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": guid("category", row["id"]),
        "value": row["value"],
        "category_name": row["value"],
        "type_id": row["type_id"],
        "sla_id": 0,
        "priority_id": 0,
        "category_group_id": 0,
    }


def list_lookups(call: Call) -> list[Row]:
    """Without `lookupid` the pick-list of pick-lists."""
    wanted = call.query.number("lookupid") or 11
    every = call.query.flag("showallcodes")
    rows = [
        row for row in call.world.lookups if row["lookupid"] == wanted and (every or not row.get("inactive"))
    ]
    return [dict(row) for row in rows if row["id"] or not call.query.flag("exclude_zero")]


def list_outcomes(call: Call) -> list[Row]:
    wanted, hidden = call.query.number("tickettype_id"), call.query.flag("showhidden")
    rows = [row for row in call.world.outcomes.values() if hidden or not row.get("hidden")]
    return [
        _outcome(row)
        for row in rows
        if wanted is None or row["_ticket_types"] is None or wanted in row["_ticket_types"]
    ]


def show_outcome(call: Call, number: int) -> Row:
    return _outcome(known(call, call.world.outcomes, number))


def _outcome(row: Row) -> Row:
    return {
        "id": row["id"],
        "guid": guid("outcome", row["id"]),
        "outcome": row["outcome"],
        "buttonname": row["buttonname"],
        "sequence": row["sequence"],
        "hidden": row.get("hidden", False),
        "systemid": 0,
        "newstatus": row["newstatus"],
        "hidefromuser": row["hidefromuser"],
        "respondtype": 0,
        "sendemail": row["sendemail"],
    }
