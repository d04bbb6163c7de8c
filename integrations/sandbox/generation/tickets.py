"""Tickets that people have raised before: the bridge must leave them alone."""

from __future__ import annotations

import random
import uuid

from integrations.sandbox.moments import later
from integrations.sandbox.world import HaloWorld, Row

SUMMARIES = [
    "Printer in reception prints pink",
    "New starter on Monday: laptop & accounts",
    "Outlook asks for the password again and again",
    "Cannot open 'Budget <2027>.xlsx'",
    "Backup of the file server failed (reported by phone)",
    "Wi-Fi in the meeting room is slow",
]
COUNT = 12


def add_tickets(halo: HaloWorld, chance: random.Random, now: str) -> None:
    clients = [row for row in halo.clients.values() if row["id"] > 2 and not row["inactive"]]
    for place in range(COUNT):
        client = chance.choice(clients)
        _add_ticket(
            halo,
            client,
            SUMMARIES[place % len(SUMMARIES)],
            later(now, hours=-chance.randrange(5, 900)),
            place,
        )


def _add_ticket(halo: HaloWorld, client: Row, summary: str, made: str, place: int) -> None:
    number = halo.next_id("tickets", 4201)
    site = client["main_site_id"]
    user = next(row for row in halo.users.values() if row["site_id"] == site and not row["_general"])
    closed = place % 3 == 0
    halo.tickets[number] = {
        "id": number,
        "summary": summary,
        "details": f"{summary}. Reported by phone.",
        "details_html": None,
        "tickettype_id": 22,
        "client_id": client["id"],
        "site_id": site,
        "user_id": user["id"],
        "team": "1st Line Support",
        "agent_id": 25,
        "status_id": 9 if closed else 2,
        "sla_id": 1,
        "priority_id": 3,
        "category_1": "Other",
        "impact": 3,
        "urgency": 3,
        "source": 3,
        "supplier_reference": "",
        "assets": [],
        "customfields": {},
        "hasbeenclosed": closed,
        "deleted": False,
        "merged_into_id": 0,
        "key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox/ticket/{number}")),
        "_dateclosed": later(made, hours=3) if closed else None,
        "_occurred": made,
        "_created": made,
        "_updated": later(made, hours=3),
    }
    halo.actions[number] = [_opening(number, user["name"], made)]


def _opening(ticket: int, who: str, made: str) -> Row:
    return {
        "id": 1,
        "ticket_id": ticket,
        "outcome": "First User Contact",
        "outcome_id": 0,
        "who": who,
        "who_agentid": 0,
        "note": "Reported by phone.",
        "note_html": "<p>Reported by phone.</p>",
        "hiddenfromuser": False,
        "important": False,
        "old_status": 0,
        "new_status": 0,
        "_system": True,
        "_at": made,
    }
