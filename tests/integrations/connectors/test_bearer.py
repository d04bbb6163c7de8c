"""A bearer token is got when it is first needed, and once more when it is refused or has ended."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.bearer import BearerClient, lasting
from integrations.net.auth import Token
from integrations.net.errors import Unauthorised
from integrations.net.http import Client
from tests.integrations.net.server import LocalServer, json_answer, serve


class Giver:
    """Numbers its tokens; the server takes the newest one only, and none before the `good`th."""

    def __init__(self, *, seconds: float = 3600, good: int = 1) -> None:
        self.given = 0
        self._seconds = seconds
        self._good = good

    def fetch(self, http: Client) -> Token:
        self.given += 1
        return lasting(f"token-{self.given}", self._seconds)

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        is_newest = handler.headers.get("Authorization") == f"Bearer token-{self.given}"
        status = 200 if is_newest and self.given >= self._good else 401
        json_answer("[]", status)(handler)

    def client(self, server: LocalServer) -> BearerClient:
        access = ConsoleAccess(server.url, allow_private=("127.0.0.1",))
        return BearerClient(access, server.url, self.fetch, secrets=("a-word",), headers={"X-Also": "yes"})


def test_one_token_serves_all_calls_and_other_headers_go_along() -> None:
    giver = Giver()
    with serve(giver.respond) as server:
        client = giver.client(server)
        assert [client.get("/a").data, client.read("POST", "/b", json={}).data] == [[], []]

    assert giver.given == 1
    assert [request.headers["X-Also"] for request in server.requests] == ["yes", "yes"]
    assert client.secrets == ("a-word", "token-1")


def test_a_token_that_is_refused_is_renewed_once_and_no_more() -> None:
    once, never = Giver(good=2), Giver(good=99)
    with serve(once.respond) as server:
        assert once.client(server).get("/a").data == []
    with serve(never.respond) as server, pytest.raises(Unauthorised):
        never.client(server).get("/a")

    assert (once.given, never.given) == (2, 2)


def test_a_token_that_has_ended_is_not_tried() -> None:
    giver = Giver(seconds=0.001)
    with serve(giver.respond) as server:
        client = giver.client(server)
        for _ in range(2):
            time.sleep(0.002)
            client.get("/a")

    assert giver.given == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize("seconds", [None, 0, -5])
def test_a_life_that_makes_no_sense_is_the_usual_hour(seconds: float | None) -> None:
    left = lasting("token", seconds).expires_at - datetime.now(UTC)

    assert timedelta(minutes=58) < left < timedelta(hours=1)
