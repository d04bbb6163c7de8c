"""What the action of an alert template posts becomes the same event as the alert in the list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors.base import BadDelivery, ConsoleAccess
from integrations.connectors.tactical_rmm.connector import TacticalRmmConnector
from integrations.connectors.tactical_rmm.parse.events import Joins, event
from integrations.records import EventRecord

pytestmark = pytest.mark.pure

MESSAGE = "SRV01 has a cpuload check: CPU Load Check that failed."


def deliver(body: Any) -> EventRecord:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    (found,) = TacticalRmmConnector(ConsoleAccess()).parse_webhook(sent, {})
    return found


def make_body(**changed: Any) -> dict[str, Any]:
    return {
        "event": "failure",
        "alert_id": "5130",
        "agent_id": "aBc",
        "hostname": "SRV01",
        "alert_type": "check",
        "check_id": "31",
        "task_id": "None",
        "severity": "warning",
        "message": MESSAGE,
        "alert_time": "2026-03-04 07:00:00.123456+00:00",
        "client_id": "4",
        "client": "Harbour",
        "site": "Main",
        **changed,
    }


@pytest.mark.parametrize("ended", [False, True])
def test_a_delivery_is_a_repeat_of_the_alert_in_the_list(ended: bool) -> None:
    listed = {
        "id": 5130,
        "agent_id": "aBc",
        "alert_type": "check",
        "assigned_check": 31,
        "message": MESSAGE,
        "severity": "warning",
        "client": "Harbour",
        "alert_time": "2026-03-04T07:00:00.123456Z",
        "resolved": ended,
        "resolved_on": "2026-03-04T07:05:00.500000Z" if ended else None,
    }
    read = event(listed, Joins({"harbour": "4"}))
    sent = (
        make_body(event="resolve", resolved_on="2026-03-04 07:05:00.500000+00:00") if ended else make_body()
    )

    assert read is not None
    for name in (
        "external_id",
        "series_key",
        "state",
        "occurred_at",
        "event_type",
        "severity",
        "title",
        "vendor_code",
        "company_external_id",
        "computer_external_id",
    ):
        assert getattr(deliver(sent), name) == getattr(read, name), name


@pytest.mark.parametrize("word", ["failure", "Trigger", "open"])
def test_a_failing_alert_is_open_whatever_it_is_called(word: str) -> None:
    assert deliver(make_body(event=word, resolved_on="2026-03-04T08:00:00Z")).state == "open"


@pytest.mark.parametrize("word", ["resolve", "RESOLVED", "success"])
def test_an_ended_alert_is_resolved_whatever_it_is_called(word: str) -> None:
    assert deliver(make_body(event=word)).state == "resolved"


def test_an_agent_that_is_silent_needs_no_check() -> None:
    found = deliver(make_body(alert_type="availability", check_id="None", message="SRV01 is overdue."))

    assert (found.series_key, found.event_type) == ("availability:aBc", "device.offline")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{broken", "not JSON"),
        (b"[" * 5000, "not JSON"),
        (b"[]", "not one JSON object"),
        (b'"text"', "not one JSON object"),
        ({}, "has no alert_id"),
        (make_body(alert_id=None), "has no alert_id"),
        (make_body(alert_id="None"), "has no alert_id"),
        (make_body(alert_id="{{alert.id}}"), "has no alert_id"),
        (make_body(event="maybe"), "failure and resolve are possible"),
        (make_body(alert_type="None"), "has no alert_type"),
        (make_body(agent_id="None"), "has no agent_id"),
        (make_body(check_id="None"), "has no check_id"),
        (make_body(alert_type="task"), "has no task_id"),
    ],
)
def test_what_cannot_be_tied_to_an_alert_is_refused_in_words(body: Any, words: str) -> None:
    with pytest.raises(BadDelivery, match=words) as raised:
        deliver(body)

    assert raised.value.records == ()
    assert raised.value.sentence.endswith(".")
