"""Lists and single reads of the simulated Halo: paging, filters, reduced rows, dates, absent things."""

from __future__ import annotations

import re
from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, first_client, make_asset, make_ticket


def all_pages(halo: HaloCaller, path: str, key: str, size: int, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, 100):
        answer = halo.read(path, pageinate=True, page_size=size, page_no=page, **params)
        if not answer[key]:
            assert answer["record_count"] == len(found)
            return found
        found += answer[key]
    raise AssertionError("The pages never end.")


def test_paths_ignore_case(halo: HaloCaller) -> None:
    assert halo.read("client") == halo.read("CLIENT") == halo.read("Client/")


def test_unknown_parameters_are_ignored(halo: HaloCaller) -> None:
    assert halo.read("Site", nonsense=1) == halo.read("Site")


def test_pages_count_from_one_and_hold_everything_once(sandbox: Sandbox, halo: HaloCaller) -> None:
    rows = all_pages(halo, "Asset", "assets", 25, includeinactive=True, order="id")
    assert [row["id"] for row in rows] == sorted(sandbox.world.halo.assets)


def test_booleans_are_lower_case(halo: HaloCaller) -> None:
    assert len(halo.read("Users", pageinate="True", page_size=5)["users"]) == 50
    assert len(halo.read("Users", pageinate="true", page_size=5)["users"]) == 5


def test_the_page_size_is_capped_silently(sandbox: Sandbox, halo: HaloCaller) -> None:
    answer = halo.read("Users", pageinate=True, page_size=1000, page_no=1)
    assert len(answer["users"]) == 100
    assert answer["record_count"] > 100
    sandbox.switches.change(cap_tickets_only=True)
    assert len(halo.read("Users", pageinate=True, page_size=1000)["users"]) == answer["record_count"]


