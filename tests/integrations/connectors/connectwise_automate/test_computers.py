"""A computer of ConnectWise Automate becomes one record, whatever it leaves out or sends oddly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.connectwise_automate.parse.computers import Surroundings, computer
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectwise_automate") as found:
        yield found


def make(zone: str = "UTC", **fields: Any) -> ComputerRecord:
    around = Surroundings(ZoneInfo(zone), NOW, "https://a.example/pc/{id}", "https://c.example/#{name}")
    found = computer({"Id": "7", **fields}, around)
    assert found is not None
    return found


def read(console: RecordedConsole, *rows: object) -> tuple[list[ComputerRecord], list[str]]:
    console.faults.append(Fault("/cwa/api/v1/Computers?page=1&", body=json.dumps(rows)))
    console.faults.append(Fault("/cwa/api/v1/Computers", body="[]"))
    connector = console.connector()
    return list(connector.fetch_computers()), connector.warnings


@pytest.mark.parametrize(
    ("fields", "name", "host_name"),
    [
        ({"FriendlyName": "Front desk", "ComputerName": "PC1"}, "Front desk", "PC1"),
        ({"FriendlyName": " ", "ComputerName": " PC1 "}, "PC1", "PC1"),
        ({"ComputerName": ""}, "7", None),
        ({}, "7", None),
    ],
)
def test_a_computer_without_name_is_called_by_what_there_is(
    fields: dict[str, Any], name: str, host_name: str | None
) -> None:
    assert (make(**fields).name, make(**fields).host_name) == (name, host_name)


@pytest.mark.parametrize(
    ("kind", "virtual", "device_class", "products"),
    [
        ("Server", False, "server", ("Server",)),
        ("Server", True, "server", ("Server (virtual)",)),
        ("Workstation", "false", "workstation", ("Workstation",)),
        ("Laptop", None, "laptop", ("Laptop",)),
        ("Kiosk", 1, "other", ("Kiosk (virtual)",)),
        ("", True, None, ("virtual",)),
        (None, None, None, ()),
    ],
)
def test_type_and_virtual_flag_make_the_product(
    kind: Any, virtual: Any, device_class: str | None, products: tuple[str, ...]
) -> None:
    found = make(Type=kind, IsVirtualMachine=virtual)

    assert (found.device_class, found.products) == (device_class, products)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("2026-03-04T05:10:05Z", "2026-03-04T05:10:05+00:00"),
        ("2026-03-04T06:10:05+01:00", "2026-03-04T05:10:05+00:00"),
        ("2026-03-04T06:10:05", "2026-03-04T05:10:05+00:00"),
        ("2026-03-04T05:10:05.1234567Z", "2026-03-04T05:10:05.123456+00:00"),
        (1772601005, "2026-03-04T05:10:05+00:00"),
        (1772601005000, "2026-03-04T05:10:05+00:00"),
    ],
)
def test_times_are_understood_in_each_format(sent: Any, seen: str) -> None:
    found = make("Europe/Berlin", RemoteAgentLastContact=sent).last_seen

    assert found is not None
    assert found.isoformat() == seen


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00", "1900-01-01T00:00:00Z", "", None, "yesterday", 0])
def test_a_time_that_says_nothing_is_none(never: Any) -> None:
    found = make(RemoteAgentLastContact=never, WarrantyEndDate=never)

    assert (found.last_seen, found.warranty_ends_on) == (None, None)


def test_the_end_of_the_warranty_is_the_day_as_it_is_written() -> None:
    assert make("Europe/Berlin", WarrantyEndDate="2027-09-30T23:00:00Z").warranty_ends_on == date(2027, 9, 30)


@pytest.mark.parametrize(
    ("fields", "user"),
    [
        (
            {"LoggedInUsers": [{"LoggedInUserName": ""}, {"LoggedInUserName": "A\\b"}], "LastUserName": "c"},
            "A\\b",
        ),
        ({"LoggedInUsers": [], "LastUserName": "c"}, "c"),
        ({"LoggedInUsers": "nobody", "LastUserName": "c"}, "c"),
        ({"LoggedInUsers": None}, None),
    ],
)
def test_the_last_user_is_who_is_logged_in_else_who_was(fields: dict[str, Any], user: str | None) -> None:
    assert make(**fields).last_user == user


@pytest.mark.parametrize(("status", "online"), [("Online", True), ("offline", False), ("Unknown", None)])
def test_the_status_says_whether_it_is_online(status: str, online: bool | None) -> None:
    assert make(Status=status).online is online


def test_keys_are_read_in_any_case() -> None:
    one = make(MacAddress="00-15-5D-01-02-03", BIOSManufacturer="Dell Inc.", SerialNumber="A1")
    other = make(MACAddress="00-15-5D-01-02-03", BiosManufacturer="Dell Inc.", serialnumber="A1")

    assert one.mac_addresses == other.mac_addresses == ("00:15:5d:01:02:03",)
    assert (
        (one.manufacturer, one.serial_number)
        == (other.manufacturer, other.serial_number)
        == ("Dell Inc.", "A1")
    )


def test_its_pages_are_addresses_made_of_id_and_name() -> None:
    assert make(ComputerName="R&D 1").console_url == "https://a.example/pc/7"
    assert make(ComputerName="R&D 1").remote_url == "https://c.example/#R%26D%201"
    assert make().remote_url is None


def test_the_usual_page_is_that_of_the_web_console(console: RecordedConsole) -> None:
    found, _ = read(console, {"Id": 7, "ComputerName": "PC"})

    assert found[0].console_url == f"{console.url}/automate/computer/7/normal-tiles"


def test_another_page_may_be_given(console: RecordedConsole) -> None:
    connector = console.connector(console_link="https://other.example/{id}")

    assert next(iter(connector.fetch_computers())).console_url == "https://other.example/1184"


def test_a_clock_in_the_future_costs_the_time_only(console: RecordedConsole) -> None:
    found, warnings = read(
        console, {"Id": 1, "ComputerName": "ahead", "RemoteAgentLastContact": "2100-01-01T00:00:00Z"}
    )

    assert [(record.name, record.last_seen) for record in found] == [("ahead", None)]
    assert warnings == ["1 computers were last seen in the future: their time was left out."]


def test_of_two_computers_with_one_id_the_first_is_taken(console: RecordedConsole) -> None:
    found, warnings = read(console, {"Id": "1", "ComputerName": "a"}, {"Id": 1, "ComputerName": "b"})

    assert [record.name for record in found] == ["a"]
    assert warnings == ["1 computers have the id of another one: the first was taken."]


def test_a_computer_without_id_is_counted(console: RecordedConsole) -> None:
    found, warnings = read(console, {"ComputerName": "a"}, {"Id": 2, "ComputerName": "b"})

    assert [record.name for record in found] == ["b"]
    assert warnings == ["1 computers without an id were left out."]


def test_a_client_that_has_gone_while_reading_leaves_its_computers(console: RecordedConsole) -> None:
    connector = console.connector()
    companies = {record.external_id for record in connector.fetch_companies()}
    orphans = [
        row for row in connector.fetch_computers() if row.company_external_id not in {*companies, None}
    ]

    assert [(row.name, row.company_external_id) for row in orphans] == [("orphan", "999")]


def test_an_owner_of_number_zero_is_no_owner() -> None:
    found = make(Client={"Id": "0", "Name": ""}, Location={"Id": 0})

    assert (found.company_external_id, found.location_external_id) == (None, None)


def test_blocks_of_another_shape_are_no_blocks() -> None:
    found = make(
        Client="Harbour", Location=["x"], SerialNumber={"a": 1}, LocalIPAddress=None, Type=["Server"]
    )

    assert (found.company_external_id, found.serial_number, found.ip_addresses, found.products) == (
        None,
        None,
        (),
        (),
    )
