"""Notes on tickets."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, make_note, make_ticket


def make_ticket_id(sandbox: Sandbox, halo: HaloCaller, **values: Any) -> int:
    return int(halo.write("Tickets", make_ticket(sandbox, **values))["id"])


def test_ids_count_inside_each_ticket_from_the_opening_entry(sandbox: Sandbox, halo: HaloCaller) -> None:
    first, second = make_ticket_id(sandbox, halo), make_ticket_id(sandbox, halo)
    assert halo.write("Actions", make_note(first))["id"] == 2
    assert halo.write("Actions", make_note(first))["id"] == 3
    assert halo.write("Actions", make_note(second))["id"] == 2


def test_a_note_is_private_as_its_outcome_says(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    made = halo.write("Actions", make_note(ticket))
    assert made["hiddenfromuser"] is True
    assert made["note"] == "Still failing."
    assert made["note_html"] == "<p>Still failing.</p>"
    assert (made["who"], made["who_agentid"]) == ("Bridge API", 24)
    assert halo.write("Actions", make_note(ticket, outcome_id=2))["hiddenfromuser"] is False


def test_the_outcome_may_be_named(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    made = halo.write("Actions", {"ticket_id": ticket, "outcome": "private note", "note": "a < b"})
    assert (made["outcome_id"], made["outcome"]) == (7, "Private Note")
    assert (made["note"], made["note_html"]) == ("a < b", "<p>a &lt; b</p>")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"outcome_id": None}, "An Outcome must be entered for this Action"),
        ({"outcome_id": 999}, "You do not have access to this Action at the moment"),
        ({"outcome_id": None, "outcome": "Nonsense"}, "You do not have access to this Action at the moment"),
        ({"outcome_id": 20}, "You do not have access to this Action at the moment"),
        ({"ticket_id": 99999}, "The Ticket does not exist"),
        ({"ticket_id": None}, "The Ticket does not exist"),
        ({"new_status": 77}, "Invalid Status"),
        ({"new_status": 24}, "not allowed for this Ticket Type"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_note(
    sandbox: Sandbox, halo: HaloCaller, wrong: dict[str, Any], says: str
) -> None:
    ticket = make_ticket_id(sandbox, halo)
    answer = halo.post("Actions", [make_note(ticket, **wrong)])
    assert answer.status_code == 400
    assert says in answer.json()["Message"]
    assert sandbox.tickets()[-1]["notes"] == []


def test_a_note_can_close_and_reopen_the_ticket(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    made = halo.write("Actions", make_note(ticket, new_status=9))
    assert (made["old_status"], made["new_status"], made["new_status_name"]) == (1, 9, "Closed")
    assert halo.read(f"Tickets/{ticket}")["hasbeenclosed"] is True
    halo.write("Actions", make_note(ticket, outcome_id=9))
    assert halo.read(f"Tickets/{ticket}")["status_id"] == 2


def test_a_note_can_hand_the_ticket_over(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", make_note(ticket, new_team="Projects", new_agent=27, new_priority=1))
    after = halo.read(f"Tickets/{ticket}", includedetails=True)
    assert (after["team"], after["agent_id"], after["priority_id"]) == ("Projects", 27, 1)


def test_the_list_needs_a_ticket_or_a_day(sandbox: Sandbox, halo: HaloCaller) -> None:
    start = sandbox.clock.stamp()
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", make_note(ticket))
    assert halo.read("Actions") == {"record_count": 0, "actions": []}
    assert [row["id"] for row in halo.read("Actions", ticket_id=ticket)["actions"]] == [2, 1]
    assert halo.read("Actions", ticket_id=99999)["actions"] == []
    day = {"startdate": start, "enddate": sandbox.clock.stamp()}
    assert {row["ticket_id"] for row in halo.read("Actions", **day)["actions"]} == {ticket}
    assert halo.read("Actions", startdate="2020-01-01", enddate="2030-01-01")["actions"] == []


def test_the_list_stops_at_fifty_notes_unless_asked_for_more(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", *[make_note(ticket) for _ in range(60)])
    answer = halo.read("Actions", ticket_id=ticket)
    assert (len(answer["actions"]), answer["record_count"]) == (50, 61)
    assert len(halo.read("Actions", ticket_id=ticket, count=1000)["actions"]) == 61


def test_html_is_listed_only_when_asked_for(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", make_note(ticket))
    assert "note_html" not in halo.read("Actions", ticket_id=ticket)["actions"][0]
    assert "note_html" in halo.read("Actions", ticket_id=ticket, includehtmlnote=True)["actions"][0]
    assert halo.read("Actions/2", ticket_id=ticket)["note_html"] == "<p>Still failing.</p>"
    assert halo.get("Actions/2").status_code == 404


def test_private_and_system_notes_can_be_left_out(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", make_note(ticket), make_note(ticket, outcome_id=2))
    shown = halo.read("Actions", ticket_id=ticket, excludesys=True, excludeprivate=True)["actions"]
    assert [row["outcome"] for row in shown] == ["Public Note"]


def test_a_ticket_of_the_unknown_client_may_have_to_be_moved_first(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    sandbox.switches.change(default_client_blocks_notes=True)
    ticket = make_ticket_id(sandbox, halo, client_id=1, site_id=1)
    answer = halo.post("Actions", [make_note(ticket)])
    assert answer.status_code == 400
    assert "moved to a Customer" in answer.text


@pytest.mark.parametrize(
    ("sent", "mails"),
    [
        ({}, []),
        ({"outcome_id": 1}, ["note"]),
        ({"outcome_id": 1, "sendemail": False}, []),
        ({"outcome_id": 1, "hiddenfromuser": True}, []),
        ({"sendemail": True}, ["note"]),
        ({"send_survey": True}, []),
        ({"send_survey": True, "new_status": 9}, ["survey"]),
    ],
)
def test_mails_go_out_when_asked_for_or_when_the_outcome_mails_by_default(
    sandbox: Sandbox, halo: HaloCaller, sent: dict[str, Any], mails: list[str]
) -> None:
    ticket = make_ticket_id(sandbox, halo)
    halo.write("Actions", make_note(ticket, **sent))
    assert [mail["kind"] for mail in sandbox.world.halo.mails] == mails
