"""`/Actions`: notes on tickets. Ids count from 1 inside each ticket.

HaloPSA API: the list needs `ticket_id`, or a span of at most one day; a note needs an outcome that is allowed
for the ticket's type; `new_status` changes the ticket while noting.
"""

from __future__ import annotations

from typing import Any

from integrations.sandbox.generation.settings import guid
from integrations.sandbox.halo import batches, ticket_checks
from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.refusals import exception, message, not_found
from integrations.sandbox.halo.texts import to_html, to_text
from integrations.sandbox.halo.ticket_writing import add_action, set_status
from integrations.sandbox.moments import later, with_offset, without_zone
from integrations.sandbox.world import HaloWorld, Row

PROPERTIES = {
    **dict.fromkeys(["ticket_id", "outcome_id", "new_status", "new_agent", "new_priority"], "int"),
    **dict.fromkeys(["outcome", "note", "note_html", "emailto", "emailbody_html", "new_team"], "str"),
    **dict.fromkeys(["hiddenfromuser", "important", "sendemail", "send_survey", "dont_do_rules"], "bool"),
}
_ACCESS = "You do not have access to this Action at the moment"


def list_actions(call: Call) -> Any:
    """Newest first."""
    rows = [row for row in _asked_for(call) if _wanted(call, row)]
    rows.sort(key=lambda row: (row["_at"], row["id"]), reverse=True)
    count = call.query.number("count") or call.switches.default_count
    shown = [_row(call.world, row, html=call.query.flag("includehtmlnote")) for row in rows[:count]]
    return {"record_count": len(rows), "actions": shown}


def show_action(call: Call, number: int) -> Row:
    actions = call.world.actions.get(call.query.number("ticket_id") or 0, [])
    found = next((row for row in actions if row["id"] == number), None)
    if found is None:
        raise not_found()
    return _row(call.world, found, html=True)


def write_actions(call: Call) -> Any:
    return batches.write(call, PROPERTIES, write_action)


def write_action(call: Call, sent: Row) -> Row:
    ticket = call.world.tickets.get(sent.get("ticket_id", 0))
    if ticket is None or ticket["deleted"] or not call.sees(ticket):
        raise exception("The Ticket does not exist.")
    outcome = _outcome(call, sent, ticket)
    if call.switches.default_client_blocks_notes and ticket["client_id"] == 1:
        raise message("This Ticket must be moved to a Customer before it can be worked on.")
    changes = _changes(ticket, sent, outcome)
    ticket_checks.check(call, {**ticket, **changes}, changes)
    markup = sent.get("note_html") or to_html(sent.get("note", ""))
    before, status = ticket["status_id"], changes.pop("status_id", ticket["status_id"])
    ticket.update(changes)
    set_status(call, ticket, status)
    action = add_action(
        call,
        ticket,
        outcome=outcome["outcome"],
        outcome_id=outcome["id"],
        note=sent.get("note") or to_text(markup),
        note_html=markup,
        hiddenfromuser=sent.get("hiddenfromuser", outcome["hidefromuser"]),
        important=sent.get("important", False),
        old_status=before,
        new_status=status,
    )
    _send_mails(call, ticket, action, sent, outcome)
    call.events.append(("Ticket Status Changed" if status != before else "Ticket Updated", ticket, action))
    return _row(call.world, action, html=True)


def _changes(ticket: Row, sent: Row, outcome: Row) -> Row:
    """What the note changes on the ticket."""
    names = {"new_agent": "agent_id", "new_team": "team", "new_priority": "priority_id"}
    changes = {column: sent[name] for name, column in names.items() if sent.get(name)}
    status = sent.get("new_status") or outcome["newstatus"]
    return {**changes, "status_id": status} if status and status != ticket["status_id"] else changes


def _outcome(call: Call, sent: Row, ticket: Row) -> Row:
    """By id or by name; it must be an action button of the ticket's type."""
    name = sent.get("outcome", "").strip().lower()
    if not name and not sent.get("outcome_id"):
        raise exception("An Outcome must be entered for this Action")
    if sent.get("outcome_id"):
        found = call.world.outcomes.get(sent["outcome_id"])
    else:
        found = next((row for row in call.world.outcomes.values() if row["outcome"].lower() == name), None)
    if found is None:
        raise exception(_ACCESS)
    if found["_ticket_types"] is not None and ticket["tickettype_id"] not in found["_ticket_types"]:
        raise exception(_ACCESS)
    return found


def _send_mails(call: Call, ticket: Row, action: Row, sent: Row, outcome: Row) -> None:
    if sent.get("sendemail"):
        call.mail("note", ticket, "sendemail was true")
    elif "sendemail" not in sent and outcome["sendemail"] and not action["hiddenfromuser"]:
        call.mail(
            "note", ticket, f"sendemail was not sent, and the outcome {outcome['outcome']} mails by default"
        )
    if sent.get("send_survey") and ticket["hasbeenclosed"]:
        call.mail("survey", ticket, "send_survey was true")


def _asked_for(call: Call) -> list[Row]:
    number = call.query.number("ticket_id")
    if number is not None:
        ticket = call.world.tickets.get(number)
        return list(call.world.actions.get(number, [])) if ticket is not None and call.sees(ticket) else []
    since, until = call.query.stamp("startdate"), call.query.stamp("enddate")
    if since is None or until is None or until > later(since, days=1):
        return []
    everything = (row for rows in call.world.actions.values() for row in rows)
    return [row for row in everything if since <= row["_at"] <= until]


def _wanted(call: Call, row: Row) -> bool:
    query = call.query
    if (query.flag("excludesys") and row["_system"]) or (
        query.flag("excludeprivate") and row["hiddenfromuser"]
    ):
        return False
    outcome = query.text("actoutcome").lower()
    return not outcome or row["outcome"].lower() == outcome


def _row(world: HaloWorld, row: Row, *, html: bool) -> Row:
    shown = {
        "id": row["id"],
        "ticket_id": row["ticket_id"],
        "outcome": row["outcome"],
        "outcome_id": row["outcome_id"],
        "who": row["who"],
        "who_type": 1,
        "who_agentid": row["who_agentid"],
        "datetime": f"{without_zone(row['_at'], digits=2)}Z",
        "last_updated": with_offset(row["_at"]),
        "note": row["note"],
        "hiddenfromuser": row["hiddenfromuser"],
        "important": row["important"],
        "old_status": row["old_status"],
        "new_status": row["new_status"],
        "new_status_name": world.statuses.get(row["new_status"], {}).get("name"),
        "timetaken": 0.0,
        "actionby_agent_id": row["who_agentid"],
        "guid": guid("action", row["ticket_id"], row["id"]),
    }
    return {**shown, "note_html": row["note_html"]} if html else shown
