"""How often a token may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from halobridge.checks import api_rate_is_usable
from integrations.api.throttles import TokenThrottle
from tests.integrations.api.clients import make_account, make_caller, make_token

pytestmark = pytest.mark.django_db
LIST = "/api/v1/event-types/"


@pytest.fixture(autouse=True)
def _two_calls_a_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})
    caches["throttles"].clear()
    yield
    caches["throttles"].clear()


def test_a_token_that_calls_too_often_is_told_when_to_come_back() -> None:
    caller = make_caller()
    assert [caller.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    answer = caller.get(LIST)
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 429


def test_each_token_counts_for_itself_also_those_of_one_account() -> None:
    account = make_account()
    for _ in range(2):
        caller = APIClient()
        caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(account)}")
        assert [caller.get(LIST).status_code for _ in range(3)] == [200, 200, 429]


def test_a_session_of_the_admin_counts_as_well() -> None:
    caller = APIClient()
    caller.force_login(make_account(is_superuser=True))
    assert [caller.get(LIST).status_code for _ in range(3)] == [200, 200, 429]


def test_counting_asks_nothing_of_the_database() -> None:
    caller = make_caller()
    caller.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        caller.get(LIST)
    assert len(queries) == 1, "the look-up of the token"


@pytest.mark.parametrize(("rate", "problems"), [("1200/min", 0), (None, 0), ("many", 1), ("0/min", 1)])
def test_a_rate_that_cannot_be_used_is_said_at_start(settings: Any, rate: str | None, problems: int) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"token": rate}}
    assert len(api_rate_is_usable()) == problems


def test_what_is_public_is_not_counted() -> None:
    assert {APIClient().get("/api/v1/schema/").status_code for _ in range(3)} == {200}
