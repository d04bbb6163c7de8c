"""A password or an access token by client credentials; one of the two, and whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.email.connector import EmailConnector
from integrations.net.hosts import AddressError
from tests.dovecot import USER, Dovecot, needs_dovecot
from tests.integrations.net.server import LocalServer, json_answer, serve
from tests.integrations.sync.written import write

OAUTH = {
    "client_id": "app-1",
    "client_secret": "marked-secret-of-the-app",
    "scope": "https://outlook.office365.com/.default",
}
TOKEN = "marked-secret-access-token"


@pytest.mark.parametrize(
    ("credentials", "problems"),
    [
        ({"user": "a", "password": "b"}, {}),
        ({"user": "a", "token_url": "https://x.example", **OAUTH}, {}),
        ({"user": "a"}, {"password": "Give a password, or the four OAuth 2.0 fields."}),
        (
            {"user": "a", "password": "b", **OAUTH},
            {"password": "Give either a password or the four OAuth 2.0 fields; forget the other one."},
        ),
        ({"user": "a", **OAUTH}, {"token_url": "OAuth 2.0: token address is needed."}),
    ],
)
def test_one_way_to_log_in_has_to_be_whole(credentials: dict[str, str], problems: dict[str, str]) -> None:
    assert EmailConnector.credential_problems(credentials) == problems


def test_a_check_without_the_keys_says_what_is_missing() -> None:
    result = EmailConnector(ConsoleAccess()).check()
    assert not result.ok
    assert "Mailbox (user name) is missing." in result.message
    assert "The address of the mail server is missing." in result.message
    assert "Give a password" in result.message


def test_the_folder_has_no_place_in_the_address() -> None:
    assert EmailConnector.normalise_address("mail.vendor.example") == "imaps://mail.vendor.example"
    with pytest.raises(AddressError, match="the folder has a field of its own"):
        EmailConnector.normalise_address("imaps://mail.vendor.example/Alerts")


# ---- OAuth 2.0 at a real server -------------------------------------------------------------


def say(handler: BaseHTTPRequestHandler, answer: object, status: int = 200) -> None:
    json_answer(json.dumps(answer), status)(handler)


class TokenServer:
    """Gives one token for the right client, and tells the mail server whether a token is good."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        # The body was read by the server before; it stands in the last request.
        form = parse_qs(self.server.requests[-1].body.decode())
        if handler.path == "/token":
            self._give(handler, form)
        else:
            good = form.get("token") == [TOKEN]
            say(handler, {"active": good, "username": USER} if good else {"active": False})

    def _give(self, handler: BaseHTTPRequestHandler, form: dict[str, list[str]]) -> None:
        if form.get("client_secret") != [OAUTH["client_secret"]]:
            say(handler, {"error": "invalid_client"}, status=401)
            return
        self.given += 1
        say(handler, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})

    server: LocalServer


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    answer = TokenServer()
    with serve(answer) as server:
        answer.server = server
        yield answer


@pytest.fixture
def mailbox(tokens: TokenServer) -> Iterator[Dovecot]:
    server = Dovecot(introspection_url=f"{tokens.server.url}/introspect")
    try:
        server.start()
        yield server
    finally:
        server.remove()


def connector(mailbox: Dovecot, tokens: TokenServer, **changes: str) -> EmailConnector:
    credentials = {"user": USER, "token_url": f"{tokens.server.url}/token", **OAUTH, **changes}
    return EmailConnector(
        ConsoleAccess(
            base_url=mailbox.address,
            credentials=credentials,
            allow_private=("127.0.0.1",),
            ca_bundle=str(mailbox.certificate),
        )
    )


class TestWithTokens:
    pytestmark = needs_dovecot

    def test_mails_are_read_with_a_token(self, mailbox: Dovecot, tokens: TokenServer) -> None:
        mailbox.deliver(write())
        assert len(list(connector(mailbox, tokens).fetch_mails({}))) == 1
        sent = parse_qs(tokens.server.requests[0].body.decode())
        assert sent["grant_type"] == ["client_credentials"]
        assert sent["scope"] == [OAUTH["scope"]]
        assert tokens.given == 1

    def test_a_wrong_client_secret_is_told(self, mailbox: Dovecot, tokens: TokenServer) -> None:
        result = connector(mailbox, tokens, client_secret="wrong").check()
        assert not result.ok
        assert "invalid_client" in result.message

    def test_a_token_for_another_mailbox_is_told_without_the_token(
        self, mailbox: Dovecot, tokens: TokenServer
    ) -> None:
        result = connector(mailbox, tokens, user="other@example.com").check()
        assert not result.ok
        assert "does not accept the access token" in result.message
        assert "marked-secret" not in json.dumps(result.message)
