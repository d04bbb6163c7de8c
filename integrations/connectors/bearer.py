"""Reads with a bearer token that a console gives for a key, and takes back after a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.patience import patiently
from integrations.net.auth import DEFAULT_LIFETIME, EARLIEST_RENEWAL, Token
from integrations.net.errors import Unauthorised
from integrations.net.http import Answer, Client

FetchToken = Callable[[Client], Token]


class BearerClient:
    """Gets a token when it first has to, and once more when one is no longer accepted. A token that is stored
    with the console serves as long as it lasts: steps and runs do not log in anew.

    `fetch_token` is given the server without a token; `headers` go with every call; `secrets` never appear in
    an error's words. What fails for a passing reason is asked again, so it is for reads only. Raises
    `NetError`s, and whatever `fetch_token` raises.
    """

    def __init__(
        self,
        access: ConsoleAccess,
        base_url: str,
        fetch_token: FetchToken,
        *,
        secrets: Sequence[str],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._access = access
        self._fetch_token = fetch_token
        self._secrets = tuple(secrets)
        self._headers = dict(headers or {})
        self._token: Token | None = None
        self._bare = self._open(base_url, None)
        self._http = self._bare

    @property
    def base_url(self) -> str:
        return self._bare.base_url

    @property
    def host(self) -> str:
        return self._bare.host

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key's secrets and the present token."""
        return (*self._secrets, *([self._token.access_token] if self._token else ()))

    def log_in(self) -> None:
        """With the key, whatever token there is."""
        token = self._fetch_token(self._bare)
        self._use(token)
        if self._access.tokens:
            self._access.tokens.save(token)

    def _use(self, token: Token) -> None:
        self._http, self._token = self._open(self._bare.base_url, token), token

    def _go_in(self) -> None:
        stored = self._access.tokens.load() if self._access.tokens else None
        if stored is not None and stored.is_usable():
            self._use(stored)
        else:
            self.log_in()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        return self.read("GET", path, params=params)

    def read(self, method: str, path: str, **options: Any) -> Answer:
        """Any call that changes nothing; options as in `Client.request`."""
        return patiently(lambda: self._read_once(method, path, options))

    def _read_once(self, method: str, path: str, options: Mapping[str, Any]) -> Answer:
        if self._token is None or not self._token.is_usable():
            self._go_in()
        try:
            return self._http.request(method, path, **options)
        except Unauthorised:
            if self._access.tokens and self._token:
                self._access.tokens.drop(self._token.access_token)
            self.log_in()
            return self._http.request(method, path, **options)

    def _open(self, base_url: str, token: Token | None) -> Client:
        carried = {"Authorization": f"Bearer {token.access_token}"} if token else {}
        return Client(
            base_url,
            allow_private=self._access.allow_private,
            headers={**self._headers, **carried},
            secrets=(*self._secrets, *([token.access_token] if token else ())),
            ca_bundle=self._access.ca_bundle,
        )


def lasting(access_token: str, seconds: float | None) -> Token:
    """A token for `seconds`, renewed a little before; the usual hour where nothing sensible is said."""
    lifetime = seconds if seconds and seconds > 0 else DEFAULT_LIFETIME
    margin = min(EARLIEST_RENEWAL, lifetime / 10)
    return Token(access_token, datetime.now(UTC) + timedelta(seconds=lifetime - margin))
