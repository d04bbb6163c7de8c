"""What an asset is and how old it is, found by the names of its fields or among its properties."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from integrations.halo import parse, software
from integrations.halo.asset_details import (
    MANUFACTURER,
    MODEL,
    PURCHASED,
    SERIAL_NUMBER,
    WARRANTY_END,
    WARRANTY_START,
    custom_values,
)
from integrations.records import AssetRecord
from tests.integrations.halo.test_values import JSON


def asset(fields: dict[str, Any] | None = None, **row: Any) -> AssetRecord:
    shown = [
        {"id": number, "name": name, "value": value}
        for number, (name, value) in enumerate((fields or {}).items(), 1)
    ]
    record = parse.asset({"id": 501, "fields": shown, **row})
    assert record is not None
    return record


@pytest.mark.parametrize("name", [*SERIAL_NUMBER, "SERIAL  NUMBER", " Serial No.: ", "Service Tag"])
def test_a_serial_number_is_found_by_the_fields_name(name: str) -> None:
    assert asset({"Device Name": "PC", name: " 5CG1234XYZ "}).serial_number == "5CG1234XYZ"


@pytest.mark.parametrize("name", MODEL)
def test_a_model_is_found_by_the_fields_name(name: str) -> None:
    assert asset({name.title(): "ThinkPad"}).model == "ThinkPad"


@pytest.mark.parametrize("name", MANUFACTURER)
def test_a_manufacturer_is_found_by_the_fields_name_else_among_the_properties(name: str) -> None:
    assert asset({name.upper(): "Dell"}, manufacturer_name="HP").manufacturer == "Dell"
    assert asset({name.upper(): ""}, manufacturer_name=" HP ").manufacturer == "HP"


def test_the_likeliest_name_wins_but_only_with_a_value() -> None:
    assert asset({"Service Tag": "B", "Serial Number": "A"}).serial_number == "A"
    assert asset({"Service Tag": "B", "Serial Number": " "}).serial_number == "B"


def test_what_only_sounds_like_it_is_not_taken_for_it() -> None:
    record = asset({"Serial Port": "COM1", "Model of thought": "x", "Warranty note": "2027-01-01"})
    assert (record.serial_number, record.model, record.warranty_ends_on) == ("", "", None)


def test_of_a_pick_list_the_text_is_taken() -> None:
    field = {"id": 3, "name": "Manufacturer", "value": "7", "display": "Lenovo", "lookup": 205}
    record = parse.asset({"id": 1, "fields": [field]})
    assert record is not None
    assert record.manufacturer == "Lenovo"


@pytest.mark.parametrize("name", PURCHASED)
def test_a_day_of_purchase_comes_from_a_field_else_from_the_supplier(name: str) -> None:
    bought = {"supplier_purchasedate": "2024-02-01T00:00:00"}
    assert asset({name.title(): "31/01/2024"}, **bought).purchased_on == date(2024, 1, 31)
    assert asset({name.title(): "unknown"}, **bought).purchased_on == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("column", "prop", "names"),
    [
        ("warranty_starts_on", "warranty_start", WARRANTY_START),
        ("warranty_ends_on", "warranty_end", WARRANTY_END),
    ],
)
def test_a_warranty_comes_from_the_property_else_from_a_field(
    column: str, prop: str, names: tuple[str, ...]
) -> None:
    for name in names:
        told = {prop: "2027-03-31T00:00:00"}
        assert getattr(asset({name.title(): "2030-01-01"}, **told), column) == date(2027, 3, 31)
        never = {prop: "1900-01-01T00:00:00"}
        assert getattr(asset({name.title(): "2030-01-01"}, **never), column) == date(2030, 1, 1)


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00", "1899-12-30T00:00:00", "1900-01-01T00:00:00", None])
def test_a_sentinel_is_no_date(never: str | None) -> None:
    record = asset(warranty_start=never, warranty_end=never, supplier_purchasedate=never)
    assert (record.warranty_starts_on, record.warranty_ends_on, record.purchased_on) == (None, None, None)


def test_custom_fields_are_known_by_their_shown_value() -> None:
    rows: list[Any] = [
        {"id": 310, "value": 4, "display": "In use"},
        {"id": 311.0, "value": True, "display": ""},
        {"id": 312, "value": "", "display": ""},
        {"id": 313, "value": [{"id": 1}], "display": "A, B"},
        {"name": "no id", "value": "x"},
        None,
    ]
    assert custom_values(rows) == {310: "In use", 311: "true", 313: "A, B"}
    assert custom_values(None) is None, "a list without custom fields says nothing about them"
    assert custom_values([]) == {}


def test_a_licence() -> None:
    record = software.licence(
        {
            "id": 7,
            "name": " Office ",
            "type": 0,
            "client_id": 12,
            "site_id": 0,
            "count": 25,
            "licences_in_use": 20.0,
            "start_date": "2026-01-01T00:00:00",
            "end_date": "0001-01-01T00:00:00",
            "product_sku": "O365",
        }
    )
    assert record is not None
    assert (record.name, record.client_id, record.site_id, record.licence_type) == ("Office", 12, None, 0)
    assert (record.count, record.in_use, record.product_sku) == (25, 20, "O365")
    assert (record.starts_on, record.ends_on, record.active) == (date(2026, 1, 1), None, True)
    for gone in ({"is_active": False}, {"deleted": True}):
        other = software.licence({"id": 7, **gone})
        assert other is not None
        assert not other.active


def test_an_installed_program() -> None:
    row = {"id": 3, "licence_name": "Office", "version": "16.0", "licence_id": 7, "lastused": "2026-11-20"}
    record = software.program(row)
    assert record is not None
    assert (record.name, record.version, record.licence_id) == ("Office", "16.0", 7)
    assert (record.installed_on, record.last_used_on) == (None, date(2026, 11, 20))


@pytest.mark.parametrize("parser", [software.licence, software.program])
@given(JSON, JSON)
def test_no_odd_value_breaks_software(parser: Any, name: Any, number: Any) -> None:
    row = {"id": 5, "name": name, "version": name, "count": number, "client_id": number, "start_date": name}
    assert parser(row).halo_id == 5
    assert parser({"name": "x"}) is None


@given(JSON, JSON)
def test_no_odd_field_breaks_an_asset(value: Any, rows: Any) -> None:
    named = [{"id": 1, "name": name, "value": value, "display": value} for name in ("Serial", "Purchased")]
    for fields in (named, rows):
        record = parse.asset({"id": 5, "fields": fields, "customfields": rows, "warranty_end": value})
        assert record is not None


def test_dates_of_the_asset_itself_are_told_apart_from_fields_of_the_same_name() -> None:
    record = asset({"Purchase Date": "2020-01-01"}, supplier_purchasedate="1899-12-30T00:00:00")
    assert record.purchased_on == date(2020, 1, 1)
    assert record.properties == {}
    assert asset(warranty_end="2027-03-31T00:00:00").properties == {"warranty_end": "2027-03-31"}


def test_custom_fields_are_kept_as_shown_and_as_stored() -> None:
    rows = [
        {"id": 311, "value": 2, "display": "To replace"},
        {"id": 312, "value": "", "display": ""},
        {"id": 313, "value": False, "display": "false"},
    ]
    record = asset(customfields=rows)
    assert record.custom_fields == {311: "To replace", 313: "false"}
    assert record.custom_stored == {311: 2, 313: False}
    assert asset().custom_stored is None
