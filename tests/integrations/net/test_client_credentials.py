"""A token by client credentials: what is sent, what comes back, and every way in which it fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from integrations.net import errors
from integrations.net.auth import ClientCredentials, Token, fetch_client_token
from tests.integrations.net.server import json_answer, serve

URL = "https://halo.example/auth/token"


def make_credentials(**changes: str) -> ClientCredentials:
    values = {
        "token_url": URL,
        "client_id": "client-1",
        "client_secret": "top+secret/1",
        "scopes": "edit:tickets read:customers",
    }
    return ClientCredentials(**{**values, **changes})


def answer(**changes: Any) -> dict[str, Any]:
    return {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600, **changes}


@responses.activate
def test_it_posts_a_form_with_the_scopes() -> None:
    responses.post(URL, json=answer(scope="edit:tickets read:customers"))
    token = fetch_client_token(make_credentials())
    sent = responses.calls[0].request
    assert parse_qs(str(sent.body)) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-1"],
        "client_secret": ["top+secret/1"],
        "scope": ["edit:tickets read:customers"],
    }
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in sent.headers
    assert sent.url == URL
    assert (token.access_token, token.scope) == ("abc", "edit:tickets read:customers")


@responses.activate
def test_the_tenant_goes_into_the_query() -> None:
    responses.post(URL, json=answer())
    fetch_client_token(make_credentials(tenant="acme & co"))
    assert responses.calls[0].request.url == f"{URL}?tenant=acme+%26+co"


@pytest.mark.parametrize(
    ("lifetime", "seconds"), [(3600, 3540), ("3600", 3540), (100, 90), (None, 3540), (0, 3540), (59.9, 53)]
)
@responses.activate
def test_it_is_renewed_a_little_before_its_end(lifetime: Any, seconds: int) -> None:
    responses.post(URL, json=answer(expires_in=lifetime))
    token = fetch_client_token(make_credentials())
    left = (token.expires_at - datetime.now(UTC)).total_seconds()
    assert left == pytest.approx(seconds, abs=2)
    assert token.is_usable()
    assert not token.is_usable(token.expires_at)


@responses.activate
def test_fewer_scopes_than_asked_for_are_no_error() -> None:
    responses.post(URL, json=answer(scope="read:customers"))
    assert fetch_client_token(make_credentials()).scope == "read:customers"


@responses.activate
def test_scopes_left_out_are_those_asked_for() -> None:
    responses.post(URL, json=answer())
    assert fetch_client_token(make_credentials()).scope == "edit:tickets read:customers"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, '{"error":"invalid_client","error_description":"Wrong."}', "invalid_client"),
        (400, '{"error":"invalid_client"}', "invalid_client"),
        (400, '{"error":"invalid_scope"}', "invalid_scope"),
        (200, '{"error":"invalid_client"}', "invalid_client"),
        (401, "", ""),
        (403, "[]", ""),
    ],
)
@responses.activate
def test_a_refusal_has_its_code(status: int, body: str, code: str) -> None:
    responses.post(URL, body=body, status=status)
    with pytest.raises(errors.TokenRefused) as caught:
        fetch_client_token(make_credentials())
    assert caught.value.code == code
    assert caught.value.never_sent


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, "", errors.BadAnswer),
        (200, "<html>Welcome</html>", errors.BadAnswer),
        (200, "[]", errors.BadAnswer),
        (200, '{"token":"x"}', errors.BadAnswer),
        (200, '{"access_token":5}', errors.BadAnswer),
        (200, '{"access_token":"x","expires_in":"soon"}', errors.BadAnswer),
        (404, "", errors.NotFound),
        (429, "Rate Limit Reached", errors.RateLimited),
        (500, "", errors.ServerFailed),
        (503, "", errors.Unavailable),
    ],
)
@responses.activate
def test_anything_but_a_token_is_an_error(status: int, body: str, kind: type[errors.NetError]) -> None:
    responses.post(URL, body=body, status=status)
    with pytest.raises(kind) as caught:
        fetch_client_token(make_credentials())
    assert type(caught.value) is kind


@responses.activate
def test_the_budget_is_asked_first() -> None:
    asked: list[int] = []
    responses.post(URL, json=answer())
    fetch_client_token(make_credentials(), before_attempt=lambda: asked.append(len(responses.calls)))
    assert asked == [0]


def test_the_secret_is_not_sent_on_to_another_address() -> None:
    with serve(json_answer('{"access_token":"x"}')) as other:
        away = json_answer(status=307, headers={"Location": f"{other.url}/auth/token"})
        with serve(away) as server, pytest.raises(errors.BadAnswer, match="another address"):
            fetch_client_token(
                make_credentials(token_url=f"{server.url}/auth/token"), allow_private=["127.0.0.1"]
            )
        assert other.requests == []


def test_plain_http_works_for_a_listed_host() -> None:
    with serve(json_answer('{"access_token":"x","expires_in":60}')) as server:
        token = fetch_client_token(
            make_credentials(token_url=f"{server.url}/auth/token", tenant="t"), allow_private=["127.0.0.1"]
        )
        assert token.access_token == "x"
        assert server.requests[0].path == "/auth/token?tenant=t"


def test_a_token_past_its_end_or_empty_is_not_usable() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    assert Token("x", later).is_usable()
    assert not Token("", later).is_usable()
    assert not Token("x", datetime.now(UTC) - timedelta(seconds=1)).is_usable()
