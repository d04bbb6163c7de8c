"""States, services and device classes of N-central, and what they are taken for."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.connectors.ncentral.parse import codes

CHOSEN: dict[str, str] = {}


@pytest.mark.parametrize(
    ("service", "event_type"),
    [
        ("Connectivity", "device.offline"),
        ("Agent Status", "device.offline"),
        ("Disk", "device.disk_space"),
        ("Disk - Linux", "device.disk_space"),
        ("Disk I/O", "device.other"),
        ("Physical Drive (Dell)", "device.disk_health"),
        ("Drive Status", "device.disk_health"),
        ("RAID Status", "device.disk_health"),
        ("CPU", "device.cpu"),
        ("Memory (VMware)", "device.memory"),
        ("AV Status", "device.antivirus"),
        ("AV Defender Status", "device.antivirus"),
        ("Windows Defender", "device.antivirus"),
        ("Threats found", "security.threat"),
        ("Patch Status v2", "device.patches"),
        ("Windows Event Log", "device.event_log"),
        ("Windows Service", "device.service"),
        ("Process", "device.service"),
        ("Interface Health", "device.network"),
        ("HTTPS", "device.network"),
        ("NTP", "device.time"),
        ("Server Temperature", "device.temperature"),
        ("Flux Capacitor", "device.other"),
        ("Saving disks", "device.disk_space"),
        ("Discretion", "device.other"),
        ("", "device.other"),
    ],
)
def test_words_of_the_services_name_decide(service: str, event_type: str) -> None:
    assert codes.event_type(service, None, codes.FAILED) == event_type
    assert event_type in EVENT_TYPES


def test_the_type_of_a_service_decides_where_its_name_says_nothing() -> None:
    assert codes.event_type("Licence check", "Custom", "") == "device.script"
    assert codes.event_type(None, None, "") == "device.other"


@pytest.mark.parametrize(
    ("state", "event_type"),
    [
        ("6", "backup.failed"),
        ("5", "backup.failed"),
        ("3", "backup.warning"),
        ("7", "backup.other"),
        ("77", "backup.other"),
    ],
)
def test_a_backup_has_failed_or_warns(state: str, event_type: str) -> None:
    assert codes.event_type("Backup Manager", "Windows", codes.state(state)) == event_type


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("1", "info"),
        ("2", "info"),
        ("3", "medium"),
        ("4", "medium"),
        ("5", "critical"),
        ("6", "critical"),
        ("7", "high"),
        ("8", "low"),
        ("9", "medium"),
        ("0", "medium"),
        (None, "medium"),
        ("Failed", "critical"),
        ("WARNING", "medium"),
        ("Disconnected", "high"),
        ("No_Data", "low"),
        ("Misconfigured", "low"),
        ("Entangled", "medium"),
    ],
)
def test_states_have_a_severity_and_unknown_ones_are_medium(code: str | None, severity: str) -> None:
    assert codes.severity(code, CHOSEN) == severity


def test_staff_may_choose_another_severity() -> None:
    chosen, wrong = codes.chosen_severities(" 5 = High; 8:info,\nMisconfigured=medium ,")

    assert wrong == []
    assert [codes.severity(code, chosen) for code in ("5", "8", "misconfigured", "6")] == [
        "high",
        "info",
        "medium",
        "critical",
    ]


@pytest.mark.parametrize("entered", ["5", "5=", "=high", "5=terrible", "5=high=low", "{5}"])
def test_what_is_no_severity_is_named(entered: str) -> None:
    assert codes.chosen_severities(entered) == ({}, [entered])


@pytest.mark.parametrize(
    ("label", "code", "device_class"),
    [
        ("Servers - Windows", "101", "server"),
        ("Servers - ESXi", None, "server"),
        ("Workstations - Mac", "102", "workstation"),
        ("Laptop - Windows", "103", "laptop"),
        ("Network Device", "104", "network"),
        ("Switch/Router", None, "network"),
        ("Printer", "105", "printer"),
        ("Mobile Device", "106", "mobile"),
        ("Virtual Machine", "107", "vm"),
        ("NAS Device", "108", "other"),
        ("Other", "109", "other"),
        ("Coffee Machine", "101", "other"),
        (None, "101", "server"),
        (None, "105", "printer"),
        (None, "999", "other"),
        (None, "Workstations - Windows", "workstation"),
        (None, None, None),
    ],
)
def test_the_label_decides_and_the_number_only_without_one(
    label: str | None, code: str | None, device_class: str | None
) -> None:
    assert codes.device_class(label, code) == device_class
