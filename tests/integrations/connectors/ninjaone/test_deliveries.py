"""What NinjaOne posts to the webhook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors.base import BadDelivery, ConsoleAccess
from integrations.connectors.ninjaone.connector import NinjaOneConnector
from integrations.records import EventRecord
from tests.contract.recorded import sample


def deliver(body: Any, headers: dict[str, str] | None = None, **credentials: str) -> list[EventRecord]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return NinjaOneConnector(ConsoleAccess(credentials=credentials)).parse_webhook(sent, headers or {})


@pytest.fixture
def triggered() -> dict[str, Any]:
    return dict(sample("ninjaone", "webhook.json"))


def test_a_reset_ends_what_its_trigger_began(triggered: dict[str, Any]) -> None:
    (begun,) = deliver(triggered)
    (ended,) = deliver({**triggered, "id": 889102290, "statusCode": "RESET", "status": "Reset"})

    assert (begun.state, ended.state) == ("open", "resolved")
    assert begun.series_key == ended.series_key


def test_what_tells_of_no_problem_is_no_event(triggered: dict[str, Any]) -> None:
    assert (
        deliver({**triggered, "activityType": "ACTION", "statusCode": "STARTED", "status": "Started"}) == []
    )


def test_several_in_one_body_are_taken_one_by_one(triggered: dict[str, Any]) -> None:
    assert len(deliver([triggered, triggered])) == 2
    assert deliver([]) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(BadDelivery, match="not JSON"):
        deliver(body)


@pytest.mark.parametrize("stranger", ["words", 7, None, {}, {"hello": "world"}])
def test_what_is_no_activity_is_told_and_the_rest_is_taken(triggered: dict[str, Any], stranger: Any) -> None:
    with pytest.raises(BadDelivery, match="no NinjaOne activity") as raised:
        deliver([stranger, triggered])

    assert len(raised.value.records) == 1


def test_too_many_at_once_are_refused(triggered: dict[str, Any]) -> None:
    with pytest.raises(BadDelivery, match="1000 are allowed"):
        deliver([triggered] * 1001)
