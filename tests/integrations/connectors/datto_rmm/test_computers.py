"""A device of Datto RMM becomes one record, whatever it leaves out or sends oddly."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.datto_rmm.parse.companies import Sites
from integrations.connectors.datto_rmm.parse.computers import Surroundings, computer
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
AROUND = Surroundings(NOW)
UID = "b7e0c5d1-2a3f-4e6c-8b9a-0c1d2e3f4a5b"


def make(audit: dict[str, Any] | None = None, around: Surroundings = AROUND, **fields: Any) -> ComputerRecord:
    found = computer({"uid": UID, **fields}, audit, around)
    assert found is not None
    return found


def devices(console: RecordedConsole, *rows: dict[str, Any]) -> tuple[list[ComputerRecord], list[str]]:
    body = json.dumps({"pageDetails": {"totalCount": len(rows)}, "devices": rows})
    console.faults.append(Fault("/api/v2/account/devices", body=body, times=None))
    connector = console.connector()
    return list(connector.fetch_computers()), connector.warnings


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"hostname": " PC-1 ", "description": "Front desk"}, "PC-1"),
        ({"hostname": " ", "description": "Front\ndesk"}, "Front desk"),
        ({"hostname": None, "description": None}, UID),
        ({"hostname": "Emp­fang ÄÖÜ"}, "Emp­fang ÄÖÜ"),
    ],
)
def test_a_device_has_a_name_in_any_case(fields: dict[str, Any], name: str) -> None:
    assert make(**fields).name == name


def test_a_device_that_tells_nothing_but_its_uid_is_a_computer() -> None:
    found = make()

    assert (found.external_id, found.online, found.last_seen, found.products) == (UID, None, None, ())
    assert found.device_class is None


def test_ids_come_without_braces_and_in_lower_case() -> None:
    found = make(uid=f"{{{UID.upper()}}}", siteUid="3C1F9D84-5B26-4C7A-9A41-7E6D5C4B3A29")

    assert (found.external_id, found.company_external_id) == (UID, "3c1f9d84-5b26-4c7a-9a41-7e6d5c4b3a29")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (1772604700000, datetime(2026, 3, 4, 6, 11, 40, tzinfo=UTC)),
        (1772604700, datetime(2026, 3, 4, 6, 11, 40, tzinfo=UTC)),
        ("1772604700000", datetime(2026, 3, 4, 6, 11, 40, tzinfo=UTC)),
        ("2026-03-04T06:11:40Z", datetime(2026, 3, 4, 6, 11, 40, tzinfo=UTC)),
        ("2026-03-04T07:11:40+01:00", datetime(2026, 3, 4, 6, 11, 40, tzinfo=UTC)),
        (-62135596800000, None),
        (0, None),
        (None, None),
        ("soon", None),
    ],
)
def test_a_time_is_understood_in_each_spelling(told: Any, expected: datetime | None) -> None:
    assert make(lastSeen=told).last_seen == expected


def test_a_time_without_a_zone_is_in_that_of_the_console() -> None:
    around = Surroundings(NOW, zone=ZoneInfo("Europe/Berlin"))

    assert make(around=around, lastSeen="2026-03-04T06:00:00").last_seen == datetime(
        2026, 3, 4, 5, tzinfo=UTC
    )


def test_a_clock_in_the_future_is_not_believed(console: RecordedConsole) -> None:
    found, warnings = devices(console, {"uid": UID, "lastSeen": 4102444800000})

    assert found[0].last_seen is None
    assert warnings == ["1 devices were last seen in the future: their time was left out."]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2027-05-31", date(2027, 5, 31)),
        ("2027-05-31T00:00:00", date(2027, 5, 31)),
        (1811721600000, date(2027, 5, 31)),
        ("", None),
        (None, None),
        ("unlimited", None),
        (-62135596800000, None),
    ],
)
def test_the_end_of_the_warranty_is_a_day(told: Any, day: date | None) -> None:
    assert (
        make(around=Surroundings(NOW, zone=ZoneInfo("Europe/Berlin")), warrantyDate=told).warranty_ends_on
        == day
    )


@pytest.mark.parametrize(
    ("told", "name", "version"),
    [
        ("Microsoft Windows 11 Pro 10.0.22631", "Microsoft Windows 11 Pro", "10.0.22631"),
        (
            "Microsoft Windows Server 2022 Standard 10.0.20348",
            "Microsoft Windows Server 2022 Standard",
            "10.0.20348",
        ),
        ("macOS 14.5", "macOS", "14.5"),
        ("Ubuntu 22.04.4 LTS", "Ubuntu 22.04.4 LTS", None),
        ("Windows 11", "Windows 11", None),
        (None, None, None),
    ],
)
def test_the_version_is_cut_off_the_operating_system(
    told: str | None, name: str | None, version: str | None
) -> None:
    found = make(operatingSystem=told)

    assert (found.os_name, found.os_version) == (name, version)


@pytest.mark.parametrize(
    ("category", "kind", "system", "ours", "product"),
    [
        ("Server", "device", None, "server", "Server"),
        ("Laptop", "device", "Windows Server 2022", "laptop", "Laptop"),
        ("Desktop", "device", None, "workstation", "Desktop"),
        ("Network Device (Switch)", "rmmnetworkdevice", None, "network", "Network Device (Switch)"),
        ("Virtual Machine", "device", None, "vm", "Virtual Machine"),
        ("Tablet", "device", None, "mobile", "Tablet"),
        (None, "printer", None, "printer", "printer"),
        (None, "esxihost", None, "server", "esxihost"),
        (None, "device", "Microsoft Windows Server 2022 Standard 10.0.20348", "server", "device"),
        (None, "device", "macOS 14.5", "workstation", "device"),
        ("Something new", "unknown", None, "other", "Something new"),
        (None, None, None, None, None),
    ],
)
def test_category_then_class_then_system_tell_what_it_is(
    category: str | None, kind: str | None, system: str | None, ours: str | None, product: str | None
) -> None:
    found = make(deviceType={"category": category}, deviceClass=kind, operatingSystem=system)

    assert found.device_class == ours
    assert found.products == ((product,) if product else ())


@pytest.mark.parametrize("kind", [None, "words", 7, []])
def test_a_device_type_of_another_shape_is_none(kind: Any) -> None:
    assert make(deviceType=kind, deviceClass="device").products == ("device",)


def test_the_shown_version_of_the_agent_is_preferred() -> None:
    assert make(displayVersion="4.4.1.1", cagVersion="4.4.1").agent_version == "4.4.1.1"
    assert make(displayVersion=" ", cagVersion="4.4.1").agent_version == "4.4.1"


def test_pages_of_the_console_are_told() -> None:
    found = make(portalUrl=" https://m.rmm.example/device/7 ", webRemoteUrl="https://m.rmm.example/remote/7")

    assert found.console_url == "https://m.rmm.example/device/7"
    assert found.remote_url == "https://m.rmm.example/remote/7"


@pytest.mark.parametrize(
    "audit", [{}, {"nics": None, "bios": "?", "systemInfo": []}, {"nics": ["?", 7, None]}]
)
def test_an_audit_of_another_shape_tells_nothing(audit: dict[str, Any]) -> None:
    found = make(audit)

    assert (found.serial_number, found.manufacturer, found.mac_addresses) == (None, None, ())


# ---- which devices are computers of a company -----------------------------------------------


def test_a_device_that_waits_belongs_to_nobody_and_is_not_exported() -> None:
    around = Surroundings(NOW, Sites(on_demand=frozenset({"site-1"})))
    found = make(around=around, siteUid="SITE-1")

    assert (found.company_external_id, found.eligible) == (None, False)
    assert "OnDemand" in found.ineligible_reason


def test_removed_devices_are_left_out_without_a_word(console: RecordedConsole) -> None:
    """The samples have a site called "Deleted Devices"."""
    gone = {"uid": "b", "siteUid": "99999999-aaaa-4bbb-8ccc-222222222222"}
    found, warnings = devices(console, {"uid": "a", "deleted": True}, gone, {"uid": "c", "deleted": False})

    assert [record.external_id for record in found] == ["c"]
    assert warnings == []


@pytest.mark.parametrize("name", ["Deleted Devices", " deleted devices ", "DeletedDevices"])
def test_the_place_of_removed_devices_is_known_by_its_name(name: str) -> None:
    assert Sites.of([{"uid": "a", "name": name, "onDemand": True}]) == Sites(removed=frozenset({"a"}))


def test_a_site_that_was_deleted_meanwhile_leaves_its_devices_with_its_uid(console: RecordedConsole) -> None:
    (found,), warnings = devices(console, {"uid": UID, "siteUid": "no-such-site"})

    assert found.company_external_id == "no-such-site"
    assert warnings == []


def test_two_devices_with_one_uid_are_told_and_the_first_is_taken(console: RecordedConsole) -> None:
    found, warnings = devices(
        console,
        {"uid": UID, "hostname": "ONE"},
        {"uid": UID.upper(), "hostname": "TWO"},
        {"hostname": "NONE"},
    )

    assert [record.name for record in found] == ["ONE"]
    assert warnings == [
        "1 devices without a uid were left out.",
        "1 devices came twice under one uid; the first was taken.",
    ]
