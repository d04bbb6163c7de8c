"""Creating, updating, closing and reopening tickets by `POST /Tickets`."""

from __future__ import annotations

import uuid
from typing import Any

from integrations.sandbox.halo import batches, custom_fields, ticket_checks
from integrations.sandbox.halo.call import Call, known
from integrations.sandbox.halo.refusals import message
from integrations.sandbox.halo.texts import to_text
from integrations.sandbox.halo.tickets import ticket_detail
from integrations.sandbox.world import Row

PROPERTIES = {
    **dict.fromkeys(
        [
            "tickettype_id",
            "client_id",
            "site_id",
            "user_id",
            "agent_id",
            "status_id",
            "sla_id",
            "priority_id",
            "impact",
            "urgency",
            "source",
            "third_party_id",
        ],
        "int",
    ),
    **dict.fromkeys(
        [
            "summary",
            "details",
            "details_html",
            "team",
            "category_1",
            "supplier_reference",
            "client_reference",
        ],
        "str",
    ),
    **dict.fromkeys(
        ["dont_do_rules", "donotapplytemplateintheapi", "sendack", "_novalidate", "_forcereassign"], "bool"
    ),
    **dict.fromkeys(["dateoccurred"], "date"),
    **dict.fromkeys(["assets", "customfields"], "objects"),
}
_NOT_STORED = {
    "sendack",
    "dateoccurred",
    "assets",
    "customfields",
    "dont_do_rules",
    "donotapplytemplateintheapi",
}
_RULE = {"id": 7, "team": "1st Line Support", "priority_id": 3}
"""What the switch `ticket_rules` does to a new ticket."""


def write_tickets(call: Call) -> Any:
    return batches.write(call, PROPERTIES, write_ticket)


def write_ticket(call: Call, sent: Row) -> Row:
    number = sent.pop("id", 0)
    row = _update(call, known(call, call.world.tickets, number), sent) if number > 0 else _create(call, sent)
    return ticket_detail(call.world, row)


def set_status(call: Call, row: Row, status: int) -> None:
    """HaloPSA API: a closed status sets `hasbeenclosed` and `dateclosed`; an open one takes them back."""
    was_closed, closed = row["hasbeenclosed"], call.world.statuses[status]["_closed"]
    row["status_id"] = status
    if closed and not was_closed:
        row.update(hasbeenclosed=True, _dateclosed=call.stamp())
    elif was_closed and not closed:
        row.update(hasbeenclosed=not call.switches.reopening_resets_closed, _dateclosed=None)


def add_action(call: Call, row: Row, **values: Any) -> Row:
    """Append an action to the ticket; its id counts on inside the ticket."""
    actions = call.world.actions.setdefault(row["id"], [])
    action: Row = {
        "id": 1 + max((action["id"] for action in actions), default=0),
        "ticket_id": row["id"],
        "outcome_id": 0,
        "who": call.agent["name"],
        "who_agentid": call.agent["id"],
        "note": "",
        "note_html": "",
        "hiddenfromuser": True,
        "important": False,
        "old_status": row["status_id"],
        "new_status": row["status_id"],
        "_system": False,
        "_at": call.stamp(),
        **values,
    }
    actions.append(action)
    row["_updated"] = call.stamp()
    return action


def _create(call: Call, sent: Row) -> Row:
    row = _merged(call, _blank(call, sent), sent)
    ticket_checks.mandatory(call, row, sent)
    ticket_checks.check(call, row, sent)
    row["id"] = call.world.next_id("tickets", 4201)
    row["_occurred"] = sent.get("dateoccurred") or row["_created"]
    status, row["status_id"] = row["status_id"], 1
    set_status(call, row, status)
    call.world.tickets[row["id"]] = row
    _apply_rules(call, row, sent)
    _acknowledge(call, row, sent)
    opening = row["details_html"] or row["details"]
    add_action(call, row, outcome="Ticket Logged", note=row["details"], note_html=opening, _system=True)
    call.events.append(("New Ticket Logged", row, None))
    return row


