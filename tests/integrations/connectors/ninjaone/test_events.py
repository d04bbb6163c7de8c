"""Alerts and the history of NinjaOne: what is on, what has ended, and what is told once only."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from integrations.connectors.ninjaone.parse import events
from integrations.records import EventRecord

UID = "6a7d3f02-91c4-4d1b-9c55-2f0a1b3c4d5e"


def make_alert(**fields: Any) -> dict[str, Any]:
    usual = {"uid": UID, "deviceId": 7, "message": "Disk full", "createTime": 1772603700.25}
    return {**usual, "sourceType": "CONDITION_AGENT_DISK_FREE_SPACE", "sourceConfigUid": "cfg", **fields}


def make_activity(number: int, state: str, **fields: Any) -> dict[str, Any]:
    usual = {"id": number, "activityTime": 1772603700.9 + number, "deviceId": 7, "seriesUid": UID.upper()}
    code = {"message": {"code": "disk_free_space"}}
    return {
        **usual,
        "activityType": "CONDITION",
        "statusCode": state,
        "message": "Disk",
        "data": code,
        **fields,
    }


def recent(*rows: dict[str, Any], listed: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    found = events.recent(rows, frozenset(listed), UTC)
    return [(event.external_id, event.state) for event in found]


def of_alert(row: dict[str, Any], trigger: dict[str, Any] | None = None) -> EventRecord:
    found = events.alert(row, trigger, UTC)
    assert found is not None
    return found


def of_activity(row: dict[str, Any]) -> EventRecord:
    found = events.activity(row, UTC)
    assert found is not None
    return found


# ---- one series -----------------------------------------------------------------------------


def test_alert_trigger_and_reset_meet_in_one_series() -> None:
    told = [
        of_alert(make_alert()),
        of_activity(make_activity(0, "TRIGGERED")),
        of_activity(make_activity(9, "RESET")),
    ]

    assert {event.series_key for event in told} == {event.external_id for event in told} == {UID}
    assert [event.state for event in told] == ["open", "open", "resolved"]


def test_the_trigger_is_a_repeat_of_its_alert() -> None:
    """Whichever of webhook and list comes first: same occurrence, state and second."""
    alert, trigger = of_alert(make_alert()), of_activity(make_activity(0, "TRIGGERED"))

    assert (alert.external_id, alert.state, alert.occurred_at) == (
        trigger.external_id,
        trigger.state,
        trigger.occurred_at,
    )


def test_a_trigger_of_a_kind_that_it_does_not_tell_leaves_the_word_to_the_alert() -> None:
    trigger = of_activity(make_activity(5, "TRIGGERED", data={}))

    assert (trigger.event_type, trigger.external_id, trigger.series_key) == (
        "device.other",
        "activity:5",
        UID,
    )


@pytest.mark.parametrize("uid", [None, "", "00000000-0000-0000-0000-000000000000"])
def test_without_a_uid_device_and_condition_are_the_series(uid: str | None) -> None:
    alert = of_alert(make_alert(uid=uid))
    reset = of_activity(make_activity(9, "RESET", seriesUid=uid, sourceConfigUid="cfg"))

    assert alert.series_key == reset.series_key == "device:7/cfg"


def test_an_alert_of_nobody_is_none() -> None:
    assert events.alert({"message": "?"}, None, UTC) is None


def test_a_long_name_in_place_of_an_id_fits_into_a_key() -> None:
    key = events.alert_series({"deviceId": 7, "sourceName": "x" * 400})

    assert key is not None
    assert len(key) == 64


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"statusCode": "TRIGGERED"}, "open"),
        ({"statusCode": "triggered", "status": "Condition is met"}, "open"),
        ({"statusCode": "disk_free_space", "status": "TRIGGERED"}, "open"),
        ({"statusCode": "disk_free_space", "status": "Reset"}, "resolved"),
        ({"statusCode": "RESET_BY_PSA_TICKET_CALLBACK"}, "resolved"),
        ({"statusCode": None, "status": "reset"}, "resolved"),
    ],
)
def test_the_state_stands_in_either_of_two_fields(fields: dict[str, Any], state: str) -> None:
    found = of_activity({**make_activity(1, ""), **fields})

    assert (found.state, found.event_type, found.series_key) == (state, "device.disk_space", UID)


# ---- severity -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"severity": "CRITICAL"}, "critical"),
        ({"severity": "MAJOR"}, "high"),
        ({"severity": "MODERATE"}, "medium"),
        ({"severity": "minor"}, "low"),
        ({"severity": "NONE"}, "info"),
        ({"severity": None, "priority": "HIGH"}, "high"),
        ({"severity": "BEYOND", "priority": "NONE"}, "medium"),
    ],
)
def test_severities_are_ours(fields: dict[str, Any], severity: str) -> None:
    assert of_activity(make_activity(1, "TRIGGERED", **fields)).severity == severity


def test_an_alert_has_the_severity_of_its_trigger() -> None:
    triggers = events.trigger_of(
        [make_activity(1, "TRIGGERED", severity="CRITICAL"), make_activity(2, "RESET")]
    )

    assert of_alert(make_alert(), triggers[UID]).severity == "critical"
    assert of_alert(make_alert(severity="MINOR"), triggers[UID]).severity == "low"
    assert of_alert(make_alert()).severity == "medium"


# ---- what the history adds to the list ------------------------------------------------------


def test_an_alert_that_is_over_already_is_told_from_trigger_to_reset() -> None:
    assert recent(make_activity(2, "RESET"), make_activity(1, "TRIGGERED")) == [
        (UID, "open"),
        (UID, "resolved"),
    ]


def test_an_alert_that_is_on_is_left_to_the_list() -> None:
    assert recent(make_activity(1, "TRIGGERED"), listed=(UID,)) == []


def test_a_trigger_that_is_neither_on_nor_reset_went_with_its_condition() -> None:
    assert recent(make_activity(1, "TRIGGERED")) == []


def test_a_reset_is_told_though_the_condition_is_met_again() -> None:
    rows = (make_activity(1, "TRIGGERED"), make_activity(2, "RESET"), make_activity(3, "TRIGGERED"))

    assert recent(*rows, listed=(UID,)) == [(UID, "resolved")]


def test_a_message_has_no_series_and_no_end() -> None:
    found = of_activity(make_activity(4, "THREAT_FOUND", activityType="ANTIVIRUS", sourceName="Defender"))

    assert (found.external_id, found.series_key, found.state) == ("activity:4", "", "open")
    assert (found.event_type, found.vendor_code) == ("security.threat", "ANTIVIRUS/THREAT_FOUND")
    assert found.title == "Defender: Disk"


def test_an_unknown_code_is_kept_with_its_name() -> None:
    found = of_activity(make_activity(4, "ENTANGLED", activityType="QUANTUM"))

    assert (found.event_type, found.vendor_code) == ("other.event", "QUANTUM/ENTANGLED")


def test_words_of_a_message_lose_their_mark_up() -> None:
    assert of_alert(make_alert(message="<p>Disk <b>C:</b></p>", deviceId=7)).title == "Disk C:"
    assert of_alert(make_alert(message=None, sourceName="Low disk")).title == "Low disk"
    assert of_alert(make_alert(message=None)).title == "CONDITION_AGENT_DISK_FREE_SPACE"


def test_a_clock_in_the_future_is_told_as_it_is() -> None:
    """The store takes it for the time of arrival."""
    assert of_alert(make_alert(createTime=4102444800)).occurred_at is not None


def test_a_system_message_belongs_to_its_organisation() -> None:
    found = of_activity(
        make_activity(4, "CLIENT_CREATED", activityType="SYSTEM", deviceId=None, organizationId=9)
    )

    assert (found.company_external_id, found.computer_external_id) == ("9", None)
