"""The one door to the network: every call to a vendor goes through `Client`.

It sees to time limits, to where a call may go, to the size of an answer, and to errors that say what to
do. It repeats nothing.
"""

from __future__ import annotations

import json as json_module
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest
from urllib3.exceptions import HTTPError

from integrations import __version__
from integrations.net.answers import Answer, error_for, read_answer
from integrations.net.attempt import Attempt
from integrations.net.errors import BadAnswer, Unreachable
from integrations.net.failures import sort_failure
from integrations.net.guard import secure_session
from integrations.net.hosts import AddressError, HostPolicy, normalise_host, origin_of
from integrations.net.redact import SENSITIVE_HEADERS, redact
from integrations.net.watch import Seen, tell

__all__ = [
    "MAX_BODY",
    "USER_AGENT",
    "AddressError",
    "Answer",
    "Client",
    "Limits",
    "PreparedRequest",
    "normalise_host",
    "read_body",
]

USER_AGENT = f"HaloBridge/{__version__}"
MAX_BODY = 64 * 1024 * 1024
MAX_REDIRECTS = 3

Authenticate = Callable[[PreparedRequest], PreparedRequest]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to wait for the next bytes, and for the whole call from start to last byte."""

    connect: float = 10
    read: float = 60
    total: float = 60

    def within(self, seconds: float | None) -> Limits:
        """The same limits for a call that has only so many seconds left."""
        return self if seconds is None else replace(self, total=min(self.total, seconds))

    @property
    def pair(self) -> tuple[float, float]:
        return self.connect, min(self.read, self.total)


class Client:
    """Calls one server. Raises subclasses of NetError, and whatever `before_attempt` raises.

    `before_attempt` is called before every attempt (the budget); `auth` puts the credential on a prepared
    request; `secrets` never appear in an error's words.
    """

    def __init__(
        self,
        base_url: str,
        *,
        allow_private: Sequence[str] = (),
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Authenticate | None = None,
        before_attempt: Callable[[], None] | None = None,
        secrets: Sequence[str] = (),
        ca_bundle: str | None = None,
    ) -> None:
        try:
            self.base_url = normalise_host(base_url)
        except AddressError as error:
            raise Unreachable(str(error)) from None
        self.host = origin_of(self.base_url).shown
        self._limits = limits or Limits()
        self._policy = HostPolicy.of(allow_private)
        self._auth = auth
        self._before_attempt = before_attempt
        self._secrets = tuple(secrets)
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        self._session.headers.update(dict(headers or {}))
        secure_session(self._session, ca_bundle)

    def __repr__(self) -> str:
        return f"<Client {self.base_url}>"

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, *, params: Mapping[str, Any] | None = None, **options: Any) -> Answer:
        return self.request("GET", path, params=params, **options)

    def post(self, path: str, *, json: Any = None, **options: Any) -> Answer:
        return self.request("POST", path, json=json, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        expect_json: bool = True,
        within: float | None = None,
    ) -> Answer:
        """One call, one attempt; a GET follows redirects within the server (each is an attempt).

        `path` is relative to the base address. Parameters that are None are left out, booleans are sent
        in lower case. `data` is a form (mapping) or raw bytes. `within` are the seconds left, where they
        are less than the total limit.
        """
        url = f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url
        for _ in range(MAX_REDIRECTS + 1):
            request = self._prepare(method, url, params, json, data, headers)
            status, answer_headers, body = self._try_once(request, self._limits.within(within))
            target = _redirect_target(method, str(request.url), status, answer_headers)
            if target is None:
                break
            url, params = target, None
        path = urlsplit(str(request.url)).path
        if 200 <= status < 300:
            answer = read_answer(self.host, status, answer_headers, body, expect_json=expect_json)
            tell(Seen(method, path, status, answer_headers, answer.data))
            return answer
        tell(Seen(method, path, status, answer_headers))
        raise error_for(self.host, status, answer_headers, body, (*self._secrets, *_keys_in(request)))

    def _prepare(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        json: Any,
        data: Any,
        headers: Mapping[str, str] | None,
    ) -> PreparedRequest:
        sent = dict(headers or {})
        if json is not None:
            data = json_module.dumps(json, allow_nan=False).encode()
            sent.setdefault("Content-Type", "application/json")
        request = requests.Request(method, url, headers=sent, params=_query(params), data=data)
        try:
            self._policy.check_url(url)
            prepared = self._session.prepare_request(request)
            return self._auth(prepared) if self._auth else prepared
        except (requests.RequestException, AddressError, UnicodeError):
            raise Unreachable(
                f"{self.host}: the address or a key holds characters that can't be sent."
            ) from None

    def _try_once(self, request: PreparedRequest, limits: Limits) -> tuple[int, Mapping[str, str], bytes]:
        if limits.total <= 0:
            raise Unreachable(f"{self.host} was not called: no time was left.")
        if self._before_attempt:
            self._before_attempt()
        started = monotonic()
        with Attempt(self._policy, limits.total) as attempt:
            try:
                response = self._session.send(
                    request, stream=True, timeout=limits.pair, allow_redirects=False
                )
                body = read_body(response, self.host)
                failure = sort_failure(None, attempt, self.host) if attempt.cut else None
            except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
                failure = sort_failure(error, attempt, self.host)
        outcome = type(failure).__name__ if failure else str(response.status_code)
        self._log(request, outcome, monotonic() - started)
        if failure:
            raise failure
        return response.status_code, response.headers, body

    def _log(self, request: PreparedRequest, outcome: str, seconds: float) -> None:
        """Method, host and path only: queries, headers and bodies may hold secrets."""
        path = redact(urlsplit(str(request.url)).path, self._secrets)
        logger.debug("%s %s%s: %s in %.0f ms", request.method, self.host, path, outcome, seconds * 1000)


def read_body(response: requests.Response, host: str, limit: int = MAX_BODY) -> bytes:
    """The whole body, decompressed. Raises BadAnswer when it is larger than `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > limit:
            response.close()
            raise BadAnswer(
                f"{host} sent more than {limit // 1024**2} MB in one answer.", status=response.status_code
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _keys_in(request: PreparedRequest) -> list[str]:
    """Keys and tokens that were sent in headers: an error's words may repeat them."""
    values = [str(value) for name, value in request.headers.items() if name.lower() in SENSITIVE_HEADERS]
    return [value.rpartition(" ")[2] for value in values]


def _redirect_target(method: str, url: str, status: int, headers: Mapping[str, str]) -> str | None:
    """Where a GET is sent on to within the same server; None for anything else."""
    if method != "GET" or status not in (301, 302, 303, 307, 308):
        return None
    target = urljoin(url, headers.get("Location", ""))
    try:
        return target if target != url and origin_of(target) == origin_of(url) else None
    except AddressError:
        return None


def _query(params: Mapping[str, Any] | None) -> dict[str, Any]:
    found = {name: value for name, value in (params or {}).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in found.items()}
