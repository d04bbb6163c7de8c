"""Tickets: creating, refusing, updating, closing, reopening, deleting, finding again, and mails."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, first_client, make_asset, make_ticket


def test_a_ticket_gets_the_defaults_of_its_type(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox))
    assert (made["status_id"], made["sla_id"], made["priority_id"]) == (1, 1, 4)
    assert (made["team"], made["team_id"], made["agent_id"]) == ("Monitoring", 5, 1)
    assert made["priority"]["name"] == "Low"
    assert made["details"] == "It failed."
    assert made["user_name"] == "General User"
    assert made["hasbeenclosed"] is False


def test_everything_that_is_sent_is_stored(sandbox: Sandbox, halo: HaloCaller) -> None:
    asset = halo.write("Asset", make_asset(sandbox))
    sent = {
        "team": "Backup & Recovery",
        "agent_id": 26,
        "status_id": 2,
        "sla_id": 2,
        "priority_id": 3,
        "category_1": "Backup>Failure",
        "impact": 1,
        "urgency": 2,
        "source": 4,
        "supplier_reference": "HB-0123456789",
    }
    lists = {"assets": [{"id": asset["id"]}], "customfields": [{"id": 231, "value": "e-1"}]}
    made = halo.write("Tickets", make_ticket(sandbox, dateoccurred="2026-01-02T03:04:05Z", **sent, **lists))
    read = halo.read(f"Tickets/{made['id']}", includedetails=True)
    assert {name: read[name] for name in sent} == sent
    assert read["dateoccurred"].startswith("2026-01-02T03:04:05")
    assert [row["id"] for row in read["assets"]] == [asset["id"]]
    assert next(field["value"] for field in read["customfields"] if field["id"] == 231) == "e-1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"summary": " "}, "mandatory fields have not been completed: Summary"),
        ({"details_html": None}, "Details"),
        ({"tickettype_id": None}, "Ticket Type"),
        ({"tickettype_id": 999}, "Invalid Ticket Type"),
        ({"client_id": 999}, "Invalid Customer"),
        ({"site_id": 999}, "Invalid Site"),
        ({"site_id": 1}, "The Site does not belong"),
        ({"user_id": 99999}, "Invalid User"),
        ({"user_id": 88}, "The User does not belong to the Customer"),
        ({"status_id": 77}, "Invalid Status"),
        ({"status_id": 24}, "not allowed for this Ticket Type"),
        ({"sla_id": 7}, "Invalid SLA"),
        ({"sla_id": 2, "priority_id": 4}, "The Priority does not belong to the SLA"),
        ({"team": "Nobody"}, "Invalid Team"),
        ({"team": "Night Shift (dissolved)"}, "Invalid Team"),
        ({"agent_id": 28}, "Invalid Agent"),
        ({"agent_id": 27}, "not a member of the Team Monitoring"),
        ({"category_1": "Backup"}, "Invalid Category"),
        ({"impact": 9}, "Invalid Impact"),
        ({"urgency": 9}, "Invalid Urgency"),
        ({"assets": [{"id": 99999}]}, "The Asset with ID 99999 does not exist"),
    ],
)
def test_what_cannot_be_is_refused_and_no_ticket_is_made(
    sandbox: Sandbox, halo: HaloCaller, wrong: dict[str, Any], says: str
) -> None:
    answer = halo.post("Tickets", [make_ticket(sandbox, **wrong)])
    assert answer.status_code == 400
    assert says in answer.text
    assert len(sandbox.tickets()) == 12


def test_an_agent_of_another_team_can_be_forced(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, agent_id=27, _forcereassign=True))
    assert made["agent_id"] == 27


def test_a_user_needs_its_site(sandbox: Sandbox, halo: HaloCaller) -> None:
    client = next(
        row for row in sandbox.world.halo.clients.values() if len(sandbox.world.halo.sites_of(row["id"])) == 3
    )
    site = sandbox.world.halo.sites_of(client["id"])[1]["id"]
    user = next(
        row for row in sandbox.world.halo.users.values() if row["site_id"] == site and not row["_general"]
    )
    body = make_ticket(sandbox, client_id=client["id"], user_id=user["id"])
    del body["site_id"]
    answer = halo.post("Tickets", [body])
    assert (answer.status_code, answer.json()) == (400, "The User does not belong to the Site.")
    assert halo.write("Tickets", {**body, "site_id": site})["user_name"] == user["name"]


def test_a_ticket_without_client_falls_to_the_unknown_one(sandbox: Sandbox, halo: HaloCaller) -> None:
    body = make_ticket(sandbox)
    del body["client_id"], body["site_id"]
    made = halo.write("Tickets", body)
    assert (made["client_id"], made["client_name"], made["site_id"]) == (1, "Unknown", 1)


def test_minus_one_leaves_sla_and_priority_as_they_are(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, sla_id=-1, priority_id=-1))
    assert (made["sla_id"], made["priority_id"]) == (1, 4)


def test_a_sent_list_of_assets_replaces_the_old_one(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, assets=[{"id": 501}, {"id": 502}]))
    assert [row["id"] for row in halo.write("Tickets", {"id": made["id"], "summary": "x"})["assets"]] == [
        501,
        502,
    ]
    after = halo.write("Tickets", {"id": made["id"], "assets": [{"id": 503}]})
    assert [row["id"] for row in after["assets"]] == [503]


def test_a_closed_status_closes_and_an_open_one_reopens(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox))
    closed = halo.write("Tickets", {"id": made["id"], "status_id": 9})
    assert closed["hasbeenclosed"] is True
    assert closed["dateclosed"] > "2020"
    opened = halo.write("Tickets", {"id": made["id"], "status_id": 1})
    assert (opened["hasbeenclosed"], opened["dateclosed"]) == (False, "1900-01-01T00:00:00")


def test_reopening_may_leave_the_closed_mark(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(reopening_resets_closed=False)
    made = halo.write("Tickets", make_ticket(sandbox, status_id=9))
    opened = halo.write("Tickets", {"id": made["id"], "status_id": 1})
    assert (opened["hasbeenclosed"], opened["dateclosed"]) == (True, "1900-01-01T00:00:00")


def test_a_status_that_does_not_close_by_name_only_does_not_close(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert halo.write("Tickets", make_ticket(sandbox, status_id=8))["hasbeenclosed"] is False


def test_closing_an_unassigned_ticket_may_be_refused(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(closing_needs_agent=True)
    made = halo.write("Tickets", make_ticket(sandbox))
    assert halo.post("Tickets", [{"id": made["id"], "status_id": 9}]).status_code == 400
    assert halo.write("Tickets", {"id": made["id"], "status_id": 9, "agent_id": 24})["hasbeenclosed"] is True


def test_open_child_tickets_may_keep_a_ticket_from_being_closed(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(closing_needs_children_closed=True)
    made = halo.write("Tickets", make_ticket(sandbox))
    sandbox.people.split(made["id"])
    refused = halo.post("Tickets", [{"id": made["id"], "status_id": 9}])
    assert (refused.status_code, "Child Tickets" in refused.text) == (400, True)
    child = max(sandbox.world.halo.tickets)
    halo.write("Tickets", {"id": child, "status_id": 9})
    assert halo.write("Tickets", {"id": made["id"], "status_id": 9})["hasbeenclosed"] is True


def test_a_ticket_type_may_want_a_field_that_nobody_sends(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(mandatory_ticket_field="Change reason")
    refused = halo.post("Tickets", [make_ticket(sandbox)])
    assert (refused.status_code, "Change reason" in refused.text) == (400, True)
    assert halo.read("TicketType/21", includedetails=True)["hasmandatorytechfields"] is True


def find(halo: HaloCaller, **filters: Any) -> list[int]:
    return [row["id"] for row in halo.read("Tickets", **filters)["tickets"]]


def test_a_ticket_is_found_by_its_supplier_reference(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, supplier_reference="HB-abc-1"))
    longer = halo.write("Tickets", make_ticket(sandbox, supplier_reference="HB-abc-12"))
    assert find(halo, search_supplier_reference="hb-abc-1") == [longer["id"], made["id"]]
    row = halo.read("Tickets", search_supplier_reference="HB-abc-12")["tickets"][0]
    assert "supplier_reference" not in row


def test_closed_tickets_are_listed_or_hidden(sandbox: Sandbox, halo: HaloCaller) -> None:
    everything = set(find(halo))
    closed = set(find(halo, closed_only=True))
    assert set(find(halo, open_only=True)) == everything - closed
    assert len(closed) == 4
    sandbox.switches.change(closed_hidden=True)
    assert set(find(halo)) == everything - closed
    assert set(find(halo, includeclosed="0,1")) == everything
    assert set(find(halo, includeclosed=True)) == everything
    assert set(find(halo, includeclosed="1")) == closed


def test_a_deleted_ticket_is_found_only_among_the_deleted(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, supplier_reference="HB-gone"))
    assert halo.call("DELETE", f"Tickets/{made['id']}", reason="test").status_code == 200
    assert find(halo, search_supplier_reference="HB-gone") == []
    assert find(halo, search_supplier_reference="HB-gone", deleted=True) == [made["id"]]
    assert halo.get(f"Tickets/{made['id']}", includedetails=True).status_code == 404
    assert halo.post("Tickets", [{"id": made["id"], "status_id": 9}]).status_code == 400


def test_tickets_can_be_filtered(sandbox: Sandbox, halo: HaloCaller) -> None:
    since = sandbox.clock.stamp()
    first = halo.write("Tickets", make_ticket(sandbox, assets=[{"id": 501}]))
    second = halo.write("Tickets", make_ticket(sandbox, summary="Disk 100 % full"))
    assert find(halo, ticketids=f"{first['id']},{second['id']}") == [second["id"], first["id"]]
    assert find(halo, asset_id=501) == [first["id"]]
    assert find(halo, search_summary="100 %") == [second["id"]]
    assert find(halo, client_id=first_client(sandbox)["id"], requesttype_id=21) == [second["id"], first["id"]]
    assert find(halo, lastupdatefromdate=since) == [second["id"], first["id"]]
    assert find(halo, datesearch="dateoccured", startdate=since) == [second["id"], first["id"]]
    light = halo.read("Tickets", ticketids=str(first["id"]), ticketidonly=True)["tickets"][0]
    assert set(light) == {"id", "sla_id", "status_id", "client_id", "client_name"}


def test_rules_change_a_new_ticket_unless_told_not_to(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(ticket_rules=True)
    made = halo.write("Tickets", make_ticket(sandbox))
    assert (made["team"], made["priority_id"], made["matched_rule_id"]) == ("1st Line Support", 3, 7)
    quiet = halo.write("Tickets", make_ticket(sandbox, dont_do_rules=True))
    assert (quiet["team"], quiet["priority_id"], quiet["matched_rule_id"]) == ("Monitoring", 4, 0)


def test_a_template_changes_a_new_ticket_unless_told_not_to(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(ticket_templates=True)
    assert halo.write("Tickets", make_ticket(sandbox, category_1="Backup>Failure"))["category_1"] == "Other"
    body = make_ticket(sandbox, category_1="Backup>Failure", donotapplytemplateintheapi=True)
    assert halo.write("Tickets", body)["category_1"] == "Backup>Failure"


@pytest.mark.parametrize(
    ("sent", "mails"),
    [({"sendack": False}, 0), ({"sendack": True}, 1), ({}, 0), ({"tickettype_id": 22}, 1)],
)
def test_acknowledgements_are_mailed_when_asked_for_or_by_default(
    sandbox: Sandbox, halo: HaloCaller, sent: dict[str, Any], mails: int
) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, **sent))
    kinds = [(mail["kind"], mail["ticket_id"]) for mail in sandbox.world.halo.mails]
    assert kinds == [("acknowledgement", made["id"])] * mails
    assert halo.write("Tickets", make_ticket(sandbox, tickettype_id=22, sendack=False))
    assert len(sandbox.world.halo.mails) == mails
