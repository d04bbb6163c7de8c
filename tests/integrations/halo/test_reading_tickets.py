"""Tickets by id and by marker, closed and deleted ones, and the notes of a ticket."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses
from responses import matchers

from integrations.halo.reader import HaloReader
from integrations.net.errors import BadAnswer, ShortList
from tests.integrations.halo.builders import API, give_page, make_session, sent_params

MARKER = "HB-7f3c9a"


def make_reader() -> HaloReader:
    return HaloReader(make_session())


def give_search(rows: list[dict[str, Any]], *, deleted: bool = False, total: int | None = None) -> None:
    responses.get(
        f"{API}/Tickets",
        json={"record_count": len(rows) if total is None else total, "tickets": rows},
        match=[_asks_for(deleted)],
    )


def _asks_for(deleted: bool) -> Any:
    def match(request: Any) -> tuple[bool, str]:
        return (request.params.get("deleted") == "true") is deleted, "deleted"

    return match


@responses.activate
def test_a_ticket_is_found_by_its_marker_among_closed_ones_too() -> None:
    give_search([{"id": 7, "supplier_reference": MARKER, "hasbeenclosed": True}])
    (found,) = make_reader().fetch_tickets_by_marker(MARKER)
    assert (found.halo_id, found.closed) == (7, True)
    assert sent_params()["search_supplier_reference"] == MARKER
    assert sent_params()["includeclosed"] == "0,1"
    assert len(responses.calls) == 1


@responses.activate
def test_a_deleted_ticket_is_looked_for_where_no_other_is_found() -> None:
    give_search([])
    give_search([{"id": 7, "supplier_reference": MARKER, "deleted": True}], deleted=True)
    (found,) = make_reader().fetch_tickets_by_marker(MARKER)
    assert found.deleted


@responses.activate
def test_a_marker_that_is_only_contained_does_not_count() -> None:
    give_search(
        [{"id": 7, "supplier_reference": MARKER + "0"}, {"id": 8, "supplier_reference": "x" + MARKER}]
    )
    give_search([], deleted=True)
    assert make_reader().fetch_tickets_by_marker(MARKER) == []


@responses.activate
def test_rows_without_the_reference_are_read_one_by_one() -> None:
    give_search([{"id": 7}, {"id": 8}, {"id": 9}, {}])
    responses.get(f"{API}/Tickets/7", json={"id": 7, "supplier_reference": "other"})
    responses.get(f"{API}/Tickets/8", json={"id": 8, "supplier_reference": MARKER})
    responses.get(f"{API}/Tickets/9", status=404)
    assert [ticket.halo_id for ticket in make_reader().fetch_tickets_by_marker(MARKER)] == [8]


@pytest.mark.parametrize(
    ("rows", "total"), [([{"id": number} for number in range(1, 12)], None), ([{"id": 1}], 700)]
)
@responses.activate
def test_a_search_that_brings_everything_proves_nothing(
    rows: list[dict[str, Any]], total: int | None
) -> None:
    """To say *none* here would be to allow a second ticket."""
    give_search(rows, total=total)
    with pytest.raises(BadAnswer, match="did not search"):
        make_reader().fetch_tickets_by_marker(MARKER)
    assert len(responses.calls) == 1


@responses.activate
def test_tickets_are_read_a_hundred_a_call() -> None:
    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        wanted = [int(text) for text in request.params["ticketids"].split(",")]
        rows = [{"id": number} for number in wanted if number != 5]
        return 200, {}, json.dumps({"record_count": len(rows), "tickets": rows})

    responses.add_callback(responses.GET, f"{API}/Tickets", answer)
    found = make_reader().fetch_tickets([*range(1, 151), 1, 2])
    assert len(found) == 149
    assert [len(call.request.params["ticketids"].split(",")) for call in responses.calls] == [100, 50]
    assert all(call.request.params["includeclosed"] == "0,1" for call in responses.calls)


@responses.activate
def test_no_ids_cost_no_call() -> None:
    assert make_reader().fetch_tickets([]) == []
    assert len(responses.calls) == 0


@responses.activate
def test_a_server_that_ignores_the_ids_gives_nothing_foreign() -> None:
    give_page("/Tickets", "tickets", 1, [{"id": 1}, {"id": 2}, {"id": 3}], 3)
    assert [ticket.halo_id for ticket in make_reader().fetch_tickets([2])] == [2]


@responses.activate
def test_one_ticket_or_none() -> None:
    responses.get(f"{API}/Tickets/7", json={"id": 7, "merged_into_id": 6})
    responses.get(f"{API}/Tickets/8", json={})
    reader = make_reader()
    found = reader.fetch_ticket(7)
    assert found is not None
    assert found.merged_into == 6
    assert reader.fetch_ticket(8) is None


@responses.activate
def test_all_actions_of_a_ticket_are_read_whether_halo_pages_them_or_not() -> None:
    rows = [{"id": number, "ticket_id": 7, "note": f"note {number}"} for number in range(1, 71)]
    responses.get(
        f"{API}/Actions",
        json={"record_count": 70, "actions": rows},
        match=[matchers.query_param_matcher({"ticket_id": "7", "count": "1000"}, strict_match=False)],
    )
    assert len(make_reader().fetch_actions(7)) == 70
    assert len(responses.calls) == 1


@responses.activate
def test_actions_that_halo_cuts_off_are_an_error_and_not_an_empty_look_up() -> None:
    rows = [{"id": number, "ticket_id": 7} for number in range(1, 51)]
    responses.get(f"{API}/Actions", json={"record_count": 70, "actions": rows})
    with pytest.raises(ShortList):
        make_reader().fetch_actions(7)


@responses.activate
def test_actions_of_another_ticket_are_not_taken_for_ours() -> None:
    responses.get(f"{API}/Actions", json=[{"id": 1, "ticket_id": 8}, {"id": 2}, {"id": 3, "ticket_id": 7}])
    assert [action.halo_id for action in make_reader().fetch_actions(7)] == [2, 3]
