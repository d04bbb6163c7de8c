"""A device of NinjaOne becomes one record, whatever it leaves out or sends oddly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.connectors.ninjaone.parse.computers import Surroundings, computer
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("ninjaone") as found:
        yield found


def make(**fields: Any) -> ComputerRecord:
    found = computer({"id": 7, **fields}, Surroundings(UTC, NOW, "https://eu.ninjarmm.com/#/d/{id}/overview"))
    assert found is not None
    return found


def devices(console: RecordedConsole, *rows: object) -> tuple[list[ComputerRecord], list[str]]:
    console.faults.append(Fault("/v2/devices-detailed?df=status+eq+APPROVED&pageSize=500&after", body="[]"))
    console.faults.append(Fault("/v2/devices-detailed", body=json.dumps(rows)))
    connector = console.connector()
    return list(connector.fetch_computers()), connector.warnings


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"displayName": "Shown", "systemName": "SYS"}, "Shown"),
        ({"displayName": " ", "systemName": "SYS"}, "SYS"),
        ({"dnsName": "a.b.local"}, "a.b.local"),
        ({"netbiosName": "NETBIOS"}, "NETBIOS"),
        ({"system": {"name": "INSIDE"}}, "INSIDE"),
        ({}, "7"),
    ],
)
def test_a_device_without_name_is_called_by_what_there_is(fields: dict[str, Any], name: str) -> None:
    assert make(**fields).name == name


@pytest.mark.parametrize(
    ("system", "bios", "serial"),
    [
        ("ABC1", "XYZ9", "ABC1"),
        ("To Be Filled By O.E.M.", "XYZ9", "XYZ9"),
        ("Default string", "............", "Default string"),
        ("0", "XYZ9", "XYZ9"),
        (None, "XYZ9", "XYZ9"),
        (" ", None, None),
    ],
)
def test_a_serial_number_that_says_nothing_gives_way(system: Any, bios: Any, serial: str | None) -> None:
    assert make(system={"serialNumber": system, "biosSerialNumber": bios}).serial_number == serial


@pytest.mark.parametrize(
    ("node_class", "chassis", "device_class"),
    [
        ("WINDOWS_SERVER", "DESKTOP", "server"),
        ("MAC_SERVER", None, "server"),
        ("LINUX_WORKSTATION", "LAPTOP", "laptop"),
        ("MAC", "DESKTOP", "workstation"),
        ("MAC", "LAPTOP", "laptop"),
        ("APPLE_IPADOS", None, "mobile"),
        ("ANDROID", "MOBILE", "mobile"),
        ("HYPERV_VMM_GUEST", None, "vm"),
        ("VMWARE_VM_HOST", None, "server"),
        ("NMS_SWITCH", None, "network"),
        ("NMS_PRINTER", None, "printer"),
        ("NMS_SERVER", None, "server"),
        ("CLOUD_MONITOR_TARGET", None, "other"),
        ("OF_NEXT_YEAR", None, "other"),
        (None, "LAPTOP", None),
    ],
)
def test_the_node_class_is_product_and_device_class(
    node_class: str | None, chassis: str | None, device_class: str | None
) -> None:
    found = make(nodeClass=node_class, system={"chassisType": chassis})

    assert found.device_class == device_class
    assert found.products == ((node_class,) if node_class else ())


@pytest.mark.parametrize(
    ("maintenance", "expected"),
    [
        ({"status": "IN_MAINTENANCE"}, True),
        ({"status": "PENDING", "start": 0}, False),
        ({"start": "2026-03-04T05:00:00Z", "end": "2026-03-04T07:00:00Z"}, True),
        ({"start": "2026-03-04T05:00:00Z", "end": "2026-03-04T05:30:00Z"}, False),
        ({"start": "2026-03-05T05:00:00Z"}, False),
        (None, False),
        (True, True),
    ],
)
def test_maintenance_is_what_is_on_now(maintenance: Any, expected: bool) -> None:
    assert make(maintenance=maintenance).in_maintenance is expected
    assert make().in_maintenance is None


def test_its_page_in_the_console_is_kept() -> None:
    assert make().console_url == "https://eu.ninjarmm.com/#/d/7/overview"


def test_a_clock_in_the_future_costs_the_time_only(console: RecordedConsole) -> None:
    found, warnings = devices(console, {"id": 1, "displayName": "ahead", "lastContact": 4102444800.0})

    assert [(record.name, record.last_seen) for record in found] == [("ahead", None)]
    assert warnings == ["1 devices were last seen in the future: their time was left out."]


def test_of_two_devices_with_one_id_the_first_is_taken(console: RecordedConsole) -> None:
    found, warnings = devices(console, {"id": 1, "displayName": "a"}, {"id": 1, "displayName": "b"})

    assert [record.name for record in found] == ["a"]
    assert warnings == ["1 devices came twice under one id; the first was taken."]


def test_a_device_without_id_is_counted(console: RecordedConsole) -> None:
    found, warnings = devices(console, {"displayName": "a"}, {"id": 2, "displayName": "b"})

    assert [record.name for record in found] == ["b"]
    assert warnings == ["1 devices without an id were left out."]


def test_a_company_that_has_gone_while_reading_leaves_its_devices(console: RecordedConsole) -> None:
    connector = console.connector()
    companies = {record.external_id for record in connector.fetch_companies()}
    orphans = [
        row for row in connector.fetch_computers() if row.company_external_id not in {*companies, None}
    ]

    assert [(row.name, row.company_external_id) for row in orphans] == [("orphan", "99")]


def test_blocks_of_another_shape_are_no_blocks() -> None:
    found = make(system=["x"], os="Windows", tags="gold", macAddresses=None, ipAddresses={"a": 1})

    assert (found.serial_number, found.os_name, found.tags, found.mac_addresses) == (None, None, (), ())