def test_tickets_stay_capped_where_nothing_else_is(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(cap_tickets_only=True, page_size_cap=5)
    assert len(halo.read("Tickets", pageinate=True, page_size=1000)["tickets"]) == 5


def test_an_unpaged_list_stops_at_fifty_rows_unless_asked_for_more(halo: HaloCaller) -> None:
    answer = halo.read("Users")
    assert len(answer["users"]) == 50
    assert len(halo.read("Users", count=1000)["users"]) == answer["record_count"]


def test_ids_alone_know_no_paging(halo: HaloCaller) -> None:
    answer = halo.read("Asset", idonly=True, pageinate=True, page_size=10)
    assert len(answer["assets"]) == answer["record_count"]
    assert set(answer["assets"][0]) == {"id"}


def test_a_page_behind_the_last_is_empty(halo: HaloCaller) -> None:
    assert halo.read("Client", pageinate=True, page_size=100, page_no=9)["clients"] == []


def test_rows_can_be_ordered_backwards(halo: HaloCaller) -> None:
    ids = [row["id"] for row in halo.read("Client", order="id", orderdesc=True)["clients"]]
    assert ids == sorted(ids, reverse=True)


def test_inactive_rows_are_hidden_unless_asked_for(sandbox: Sandbox, halo: HaloCaller) -> None:
    shown = {row["id"] for row in halo.read("Client", count=1000)["clients"]}
    everything = {row["id"] for row in halo.read("Client", count=1000, includeinactive=True)["clients"]}
    gone = {row["id"] for row in halo.read("Client", count=1000, activeinactive="false,true")["clients"]}
    assert len(gone) == 3
    assert shown | gone == everything == set(sandbox.world.halo.clients)


def test_search_means_contains(halo: HaloCaller) -> None:
    names = [row["name"] for row in halo.read("Client", search="harbour dental")["clients"]]
    assert names == ["Harbour Dental Group Ltd", "Harbour Dental Laboratory"]


def test_two_clients_share_a_name(halo: HaloCaller) -> None:
    assert halo.read("Client", search="Northwind Traders")["record_count"] == 2


def test_lists_are_reduced_and_details_are_not(halo: HaloCaller) -> None:
    row = halo.read("Asset")["assets"][0]
    assert not {"fields", "customfields", "notes", "last_modified"} & set(row)
    detail = halo.read(f"Asset/{row['id']}", includedetails=True)
    assert {"fields", "customfields", "notes", "last_modified"} <= set(detail)
    assert "fields" not in halo.read(f"Asset/{row['id']}")


def test_asset_fields_on_list_rows_equal_those_of_the_detail(sandbox: Sandbox, halo: HaloCaller) -> None:
    row = halo.read("Asset", includeassetfields=True)["assets"][0]
    assert row["fields"] == halo.read(f"Asset/{row['id']}", includedetails=True)["fields"]
    sandbox.switches.change(list_fields_differ=True)
    row = halo.read("Asset", includeassetfields=True)["assets"][0]
    assert row["fields"] != halo.read(f"Asset/{row['id']}", includedetails=True)["fields"]


def test_a_pick_list_field_shows_its_text_beside_its_id(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", make_asset(sandbox, fields=[{"id": 24, "value": "2"}]))
    field = next(field for field in made["fields"] if field["id"] == 24)
    assert (field["value"], field["display"]) == ("2", "Test")


def test_icons_are_heavy_and_can_be_left_out(halo: HaloCaller) -> None:
    assert halo.read("Asset")["assets"][0]["icon"]
    assert "icon" not in halo.read("Asset", noicon=True)["assets"][0]


def test_values_of_nothing_are_null_or_left_out(sandbox: Sandbox, halo: HaloCaller) -> None:
    client = first_client(sandbox)["id"]
    assert halo.read(f"Client/{client}", includedetails=True)["datto_id"] is None
    sandbox.switches.change(omit_nulls=True)
    shown = halo.read(f"Client/{client}", includedetails=True)
    assert "datto_id" not in shown
    assert None not in shown.values()


def test_assets_can_be_filtered(sandbox: Sandbox, halo: HaloCaller) -> None:
    printers = halo.read("Asset", assettype_id=120, includeinactive=True, count=1000)["assets"]
    assert {row["assettype_name"] for row in printers} == {"Printer"}
    one = printers[0]
    assert halo.read("Asset", inventory_number=one["inventory_number"], includeinactive=True)["assets"] == [
        one
    ]
    wanted = halo.read("Asset", client_id=one["client_id"], includeinactive=True, count=1000)["assets"]
    assert {row["client_id"] for row in wanted} == {one["client_id"]}
    tag = one["inventory_number"][:6]
    found = halo.read("Asset", search=tag, search_inventory_number_only=True, includeinactive=True)["assets"]
    assert all(tag in row["inventory_number"] for row in found)


def test_only_what_changed_since_a_time_can_be_listed(sandbox: Sandbox, halo: HaloCaller) -> None:
    since = sandbox.clock.stamp()
    assert halo.read("Asset", lastupdatefromdate=since)["assets"] == []
    made = halo.write("Asset", make_asset(sandbox))
    assert [row["id"] for row in halo.read("Asset", lastupdatefromdate=since)["assets"]] == [made["id"]]
    assert halo.read("Asset", lastupdatetodate=since, count=1000)["record_count"] > 50


def test_a_time_that_is_none_is_refused(halo: HaloCaller) -> None:
    assert halo.get("Asset", lastupdatefromdate="yesterday").status_code == 400


def test_an_unknown_id_is_404_or_an_object_without_id(sandbox: Sandbox, halo: HaloCaller) -> None:
    for path in ("Client/99999", "Asset/99999", "Tickets/99999", "AssetType/99999", "Asset/nonsense"):
        assert halo.get(path).status_code == 404
    sandbox.switches.change(unknown_id_is_empty=True)
    assert halo.read("Asset/99999", includedetails=True) == {}


def test_an_unknown_path_is_404_and_a_wrong_method_405(halo: HaloCaller) -> None:
    assert halo.get("Nonsense").status_code == 404
    assert halo.call("PUT", "Asset", json=[]).status_code == 405
    assert halo.post("Status", []).status_code == 405


def test_the_client_of_a_site_and_the_site_of_a_user_are_decimals(halo: HaloCaller) -> None:
    text = halo.get("Site").text
    assert re.search(r'"client_id": \d+\.0,', text)
    user = halo.read("Users")["users"][0]
    assert isinstance(user["site_id"], float)
    assert user["site_id_int"] == user["site_id"]


def test_the_id_of_a_priority_is_a_guid_and_its_number_is_unique_within_an_sla(halo: HaloCaller) -> None:
    rows = halo.read("Priority")
    assert all(re.fullmatch(r"[0-9a-f-]{36}", row["id"]) for row in rows)
    assert sorted(row["slaid"] for row in rows if row["priorityid"] == 1) == [1, 2]
    assert {row["slaid"] for row in halo.read("Priority", slaid=2)} == {2}
    assert halo.read(f"Priority/{rows[0]['id']}") == rows[0]


def test_dates_come_in_many_forms(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Tickets", make_ticket(sandbox))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", made["dateoccurred"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,2})?", made["last_update"])
    assert made["dateclosed"] == "1900-01-01T00:00:00"
    asset = halo.write("Asset", make_asset(sandbox))
    assert asset["warranty_start"] == "0001-01-01T00:00:00"
    assert asset["supplier_purchasedate"] == "1899-12-30T00:00:00"


def test_ids_inside_an_asset_type_are_decimals(halo: HaloCaller) -> None:
    detail = halo.read("AssetType/112", includedetails=True)
    assert isinstance(detail["fields"][0]["field_id"], float)
    assert {row["name"] for row in detail["field_list"]} >= {"Device Name", "Serial Number", "Bridge Id"}
    assert "fields" not in halo.read("AssetType/112")


def test_the_bridge_id_field_stands_on_every_asset_type(sandbox: Sandbox, halo: HaloCaller) -> None:
    for kind in sandbox.world.halo.asset_types:
        assert "Bridge Id" in {row["name"] for row in halo.read("Field", type_id=kind)}


def test_agents_are_an_array_or_an_envelope(sandbox: Sandbox, halo: HaloCaller) -> None:
    rows = halo.read("Agent")
    assert not {1, 28} & {row["id"] for row in rows}
    assert {row["id"] for row in halo.read("Agent", includedisabled=True)} >= {28}
    assert halo.read("Agent/me")["name"] == "Bridge API"
    sandbox.switches.change(agent_envelope=True)
    assert halo.read("Agent") == {"agents": rows}


def test_a_team_that_the_agent_is_no_member_of_is_missing(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(hidden_teams=("Monitoring",))
    assert "Monitoring" not in {row["name"] for row in halo.read("Team")}
    seeing = HaloCaller(sandbox, scope="read:tickets all:teams")
    assert "Monitoring" in {row["name"] for row in seeing.read("Team")}


def test_records_of_a_client_that_the_agent_may_not_see_are_absent(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    asset = halo.read("Asset")["assets"][0]
    sandbox.switches.change(hidden_clients=(asset["client_id"],))
    shown = halo.read("Asset", count=1000, includeinactive=True)["assets"]
    assert asset["client_id"] not in {row["client_id"] for row in shown}
    assert halo.get(f"Asset/{asset['id']}").status_code == 404
    assert halo.get(f"Client/{asset['client_id']}").status_code == 404
    assert asset["client_id"] not in {row["client_id"] for row in halo.read("Site", count=1000)["sites"]}


def test_pick_lists_are_read_by_their_number(halo: HaloCaller) -> None:
    assert [row["name"] for row in halo.read("Lookup", lookupid=27)] == ["High", "Medium", "Low"]
    assert {row["lookupid"] for row in halo.read("Lookup")} == {11}


def test_hidden_outcomes_and_inactive_values_are_shown_only_when_asked_for(halo: HaloCaller) -> None:
    assert 5 not in {row["id"] for row in halo.read("Lookup", lookupid=22)}
    assert 5 in {row["id"] for row in halo.read("Lookup", lookupid=22, showallcodes=True)}
    assert 13 not in {row["id"] for row in halo.read("Outcome")}
    assert 13 in {row["id"] for row in halo.read("Outcome", showhidden=True)}


def test_statuses_do_not_tell_closed_from_open_but_can_leave_the_closed_out(halo: HaloCaller) -> None:
    assert {row["type"] for row in halo.read("Status")} == {0}
    assert not {9, 10} & {row["id"] for row in halo.read("Status", excludeclosed=True)}
    assert {row["id"] for row in halo.read("Status", tickettype_id=26)} == {1, 2, 10, 24}


@pytest.mark.parametrize("path", ["TicketType", "Status", "SLA", "Team", "Category", "Outcome", "AssetGroup"])
def test_configuration_is_a_bare_array(halo: HaloCaller, path: str) -> None:
    assert isinstance(halo.read(path), list)


def test_the_next_tag_is_the_one_that_an_untagged_asset_gets(sandbox: Sandbox, halo: HaloCaller) -> None:
    body = make_asset(sandbox, assettype_id=114, inventory_number="")
    tag = halo.read("Asset/NextTag")
    assert halo.write("Asset", body)["inventory_number"] == tag
