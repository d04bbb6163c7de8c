"""The token endpoint and what a token is worth.

HaloPSA API: form only; `scope` must be sent, a token without one fails on every call; an unknown scope is
refused; `tenant` in query or form; no refresh token. What may be done is what both the token's scopes and the
application's permissions allow; `edit:X` includes `read:X`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.sandbox.clock import Clock
from integrations.sandbox.constants import APPLICATIONS, HALO_TENANT, KNOWN_SCOPES, WHOLE_API, Application
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row


@dataclass(frozen=True)
class Token:
    application: Application
    scopes: frozenset[str]
    expires: float


class TokenDesk:
    """Issues tokens and recognises them. Tokens end with the process, as the world does not."""

    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def issue(self, form: Mapping[str, str], query: Mapping[str, str]) -> Row:
        """Raises Refusal."""
        self._check_tenant(form.get("tenant") or query.get("tenant"))
        if form.get("grant_type") != "client_credentials":
            raise _refused(400, "unsupported_grant_type", "The specified 'grant_type' is not supported.")
        application = APPLICATIONS.get(form.get("client_id", ""))
        if application is None or not secrets.compare_digest(
            form.get("client_secret", "").encode(), application.client_secret.encode()
        ):
            raise _refused(401, "invalid_client", "The specified client credentials are invalid.")
        scopes = frozenset(form.get("scope", "").split())
        if not scopes <= KNOWN_SCOPES:
            raise _refused(400, "invalid_scope", "The specified 'scope' is invalid.")
        return self._issue(application, scopes, form.get("scope", ""))

    def token(self, authorisation: str) -> Token:
        """Raises Refusal: missing, unknown, expired and scopeless tokens are all 401 with an empty body."""
        kind, _, text = authorisation.partition(" ")
        token = self._tokens.get(text.strip()) if kind.lower() == "bearer" else None
        if token is None or token.expires <= self._clock.monotonic() or not token.scopes:
            raise Refusal(401)
        return token

    def revoke_all(self) -> None:
        self._tokens.clear()

    def _issue(self, application: Application, scopes: frozenset[str], asked: str) -> Row:
        text = secrets.token_urlsafe(48)
        seconds = self._switches.token_seconds
        self._tokens[text] = Token(application, scopes, self._clock.monotonic() + seconds)
        return {"scope": asked, "token_type": "Bearer", "access_token": text, "expires_in": seconds}

    def _check_tenant(self, tenant: str | None) -> None:
        if self._switches.strict_tenant and tenant and tenant.lower() != HALO_TENANT:
            raise Refusal(500, text="<html><body><h1>Server Error in '/auth' Application.</h1></body></html>")


def allows(token: Token, area: str, writes: bool) -> bool:
    """Whether both the token and its application may read or edit an area."""
    return _covers(token.scopes, area, writes) and _covers(token.application.permissions, area, writes)


def _covers(scopes: frozenset[str], area: str, writes: bool) -> bool:
    if scopes & WHOLE_API or f"edit:{area}" in scopes:
        return True
    return not writes and f"read:{area}" in scopes


def _refused(status: int, error: str, description: str) -> Refusal:
    return Refusal(status, {"error": error, "error_description": description})
