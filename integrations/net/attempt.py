"""One try at one call: what it may connect to, until when, and whether any of it has left.

The connections in `guard` ask the current attempt; without one nothing can be connected.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar, Token
from time import monotonic
from types import TracebackType
from typing import Self

from integrations.net.hosts import HostPolicy

_current: ContextVar[Attempt | None] = ContextVar("current_attempt", default=None)


class Attempt:
    """A context manager with a hard end: `seconds` after its start every watched connection is cut.

    Time limits of sockets count each read on their own, so that a server which sends a byte now and then
    could hold a worker for ever; cutting the connection from outside is what makes the limit hard.
    """

    def __init__(self, policy: HostPolicy, seconds: float) -> None:
        self.policy = policy
        self.seconds = seconds
        self.sent = False
        self.cut = False
        self._over = False
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut_all)
        self._timer.daemon = True
        self._outer: Token[Attempt | None] | None = None

    @staticmethod
    def current() -> Attempt:
        attempt = _current.get()
        if attempt is None:
            raise RuntimeError("A connection was used outside of an attempt.")
        return attempt

    @property
    def remaining(self) -> float:
        """Seconds that are left; 0 or less when time is up."""
        return self._ends - monotonic()

    def watch(self, sock: socket.socket) -> None:
        """Cut this connection, too, when time is up.

        A duplicate of the descriptor is kept: it stays ours when TLS takes over or the pool closes the
        original, and shutting it down wakes whoever reads from the connection.
        """
        with self._lock:
            duplicate = socket.fromfd(sock.fileno(), sock.family, sock.type)
            self._watched.append(duplicate)

    def _cut_all(self) -> None:
        with self._lock:
            if self._over:
                return
            self.cut = True
            for sock in self._watched:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._ends = monotonic() + self.seconds
        self._outer = _current.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            for sock in self._watched:
                sock.close()
        if self._outer is not None:
            _current.reset(self._outer)
