"""Which values of a ticket Halo refuses. `check` changes nothing."""

from __future__ import annotations

from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.configuration import allowed_statuses
from integrations.sandbox.halo.refusals import exception, message, plain
from integrations.sandbox.world import Row


def check(call: Call, row: Row, sent: Row) -> None:
    """Raises Refusal for the first value that cannot be. Only what was sent is looked at."""
    for looks in (_type, _place, _user, _status, _priority, _people, _choices, _assets):
        looks(call, row, sent)


def mandatory(call: Call, row: Row, sent: Row) -> None:
    """HaloPSA API: a new ticket needs a summary, details and a type; its type may want more."""
    missing = [
        label
        for label, given in (
            ("Summary", row["summary"].strip()),
            ("Details", row["details"].strip()),
            ("Ticket Type", row["tickettype_id"]),
        )
        if not given
    ] + [name for name in [call.switches.mandatory_ticket_field] if name]
    if missing and not sent.get("_novalidate"):
        raise exception(f"The following mandatory fields have not been completed: {', '.join(missing)}.")


def _type(call: Call, row: Row, sent: Row) -> None:
    if "tickettype_id" in sent and row["tickettype_id"] not in call.world.ticket_types:
        raise plain("Invalid Ticket Type.")


def _place(call: Call, row: Row, sent: Row) -> None:
    hidden = row["client_id"] in call.switches.hidden_clients
    if "client_id" in sent and (row["client_id"] not in call.world.clients or hidden):
        raise plain("Invalid Customer.")
    if "site_id" in sent and row["site_id"] not in call.world.sites:
        raise plain("Invalid Site.")
    if call.world.sites[row["site_id"]]["client_id"] != row["client_id"]:
        raise plain("The Site does not belong to the Customer.")


def _user(call: Call, row: Row, sent: Row) -> None:
    """HaloPSA API: a user needs its site; `user_id` alone is not enough."""
    if "user_id" not in sent:
        return
    user = call.world.users.get(row["user_id"])
    if user is None:
        raise plain("Invalid User.")
    if user["client_id"] != row["client_id"]:
        raise plain("The User does not belong to the Customer.")
    if user["site_id"] != row["site_id"]:
        raise plain("The User does not belong to the Site.")


def _status(call: Call, row: Row, sent: Row) -> None:
    if "status_id" not in sent:
        return
    if row["status_id"] not in call.world.statuses:
        raise message("Invalid Status.")
    if row["status_id"] not in allowed_statuses(call.world, row["tickettype_id"]):
        raise message("This Status is not allowed for this Ticket Type.")
    if call.world.statuses[row["status_id"]]["_closed"]:
        _closing(call, row)


def _closing(call: Call, row: Row) -> None:
    if call.switches.closing_needs_agent and row["agent_id"] == 1:
        raise message("You must assign the Ticket before it can be closed.")
    children = [child for child in call.world.tickets.values() if child.get("parent_id") == row.get("id")]
    still_open = any(not (child["hasbeenclosed"] or child["deleted"]) for child in children)
    if call.switches.closing_needs_children_closed and row.get("id") and still_open:
        raise message("You must close all Child Tickets before closing this Ticket.")


def _priority(call: Call, row: Row, sent: Row) -> None:
    if "sla_id" in sent and row["sla_id"] not in call.world.slas:
        raise plain("Invalid SLA.")
    if not {"sla_id", "priority_id"} & set(sent):
        return
    if call.world.priority(row["sla_id"], row["priority_id"]) is None:
        raise plain("The Priority does not belong to the SLA.")


def _people(call: Call, row: Row, sent: Row) -> None:
    """HaloPSA API: `_forcereassign` allows assigning to an agent of another team."""
    team = next((entry for entry in call.world.teams.values() if entry["name"] == row["team"]), None)
    if "team" in sent and (team is None or team["inactive"]):
        raise plain("Invalid Team.")
    if "agent_id" not in sent:
        return
    agent = call.world.agents.get(row["agent_id"])
    if agent is None or agent["isdisabled"]:
        raise plain("Invalid Agent.")
    member = agent["id"] == 1 or team is None or team["id"] in agent["_teams"]
    if not member and not sent.get("_forcereassign"):
        raise plain(f"{agent['name']} is not a member of the Team {row['team']}.")


def _choices(call: Call, row: Row, sent: Row) -> None:
    for name, lookupid in (("impact", 12), ("urgency", 27), ("source", 22)):
        if sent.get(name) and call.world.lookup(lookupid, row[name]) is None:
            raise plain(f"Invalid {name.capitalize()}.")
    paths = {entry["value"] for entry in call.world.categories.values()}
    if sent.get("category_1") and row["category_1"] not in paths:
        raise plain("Invalid Category.")


def _assets(call: Call, row: Row, sent: Row) -> None:
    unknown = [number for number in row["assets"] if number not in call.world.assets]
    if "assets" in sent and unknown:
        raise message(f"The Asset with ID {unknown[0]} does not exist.")
