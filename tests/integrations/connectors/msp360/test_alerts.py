"""One alert of the RMM becomes one event: what it is about, whether it is live, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.connectors.msp360.parse import codes, envelopes
from integrations.connectors.msp360.parse.computers import Owner, may_have_rmm
from integrations.connectors.msp360.parse.events import alert, alert_series, alerts, computer_of, is_live
from integrations.records import EventRecord

HID = "9f1c2a74-0c5d-4e27-b8a1-6d4b5e7f8091"
OWNER = Owner(HID, "SRV01", "c-1", "Harbour Dental")
BEGAN = "2026-03-04T05:55:00Z"


def make_alert(**changed: Any) -> dict[str, Any]:
    return {
        "alertId": "al-1",
        "type": "DiskSpace",
        "state": "Problem",
        "title": "Disk C: almost full",
        "message": "Used space is 94 %",
        "beginUtcTime": BEGAN,
        "endUtcTime": None,
        "isLiveAlert": True,
        **changed,
    }


def make_event(owner: Owner = OWNER, **changed: Any) -> EventRecord:
    ((key, row),) = alerts([make_alert(**changed)], HID).items()
    return alert(key, row, owner)


# ---- what it is about -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "title", "event_type"),
    [
        ("DiskSpace", "", "device.disk_space"),
        ("HDD", "", "device.disk_space"),
        ("Hard disk", "", "device.disk_space"),
        ("SMART", "", "device.disk_health"),
        ("S.M.A.R.T.", "Disk 0 is about to fail", "device.disk_health"),
        ("HddSmart", "", "device.disk_health"),
        ("CPU", "", "device.cpu"),
        ("CpuLoad", "", "device.cpu"),
        ("processor_usage", "", "device.cpu"),
        ("CpuTemperature", "CPU above 90 °C", "device.temperature"),
        ("Temperature", "", "device.temperature"),
        ("Memory", "", "device.memory"),
        ("RAM", "", "device.memory"),
        ("Antivirus", "", "device.antivirus"),
        ("AV", "", "device.antivirus"),
        ("WindowsUpdate", "The service is not running", "device.patches"),
        ("windows-update-service", "", "device.patches"),
        ("ServiceState", "", "device.service"),
        ("SystemTime", "", "device.time"),
        ("systemtime", "", "device.time"),
        ("Time", "", "device.time"),
        ("ConnectionLoss", "", "device.offline"),
        ("Connection timeout", "", "device.offline"),
        ("SoftwareChanges", "", "device.software_change"),
        ("HardwareChanges", "A disk was removed", "device.hardware_change"),
        ("SNMP", "Toner is low", "device.network"),
        ("EventLog", "", "device.event_log"),
        ("Threshold", "Memory above 90 %", "device.memory"),
        (None, "Wrong system time", "device.time"),
        (7, "Disk D: almost full", "device.disk_space"),
        ("LidState", "The lid was closed", "device.other"),
        ("Uptime", "Runtime of 90 days", "device.other"),
        ("Ransom program", "", "device.other"),
        (None, None, "device.other"),
    ],
)
def test_words_of_its_type_else_of_its_title_tell_what_it_is(kind: Any, title: Any, event_type: str) -> None:
    found = make_event(type=kind, title=title)

    assert found.event_type == event_type
    assert found.vendor_code == str(kind if kind is not None else "")


def test_every_kind_has_its_place_in_the_catalogue() -> None:
    assert {key for _, _, key in codes._ALERTS} | {codes.OTHER} <= EVENT_TYPES.keys()


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("Problem", "critical"),
        ("OFFLINE", "high"),
        ("warning", "medium"),
        ("Healthy", "info"),
        ("Odd", "medium"),
        (2, "medium"),
        (None, "medium"),
    ],
)
def test_its_state_tells_how_bad_it_is(state: Any, severity: str) -> None:
    assert make_event(state=state).severity == severity


def test_it_says_what_where_and_whose() -> None:
    found = make_event(message="<b>Used</b> space\nis 94 %", data="C:")

    assert found.title == "Disk C: almost full on SRV01"
    assert found.message.splitlines() == [
        "Alert: Disk C: almost full",
        "Message: Used space",
        "is 94 %",
        "Type: DiskSpace",
        "State: Problem",
        "Data: C:",
        "Computer: SRV01",
        "Company: Harbour Dental",
        "Since: 2026-03-04 05:55 UTC",
    ]
    assert (found.company_external_id, found.computer_external_id) == ("c-1", HID)
    assert (found.external_id, found.series_key) == (f"{HID}:al-1", f"rmm:{HID}:al-1")


@pytest.mark.parametrize(
    ("title", "kind", "name", "shown"),
    [
        (None, "Fan", "SRV01", "Alert (Fan) on SRV01"),
        (" ", None, "SRV01", "Alert (without type) on SRV01"),
        ("Fan <2>\nstopped", "Fan", "", "Fan <2> stopped"),
    ],
)
def test_it_always_has_a_title(title: Any, kind: Any, name: str, shown: str) -> None:
    assert make_event(Owner(HID, name), title=title, type=kind).title == shown


# ---- whether it is live, and when -----------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "state", "at"),
    [
        ({}, "open", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ({"isLiveAlert": None}, "open", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ({"isLiveAlert": "true", "endUtcTime": ""}, "open", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ({"endUtcTime": "0001-01-01T00:00:00"}, "open", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ({"endUtcTime": "2026-03-04T06:10:00Z"}, "resolved", datetime(2026, 3, 4, 6, 10, tzinfo=UTC)),
        ({"endUtcTime": 1772604600}, "resolved", datetime(2026, 3, 4, 6, 10, tzinfo=UTC)),
        ({"isLiveAlert": False}, "resolved", None),
        ({"isLiveAlert": 0}, "resolved", None),
    ],
)
def test_an_end_or_a_flag_tells_that_it_is_over(
    changed: dict[str, Any], state: str, at: datetime | None
) -> None:
    found = make_event(**changed)

    assert (found.state, found.occurred_at) == (state, at)


@pytest.mark.parametrize(
    ("began", "at"),
    [
        ("2026-03-04T05:55:00", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ("2026-03-04T05:55:00.1234567Z", datetime(2026, 3, 4, 5, 55, 0, 123456, tzinfo=UTC)),
        ("2026-03-04T07:55:00+02:00", datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        (1772603700000, datetime(2026, 3, 4, 5, 55, tzinfo=UTC)),
        ("2999-01-01T00:00:00Z", datetime(2999, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_are_utc_in_each_format(began: Any, at: datetime | None) -> None:
    assert make_event(beginUtcTime=began).occurred_at == at


def test_it_never_ends_before_it_began() -> None:
    found = make_event(endUtcTime="2026-03-04T05:00:00Z")

    assert found.occurred_at == datetime(2026, 3, 4, 5, 55, tzinfo=UTC)


# ---- which one it is ------------------------------------------------------------------------


def test_an_alert_without_an_id_is_none() -> None:
    assert alerts([make_alert(alertId=None), make_alert(alertId=" "), {}], HID) == {}


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_with_one_id_the_live_one_counts(turned: bool) -> None:
    over = make_alert(isLiveAlert=False, beginUtcTime="2026-03-05T00:00:00Z")
    rows = [make_alert(), over]
    ((_, row),) = alerts(rows[::-1] if turned else rows, HID).items()

    assert is_live(row)


def test_one_id_on_two_computers_is_two_alerts() -> None:
    assert alerts([make_alert()], "a").keys().isdisjoint(alerts([make_alert()], "b"))


def test_a_very_long_id_stays_known() -> None:
    key = alert_series(HID, "x" * 1000)

    assert key != alert_series(HID, "x" * 999)
    assert len(key) <= 300
    assert computer_of(key) == HID


def test_an_id_may_hold_a_colon() -> None:
    assert computer_of(alert_series(HID, "a:b:c")) == HID


# ---- the answer around it -------------------------------------------------------------------


def make_answer(record: Any, **changed: Any) -> dict[str, Any]:
    element = {"time": BEGAN, "header": {"hid": HID}, "data": [record], **changed}
    return {"data": [element], "aggregations": None, "total": 1}


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (make_answer({"alerts": [make_alert()]}), 1),
        (make_answer({"alerts": [make_alert()]}, header={"hid": f"{{{HID.upper()}}}"}), 1),
        (make_answer({"alerts": [make_alert()]}, header=None), 1),
        (make_answer({"alerts": []}), 0),
        (make_answer({"alerts": None}), 0),
        ({"data": [], "total": 0}, 0),
        ({"data": None, "total": 0}, 0),
    ],
)
def test_a_summary_tells_its_alerts(answer: Any, count: int) -> None:
    found = envelopes.alerts(answer, HID)

    assert found is not None
    assert len(found) == count


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "text",
        {},
        {"data": None},
        {"data": {}},
        {"data": ["x"]},
        {"data": [{"header": {"hid": HID}, "data": []}]},
        make_answer({"computerState": "Healthy"}),
        make_answer({"alerts": {}}),
        make_answer({"alerts": "none"}),
        make_answer({"alerts": [None]}),
        make_answer("x"),
        make_answer({"alerts": []}, header={"hid": "another"}),
    ],
)
def test_what_is_no_summary_of_this_computer_ends_nothing(answer: Any) -> None:
    assert envelopes.alerts(answer, HID) is None


# ---- whose summaries are asked for ----------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "may"),
    [
        ({"Apps": [{"ApplicationId": "rmm"}]}, True),
        ({"Apps": [{"ApplicationId": "Agent.7"}]}, True),
        ({"Apps": None}, True),
        ({}, True),
        ({"Apps": [], "RemoteManagementAvailable": True}, True),
        ({"Apps": [{"ApplicationId": "backup"}, {"ApplicationId": "ra"}]}, False),
        ({"Apps": [], "RemoteManagementAvailable": False}, False),
        ({"Apps": []}, False),
    ],
)
def test_a_computer_whose_apps_hold_no_agent_is_passed_over(row: dict[str, Any], may: bool) -> None:
    assert may_have_rmm(row) is may
