"""HaloPSA's rows become records, whether they come from a list or from a single read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from integrations.halo import parse
from integrations.records import AssetFieldValue
from tests.integrations.halo.test_values import JSON

EVERY_PARSER = [
    parse.client,
    parse.site,
    parse.user,
    parse.asset,
    parse.asset_type,
    parse.ticket,
    lambda row: parse.field_definition(row, "asset"),
    lambda row: parse.action(row, 7),
]


def test_a_client_from_a_list() -> None:
    record = parse.client(
        {
            "id": 12,
            "name": " Alder Dental Group ",
            "inactive": False,
            "datto_id": "",
            "ninjarmmid": 44,
            "accountsid": "ALD01",
            "ref": "",
        }
    )
    assert record is not None
    assert (record.halo_id, record.name, record.active, record.reference) == (
        12,
        "Alder Dental Group",
        True,
        "ALD01",
    )
    assert record.links == {"ninjarmmid": "44", "accountsid": "ALD01"}
    assert (record.main_site_id, record.domain, record.updated_at) == (None, None, None)


def test_a_client_from_a_single_read() -> None:
    record = parse.client(
        {
            "id": 12,
            "name": "Alder",
            "main_site_id": 31.0,
            "domain": "alder.example",
            "inactive": True,
            "alastupdate": "2026-03-01T10:00:00.5",
        }
    )
    assert record is not None
    assert (record.main_site_id, record.domain, record.active) == (31, "alder.example", False)
    assert record.updated_at == datetime(2026, 3, 1, 10, 0, 0, 500_000, tzinfo=UTC)


def test_a_site_has_a_decimal_client_and_names_its_general_user() -> None:
    row = {
        "id": 31,
        "name": "Main",
        "client_id": 12.0,
        "maincontact_id": 88,
        "maincontact_name": "General User",
    }
    record = parse.site(row)
    assert record is not None
    assert (record.client_id, record.general_user_id) == (12, 88)


def test_a_site_whose_main_contact_is_a_person_has_no_known_general_user() -> None:
    row = {"id": 31, "name": "Main", "client_id": 12, "maincontact_id": 5, "maincontact_name": "Ann"}
    record = parse.site(row)
    assert record is not None
    assert record.general_user_id is None
    found = parse.site({**row, "users": [{"id": 6, "name": "general user"}]})
    assert found is not None
    assert found.general_user_id == 6


def test_a_user_has_a_decimal_site() -> None:
    record = parse.user({"id": 88, "name": "General User", "site_id": 31.0, "emailaddress": ""})
    assert record is not None
    assert (record.site_id, record.client_id, record.email, record.active) == (31, None, None, True)
    twin = parse.user({"id": 88, "name": "x", "site_id_int": 32, "site_id": 31.0, "emailaddress": "a@b.c"})
    assert twin is not None
    assert (twin.site_id, twin.email) == (32, "a@b.c")


ASSET = {
    "id": 501,
    "inventory_number": "ALD-0007",
    "key_field": "ALD-PC07",
    "key_field2": "5CG1234XYZ",
    "client_id": 12,
    "site_id": 31,
    "assettype_id": 112,
    "status_id": 1,
    "ninjarmm_id": 0,
    "automate_id": 9,
}


def test_an_asset_row_without_fields_says_that_they_are_unknown() -> None:
    record = parse.asset(ASSET)
    assert record is not None
    assert record.fields is None
    assert (record.key_field, record.key_field2, record.key_field3) == ("ALD-PC07", "5CG1234XYZ", "")
    assert record.links == {"automate_id": "9"}
    assert record.users == ()


def test_an_asset_row_with_fields_has_them_as_stored() -> None:
    fields: list[Any] = [
        {"id": 1.0, "name": "Device Name", "value": "ALD-PC07", "display": "shown"},
        {"id": "2", "name": "Serial Number", "value": None},
        {"id": 3, "name": "Memory", "value": 16},
        {"id": 4, "name": "Note", "value": "  kept as it is "},
        {"name": "no id"},
        None,
    ]
    record = parse.asset({**ASSET, "fields": fields, "users": [{"id": 4}, {"id": 4}, {}]})
    assert record is not None
    assert record.fields == (
        AssetFieldValue(1, "Device Name", "ALD-PC07"),
        AssetFieldValue(2, "Serial Number", ""),
        AssetFieldValue(3, "Memory", "16"),
        AssetFieldValue(4, "Note", "  kept as it is "),
    )
    assert record.users == (4,)


def test_an_asset_with_an_empty_list_of_fields_is_known_to_have_none() -> None:
    record = parse.asset({**ASSET, "fields": []})
    assert record is not None
    assert record.fields == ()


def test_an_asset_without_a_client_is_still_there() -> None:
    record = parse.asset({"id": 501})
    assert record is not None
    assert (record.client_id, record.site_id, record.asset_type_id) == (0, None, 0)


def test_an_asset_type_has_its_fields_from_the_detail_in_display_order() -> None:
    row = {"id": 112, "name": "Workstation", "assetgroup_id": 1, "keyfield_id": 1, "keyfield2_id": 2}
    detail = {
        "fields": [
            {"typeinfo_id": 902.0, "id": 2.0, "field_id": 2.0, "sequence": 2},
            {"typeinfo_id": 900.0, "id": 1.0, "field_id": 1.0, "sequence": 1},
            {"id": 61.0, "sequence": 3},
        ]
    }
    record = parse.asset_type({**row, "keyfield3_id": 0}, detail)
    assert record is not None
    assert (record.field_ids, record.key_field_ids, record.group_id) == ((1, 2, 61), (1, 2), 1)


def test_field_definitions_of_both_kinds() -> None:
    asset_field = parse.field_definition({"id": 2, "name": "Serial", "datalength": 50, "lookup": 0}, "asset")
    assert asset_field is not None
    assert (asset_field.name, asset_field.data_length, asset_field.lookup_id) == ("Serial", 50, None)
    custom = parse.field_definition(
        {"id": 231, "name": "bridgeEventId", "label": "Bridge event id", "characterlimit": 255}, "custom"
    )
    assert custom is not None
    assert (custom.kind, custom.name, custom.data_length) == ("custom", "Bridge event id", 255)


def test_a_ticket_from_a_single_read() -> None:
    record = parse.ticket(
        {
            "id": 4242,
            "summary": "failed",
            "status_id": 1,
            "hasbeenclosed": False,
            "dateclosed": "1900-01-01T00:00:00",
            "deleted": False,
            "merged_into_id": 0,
            "client_id": 12,
            "supplier_reference": "HB-1",
            "assets": [{"id": 501}],
            "dateoccurred": "2026-11-20T06:31:02.4417391Z",
            "last_update": "2026-11-20T06:31:02.44",
        }
    )
    assert record is not None
    assert (record.closed, record.merged_into, record.marker, record.asset_ids) == (
        False,
        None,
        "HB-1",
        (501,),
    )
    assert record.created_at == datetime(2026, 11, 20, 6, 31, 2, 441739, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "closed"),
    [
        ({"hasbeenclosed": True}, True),
        ({"hasbeenclosed": "true"}, True),
        ({"dateclosed": "2026-11-20T06:31:02"}, True),
        ({"dateclosed": "1900-01-01T00:00:00"}, False),
        ({"hasbeenclosed": False, "dateclosed": "2026-11-20T06:31:02"}, False),
        ({}, False),
    ],
)
def test_whether_a_ticket_is_closed(row: dict[str, Any], closed: bool) -> None:
    record = parse.ticket({"id": 1, **row})
    assert record is not None
    assert record.closed is closed


def test_the_other_spelling_of_a_tickets_last_update() -> None:
    record = parse.ticket({"id": 1, "lastupdate": "2026-11-20T06:31:02"})
    assert record is not None
    assert record.updated_at == datetime(2026, 11, 20, 6, 31, 2, tzinfo=UTC)


def test_the_text_of_a_note_is_found_in_either_form() -> None:
    plain = parse.action({"id": 3, "ticket_id": 7, "note": "Bridge reference: HB-1"}, 7)
    rich = parse.action(
        {"id": 3, "note_html": "<p>done &amp; dusted<br/>Bridge reference: <b>HB-1</b></p>"}, 7
    )
    both = parse.action({"id": 3, "note": "cut sh", "note_html": "<p>cut short HB-1</p>"}, 7)
    assert plain is not None
    assert rich is not None
    assert both is not None
    assert plain.note == "Bridge reference: HB-1"
    assert "Bridge reference: HB-1" in rich.note
    assert "done & dusted" in rich.note
    assert (rich.ticket_id, rich.halo_id) == (7, 3)
    assert "HB-1" in both.note


@pytest.mark.parametrize("parser", EVERY_PARSER)
def test_a_row_without_an_id_stands_for_nothing(parser: Any) -> None:
    assert parser({"name": "x"}) is None


@pytest.mark.parametrize("parser", EVERY_PARSER)
@given(JSON, JSON, JSON, JSON)
def test_no_odd_value_breaks_a_record(parser: Any, name: Any, ids: Any, rows: Any, time: Any) -> None:
    row = {
        "id": 5,
        "name": name,
        "client_id": ids,
        "site_id": ids,
        "inactive": ids,
        "fields": rows,
        "users": rows,
        "assets": rows,
        "note_html": name,
        "dateclosed": time,
        "alastupdate": time,
        "maincontact_id": ids,
        "maincontact_name": name,
    }
    record = parser(row)
    assert record.halo_id == 5
