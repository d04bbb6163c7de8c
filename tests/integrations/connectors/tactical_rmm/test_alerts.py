"""One alert becomes one event, open or resolved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.tactical_rmm.parse.events import Joins, event
from integrations.records import EventRecord

pytestmark = pytest.mark.pure

BEGUN = datetime(2026, 3, 4, 5, 41, tzinfo=UTC)


def make_event(joins: Joins | None = None, **changed: Any) -> EventRecord:
    row = {
        "id": 5120,
        "agent_id": "aBc",
        "hostname": "SRV01",
        "client": "Harbour",
        "alert_time": "2026-03-04T05:41:00Z",
        "alert_type": "availability",
        "message": "SRV01 in Harbour, Main is overdue.",
        "severity": "error",
        **changed,
    }
    found = event(row, joins or Joins())
    assert found is not None
    return found


def check(words: str, **changed: Any) -> EventRecord:
    return make_event(alert_type="check", assigned_check=31, message=words, **changed)


@pytest.mark.parametrize(
    ("kind", "event_type"),
    [
        ("diskspace", "device.disk_space"),
        ("cpuload", "device.cpu"),
        ("memory", "device.memory"),
        ("winsvc", "device.service"),
        ("eventlog", "device.event_log"),
        ("script", "device.script"),
        ("ping", "device.other"),
        ("something new", "device.other"),
    ],
)
def test_the_message_tells_what_kind_of_check_it_is(kind: str, event_type: str) -> None:
    found = check(f"SRV01 has a {kind} check: Words: C: that failed.")

    assert (found.event_type, found.vendor_code) == (event_type, f"check:{kind.replace(' ', '')}")


def test_a_check_whose_message_says_nothing_is_kept() -> None:
    found = check("Edited by hand")

    assert (found.event_type, found.vendor_code) == ("device.other", "check")


@pytest.mark.parametrize(
    ("sent", "event_type", "code"),
    [
        ("availability", "device.offline", "availability"),
        ("Availability", "device.offline", "availability"),
        ("task", "device.script", "task"),
        ("custom", "device.other", "custom"),
        ("brand new", "device.other", "brand new"),
        (None, "device.other", ""),
    ],
)
def test_every_type_has_its_meaning(sent: str | None, event_type: str, code: str) -> None:
    found = make_event(alert_type=sent)

    assert (found.event_type, found.vendor_code) == (event_type, code)


@pytest.mark.parametrize(
    ("sent", "severity"),
    [("error", "high"), ("WARNING", "medium"), ("info", "info"), ("fatal", "medium"), (None, "medium")],
)
def test_severities_are_translated(sent: str | None, severity: str) -> None:
    assert make_event(severity=sent).severity == severity


def test_the_series_is_the_cause_and_not_the_alert() -> None:
    first, again = check("x", id=1), check("y", id=2)

    assert first.series_key == again.series_key == "check:aBc:31"
    assert make_event().series_key == "availability:aBc"
    assert make_event(alert_type="task", assigned_task=7).series_key == "task:aBc:7"


@pytest.mark.parametrize(
    "row",
    [
        {"alert_type": "custom"},
        {"alert_type": "check", "assigned_check": None},
        {"alert_type": "task", "assigned_task": "None"},
        {"agent_id": None},
    ],
)
def test_an_alert_without_a_known_cause_is_a_series_of_its_own(row: dict[str, Any]) -> None:
    assert make_event(**row).series_key == "alert:5120"


def test_opening_and_end_have_their_own_times_and_one_id() -> None:
    opened = make_event()
    ended = make_event(resolved=True, resolved_on="2026-03-04T06:00:00Z")

    assert (opened.state, opened.occurred_at) == ("open", BEGUN)
    assert (ended.state, ended.occurred_at) == ("resolved", datetime(2026, 3, 4, 6, tzinfo=UTC))
    assert opened.external_id == ended.external_id == "5120"
    assert opened.series_key == ended.series_key


@pytest.mark.parametrize(
    "sent",
    [
        "2026-03-04T05:41:00.000000Z",
        "2026-03-04T06:41:00+01:00",
        1772602860,
        "1772602860000",
        "Mar-04-2026 - 05:41",
    ],
)
def test_times_come_in_many_forms(sent: Any) -> None:
    assert make_event(alert_time=sent).occurred_at == BEGUN


def test_a_time_without_zone_is_read_in_the_consoles_zone() -> None:
    summer = make_event(Joins(zone=ZoneInfo("Europe/Berlin")), alert_time="Jul-04-2026 - 14:00")

    assert summer.occurred_at == datetime(2026, 7, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("sent", ["soon", "", None, "0001-01-01T00:00:00Z", "None", {}])
def test_a_time_that_is_none_is_not_invented(sent: Any) -> None:
    assert make_event(alert_time=sent).occurred_at is None


def test_an_end_is_never_before_its_beginning() -> None:
    cut = make_event(alert_time="2026-03-04T05:41:30Z", resolved=True, resolved_on="Mar-04-2026 - 05:41")

    assert cut.occurred_at == datetime(2026, 3, 4, 5, 41, 30, tzinfo=UTC)


def test_the_company_is_found_by_name() -> None:
    joins = Joins({"harbour dental": "4"})

    assert make_event(joins, client=" Harbour  Dental ").company_external_id == "4"
    assert make_event(joins, client="Gone").company_external_id is None


def test_a_message_without_words_still_has_a_title() -> None:
    assert make_event(message=None).title == "Alert (availability) on SRV01"
    assert make_event(message="", hostname=None, alert_type=None).title == "Alert (without type)"


@pytest.mark.parametrize("sent", [None, "", "None", []])
def test_a_row_without_id_is_no_event(sent: Any) -> None:
    assert event({"id": sent, "alert_type": "custom"}, Joins()) is None
