"""Choices that live in HaloPSA: few calls, ids as tickets want them."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from responses import matchers

from integrations.choices import OptionKind
from integrations.halo.reader import HaloReader
from tests.integrations.halo.builders import API, make_session, sent_params


def make_reader() -> HaloReader:
    return HaloReader(make_session())


def fetch(kind: str, path: str, rows: Any) -> list[tuple[str, str, str, bool]]:
    responses.get(f"{API}{path}", json=rows)
    found = make_reader().fetch_options(kind)
    assert {option.kind for option in found} <= {kind}
    return [(option.halo_id, option.name, option.parent, option.active) for option in found]


@responses.activate
def test_every_kind_can_be_read() -> None:
    for path in ("TicketType", "Status", "Priority", "SLA", "Team", "Agent", "Category", "Lookup", "Outcome"):
        responses.get(f"{API}/{path}", json=[])
    for path in ("AssetType", "AssetGroup"):
        responses.get(f"{API}/{path}", json=[])
    reader = make_reader()
    for kind in OptionKind.values:
        assert reader.fetch_options(kind) == []
    assert len(responses.calls) == len(OptionKind.values) - 1, "asset types are listed once for two kinds"


@responses.activate
def test_a_priority_is_known_by_its_number_within_its_sla() -> None:
    rows = [
        {"id": "4f1a2b3c", "slaid": 1, "priorityid": 1, "name": "Critical", "ishidden": False},
        {"id": "7e9d8c7b", "slaid": 2, "priorityid": 1, "name": "Critical", "ishidden": True},
        {"id": "no number", "slaid": 2, "name": "odd"},
    ]
    assert fetch(OptionKind.PRIORITY, "/Priority", rows) == [
        ("1", "Critical", "1", True),
        ("1", "Critical", "2", False),
    ]


@responses.activate
def test_a_priority_keeps_its_guid() -> None:
    responses.get(f"{API}/Priority", json=[{"id": "4f1a", "slaid": 1, "priorityid": 4, "name": "Low"}])
    (option,) = make_reader().fetch_options(OptionKind.PRIORITY)
    assert option.extra == {"guid": "4f1a"}


@responses.activate
def test_a_category_is_named_by_its_path() -> None:
    rows = [
        {"id": 40, "value": "Backup>Failure", "category_name": "Failure", "type_id": 1},
        {"id": 41, "category_name": "Other", "type_id": 2},
    ]
    assert fetch(OptionKind.CATEGORY, "/Category", rows) == [
        ("40", "Backup>Failure", "1", True),
        ("41", "Other", "2", True),
    ]


@responses.activate
def test_a_list_of_categories_of_one_kind_only_is_doubted_and_the_other_three_are_asked_for() -> None:
    first, second = {"id": 40, "value": "Backup"}, {"id": 60, "value": "By monitoring"}
    for kind, rows in ((2, [second]), (3, []), (4, [])):
        responses.get(
            f"{API}/Category", json=rows, match=[matchers.query_param_matcher({"type_id": str(kind)})]
        )
    assert fetch(OptionKind.CATEGORY, "/Category", [first]) == [
        ("40", "Backup", "1", True),
        ("60", "By monitoring", "2", True),
    ]
    assert len(responses.calls) == 4


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (OptionKind.URGENCY, 27),
        (OptionKind.IMPACT, 12),
        (OptionKind.SOURCE, 22),
        (OptionKind.IGNORED_VALUE, 81),
    ],
)
@responses.activate
def test_look_ups_are_asked_for_by_their_number(kind: str, number: int) -> None:
    rows = [
        {"lookupid": number, "id": 1, "name": "High"},
        {"lookupid": number, "id": 2, "name": "Old", "inactive": True},
        {"lookupid": 99, "id": 3, "name": "of another list"},
    ]
    assert fetch(kind, "/Lookup", rows) == [("1", "High", "", True), ("2", "Old", "", False)]
    assert sent_params() == {"lookupid": str(number), "showallcodes": "true"}


@pytest.mark.parametrize("enveloped", [False, True])
@responses.activate
def test_halo_agents_come_as_array_or_in_an_envelope(enveloped: bool) -> None:
    rows = [{"id": 1, "name": "Unassigned"}, {"id": 24, "name": "Bridge API", "isdisabled": True}]
    found = fetch(OptionKind.AGENT, "/Agent", {"agents": rows} if enveloped else rows)
    assert found == [("1", "Unassigned", "", True), ("24", "Bridge API", "", False)]


@responses.activate
def test_teams_and_statuses_and_outcomes() -> None:
    assert fetch(OptionKind.TEAM, "/Team", [{"id": 5, "name": "Monitoring", "inactive": False}]) == [
        ("5", "Monitoring", "", True)
    ]
    assert fetch(OptionKind.STATUS, "/Status", [{"id": 9, "name": "Closed", "type": 0}]) == [
        ("9", "Closed", "", True)
    ]
    rows = [{"id": 7, "outcome": "Private Note", "buttonname": "Note", "hidden": True}]
    assert fetch(OptionKind.OUTCOME, "/Outcome", rows) == [("7", "Private Note", "", False)]


@responses.activate
def test_whether_a_status_is_closed_is_not_guessed() -> None:
    responses.get(f"{API}/Status", json=[{"id": 9, "name": "Closed", "type": 2, "shortname": "Closed"}])
    (option,) = make_reader().fetch_options(OptionKind.STATUS)
    assert "closed" not in option.extra
    assert "type" not in option.extra


TYPES = [
    {"id": 21, "name": "Alert", "default_sla": 1, "cancreate": True},
    {"id": 22, "name": "Incident", "allowall_status": True},
    {"id": 23, "name": "Change", "allowed_status": [{"id": 3, "name": "Open"}]},
]


@responses.activate
def test_the_statuses_of_a_ticket_type_come_from_its_detail_where_the_list_does_not_say() -> None:
    responses.get(f"{API}/TicketType", json=TYPES)
    allowed = [{"status_id": 1.0, "status_name": "New"}, {"status_id": 9, "status_name": "Closed"}, {}]
    responses.get(
        f"{API}/TicketType/21",
        json={"id": 21, "name": "Alert", "allowall_status": False, "allowed_status": allowed},
    )
    found = {option.halo_id: option.extra for option in make_reader().fetch_options(OptionKind.TICKET_TYPE)}
    assert found["21"]["statuses"] == [1, 9]
    assert found["21"]["default_sla"] == 1
    assert "statuses" not in found["22"]
    assert found["23"]["statuses"] == [3]
    assert len(responses.calls) == 2


@responses.activate
def test_ticket_types_without_details_cost_one_call_and_one_can_be_read_alone() -> None:
    responses.get(f"{API}/TicketType", json=TYPES)
    reader = make_reader()
    assert len(reader.fetch_options(OptionKind.TICKET_TYPE, details=False)) == 3
    assert len(responses.calls) == 1
    responses.get(f"{API}/TicketType/21", json={"id": 21, "name": "Alert", "allowall_status": True})
    alone = reader.fetch_ticket_type(21)
    assert alone is not None
    assert alone.name == "Alert"
    assert "statuses" not in alone.extra


@responses.activate
def test_ticket_types_are_listed_in_one_call_and_only_those_that_do_not_tell_all_are_read_alone() -> None:
    responses.get(f"{API}/TicketType", json=TYPES)
    reader = make_reader()
    assert [option.halo_id for option in reader.fetch_ticket_type_list()] == ["21", "22", "23"]
    assert sent_params() == {"showall": "true", "showinactive": "true"}
    told = reader.fetch_ticket_type(23)
    assert told is not None
    assert told.extra["statuses"] == [3]
    assert len(responses.calls) == 1
    responses.get(f"{API}/TicketType/21", json={"id": 21, "allowed_status": [{"status_id": 9}]})
    read = reader.fetch_ticket_type(21)
    assert read is not None
    assert (read.name, read.extra["statuses"], read.extra["default_sla"]) == ("Alert", [9], 1)
    assert len(responses.calls) == 2


@responses.activate
def test_asset_statuses_are_what_the_asset_types_reveal() -> None:
    responses.get(f"{API}/AssetType", json=[{"id": 1, "name": "PC"}, {"id": 2, "name": "Server"}])
    for halo_id, allowed in ((1, [{"status_id": 1, "status_name": "Active"}]), (2, [{"status_id": 4}])):
        detail = {"id": halo_id, "name": "x", "allowall_status": halo_id == 1, "allowed_status": allowed}
        responses.get(f"{API}/AssetType/{halo_id}", json=detail)
    reader = make_reader()
    assert reader.fetch_options(OptionKind.ASSET_STATUS) == []
    reader.fetch_asset_types()
    found = reader.fetch_options(OptionKind.ASSET_STATUS)
    assert [(option.halo_id, option.name) for option in found] == [("1", "Active"), ("4", "#4")]


@responses.activate
def test_a_choice_that_is_listed_twice_is_kept_once() -> None:
    rows = [{"id": 5, "name": "Monitoring"}, {"id": 5, "name": "Monitoring"}, {"name": "no id"}]
    assert fetch(OptionKind.TEAM, "/Team", rows) == [("5", "Monitoring", "", True)]
