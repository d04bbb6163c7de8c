"""No secret in a representation, a sentence, a body text or a log, at any log level."""

from __future__ import annotations

import base64
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from integrations.net.auth import ClientCredentials, Token, fetch_client_token
from integrations.net.errors import NetError
from integrations.net.http import Client
from integrations.net.redact import mask_headers, redact
from tests.integrations.net.server import json_answer, serve

SECRET = "s3cret/Value+one=two"
TOKEN = "tok-123456789"
API = "https://halo.example/api"
TOKEN_URL = "https://halo.example/auth/token"


def make_credentials(url: str = TOKEN_URL) -> ClientCredentials:
    return ClientCredentials(url, "client-1", SECRET, "all", "acme")


def everything_said(error: BaseException, log: pytest.LogCaptureFixture) -> str:
    parts = [repr(error), str(error), str(vars(error)), "".join(traceback.format_exception(error)), log.text]
    return "\n".join(parts)


@pytest.mark.parametrize(
    "text",
    [
        f"the secret is {SECRET}.",
        f"client_secret={SECRET}&x=1",
        "client_secret=s3cret%2FValue%2Bone%3Dtwo",
        f"Authorization: Basic {base64.b64encode(SECRET.encode()).decode()}",
    ],
)
def test_every_spelling_of_a_secret_is_masked(text: str) -> None:
    masked = redact(text, [SECRET])
    assert "***" in masked
    assert "s3cret" not in masked
    assert base64.b64encode(SECRET.encode()).decode() not in masked


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token":"abc.def.ghi","token_type":"Bearer"}',
        "Bearer abc.def.ghi is expired",
        "password: abc.def.ghi",
        "?api_key=abc.def.ghi",
    ],
)
def test_what_looks_like_a_secret_is_masked_unknown_as_it_is(text: str) -> None:
    assert "abc.def.ghi" not in redact(text)


def test_ordinary_words_stay() -> None:
    text = "The asset tag must be unique; key 12 of 30 was refused."
    assert redact(text, ["", "a", "12"]) == text


def test_headers_are_masked() -> None:
    shown = mask_headers(
        {"Authorization": "Bearer x", "Client-Auth-Token": "y", "Set-Cookie": "z", "Accept": "json"}
    )
    assert shown == {
        "Authorization": "***",
        "Client-Auth-Token": "***",
        "Set-Cookie": "***",
        "Accept": "json",
    }


@responses.activate
def test_an_error_body_that_repeats_secrets_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    responses.get(f"{API}/X", json={"message": f"bad key {SECRET} and token {TOKEN}"}, status=400)
    client = Client(API, secrets=[SECRET], headers={"X-Api-Key": SECRET})
    with pytest.raises(NetError) as caught:
        client.get("/X", params={"key": SECRET}, headers={"Authorization": f"Bearer {TOKEN}"})
    said = everything_said(caught.value, caplog) + repr(client)
    assert SECRET not in said
    assert TOKEN not in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "failure", [requests.ConnectionError(SECRET), requests.ReadTimeout(SECRET), OSError(SECRET)]
)
@responses.activate
def test_a_broken_connection_tells_nothing(failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    responses.get(f"{API}/X", body=failure)
    with pytest.raises(NetError) as caught:
        Client(API, secrets=[SECRET]).get("/X")
    assert SECRET not in everything_said(caught.value, caplog)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"access_token":"tok-123456789","expires_in":3600}'),
        (200, "{broken " + SECRET),
        (400, '{"error":"invalid_client","error_description":"no ' + SECRET + '"}'),
        (500, SECRET),
    ],
)
def test_asking_for_a_token_logs_neither_secret_nor_token(
    status: int, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("requests_oauthlib", "requests_oauthlib.oauth2_session", "oauthlib", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=name)
    said: list[Any] = []
    with serve(json_answer(body, status)) as server:
        credentials = make_credentials(f"{server.url}/auth/token")
        try:
            said.append(fetch_client_token(credentials, allow_private=["127.0.0.1"]))
        except NetError as error:
            said.append(everything_said(error, caplog))
        assert b"s3cret" in server.requests[0].body
    everything = f"{said}{credentials!r}{caplog.text}"
    assert "tok-123456789" not in everything
    assert "s3cret" not in everything


def test_a_token_does_not_show_itself() -> None:
    token = Token("tok-123456789", datetime.now(UTC), "all")
    assert "tok-123456789" not in f"{token!r}{token}"


def test_a_key_in_the_query_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    with serve(json_answer()) as server:
        Client(server.url, allow_private=["127.0.0.1"]).get("/X", params={"key": SECRET})
        assert "s3cret" in server.requests[0].path
    assert "GET 127.0.0.1" in caplog.text
    assert "s3cret" not in caplog.text
