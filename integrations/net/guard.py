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

from integrations.net.attempt import Attempt
from integrations.net.hosts import Origin
from integrations.net.redact import silence_details
from integrations.net.sockets import addresses_of, connect_to_first

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
            return addresses_of(self.host, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error

    def _connect_to_first(self, addresses: list[str], limit: float) -> socket.socket:
        try:
            return connect_to_first(addresses, self.port, limit, self.socket_options)
        except TimeoutError as failure:
            raise ConnectTimeoutError(self, "Connecting took too long.") from failure
        except OSError as failure:
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
