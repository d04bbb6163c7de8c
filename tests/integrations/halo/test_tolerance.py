# ruff: noqa: E501  the table is read across
"""What HaloPSA may do and the bridge must bear, statement by statement, and the test that shows it.

The statements are those of HaloPSA's API about reading, writing and failing (conventions, pagination,
envelopes, objects, error bodies, quirks). Those that had no test of their own have it below the table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import responses

from integrations.halo import parse
from integrations.net.errors import RateLimited
from tests.integrations.halo.builders import API, OpenGate, make_session
from tests.integrations.halo.test_records import EVERY_PARSER

TESTS = Path(__file__).parents[2]
HALO, NET, TICKETING = "integrations/halo", "integrations/net", "ticketing"

BORNE: list[tuple[str, str, str]] = [
    # reading: conventions
    ("properties without a value are omitted", f"{HALO}/test_tolerance.py", "omitted_null_and_empty_are_the_same"),
    ("unknown properties", f"{HALO}/test_tolerance.py", "properties_of_a_later_version_change_nothing"),
    ("booleans are sent in lower case", f"{NET}/test_calls.py", "booleans_go_in_lower_case_and_nothing_is_left_out"),
    ("lists are comma separated", f"{HALO}/test_session.py", "parameters_are_sent_as_halo_wants_them"),
    ("lists are reduced objects", f"{HALO}/test_reading_lists.py", "assets_without_fields_say_that_they_are_unknown"),
    # reading: pagination
    ("`pageinate` with page_no from 1", f"{HALO}/test_reading_lists.py", "clients_come_page_by_page_until_the_record_count"),
    ("page size silently capped", f"{NET}/test_paging.py", "a_silently_smaller_page_does_not_end_the_list"),
    ("rows shift: come twice", f"{NET}/test_paging.py", "rows_that_shift_while_reading_are_given_once"),
    ("rows shift: slip to a page already read", f"{HALO}/test_rows_that_slip.py", "assets_behind_deleted_ones_are_not_missing_in_the_read"),
    ("a list ends before its record_count", f"{HALO}/test_reading_lists.py", "a_list_cut_short_is_an_error_after_what_came"),
    ("record_count of 0 beside rows", f"{HALO}/test_reading_lists.py", "a_count_of_zero_beside_rows_is_not_believed"),
    ("a resource that knows no paging", f"{NET}/test_paging.py", "a_page_that_repeats_is_the_whole_of_a_list_that_may_be_unpaged"),
    ("unpaged lists are cut at 50", f"{HALO}/test_reading_tickets.py", "actions_that_halo_cuts_off_are_an_error_and_not_an_empty_look_up"),
    # reading: envelopes
    ("envelope, other key, or bare array", f"{HALO}/test_values.py", "a_list_is_found_in_any_envelope"),
    ("envelope without its list", f"{HALO}/test_values.py", "an_envelope_without_its_empty_list_is_empty"),
    ("agents as array or envelope", f"{HALO}/test_reading_choices.py", "halo_agents_come_as_array_or_in_an_envelope"),
    ("unknown id: 404, empty or id-less object", f"{HALO}/test_reading_lists.py", "an_unknown_asset_is_absent_in_every_way_of_saying_so"),
    # reading: objects
    ("decimals as ids", f"{HALO}/test_records.py", "a_site_has_a_decimal_client_and_names_its_general_user"),
    ("ids and numbers as text", f"{HALO}/test_tolerance.py", "ids_are_the_same_as_numbers_decimals_and_text"),
    ("string booleans", f"{HALO}/test_values.py", "booleans_may_be_text"),
    ("0, -1 and -99 mean none", f"{HALO}/test_values.py", "ids_are_above_zero"),
    ("dates of every form, sentinels", f"{HALO}/test_values.py", "times"),
    ("priority id is a GUID", f"{HALO}/test_reading_choices.py", "a_priority_is_known_by_its_number_within_its_sla"),
    ("action ids are unique per ticket only", f"{HALO}/test_reading_tickets.py", "actions_of_another_ticket_are_not_taken_for_ours"),
    ("names differ between list and detail", f"{HALO}/test_records.py", "the_other_spelling_of_a_tickets_last_update"),
    ("search is *contains*", f"{HALO}/test_reading_lists.py", "an_asset_is_found_by_exactly_its_tag_within_the_client"),
    ("inactive rows are hidden unless asked for", f"{HALO}/test_reading_lists.py", "changed_assets_are_read_over_all_pages_with_inactive_ones"),
    ("deleted tickets are hidden", f"{HALO}/test_reading_tickets.py", "a_deleted_ticket_is_looked_for_where_no_other_is_found"),
    ("a team may be invisible", f"{HALO}/test_check.py", "missing_teams_stop_nothing"),
    ("names are not unique", "mappings/test_company_linking.py", "accepting_leaves_ambiguous_and_stale_ones_alone"),
    ("field definitions may be refused", f"{HALO}/test_reading_lists.py", "custom_fields_that_may_not_be_read_are_not_taken_for_none"),
    ("a merged ticket", f"{TICKETING}/test_answers.py", "a_ticket_that_a_person_took_away_is_superseded"),
    # writing
    ("POST takes an array, answers an object", f"{HALO}/test_session.py", "one_object_is_written_as_an_array"),
    ("returnall: any order, or the last one only", "test_export_calls.py", "one_bad_object_in_a_hundred_is_one_failed_entry_and_ninety_nine_done"),
    ("sent arrays replace", "mappings/test_apply_updates.py", "no_foreign_field_is_left_out_or_changed"),
    ("`_warning` inside a success", f"{HALO}/test_writing.py", "an_object_that_was_taken_with_a_warning_is_done"),
    ("`user_id` without `site_id`", f"{HALO}/test_payloads.py", "a_user_without_a_site_is_not_sent"),
    ("tickets want the team's name", f"{HALO}/test_payloads.py", "a_ticket_with_everything"),
    ("rules and templates run on API writes", f"{HALO}/test_against_sandbox.py", "a_ticket_has_what_was_asked_for_although_rules_and_templates_would_change_it"),
    ("long text is refused", f"{HALO}/test_against_sandbox.py", "overlong_texts_are_cut_before_they_are_sent"),
    ("a timed-out POST may have been executed", f"{HALO}/test_against_sandbox.py", "what_a_lost_write_means_and_that_the_marker_tells_the_truth"),
    # failing
    ("429 as text, at the token too, Retry-After or not", f"{HALO}/test_session.py", "a_429_blocks_the_instance"),
    ("429 of `/authinfo`, as JSON text", f"{HALO}/test_tolerance.py", "a_429_before_any_token_blocks_the_instance_too"),
    ("every status", f"{NET}/test_calls.py", "each_status_has_its_error"),
    ("every shape of error body", f"{NET}/test_calls.py", "the_words_of_every_shape_of_error_body_are_found"),
    ("an HTML page with 200", f"{HALO}/test_against_sandbox.py", "a_read_that_comes_as_a_web_page_is_no_empty_list"),
    ("empty or truncated JSON", f"{NET}/test_calls.py", "an_empty_or_broken_answer_is_bad"),
    ("slow answers and limits", f"{NET}/test_broken_connections.py", "a_server_that_trickles_bytes_is_cut_off_at_the_total_limit"),
    ("huge answers", f"{NET}/test_broken_connections.py", "an_answer_larger_than_the_limit_is_refused"),
    ("all of it at once", "test_every_awkward_switch.py", "a_ticket_is_opened_noted_and_closed_once"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "path", "name"), BORNE, ids=[row[0] for row in BORNE])
def test_each_statement_has_its_test(statement: str, path: str, name: str) -> None:
    text = (TESTS / path).read_text()
    assert f"def test_{name}(" in text, f"{statement}: {path} holds no test of that name"


def test_no_statement_stands_twice() -> None:
    assert len({row[0] for row in BORNE}) == len(BORNE)


# ---- objects ----------------------------------------------------------------------------------

ROW: dict[str, Any] = {
    "id": 5,
    "name": "Alder",
    "summary": "Disk",
    "client_id": 12,
    "site_id": 31,
    "ticket_id": 7,
    "assettype_id": 112,
    "inventory_number": "ALD-1",
    "status_id": 2,
    "inactive": False,
    "fields": [{"id": 1, "name": "Device Name", "value": "PC", "display": "PC"}],
}
NONE = ("", None)
OPTIONAL = (
    "notes", "website", "phonenumber", "email", "key_field2", "key_field3", "username", "supplier_reference",
    "merged_into_id", "maincontact_id", "alastupdate", "slastupdate", "last_modified", "dateclosed",
    "warranty_end", "main_site_id",
)  # fmt: skip


@pytest.mark.parametrize("parser", EVERY_PARSER)
def test_properties_of_a_later_version_change_nothing(parser: Any) -> None:
    later = {"use": "x", "guid": "0a6c", "brand_new": {"deep": [1, {"er": None}]}, "list2": [[]], "x_id": -99}
    assert parser({**ROW, **later}) == parser(ROW)


@pytest.mark.parametrize("parser", EVERY_PARSER)
@pytest.mark.parametrize("nothing", NONE, ids=repr)
def test_omitted_null_and_empty_are_the_same(parser: Any, nothing: Any) -> None:
    assert parser({**ROW, **dict.fromkeys(OPTIONAL, nothing)}) == parser(ROW)


@pytest.mark.parametrize("parser", EVERY_PARSER)
@pytest.mark.parametrize(
    "spelling", [float, str, lambda number: f"{number}.0"], ids=["12.0", "'12'", "'12.0'"]
)
def test_ids_are_the_same_as_numbers_decimals_and_text(parser: Any, spelling: Any) -> None:
    spelled = {name: spelling(value) for name, value in ROW.items() if type(value) is int}
    rows = [{**row, "id": spelling(row["id"])} for row in ROW["fields"]]
    assert parser({**ROW, **spelled, "fields": rows}) == parser(ROW)


def test_the_rows_above_are_not_parsed_to_nothing() -> None:
    client, asset = parse.client(ROW), parse.asset(ROW)
    assert client is not None
    assert asset is not None
    assert (client.halo_id, asset.client_id, asset.asset_type_id) == (5, 12, 112)
    assert asset.fields


# ---- failing ----------------------------------------------------------------------------------


@responses.activate
def test_a_429_before_any_token_blocks_the_instance_too() -> None:
    words = '"Rate Limit Reached - 300 Requests per rolling 5 minute window"'
    responses.get(f"{API}/authinfo", words, status=429, content_type="application/json")
    gate = OpenGate()
    with pytest.raises(RateLimited) as caught:
        make_session(None, gate).get_anonymous("/authinfo")
    assert gate.blocks == [None]
    assert caught.value.body_text == words.strip('"')
