"""Builders of this test package: a session whose tokens and gate live in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import responses
from responses import matchers

from integrations.halo.session import HaloAccess, HaloSession
from integrations.net.auth import Token
from integrations.sync.safety import WritesStopped

API = "https://acme.halopsa.example/api"
TOKEN_URL = "https://acme.halopsa.example/auth/token"
SECRET = "9b1d7c52-secret-of-the-tests"
SCOPES = "edit:tickets edit:assets read:customers"


@dataclass
class MemoryTokens:
    """A token store which several sessions may share."""

    token: Token | None = None
    saved: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def load(self) -> Token | None:
        return self.token

    def save(self, token: Token) -> None:
        self.token = token
        self.saved.append(token.access_token)

    def drop(self, access_token: str) -> None:
        self.dropped.append(access_token)
        if self.token and self.token.access_token == access_token:
            self.token = None


@dataclass
class OpenGate:
    """Lets everything through and remembers what it was asked; `stop` closes it for writes."""

    stop: str = ""
    taken: int = 0
    blocks: list[float | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    noted: list[tuple[str, int]] = field(default_factory=list)

    def take(self) -> None:
        self.taken += 1
        self.asked.append("permit")

    def blocked(self, seconds: float | None) -> None:
        self.blocks.append(seconds)

    def check_writes(self, path: str) -> None:
        self.asked.append("writes")
        if self.stop:
            raise WritesStopped(self.stop)

    def note_write(self, path: str, status: int) -> None:
        self.noted.append((path, status))


def make_access(**changes: Any) -> HaloAccess:
    values: dict[str, Any] = {
        "resource_server": "acme.halopsa.example",
        "authorisation_server": "",
        "tenant": "",
        "client_id": "client-1",
        "client_secret": SECRET,
        "scopes": SCOPES,
    }
    return HaloAccess(**{**values, **changes})


def make_token(text: str = "first", seconds: int = 3000, scope: str = SCOPES) -> Token:
    return Token(text, datetime.now(UTC) + timedelta(seconds=seconds), scope)


def make_session(
    tokens: MemoryTokens | None = None, gate: OpenGate | None = None, **changes: Any
) -> HaloSession:
    """A session that already has a token, unless `tokens` says otherwise."""
    store = tokens if tokens is not None else MemoryTokens(make_token())
    return HaloSession(make_access(**changes), tokens=store, gate=gate or OpenGate())


def give_token(text: str = "first", status: int = 200, **changes: Any) -> None:
    """The token endpoint's next answer."""
    body = {"access_token": text, "token_type": "Bearer", "expires_in": 3600, "scope": SCOPES, **changes}
    responses.post(TOKEN_URL, json=body, status=status)


def give_page(path: str, key: str, number: int, rows: list[Any], total: int | None) -> None:
    """One page of a list."""
    responses.get(
        f"{API}{path}",
        json={"page_no": number, "page_size": 100, "record_count": total, key: rows},
        match=[matchers.query_param_matcher({"page_no": str(number)}, strict_match=False)],
    )


def sent_params(number: int = -1) -> dict[str, Any]:
    """Query of a call that was made."""
    return dict(responses.calls[number].request.params)