def _update(call: Call, old: Row, sent: Row) -> Row:
    if old["deleted"]:
        raise message("This Ticket has been deleted.")
    row = _merged(call, dict(old), sent)
    ticket_checks.check(call, row, sent)
    status, before = row["status_id"], old["status_id"]
    old.update({**row, "status_id": before, "_updated": call.stamp()})
    if status != before:
        set_status(call, old, status)
        name = call.world.statuses[status]["name"]
        add_action(
            call,
            old,
            outcome="Status Changed",
            note=f"Status changed to {name}",
            old_status=before,
            _system=True,
        )
    call.events.append(("Ticket Status Changed" if status != before else "Ticket Updated", old, None))
    return old


def _blank(call: Call, sent: Row) -> Row:
    """Defaults of the ticket type. What has no client falls to the client Unknown."""
    kind = call.world.ticket_types.get(sent.get("tickettype_id", 0), {})
    return {
        "summary": "",
        "details": "",
        "details_html": None,
        "tickettype_id": 0,
        "client_id": 1,
        "site_id": 1,
        "user_id": 0,
        "team": kind.get("default_team", ""),
        "agent_id": 1,
        "status_id": kind.get("initial_status", 1),
        "sla_id": kind.get("default_sla", 1),
        "priority_id": kind.get("default_priority", 4),
        "category_1": None,
        "impact": 3,
        "urgency": 3,
        "source": 0,
        "supplier_reference": "",
        "assets": [],
        "customfields": {},
        "hasbeenclosed": False,
        "deleted": False,
        "merged_into_id": 0,
        "key": str(uuid.uuid4()),
        "_dateclosed": None,
        "_created": call.stamp(),
        "_updated": call.stamp(),
    }


def _merged(call: Call, row: Row, sent: Row) -> Row:
    """The row with what was sent; -1 leaves SLA and priority as they are."""
    keep = {name for name in ("sla_id", "priority_id") if sent.get(name) == -1}
    for name in keep:
        del sent[name]
    row.update({name: value for name, value in sent.items() if name not in _NOT_STORED and name[0] != "_"})
    if "details_html" in sent:
        row["details"] = to_text(sent["details_html"])
    elif "details" in sent:
        row["details_html"] = None
    if "assets" in sent:
        row["assets"] = [item["id"] for item in sent["assets"] if "id" in item]
    if "customfields" in sent:
        row["customfields"] = custom_fields.written_values(
            call, custom_fields.TICKET, row["customfields"], sent["customfields"]
        )
    _place(call, row, sent)
    return row


def _place(call: Call, row: Row, sent: Row) -> None:
    """A site decides the client; a client alone means its main site; no user means the General User."""
    sites, clients = call.world.sites, call.world.clients
    if sent.get("site_id") in sites and "client_id" not in sent:
        row["client_id"] = sites[sent["site_id"]]["client_id"]
    elif sent.get("client_id") in clients and "site_id" not in sent:
        row["site_id"] = clients[sent["client_id"]]["main_site_id"]
    if "user_id" not in sent and ({"site_id", "client_id"} & set(sent) or not row["user_id"]):
        general = call.world.general_user(row["site_id"])
        row["user_id"] = general["id"] if general else 0


def _apply_rules(call: Call, row: Row, sent: Row) -> None:
    """HaloPSA API: rules and templates run on API writes unless suppressed; they overwrite what was sent."""
    if call.switches.ticket_rules and not sent.get("dont_do_rules"):
        row.update(team=_RULE["team"], priority_id=_RULE["priority_id"], matched_rule_id=_RULE["id"])
    if call.switches.ticket_templates and not sent.get("donotapplytemplateintheapi"):
        row["category_1"] = call.world.ticket_types[row["tickettype_id"]]["_template_category"]


def _acknowledge(call: Call, row: Row, sent: Row) -> None:
    kind = call.world.ticket_types.get(row["tickettype_id"], {})
    if sent.get("sendack"):
        call.mail("acknowledgement", row, "sendack was true")
    elif "sendack" not in sent and kind.get("default_sendack"):
        call.mail("acknowledgement", row, "sendack was not sent, and the ticket type acknowledges by default")
