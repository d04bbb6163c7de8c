"""A delivery is not signed: it says that there is news, and nothing else of it is believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors.base import BadDelivery, ConsoleAccess
from integrations.connectors.datto_rmm.connector import DattoRmmConnector

UID = "c8f1a2b3-4d5e-4f60-9a7b-8c9d0e1f2a3b"


def deliver(body: Any) -> list[Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(DattoRmmConnector(ConsoleAccess()).parse_webhook(sent, {}))


@pytest.mark.parametrize("name", ["alert_uid", "alertUid", "alertUID"])
def test_a_delivery_that_names_an_alert_is_accepted(name: str) -> None:
    assert deliver({name: UID, "platform": "merlot", "event": "raised"}) == []
    assert deliver([{name: UID}, {name: UID}]) == []


def test_a_delivery_makes_the_events_be_read() -> None:
    assert DattoRmmConnector.delivery_is_a_call


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(BadDelivery, match="not JSON"):
        deliver(body)


@pytest.mark.parametrize(
    "stranger", ["words", 7, None, {}, {"alert_uid": ""}, [{"alert_uid": UID}, {"a": 1}]]
)
def test_what_names_no_alert_is_told(stranger: Any) -> None:
    with pytest.raises(BadDelivery, match="names no alert"):
        deliver(stranger)


def test_a_variable_that_was_not_filled_in_is_told() -> None:
    with pytest.raises(BadDelivery, match=r"in the place of \[alert_uid\]"):
        deliver({"alert_uid": "[alert_uid]"})


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(BadDelivery, match="1000 are allowed"):
        deliver([{"alert_uid": UID}] * 1001)
