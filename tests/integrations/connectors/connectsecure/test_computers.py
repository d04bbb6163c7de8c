"""Assets of ConnectSecure: which are wanted, what they are, and values that make no sense."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.connectsecure.parse import computers
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

NOW = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
AROUND = computers.Surroundings(ZoneInfo("Europe/Berlin"), NOW)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectsecure") as found:
        yield found


def make(around: computers.Surroundings = AROUND, **fields: Any) -> ComputerRecord:
    row = {"id": 7, "company_id": 412, "agent_id": 3, "agent_type": "LIGHTWEIGHT", "name": "PC", **fields}
    found = computers.computer(row, around)
    assert found is not None
    return found


def answer(console: RecordedConsole, *rows: object) -> None:
    """One page of assets."""
    console.faults += [
        Fault("/r/asset", body=json.dumps({"status": True, "data": rows})),
        Fault("/r/asset", body='{"status": true, "data": []}', times=None),
    ]


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"os_name": "Windows Server 2022 Standard"}, "server"),
        ({"os_full_name": "Microsoft Windows 11 Pro"}, "workstation"),
        ({"os_name": "macOS 14.5"}, "workstation"),
        ({"os_name": "Ubuntu 22.04"}, None),
        ({"os_name": "Ubuntu Server 22.04"}, "server"),
        ({"os_name": "Windows 10", "asset_category": "Notebook"}, "laptop"),
        ({"asset_type": "Network Printer"}, "printer"),
        ({"is_firewall": True, "os_name": "Windows Server"}, "network"),
        ({"os_name": "Cisco IOS 15"}, "network"),
        ({"os_name": "iOS 17"}, "mobile"),
        ({"os_name": "observer 1"}, None),
    ],
)
def test_the_class_comes_from_category_type_and_system(fields: dict[str, Any], known: str | None) -> None:
    assert make(**fields).device_class == known


def test_the_products_hold_what_can_decide_the_asset_type_once_each() -> None:
    found = make(is_firewall=True, asset_category="Firewall", asset_type="discovered", platform="linux")

    assert found.products == ("firewall", "network", "discovered", "linux")
    assert make(os_name="Windows 11", asset_category="Workstation").products == ("workstation",)
    assert make().products == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-04T06:00:00Z", "2026-03-04T06:00:00+00:00"),
        ("2026-03-04T07:00:00+01:00", "2026-03-04T06:00:00+00:00"),
        ("2026-03-04 07:00:00", "2026-03-04T06:00:00+00:00"),
        ("2026-03-04T06:00:00.123456", "2026-03-04T05:00:00.123456+00:00"),
        (1772604000, "2026-03-04T06:00:00+00:00"),
        ("1772604000000", "2026-03-04T06:00:00+00:00"),
    ],
)
def test_times_are_read_in_each_spelling(value: object, expected: str) -> None:
    seen = make(last_ping_time=value).last_seen

    assert seen is not None
    assert seen.isoformat() == expected


@pytest.mark.parametrize("value", [None, "", "never", "0001-01-01T00:00:00Z", {}, True])
def test_a_ping_that_says_nothing_leaves_the_word_to_the_last_scan(value: object) -> None:
    seen = make(last_ping_time=value, last_discovered_time="2026-03-04T05:00:00Z").last_seen

    assert seen == datetime(2026, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("name", [None, "", "  ", {}, []])
def test_an_asset_without_any_name_is_called_by_its_id(name: object) -> None:
    assert make(name=name, visible_name=name, host_name=name).name == "7"


def test_links_are_made_of_the_addresses_that_staff_give() -> None:
    around = computers.Surroundings(UTC, NOW, "https://portal.example/a/{id}", "https://rmm.example/{name}")
    found, nameless = make(around), make(around, name=None)

    assert (found.console_url, found.remote_url) == ("https://portal.example/a/7", "https://rmm.example/PC")
    assert (nameless.console_url, nameless.remote_url) == ("https://portal.example/a/7", None)
    assert (make().console_url, make().remote_url) == (None, None)


def test_tags_come_as_lists_and_as_objects() -> None:
    assert make(tags=["a", " ", 3], manual_tags={"site": "north", "vip": True, "x": False, "y": {}}).tags == (
        "a",
        "3",
        "site: north",
        "vip",
    )


@pytest.mark.parametrize(
    ("fields", "is_agentless"),
    [
        ({"agent_type": "PROBE"}, True),
        ({"agent_type": "External Scan"}, True),
        ({"agent_id": None}, True),
        ({"agent_type": None}, False),
        ({"agent_type": "LIGHTWEIGHT_V5"}, False),
    ],
)
def test_what_only_a_scan_has_found_is_not_eligible(fields: dict[str, Any], is_agentless: bool) -> None:
    assert make(**fields).ineligible_reason == (computers.AGENTLESS if is_agentless else "")
    wanted = computers.Surroundings(UTC, NOW, agentless=True)
    assert make(wanted, **fields).eligible


def test_a_deprecated_asset_is_listed_and_not_eligible(console: RecordedConsole) -> None:
    found = {record.external_id: record for record in console.connector().fetch_computers()}
    wanted = {
        record.external_id: record for record in console.connector(deprecated_assets="yes").fetch_computers()
    }

    assert found["90212"].ineligible_reason == computers.DEPRECATED
    assert wanted["90212"].eligible
    assert not wanted["90214"].eligible, "that one is agentless"


def test_deleted_assets_are_skipped_without_a_word(console: RecordedConsole) -> None:
    answer(console, {"id": 1, "is_deleted": True}, {"id": 2, "is_deleted": False})
    connector = console.connector()

    assert [record.external_id for record in connector.fetch_computers()] == ["2"]
    assert connector.warnings == []


def test_prospects_are_left_out_with_their_assets_only_if_that_is_set(console: RecordedConsole) -> None:
    console.faults.append(
        Fault(
            "/r/asset/asset_view?skip=0",
            body='{"status": true, "data": [{"id": 1, "company_id": 430}]}',
            times=None,
        )
    )
    console.faults.append(Fault("/r/asset", body='{"status": true, "data": []}', times=None))
    without = console.connector(prospects="no")

    assert [record.external_id for record in console.connector().fetch_computers()] == ["1"]
    assert list(without.fetch_computers()) == []
    assert "430" not in {record.external_id for record in without.fetch_companies()}


def test_two_assets_with_one_id_are_one_and_are_told(console: RecordedConsole) -> None:
    answer(console, {"id": 1, "name": "first"}, {"id": 1, "name": "second"}, {"name": "none"})
    connector = console.connector()

    assert [record.name for record in connector.fetch_computers()] == ["first"]
    assert connector.warnings == [
        "1 assets without an id were left out.",
        "1 assets came twice under one id; the first was taken.",
    ]


def test_a_clock_in_the_future_is_left_out_and_told(console: RecordedConsole) -> None:
    answer(console, {"id": 1, "last_ping_time": "2199-01-01T00:00:00Z"})
    connector = console.connector()
    (record,) = connector.fetch_computers()

    assert record.last_seen is None
    assert connector.warnings == ["1 assets were last seen in the future: their time was left out."]


def test_an_asset_of_a_company_that_is_gone_is_kept(console: RecordedConsole) -> None:
    """It was deleted between the two lists: whoever stores the asset knows no such company (yet)."""
    answer(console, {"id": 1, "company_id": 999})
    (record,) = console.connector().fetch_computers()

    assert record.company_external_id == "999"
