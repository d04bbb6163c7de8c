"""An active issue of N-central becomes one event: what names it, what ties it together, what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.ncentral.parse.events import Joins, event, series_key
from integrations.records import EventRecord

EXTRA = {
    "deviceName": "HDG-SRV01",
    "transitionTime": "2026-03-04T05:55:00.000Z",
    "taskIdent": "C:",
    "customerTree": ["Demo MSP", "Harbour Dental Group", "Portsmouth"],
}


def make(extra: dict[str, Any] | None = None, joins: Joins | None = None, **fields: Any) -> EventRecord:
    row = {
        "orgUnitId": 401,
        "deviceId": 77,
        "notificationState": 6,
        "serviceName": "Disk",
        "taskId": 55,
        "serviceItemId": 12,
        "_extra": {**EXTRA, **(extra or {})},
        **fields,
    }
    found = event(row, joins or Joins({"401": "318"}))
    assert found is not None
    return found


def test_device_task_and_item_are_the_series_and_the_transition_is_the_occurrence() -> None:
    found = make()

    assert found.series_key == "77/55/12"
    assert found.external_id == "77/55/12@2026-03-04T05:55:00Z"
    assert (found.state, found.occurred_at) == ("open", datetime(2026, 3, 4, 5, 55, tzinfo=UTC))


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-03-04T05:55:00Z",
        "2026-03-04T05:55:00.999Z",
        "2026-03-04T06:55:00+01:00",
        1772603700,
        1772603700123,
    ],
)
def test_an_occurrence_is_the_same_in_every_spelling_of_its_time(spelling: object) -> None:
    found = make({"transitionTime": spelling})

    assert found.external_id == "77/55/12@2026-03-04T05:55:00Z"
    assert found.occurred_at == datetime(2026, 3, 4, 5, 55, tzinfo=UTC)


def test_a_time_without_a_zone_is_the_consoles() -> None:
    berlin = Joins(zone=ZoneInfo("Europe/Berlin"))

    assert make({"transitionTime": "2026-03-04T06:55:00"}, berlin).external_id.endswith("T05:55:00Z")


@pytest.mark.parametrize("nothing", [None, "", "0001-01-01T00:00:00Z", "just now", {}])
def test_without_a_time_the_series_is_the_occurrence(nothing: object) -> None:
    found = make({"transitionTime": nothing})

    assert (found.external_id, found.occurred_at) == ("77/55/12", None)


def test_an_issue_that_gets_worse_is_another_occurrence_of_its_series() -> None:
    before, after = make(notificationState=4), make({"transitionTime": 1772607300}, notificationState=6)

    assert before.series_key == after.series_key
    assert before.external_id != after.external_id
    assert (before.severity, after.severity) == ("medium", "critical")


@pytest.mark.parametrize("missing", ["deviceId", "taskId"])
def test_without_device_or_task_it_cannot_be_told_from_others(missing: str) -> None:
    row = {"deviceId": 77, "taskId": 55, missing: None}

    assert series_key(row) is None
    assert event(row, Joins()) is None


def test_the_item_of_a_task_may_be_missing() -> None:
    assert make(serviceItemId=None).series_key == "77/55"


@pytest.mark.parametrize(("unit", "company"), [(401, "318"), ("401", "318"), (318, "318"), (None, None)])
def test_a_site_stands_for_its_customer(unit: object, company: str | None) -> None:
    assert make(orgUnitId=unit).company_external_id == company


def test_the_title_says_what_and_where() -> None:
    assert make().title == "Disk C: on HDG-SRV01"
    assert make({"taskIdent": "", "deviceName": None}, serviceName=None).title == "Active issue"
    assert make(serviceName=" Licence\n <b>check</b> ").title == "Licence check C: on HDG-SRV01"


def test_the_message_holds_all_that_is_told() -> None:
    found = make(
        {"acknowledgedBy": "ada", "psaTicketDetails": "T-17", "deviceClassLabel": "Servers - Windows"}
    )

    assert found.message.splitlines() == [
        "Service: Disk",
        "Item: C:",
        "State: failed (6)",
        "Device: HDG-SRV01",
        "Device class: Servers - Windows",
        "Customer: Demo MSP > Harbour Dental Group > Portsmouth",
        "Since: 2026-03-04 05:55 UTC",
        "Acknowledged by: ada",
        "Ticket in the console: T-17",
    ]


@pytest.mark.parametrize(("sent", "told"), [(6, "failed (6)"), ("Failed", "Failed"), (42, "42")])
def test_the_state_is_told_with_its_number(sent: object, told: str) -> None:
    assert f"State: {told}\n" in make(notificationState=sent).message


@pytest.mark.parametrize("extra", [None, [], "text", 7])
def test_an_issue_without_its_extra_part_is_an_event_all_the_same(extra: object) -> None:
    found = event({"deviceId": 77, "taskId": 55, "_extra": extra}, Joins())

    assert found is not None
    assert (found.external_id, found.title, found.severity) == ("77/55", "Active issue", "medium")


def test_an_unknown_service_keeps_its_name_as_code() -> None:
    found = make(serviceName="Flux Capacitor")

    assert (found.event_type, found.vendor_code) == ("device.other", "Flux Capacitor")
    assert make(serviceName="", serviceId=1001).vendor_code == "1001"


def test_chosen_severities_count_first() -> None:
    assert make(joins=Joins(severities={"6": "low"})).severity == "low"
