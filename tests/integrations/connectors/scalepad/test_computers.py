"""What a hardware asset of ScalePad says, and which lifecycle belongs to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrations.connectors.scalepad.parse import companies, computers
from integrations.connectors.scalepad.parse.computers import Lifecycles
from integrations.records import ComputerRecord

ID = "7c6b5a49-3827-4615-8f0e-9d8c7b6a5f4e"
CLIENT, OTHER = "e1d2c3b4-a596-4877-8695-a4b3c2d1e0f9", "f2e3d4c5-b6a7-4988-97a6-b5c4d3e2f1a0"
NEW, OLD = ("2025-09-01", "2028-09-14"), ("2019-05-05", "2022-05-05")


def make_computer(*lifecycles: dict[str, Any], **values: Any) -> ComputerRecord:
    row = {"id": ID, "name": "PC", "client": {"id": CLIENT}, **values}
    found = computers.computer(row, Lifecycles.of(lifecycles))
    assert found is not None
    return found


def make_lifecycle(
    serial: str | None, days: tuple[str, str] = NEW, client: str | None = CLIENT, **values: Any
) -> dict[str, Any]:
    named = {"serial_number": serial, "client_id": client}
    return {**named, "purchase_date": days[0], "warranty_expiry_date": days[1], **values}


def days_of(record: ComputerRecord) -> tuple[str | None, str | None]:
    found = (record.purchased_on, record.warranty_ends_on)
    return found[0] and found[0].isoformat(), found[1] and found[1].isoformat()


@pytest.mark.parametrize(
    ("sent", "product", "expected"),
    [
        ("WORKSTATION", "WORKSTATION", "workstation"),
        ("SERVER     ", "SERVER", "server"),
        ("server", "server", "server"),
        ("VIRTUAL", "VIRTUAL", "vm"),
        ("NETWORK", "NETWORK", "network"),
        ("MOBILE", "MOBILE", "mobile"),
        ("IMAGING", "IMAGING", "printer"),
        ("QUANTUM", "QUANTUM", "other"),
    ],
)
def test_the_type_is_the_product_and_says_the_class(sent: str, product: str, expected: str) -> None:
    found = make_computer(type=sent)

    assert (found.products, found.device_class) == ((product,), expected)


@pytest.mark.parametrize("sent", [None, "", "   ", {}])
def test_without_a_type_there_is_neither_product_nor_class(sent: Any) -> None:
    found = make_computer(type=sent)

    assert (found.products, found.device_class) == ((), None)


def test_the_description_of_the_model_comes_before_its_number() -> None:
    assert make_computer(model={"number": "20W0", "description": "ThinkPad T14"}).model == "ThinkPad T14"
    assert make_computer(model={"number": "20W0", "description": " "}).model == "20W0"
    assert make_computer(model=None).model is None


@pytest.mark.parametrize("block", [None, "", [], "text", 7, {"name": None}, {"id": []}])
def test_blocks_that_make_no_sense_say_nothing(block: Any) -> None:
    found = make_computer(manufacturer=block, model=block, software=block, client=block, type=None)

    assert (found.manufacturer, found.model, found.os_name, found.company_external_id) == (None,) * 4


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"name": " HDG-SRV01 "}, "HDG-SRV01"),
        ({"name": "", "serial_number": "7HX2K93"}, "7HX2K93"),
        ({"name": None, "serial_number": "Default string"}, ID),
        ({"name": None}, ID),
    ],
)
def test_an_asset_without_a_name_is_called_by_its_number(sent: dict[str, Any], name: str) -> None:
    assert make_computer(**sent).name == name


def test_ids_are_compared_without_case_and_braces() -> None:
    found = make_computer(id="{" + ID.upper() + "}", client={"id": CLIENT.upper()})

    assert (found.external_id, found.company_external_id) == (ID, CLIENT)


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "null"}, {"name": "no id"}])
def test_a_row_without_an_id_is_no_computer(row: dict[str, Any]) -> None:
    assert computers.computer(row, Lifecycles()) is None


# ---- lifecycles -----------------------------------------------------------------------------


@pytest.mark.parametrize("serial", ["7HX2K93", " 7hx2k93 ", "7HX-2K93"])
def test_a_lifecycle_belongs_to_the_serial_number_at_the_same_client(serial: str) -> None:
    found = make_computer(
        make_lifecycle("7HX2K93", OLD, OTHER), make_lifecycle(serial), serial_number="7HX2K93"
    )

    assert days_of(found) == NEW


def test_the_lifecycle_of_another_client_is_not_taken() -> None:
    assert days_of(make_computer(make_lifecycle("7HX2K93", client=OTHER), serial_number="7HX2K93")) == (
        None,
        None,
    )


@pytest.mark.parametrize(
    "named", [{"id": ID}, {"hardware_asset_id": ID.upper()}, {"hardware_asset": {"id": ID}}]
)
def test_an_id_says_more_than_a_serial_number(named: dict[str, Any]) -> None:
    found = make_computer(
        make_lifecycle("7HX2K93", OLD), make_lifecycle(None, NEW, None, **named), serial_number="7HX2K93"
    )

    assert days_of(found) == NEW


def test_dates_of_the_asset_itself_say_the_most() -> None:
    found = make_computer(make_lifecycle(None, OLD, id=ID), purchase_date=NEW[0], warranty_expiry_date=NEW[1])

    assert days_of(found) == NEW


def test_several_lifecycles_that_differ_say_nothing() -> None:
    twice = (make_lifecycle("7HX2K93", OLD), make_lifecycle("7HX2K93", NEW))

    assert days_of(make_computer(*twice, serial_number="7HX2K93")) == (None, None)
    assert days_of(make_computer(*twice, twice[1], serial_number="7HX2K93")) == (None, None)


def test_several_lifecycles_that_agree_say_what_they_say() -> None:
    twice = (make_lifecycle("7HX2K93"), make_lifecycle("7HX2K93 "))

    assert days_of(make_computer(*twice, serial_number="7HX2K93")) == NEW


@pytest.mark.parametrize(
    "serial",
    ["", None, "0", "Default string", "To Be Filled By O.E.M.", "None", "123456789", "............", "11111"],
)
def test_a_serial_number_that_many_have_brings_no_dates(serial: str | None) -> None:
    assert days_of(make_computer(make_lifecycle(serial), serial_number=serial)) == (None, None)


def test_the_warranty_is_that_of_the_maker_where_no_other_is_known() -> None:
    maker = make_lifecycle("7HX2K93", (NEW[0], ""), manufacturer_expiry_date=OLD[1])
    bought = make_lifecycle("7HX2K93", NEW, manufacturer_expiry_date=OLD[1])

    assert days_of(make_computer(maker, serial_number="7HX2K93")) == (NEW[0], OLD[1])
    assert days_of(make_computer(bought, serial_number="7HX2K93")) == NEW


@pytest.mark.parametrize(
    "sent", ["2028-09-14", "2028-09-14T00:00:00Z", "2028-09-14T23:00:00.000-05:00", 1852502400]
)
def test_a_day_is_read_in_every_form(sent: Any) -> None:
    assert make_computer(warranty_expiry_date=sent).warranty_ends_on == date(2028, 9, 14)


def test_dates_that_could_not_be_read_are_named() -> None:
    unknown = computers.computer({"id": ID}, Lifecycles(known=False))

    assert unknown is not None
    assert unknown.raw["unread"] == ["purchased_on", "warranty_ends_on"]
    assert make_computer().raw["unread"] == []


# ---- clients --------------------------------------------------------------------------------


def test_a_client_has_its_stage_as_a_tag() -> None:
    found = companies.company({"id": CLIENT.upper(), "name": "  株式会社さくら ", "lifecycle": "PROSPECT"})

    assert found is not None
    assert (found.external_id, found.name, found.tags) == (CLIENT, "株式会社さくら", ("PROSPECT",))


@pytest.mark.parametrize(
    "row", [{"id": CLIENT}, {"id": CLIENT, "name": " "}, {"id": "", "name": "A"}, {"name": "A"}]
)
def test_a_client_without_id_or_name_is_none(row: dict[str, Any]) -> None:
    assert companies.company(row) is None
