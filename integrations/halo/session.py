"""Calls to one HaloPSA instance: token, permits, one renewal, and errors in HaloPSA's own terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Protocol

from integrations.halo import sentences
from integrations.halo.addresses import normalise_authorisation_server, normalise_resource_server
from integrations.halo.values import iso, to_http_time
from integrations.net.auth import ClientCredentials, Token, TokenStore, fetch_client_token
from integrations.net.errors import (
    Forbidden,
    NetError,
    RateLimited,
    Unauthorised,
    Unreachable,
)
from integrations.net.http import AddressError, Answer, Client, Limits

__all__ = ["Gate", "HaloAccess", "HaloSession", "Limits", "Token", "TokenStore"]

DEFAULT_SCOPES = "edit:tickets edit:assets read:customers"


@dataclass(frozen=True, slots=True)
class HaloAccess:
    """What a credential holds. Servers are accepted in any spelling, the tenant may be empty."""

    resource_server: str
    authorisation_server: str
    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = DEFAULT_SCOPES
    refused_scopes: str = ""
    """Of these scopes those which HaloPSA is known to refuse; only a test asks for them again."""
    allow_private: tuple[str, ...] = ()
    ca_bundle: str | None = None

    @property
    def api_url(self) -> str:
        return normalise_resource_server(self.resource_server)

    @property
    def usable_scopes(self) -> str:
        """What to ask for; all of them where none is left."""
        refused = self.refused_scopes.split()
        return " ".join(scope for scope in self.scopes.split() if scope not in refused) or self.scopes

    @property
    def token_url(self) -> str:
        return f"{normalise_authorisation_server(self.authorisation_server or self.resource_server)}/token"


class Gate(Protocol):
    """Guards the instance: its budget, its pauses, and whether it may be written to."""

    def take(self) -> None:
        """Take one permit for one attempt. Raises BudgetExhausted rather than wait for long."""

    def blocked(self, seconds: float | None) -> None:
        """HaloPSA answered 429, with the seconds of `Retry-After` if it named any."""

    def check_writes(self, path: str) -> None:
        """Raises WritesStopped where nothing may be written, or not to this path (as `/Asset`)."""

    def note_write(self, path: str, status: int) -> None:
        """HaloPSA has answered a write with 2xx or with 403: what the credential may do is known now."""


class HaloSession:
    """Reads (`get`) and writes (`post`) with a token that all processes share.

    A 401 is answered by one renewal of the token and one repeat, which is safe for writes, too: a call
    that was not let in was not executed. Nothing else is repeated. One call never takes longer than
    `limits.total` seconds, token and repeat included. `calls` counts attempts; `halo_time` is the time (aware
    UTC) by HaloPSA's own clock at its last answer that told it, None before.
    """

    def __init__(
        self, access: HaloAccess, *, tokens: TokenStore, gate: Gate, limits: Limits | None = None
    ) -> None:
        self.access = access
        self.gate = gate
        self.calls = 0
        self.halo_time: datetime | None = None
        self._tokens = tokens
        self._limits = limits or Limits()
        self._token: Token | None = None
        self._hopeless = ""
        try:
            self._token_url, api_url = access.token_url, access.api_url
        except AddressError as error:
            raise Unreachable(str(error)) from None
        self._client = Client(
            api_url,
            allow_private=access.allow_private,
            limits=self._limits,
            before_attempt=self._before_attempt,
            secrets=(access.client_secret,),
            ca_bundle=access.ca_bundle,
        )
        self.host = self._client.host

    def __repr__(self) -> str:
        return f"<HaloSession {self._client.base_url}>"

    def get(self, path: str, **params: Any) -> Any:
        """The answer's JSON. Lists become comma separated, times UTC, None is left out."""
        return self._call("GET", path, params, None)

    def get_anonymous(self, path: str) -> Any:
        """Read something that HaloPSA tells without a token."""
        try:
            return self._told(self._client.get(path))
        except NetError as error:
            self._note(error)
            raise

    def post(self, path: str, rows: Sequence[Mapping[str, Any]], **params: Any) -> Any:
        """Write objects; the answer's JSON. Whether writing is allowed is asked just before each attempt.

        HaloPSA API: the body is an array also for one object; the answer is one object.
        """
        return self._call("POST", path, params, list(rows))

    @property
    def granted_scopes(self) -> str:
        """Scopes of the token in use; '' before the first call."""
        return self._token.scope if self._token else ""

    def sign_in(self, scopes: str = "", *, keep: bool = True) -> Token:
        """Ask for a new token, whatever is stored: whether the secret is still right is seen only so.

        Without `scopes` it asks for those that are usable. Not kept, it serves nobody else.
        """
        return self._new_token(monotonic() + self._limits.total, scopes, keep=keep)

    # ---- calls ------------------------------------------------------------------------------

    def _call(self, method: str, path: str, params: Mapping[str, Any], rows: Any) -> Any:
        ends = monotonic() + self._limits.total
        token = self._usable_token(ends)
        try:
            return self._send(method, path, params, rows, token, ends)
        except Unauthorised:
            if token.access_token == self._hopeless:
                raise
        token = self._renewed_token(token, ends)
        try:
            return self._send(method, path, params, rows, token, ends)
        except Unauthorised:
            # Fresh and still refused: the token's age is not the reason, so the next 401 needs no renewal.
            self._hopeless = token.access_token
            raise

    def _send(
        self, method: str, path: str, params: Mapping[str, Any], rows: Any, token: Token, ends: float
    ) -> Any:
        if method != "GET":
            self.gate.check_writes(path)
        try:
            answer = self._client.request(
                method,
                path,
                params=_query(params),
                json=rows,
                headers={"Authorization": f"Bearer {token.access_token}"},
                within=ends - monotonic(),
            )
        except NetError as error:
            self._note(error)
            if method != "GET" and isinstance(error, Forbidden):
                self.gate.note_write(path, 403)
            raise sentences.of_call(error, method, path, self.host) from None
        if method != "GET":
            self.gate.note_write(path, answer.status)
        return self._told(answer)

    def _told(self, answer: Answer) -> Any:
        """The answer's data; its `Date` is noted."""
        self.halo_time = to_http_time(answer.headers.get("Date", "")) or self.halo_time
        return answer.data

    def _before_attempt(self) -> None:
        self.gate.take()
        self.calls += 1

    def _note(self, error: NetError) -> None:
        if isinstance(error, RateLimited):
            self.gate.blocked(error.retry_after)

    # ---- token ------------------------------------------------------------------------------

    def _usable_token(self, ends: float) -> Token:
        for token in (self._token, self._tokens.load()):
            if token and token.is_usable():
                self._token = token
                return token
        return self._new_token(ends)

    def _renewed_token(self, rejected: Token, ends: float) -> Token:
        """A token after a 401: one that another process has stored meanwhile, else a new one."""
        self._tokens.drop(rejected.access_token)
        self._token = None
        stored = self._tokens.load()
        if stored and stored.is_usable() and stored.access_token != rejected.access_token:
            self._token = stored
            return stored
        return self._new_token(ends)

    def _new_token(self, ends: float, scopes: str = "", *, keep: bool = True) -> Token:
        """Ask for a token. Whatever fails here, the call that needs it was never sent."""
        access = self.access
        try:
            token = fetch_client_token(
                ClientCredentials(
                    self._token_url,
                    access.client_id,
                    access.client_secret,
                    scopes or access.usable_scopes,
                    access.tenant,
                ),
                allow_private=access.allow_private,
                limits=self._limits.within(ends - monotonic()),
                before_attempt=self._before_attempt,
                ca_bundle=access.ca_bundle,
            )
        except NetError as error:
            self._note(error)
            told = sentences.of_sign_in(error, access)
            told.never_sent = True
            raise told from None
        if keep:
            self._tokens.save(token)
            self._token = token
        return token


def _query(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _parameter(value) for name, value in params.items()}


def _parameter(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return value
