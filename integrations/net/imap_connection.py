"""The connection below `Mailbox`: to admitted addresses only, with a limit to what it takes in at once."""

from __future__ import annotations

import imaplib
import socket
import ssl
from typing import Any, Final

from imapclient import IMAPClient

from integrations.net.attempt import Attempt
from integrations.net.hosts import Origin
from integrations.net.http import Limits
from integrations.net.redact import silence_details
from integrations.net.sockets import addresses_of, connect_to_first

MAX_LITERAL: Final = 8 * 1024 * 1024
"""Bytes that a server may send as one value; what is asked for is always less."""

# At DEBUG the library logs whole conversations.
silence_details("imapclient.imaplib")
silence_details("imapclient.imapclient")


class _Protocol(imaplib.IMAP4):
    """The connection below the library: to admitted addresses only, encrypted where there is a context."""

    def __init__(self, origin: Origin, context: ssl.SSLContext | None, limits: Limits) -> None:
        self._origin, self._context, self._limits = origin, context, limits
        super().__init__(origin.host, origin.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        attempt = Attempt.current()
        addresses = attempt.policy.admit(self._origin, addresses_of(self._origin.host, self._origin.port))
        limit = min(self._limits.connect, attempt.remaining)
        sock = connect_to_first(addresses, self._origin.port, limit)
        attempt.watch(sock)
        sock.settimeout(self._limits.pair[1])
        if self._context is None:
            return sock
        try:
            return self._context.wrap_socket(sock, server_hostname=self._origin.host)
        except OSError:
            sock.close()
            raise

    def read(self, size: int) -> bytes:
        """Refuses to hold what nobody has asked for."""
        if size > MAX_LITERAL:
            raise self.abort(f"a value of {size // 1024**2} MB, which is too large")
        return bytes(super().read(size))


class GuardedClient(IMAPClient):  # type: ignore[misc]
    """The library's client on our connection."""

    def __init__(self, origin: Origin, context: ssl.SSLContext | None, limits: Limits) -> None:
        self._made_from = origin, context, limits
        super().__init__(origin.host, origin.port, ssl=context is not None, timeout=limits.pair[1])
        self.normalise_times = False

    def _create_IMAP4(self) -> _Protocol:
        return _Protocol(*self._made_from)

    def __exit__(self, *about: Any) -> None:
        super().__exit__(None, None, None)
