"""Alerts of Datto RMM: what is on, what has ended, and what a ticket says of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.connectors.datto_rmm.connector import OVERLAP
from integrations.connectors.datto_rmm.parse import events
from integrations.net.errors import Forbidden, ShortList
from integrations.records import EventRecord
from tests.contract.recorded import Fault, RecordedConsole

UID = "c8f1a2b3-4d5e-4f60-9a7b-8c9d0e1f2a3b"
SINCE = datetime(2026, 3, 4, 5, 45, tzinfo=UTC)
RESOLVED = "/api/v2/account/alerts/resolved"


def make_alert(context: Any = None, **fields: Any) -> dict[str, Any]:
    source = {"deviceUid": "device-1", "deviceName": "SRV01", "siteUid": "SITE-1", "siteName": "Harbour"}
    usual = {"alertUid": UID, "priority": "High", "resolved": False, "timestamp": 1772603700000}
    return {**usual, "alertSourceInfo": source, "alertContext": context, **fields}


def parse(context: Any = None, **fields: Any) -> EventRecord:
    found = events.event(make_alert(context, **fields), UTC)
    assert found is not None
    return found


def read(
    console: RecordedConsole,
    on: list[dict[str, Any]],
    over: list[dict[str, Any]],
    since: datetime | None = SINCE,
) -> tuple[list[tuple[str, str]], set[str]]:
    for path, rows in (("open", on), ("resolved", over)):
        body = json.dumps({"pageDetails": {"totalCount": len(rows)}, "alerts": rows})
        console.faults.append(Fault(f"/api/v2/account/alerts/{path}", body=body, times=None))
    connector = console.connector()
    found = [(event.external_id, event.state) for event in connector.fetch_events(since)]
    return found, connector.series_seen


# ---- one alert ------------------------------------------------------------------------------


def test_beginning_and_end_meet_in_one_series() -> None:
    begun, ended = parse(), parse(resolved=True, resolvedOn=1772603800000)

    assert {begun.series_key, ended.series_key, begun.external_id, ended.external_id} == {UID}
    assert (begun.state, ended.state) == ("open", "resolved")
    assert begun.occurred_at == datetime(2026, 3, 4, 5, 55, tzinfo=UTC)
    assert ended.occurred_at == datetime(2026, 3, 4, 5, 56, 40, tzinfo=UTC)


def test_an_end_is_never_before_the_beginning() -> None:
    ended = parse(resolved=True, resolvedOn=1772600000000)

    assert ended.occurred_at == datetime(2026, 3, 4, 5, 55, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, -62135596800000, "?"])
def test_an_end_without_a_time_is_an_end(told: Any) -> None:
    ended = parse(resolved=True, resolvedOn=told)

    assert (ended.state, ended.occurred_at) == ("resolved", None)


def test_an_alert_without_a_uid_is_left_out_and_told(console: RecordedConsole) -> None:
    body = json.dumps({"pageDetails": {"totalCount": 1}, "alerts": [make_alert(alertUid=None)]})
    console.faults.append(Fault("/api/v2/account/alerts/open", body=body, times=None))
    connector = console.connector()

    assert list(connector.fetch_events()) == []
    assert connector.warnings == ["1 alerts without a uid were left out."]


def test_an_alert_names_its_company_and_computer() -> None:
    found = parse()

    assert (found.company_external_id, found.computer_external_id) == ("site-1", "device-1")
    unknown = parse(alertSourceInfo=None)
    assert (unknown.company_external_id, unknown.computer_external_id) == (None, None)


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        ("Critical", "critical"),
        ("High", "high"),
        ("MODERATE", "medium"),
        ("Low", "low"),
        ("Information", "info"),
        ("Unknown", "info"),
        ("Beyond", "medium"),
        (None, "medium"),
    ],
)
def test_priorities_are_ours(priority: str | None, severity: str) -> None:
    assert parse(priority=priority).severity == severity


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({"@class": "perf_disk_usage_ctx", "diskName": "C:"}, "Free space on C: is low on SRV01"),
        ({"@class": "perf_disk_usage_ctx"}, "Alert (perf_disk_usage_ctx) on SRV01"),
        ({"@class": "online_offline_status_ctx", "status": "OFFLINE"}, "The device is offline on SRV01"),
        ({"@class": "online_offline_status_ctx", "status": "ONLINE"}, "The device is online on SRV01"),
        ({"@class": "perf_resource_usage_ctx", "type": "CPU"}, "CPU usage is high on SRV01"),
        (
            {
                "@class": "eventlog_ctx",
                "logName": "System",
                "code": 7031,
                "source": None,
                "description": "Died",
            },
            "Event log System: 7031 Died on SRV01",
        ),
        (
            {"@class": "antivirus_ctx", "status": "NOTRUNNING", "productName": None},
            "Antivirus NOTRUNNING on SRV01",
        ),
        (
            {"@class": "ping_ctx", "instanceName": "10.0.0.1", "reasons": ["LOSS", "TIME"]},
            "Ping 10.0.0.1: LOSS, TIME on SRV01",
        ),
        (
            {"@class": "comp_script_ctx", "samples": {"Result": "<b>Bad</b>", "Flag": True, "Empty": ""}},
            "Component monitor: Result: Bad, Flag: yes on SRV01",
        ),
        ({"@class": "comp_script_ctx", "samples": "?"}, "Alert (comp_script_ctx) on SRV01"),
        ({"@class": "fan_ctx", "reason": "Fan 2 stands still"}, "Fan 2 stands still on SRV01"),
        ({"@class": "endpoint_security_x_ctx", "description": "EICAR on SRV01"}, "EICAR on SRV01"),
        ({"@class": "quantum_ctx", "spin": "up"}, "Alert (quantum_ctx) on SRV01"),
        ({}, "Alert (without class) on SRV01"),
        (None, "Alert (without class) on SRV01"),
        ("?", "Alert (without class) on SRV01"),
    ],
)
def test_the_title_is_made_of_what_the_context_holds(context: Any, title: str) -> None:
    assert parse(context).title == title


def test_without_a_context_the_diagnostics_are_the_title() -> None:
    assert parse(None, diagnostics="<p>Exit code 1</p>").title == "Exit code 1 on SRV01"


def test_an_endless_title_is_cut() -> None:
    assert len(parse({"@class": "fan_ctx", "reason": "x" * 10_000}).title) < 600


def test_a_class_that_nobody_knows_is_kept_beside_the_key() -> None:
    found = parse({"@class": "quantum_ctx"})

    assert (found.event_type, found.vendor_code) == ("device.other", "quantum_ctx")


def test_the_message_tells_values_and_times_in_words() -> None:
    context = {"@class": "eventlog_ctx", "code": "7031", "lastTriggered": 1772603600000, "triggerCount": 3}
    lines = parse(
        context, diagnostics="One\n\nTwo", resolved=True, resolvedBy="j.example"
    ).message.splitlines()

    assert lines == [
        "Priority: High",
        "Device: SRV01",
        "Site: Harbour",
        "Code: 7031",
        "Times triggered: 3",
        "Last triggered: 2026-03-04 05:53 UTC",
        "Diagnostics: One",
        "Two",
        "Class: eventlog_ctx",
        "Since: 2026-03-04 05:55 UTC",
        "Resolved by: j.example",
    ]


def test_a_clock_in_the_future_is_told_as_it_is() -> None:
    """The store takes it for the time of arrival."""
    assert parse(timestamp=4102444800000).occurred_at == datetime(2100, 1, 1, tzinfo=UTC)


# ---- what has ended -------------------------------------------------------------------------


def begun_at(uid: str, begun: datetime, ended: datetime | None = None) -> dict[str, Any]:
    over = {"resolved": True, "resolvedOn": int(ended.timestamp() * 1000)} if ended else {}
    return make_alert(alertUid=uid, timestamp=int(begun.timestamp() * 1000), **over)


def test_the_first_read_takes_no_history(console: RecordedConsole) -> None:
    found = list(console.connector().fetch_events())

    assert not any(RESOLVED in call for call in console.calls)
    assert {event.state for event in found} == {"open"}


def test_an_alert_that_began_and_ended_meanwhile_is_told_from_beginning_to_end(
    console: RecordedConsole,
) -> None:
    found, seen = read(console, [], [begun_at("a", SINCE, SINCE + timedelta(minutes=2))])

    assert found == [("a", "open"), ("a", "resolved")]
    assert seen == {"a"}


def test_of_an_alert_that_has_long_been_known_the_end_is_told(console: RecordedConsole) -> None:
    found, seen = read(console, [], [begun_at("a", SINCE - timedelta(days=9), SINCE)])

    assert found == [("a", "resolved")]
    assert seen == {"a"}


def test_what_ended_long_ago_is_no_news(console: RecordedConsole) -> None:
    edge = SINCE - OVERLAP
    old = begun_at("old", edge - timedelta(days=1), edge - timedelta(seconds=1))
    found, _ = read(console, [], [begun_at("a", edge - timedelta(days=1), edge), old])

    assert found == [("a", "resolved")]


def test_an_alert_that_ends_between_the_two_lists_is_told_as_ended(console: RecordedConsole) -> None:
    alert = begun_at("a", SINCE)
    found, _ = read(console, [alert], [{**alert, "resolved": True, "resolvedOn": alert["timestamp"] + 1000}])

    assert found[-1] == ("a", "resolved")


def test_resolved_alerts_are_read_until_a_page_holds_nothing_new(console: RecordedConsole) -> None:
    list(console.connector().fetch_events(SINCE))
    asked = [call for call in console.calls if RESOLVED in call]

    assert len(asked) == 2, "the second page is old; the third is not asked for"


def test_resolved_alerts_that_may_not_be_read_break_the_read(console: RecordedConsole) -> None:
    """Half of the news would look like all of it."""
    console.faults.append(Fault(RESOLVED, status=403, times=None))

    with pytest.raises(Forbidden):
        list(console.connector().fetch_events(SINCE))


def test_resolved_alerts_that_repeat_themselves_break_the_read(console: RecordedConsole) -> None:
    console.replaced["resolved_1.json"] = "resolved_0.json"

    with pytest.raises(ShortList, match="repeats itself"):
        list(console.connector().fetch_events(SINCE))


def test_nothing_is_told_as_complete_before_the_open_list_has_ended(console: RecordedConsole) -> None:
    console.replaced["open_1.json"] = "open_cut.json"
    connector = console.connector()
    found = []

    with pytest.raises(ShortList):
        found.extend(connector.fetch_events(SINCE))
