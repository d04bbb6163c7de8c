"""Who may call: tokens and sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.models import ApiToken
from tests.integrations.api.clients import make_account, make_token

pytestmark = pytest.mark.django_db

LIST = "/api/v1/event-types/"


def call(key: str) -> APIClient:
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return caller


def test_a_token_opens_the_door() -> None:
    assert call(make_token(make_account())).get(LIST).status_code == 200


def test_without_a_token_the_answer_says_how_to_log_in() -> None:
    answer = APIClient().get(LIST)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Token")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Token unknown", "not known"),
        ("Token", "Authorization: Token <key>"),
        ("Token two words", "Authorization: Token <key>"),
        ("Token sch\xf6n", "not known"),
    ],
)
def test_a_wrong_header_is_told_in_a_sentence(header: str, words: str) -> None:
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=header)
    answer = caller.get(LIST)
    assert answer.status_code == 401
    assert words in answer.json()["detail"]


def test_an_expired_token_is_refused() -> None:
    key = make_token(make_account(), expires_at=timezone.now() - timedelta(seconds=1))
    answer = call(key).get(LIST)
    assert (answer.status_code, answer.json()["detail"]) == (401, "This token has expired.")


def test_a_token_works_until_it_expires() -> None:
    key = make_token(make_account(), expires_at=timezone.now() + timedelta(minutes=1))
    assert call(key).get(LIST).status_code == 200


def test_revoking_works_at_once() -> None:
    caller = call(make_token(make_account()))
    assert caller.get(LIST).status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    assert caller.get(LIST).status_code == 401


def test_a_switched_off_account_is_refused() -> None:
    assert call(make_token(make_account(is_active=False))).get(LIST).status_code == 401


def test_only_the_digest_is_stored() -> None:
    key = make_token(make_account())
    stored = ApiToken.objects.values().get()
    assert key not in str(stored)
    assert stored["digest"] == ApiToken.digest_of(key)


def test_authentication_costs_one_query_and_at_most_one_write_a_minute() -> None:
    caller = call(make_token(make_account()))
    caller.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        caller.get(LIST)
    assert len(queries) == 1
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    with CaptureQueriesContext(connection) as queries:
        caller.get(LIST)
    assert len(queries) == 2
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < timedelta(seconds=10)


def test_a_session_of_the_admin_works_too_but_writing_needs_the_csrf_token() -> None:
    account = make_account(is_superuser=True)
    caller = APIClient(enforce_csrf_checks=True)
    caller.force_login(account)
    assert caller.get("/api/v1/event-sets/").status_code == 200
    answer = caller.post("/api/v1/event-sets/", {"name": "S", "event_types": []}, format="json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]
