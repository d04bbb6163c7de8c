"""Connections that look where they go: every address is checked after the name was resolved.

The check and the connection use the same answer of the name service, so that a name which changes its
address between the two (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from integrations.net.attempt import Attempt
from integrations.net.hosts import Origin
from integrations.net.redact import silence_details

silence_details("urllib3.connectionpool")


class _GuardedConnection(HTTPConnection):
    """Connects to admitted addresses only, and tells the attempt when bytes leave."""

    scheme = "http"
    _watched_by: Attempt | None = None

    def _new_conn(self) -> socket.socket:
        attempt = Attempt.current()
        origin = Origin(self.scheme, self.host.lower(), self.port or self.default_port)
        addresses = attempt.policy.admit(origin, self._resolve())
        limit = min(float(self.timeout or attempt.seconds), attempt.remaining)
        sock = self._connect_to_first(addresses, limit)
        attempt.watch(sock)
        self._watched_by = attempt
        return sock

    def _resolve(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        return list(dict.fromkeys(str(row[4][0]) for row in found))

    def _connect_to_first(self, addresses: list[str], limit: float) -> socket.socket:
        """A socket to the first address that answers; `limit` seconds are divided among them."""
        failure: OSError = TimeoutError("no time left")
        for address in addresses if limit > 0 else []:
            try:
                return create_connection(
                    (address, self.port),
                    timeout=limit / len(addresses),
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, "Connecting took too long.") from failure
        raise NewConnectionError(self, str(failure)) from failure

    def send(self, data: Any) -> None:
        """Nothing leaves after the attempt's end: whoever waited for it may have given the work away."""
        if self.sock is None:
            self.connect()
        attempt = Attempt.current()
        if attempt.remaining <= 0 and not attempt.sent:
            raise ConnectTimeoutError(self, "No time left to send.")
        if self._watched_by is not attempt and self.sock is not None:
            attempt.watch(self.sock)
            self._watched_by = attempt
        attempt.sent = True
        super().send(data)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    scheme = "https"


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class GuardedAdapter(HTTPAdapter):
    """Repeats nothing: whether a repeat is safe is decided by who knows what was sent."""

    def __init__(self) -> None:
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}


def secure_session(session: requests.Session, ca_bundle: str | None) -> None:
    """Make a session use guarded connections only, and nothing from the environment.

    No proxy and no .netrc of the machine, no cookies kept, no redirect followed.
    """
    for prefix in ("https://", "http://"):
        session.mount(prefix, GuardedAdapter())
    session.trust_env = False
    session.verify = ca_bundle or True
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
