"""An endpoint of ConnectWise RMM becomes one record, whatever it is called and whatever it leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.connectwise_rmm.parse.computers import Surroundings, computer
from integrations.net.errors import ShortList
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

COMPANIES = "/api/platform/v1/company/companies"
DEVICES = "/api/platform/v2/device/categories/all/endpoints"
NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
AROUND = Surroundings(
    UTC, NOW, "https://c.example/pc/{id}", "https://r.example/#{name}", frozenset({"7", "8"})
)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    """Two companies, with the numbers 7 and 8."""
    with recorded_console("connectwise_rmm") as found:
        rows = [{"id": "7", "name": "Seven"}, {"id": "8", "name": "Eight"}]
        found.faults.append(Fault(COMPANIES, body=json.dumps(rows), times=None))
        yield found


def make(around: Surroundings = AROUND, **fields: Any) -> ComputerRecord:
    found = computer({"endpointId": "e1", **fields}, around)
    assert found is not None
    return found


def read(
    console: RecordedConsole, *answers: object, **changed: str
) -> tuple[list[ComputerRecord], list[str]]:
    """What becomes of these answers, one for each call."""
    console.faults += [Fault(DEVICES, body=json.dumps(rows)) for rows in answers]
    connector = console.connector(**changed)
    return list(connector.fetch_computers()), connector.warnings


# ---- one endpoint -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"endpointId": "a", "deviceId": "b", "id": "c"}, "a"),
        ({"endpointID": "a", "id": "c"}, "a"),
        ({"deviceId": "b", "id": "c"}, "b"),
        ({"endpointId": "", "id": 12}, "12"),
        ({"hostName": "x"}, None),
    ],
)
def test_the_id_is_the_first_that_there_is(row: dict[str, Any], found: str | None) -> None:
    record = computer(row, AROUND)

    assert (record.external_id if record else None) == found


@pytest.mark.parametrize(
    ("fields", "name", "host_name"),
    [
        ({"friendlyName": "Front desk", "hostName": "PC1"}, "Front desk", "PC1"),
        ({"friendlyName": " ", "deviceName": " PC1 "}, "PC1", "PC1"),
        ({"system": {"hostName": "INSIDE"}}, "INSIDE", "INSIDE"),
        ({"friendlyName": "Only this"}, "Only this", None),
        ({}, "e1", None),
    ],
)
def test_an_endpoint_without_name_is_called_by_what_there_is(
    fields: dict[str, Any], name: str, host_name: str | None
) -> None:
    assert (make(**fields).name, make(**fields).host_name) == (name, host_name)


@pytest.mark.parametrize(
    "fields",
    [
        {"serialNumber": "S1", "manufacturer": "Dell", "model": "T350", "osName": "Windows"},
        {"serialnumber": "S1", "Manufacturer": "Dell", "Model": "T350", "os": "Windows"},
        {
            "system": {"serialNumber": "S1", "manufacturer": "Dell", "model": "T350"},
            "os": {"name": "Windows", "type": "x"},
        },
        {
            "system": {"serialNumber": "S1", "product": "T350"},
            "baseboard": {"manufacturer": "Dell"},
            "os": {"product": "Windows"},
        },
    ],
)
def test_hardware_is_found_beside_the_name_or_in_its_block(fields: dict[str, Any]) -> None:
    found = make(**fields)

    assert (found.serial_number, found.manufacturer, found.model, found.os_name) == (
        "S1",
        "Dell",
        "T350",
        "Windows",
    )


@pytest.mark.parametrize(
    ("kind", "device_class"),
    [
        ("Server", "server"),
        ("Virtual Server", "server"),
        ("Desktop", "workstation"),
        ("WORKSTATION", "workstation"),
        ("Laptop", "laptop"),
        ("virtual_machine", "vm"),
        ("Network Device", "network"),
        ("Printer", "printer"),
        ("Mobile", "mobile"),
        ("Kiosk", "other"),
        (None, None),
    ],
)
def test_the_endpoint_type_is_product_and_device_class(kind: str | None, device_class: str | None) -> None:
    for key in ("endpointType", "deviceType"):
        found = make(**{key: kind})
        assert (found.device_class, found.products) == (device_class, (kind,) if kind else ())


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("2026-03-04T05:10:05Z", "2026-03-04T05:10:05+00:00"),
        ("2026-03-04T06:10:05", "2026-03-04T05:10:05+00:00"),
        (1772601005, "2026-03-04T05:10:05+00:00"),
        ("1772601005000", "2026-03-04T05:10:05+00:00"),
    ],
)
def test_times_are_understood_in_each_format(sent: Any, seen: str) -> None:
    around = Surroundings(ZoneInfo("Europe/Berlin"), NOW)
    found = make(around, lastContact=sent).last_seen

    assert found is not None
    assert found.isoformat() == seen


def test_its_pages_are_addresses_made_of_id_and_name() -> None:
    found = make(hostName="R&D 1")

    assert (found.console_url, found.remote_url) == (
        "https://c.example/pc/e1",
        "https://r.example/#R%26D%201",
    )
    assert make().remote_url is None
    assert make(Surroundings(UTC, NOW)).console_url is None


def test_blocks_of_another_shape_are_no_blocks() -> None:
    found = make(system=["x"], os=7, baseboard="Dell", siteId={"id": 1}, company="Seven", ipAddress=None)

    assert (found.serial_number, found.manufacturer, found.ip_addresses) == (None, None, ())
    assert (found.company_external_id, found.location_external_id, found.os_name) == (None, None, "7")


# ---- whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "asked", "owner"),
    [
        ({"companyId": "8"}, ("7",), "8"),
        ({"clientID": 8}, ("7",), "8"),
        ({"company": {"id": "8"}}, ("7",), "8"),
        ({"companyId": "900731"}, ("7",), "7"),
        ({}, ("7",), "7"),
        ({"companyId": "900731"}, ("7", "8"), "900731"),
        ({}, ("7", "8"), None),
    ],
)
def test_it_belongs_to_whom_it_names_else_to_whom_was_asked_for(
    fields: dict[str, Any], asked: tuple[str, ...], owner: str | None
) -> None:
    assert make(AROUND.asking(asked), **fields).company_external_id == owner


def test_each_company_is_asked_for_by_itself(console: RecordedConsole) -> None:
    found, _ = read(console, [{"endpointId": "a"}], [{"endpointId": "b", "companyId": "77"}])

    assert [(record.external_id, record.company_external_id) for record in found] == [("a", "7"), ("b", "8")]


def test_several_are_asked_for_at_once_where_that_is_wanted(console: RecordedConsole) -> None:
    rows = [{"endpointId": "a", "companyId": "8"}, {"endpointId": "b"}]
    found, _ = read(console, rows, companies_at_once="4")

    assert [(record.external_id, record.company_external_id) for record in found] == [("a", "8"), ("b", None)]
    assert len([call for call in console.calls if DEVICES in call]) == 1


@pytest.mark.parametrize("number", ["0", "-3", "many", "1.5"])
def test_a_number_of_companies_that_makes_no_sense_is_one(console: RecordedConsole, number: str) -> None:
    read(console, [], [], companies_at_once=number)

    assert len([call for call in console.calls if DEVICES in call]) == 2


def test_the_other_list_of_endpoints_is_asked_for_by_client(console: RecordedConsole) -> None:
    path = "/api/platform/v1/device/endpoints"
    for number in ("7", "8"):
        body = json.dumps([{"endpointId": f"of-{number}"}])
        console.faults.append(Fault(f"{path}?limit=500&clientId={number}", body=body))
    found = list(console.connector(paths=f"devices={path}").fetch_computers())

    assert [(record.external_id, record.company_external_id) for record in found] == [
        ("of-7", "7"),
        ("of-8", "8"),
    ]


def test_the_same_endpoints_for_every_company_break_the_read(console: RecordedConsole) -> None:
    rows = [{"endpointId": "a"}, {"endpointId": "b"}]

    with pytest.raises(ShortList, match="the same endpoints for several companies"):
        read(console, rows, rows)


def test_the_same_endpoints_that_say_whose_they_are_come_once(console: RecordedConsole) -> None:
    rows = [{"endpointId": "a", "companyId": "7"}, {"endpointId": "b", "companyId": "8"}]
    found, warnings = read(console, rows, rows)

    assert [(record.external_id, record.company_external_id) for record in found] == [("a", "7"), ("b", "8")]
    assert warnings == ["2 endpoints have the id of another one: the first was taken."]


def test_a_company_that_has_gone_while_reading_leaves_its_endpoints(console: RecordedConsole) -> None:
    found, _ = read(console, [{"endpointId": "a", "companyId": "99"}], companies_at_once="4")

    assert [record.company_external_id for record in found] == ["99"]


def test_no_endpoints_anywhere_are_told(console: RecordedConsole) -> None:
    console.faults.append(Fault(DEVICES, status=404, times=None))
    connector = console.connector()

    assert list(connector.fetch_computers()) == []
    assert connector.warnings == ["None of 2 companies has endpoints: if some do, look at the paths."]


# ---- rows that make no sense --------------------------------------------------------------------


def test_of_two_endpoints_with_one_id_the_first_is_taken(console: RecordedConsole) -> None:
    found, warnings = read(console, [{"id": "1", "hostName": "a"}, {"id": 1, "hostName": "b"}], [])

    assert [record.name for record in found] == ["a"]
    assert warnings == ["1 endpoints have the id of another one: the first was taken."]


def test_an_endpoint_without_id_is_counted(console: RecordedConsole) -> None:
    found, warnings = read(console, [{"hostName": "a"}, {"id": 2, "hostName": "b"}], [])

    assert [record.name for record in found] == ["b"]
    assert warnings == ["1 endpoints without an id were left out."]


def test_a_clock_in_the_future_costs_the_time_only(console: RecordedConsole) -> None:
    found, warnings = read(console, [{"id": 1, "hostName": "ahead", "lastSeen": 4102444800}], [])

    assert [(record.name, record.last_seen) for record in found] == [("ahead", None)]
    assert warnings == ["1 endpoints were last seen in the future: their time was left out."]
