"""Events that a tool posts to the webhook of a push console."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors.base import BadDelivery, ConsoleAccess
from integrations.connectors.push.connector import PushConnector
from integrations.records import EventRecord, FindingRecord


def deliver(body: Any) -> list[EventRecord]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PushConnector(ConsoleAccess(time_zone="Europe/Berlin")).parse_webhook(sent, {})


def make_item(**changed: Any) -> dict[str, Any]:
    return {"external_id": "a-1", "title": "Something happened", **changed}


def test_it_is_always_ready() -> None:
    result = PushConnector(ConsoleAccess()).check()

    assert result.ok
    assert "waits" in result.message


def test_one_object_is_one_event() -> None:
    assert [event.external_id for event in deliver(make_item())] == ["a-1"]


def test_an_empty_array_is_no_event() -> None:
    assert deliver([]) == []


def test_a_time_without_zone_is_read_in_the_consoles_zone() -> None:
    (event,) = deliver(make_item(occurred_at="2025-07-04T14:00:00"))

    assert event.occurred_at is not None
    assert event.occurred_at.isoformat() == "2025-07-04T12:00:00+00:00"


def test_findings_are_read_as_far_as_they_can_be() -> None:
    sent = [{"product": "7-Zip", "severity": "High", "cve": 17}, {}, "text", {"asset": {"a": 1}}, None]
    (event,) = deliver(make_item(product="7-Zip", findings=sent))
    assert event.product == "7-Zip"
    assert event.findings == (FindingRecord(product="7-Zip", severity="high", cve="17"),)
    assert deliver(make_item(findings="none"))[0].findings == ()
    assert len(deliver(make_item(findings=[{"cve": "CVE-1"}] * 300))[0].findings) == 200


def test_the_sent_object_is_kept() -> None:
    (event,) = deliver(make_item(event_type="printer.on_fire", floor=3))

    assert event.event_type == "other.event"
    assert event.raw == {
        "external_id": "a-1",
        "title": "Something happened",
        "event_type": "printer.on_fire",
        "floor": 3,
    }


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"<xml/>", b"[" * 100_000])
def test_a_body_that_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(BadDelivery, match="The body is not JSON"):
        deliver(body)


def test_more_than_a_thousand_items_are_refused() -> None:
    with pytest.raises(BadDelivery, match="has 1001 items; 1000 are allowed"):
        deliver([make_item()] * 1001)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("text", "Item 1 is not an object."),
        (7, "Item 1 is not an object."),
        ({}, "Item 1 has no external_id."),
        (make_item(external_id="  "), "Item 1 has no external_id."),
        (make_item(external_id={"a": 1}), "Item 1 has no external_id."),
        (make_item(state="on fire"), "Item 1 has the state 'on fire'; open and resolved are possible."),
        (make_item(occurred_at=[1]), "Item 1 has an occurred_at that is not a time."),
        (make_item(occurred_at="yesterday"), "Item 1 has an occurred_at that is not a time."),
    ],
)
def test_an_item_that_is_no_event_is_told(item: Any, words: str) -> None:
    with pytest.raises(BadDelivery) as raised:
        deliver([item])

    assert raised.value.sentence == str(raised.value) == words
    assert raised.value.records == ()


def test_bad_items_do_not_hurt_the_others() -> None:
    with pytest.raises(BadDelivery) as raised:
        deliver([make_item(external_id="a"), "b", make_item(external_id="c"), {}])

    assert raised.value.sentence == "Item 2 is not an object. Item 4 has no external_id."
    assert [event.external_id for event in raised.value.records] == ["a", "c"]
