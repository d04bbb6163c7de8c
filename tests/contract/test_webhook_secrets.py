"""A webhook secret that staff have set is asked of every delivery, whatever the console."""

from __future__ import annotations

import pytest

from integrations.connectors.base import SECRET_HEADER, WEBHOOK_SECRET, Connector, ConsoleAccess
from integrations.registry import connector_class
from tests.contract.recorded import KINDS

WITH_SECRET = tuple(kind for kind in KINDS if WEBHOOK_SECRET in connector_class(kind).credential_fields)


def make(kind: str, secret: str = "") -> Connector:
    return connector_class(kind)(ConsoleAccess(credentials={"webhook_secret": secret} if secret else {}))


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_console_with_a_webhook_asks_for_a_secret(kind: str) -> None:
    assert kind not in WITH_SECRET or connector_class(kind).abilities.webhook


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_secret_every_delivery_is_taken(kind: str) -> None:
    assert make(kind).refusal({}) == ""
    assert make(kind).refusal({SECRET_HEADER: "something"}) == ""


@pytest.mark.parametrize("kind", WITH_SECRET)
@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}, {"Other": "our-wörd"}]
)
def test_a_delivery_without_the_secret_is_refused_and_the_secret_not_told(
    kind: str, headers: dict[str, str]
) -> None:
    refusal = make(kind, "our-wörd").refusal(headers)

    assert SECRET_HEADER in refusal
    assert "our-w" not in refusal


@pytest.mark.parametrize("kind", WITH_SECRET)
@pytest.mark.parametrize("name", [SECRET_HEADER, SECRET_HEADER.lower(), SECRET_HEADER.upper()])
def test_a_delivery_with_the_secret_is_taken(kind: str, name: str) -> None:
    assert make(kind, '"our-word"').refusal({name: " our-word "}) == ""
