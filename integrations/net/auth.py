"""OAuth 2.0 client credentials: one form post for a token, through the same guarded door."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session
from urllib3.exceptions import HTTPError

from integrations.net.answers import decode_json, error_for
from integrations.net.attempt import Attempt
from integrations.net.errors import BadAnswer, NetError, TokenRefused, Unreachable
from integrations.net.failures import sort_failure
from integrations.net.guard import secure_session
from integrations.net.hosts import AddressError, HostPolicy, origin_of
from integrations.net.http import USER_AGENT, Limits, read_body
from integrations.net.redact import redact, silence_details

DEFAULT_LIFETIME = 3600
EARLIEST_RENEWAL = 60
"""Seconds before its end from which a token is renewed (a tenth of its life, if that is less)."""


# At DEBUG this library logs the request's body (the client secret) and the answer (the token).
silence_details("requests_oauthlib.oauth2_session")


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_at` (UTC) lies a little before the real end; `scope` is what was granted."""

    access_token: str = field(repr=False)
    expires_at: datetime
    scope: str = ""

    def is_usable(self, now: datetime | None = None) -> bool:
        return bool(self.access_token) and (now or datetime.now(UTC)) < self.expires_at


class TokenStore(Protocol):
    """Where the token of one credential is kept for all processes."""

    def load(self) -> Token | None: ...

    def save(self, token: Token) -> None: ...

    def drop(self, access_token: str) -> None:
        """Forget the stored token if it is still this one."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What is sent to `token_url`; `tenant` goes into its query, where there is one."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    tenant: str = ""


def fetch_client_token(
    credentials: ClientCredentials,
    *,
    allow_private: Sequence[str] = (),
    limits: Limits | None = None,
    before_attempt: Callable[[], None] | None = None,
    ca_bundle: str | None = None,
) -> Token:
    """Ask for a token. Raises TokenRefused (with the OAuth error's code) or another NetError."""
    limits = limits or Limits()
    policy = HostPolicy.of(allow_private)
    host = _check_address(credentials.token_url, policy)
    if limits.total <= 0:
        raise Unreachable(f"{host} was not called: no time was left.")
    if before_attempt:
        before_attempt()
    with _session(credentials, host, ca_bundle) as session, Attempt(policy, limits.total) as attempt:
        try:
            granted = _fetch(session, credentials, limits)
        except OAuth2Error as error:
            raise _refusal(credentials, host, error) from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise sort_failure(error, attempt, host) from None
        except (ValueError, TypeError, AttributeError):
            raise BadAnswer(f"{host} sent a token answer that can't be read.") from None
        if attempt.cut:
            raise sort_failure(None, attempt, host)
    return _token(granted, credentials.scopes)


def _check_address(token_url: str, policy: HostPolicy) -> str:
    try:
        policy.check_url(token_url)
        origin = origin_of(token_url)
    except AddressError as error:
        raise Unreachable(str(error)) from None
    if origin.scheme == "http":
        # The library refuses plain http as such; here the policy has just decided, and more strictly: the
        # host must be listed by an administrator, and the connection checks its addresses once more.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    return origin.shown


def _session(credentials: ClientCredentials, host: str, ca_bundle: str | None) -> OAuth2Session:
    client = BackendApplicationClient(client_id=credentials.client_id, scope=credentials.scopes.split())
    session = OAuth2Session(client=client)
    secure_session(session, ca_bundle)
    session.headers["User-Agent"] = USER_AGENT
    session.stream = True
    session.hooks["response"].append(lambda response, **_: _with_body(response, host))
    session.register_compliance_hook(
        "access_token_response", lambda response: _checked(response, credentials, host)
    )
    return session


def _with_body(response: requests.Response, host: str) -> requests.Response:
    """Read the body under the same size limit as everywhere."""
    response._content = read_body(response, host)
    return response


def _fetch(session: OAuth2Session, credentials: ClientCredentials, limits: Limits) -> Mapping[str, Any]:
    url = credentials.token_url
    if credentials.tenant:
        url += "?" + requests.compat.urlencode({"tenant": credentials.tenant})
    try:
        granted: Mapping[str, Any] = session.fetch_token(
            url, client_secret=credentials.client_secret, include_client_id=True, timeout=limits.pair
        )
    except Warning as changed:
        # The library warns by an exception when other scopes were granted than asked for.
        granted = getattr(changed, "token", {})
    return granted


def _checked(response: requests.Response, credentials: ClientCredentials, host: str) -> requests.Response:
    """Let only a JSON object with a token or an OAuth error pass on to the library."""
    status, headers, body = response.status_code, response.headers, response.content
    if not 200 <= status < 300:
        raise _status_error(status, headers, body, credentials, host)
    data = decode_json(host, status, headers, body)
    if not isinstance(data, dict) or not (data.get("error") or isinstance(data.get("access_token"), str)):
        raise BadAnswer(
            f"{host} answered without a token: check the address of the authorisation server.", status=status
        )
    return response


def _status_error(
    status: int, headers: Mapping[str, str], body: bytes, credentials: ClientCredentials, host: str
) -> NetError:
    error = error_for(host, status, headers, body, (credentials.client_secret,))
    if 400 <= status < 500 and status not in (404, 429):
        code = _oauth_code(host, status, headers, body)
        return TokenRefused(error.sentence, status=status, body_text=error.body_text, code=code)
    return error


def _oauth_code(host: str, status: int, headers: Mapping[str, str], body: bytes) -> str:
    try:
        data = decode_json(host, status, headers, body)
    except BadAnswer:
        return ""
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _refusal(credentials: ClientCredentials, host: str, error: OAuth2Error) -> TokenRefused:
    """An OAuth error inside a 2xx answer."""
    words = redact(str(error.description or error.error), (credentials.client_secret,))
    return TokenRefused(f"{host} gave no token: {words}", body_text=words, code=str(error.error or ""))


def _token(granted: Mapping[str, Any], asked_scopes: str) -> Token:
    lifetime = granted.get("expires_in") or DEFAULT_LIFETIME
    margin = min(EARLIEST_RENEWAL, lifetime / 10)
    scopes = granted.get("scope")
    return Token(
        access_token=str(granted["access_token"]),
        expires_at=datetime.now(UTC) + timedelta(seconds=max(0, lifetime - margin)),
        scope=" ".join(scopes) if isinstance(scopes, list) else str(scopes or asked_scopes),
    )
