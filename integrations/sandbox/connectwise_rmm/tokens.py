"""Tokens of the simulated ConnectWise RMM, and how it defends itself against too many calls."""

from __future__ import annotations

import secrets
from collections import deque

from integrations.sandbox.clock import Clock
from integrations.sandbox.switches import Switches

WINDOW = 300.0
"""Seconds."""


class Tokens:
    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self._known: dict[str, tuple[float, frozenset[str]]] = {}
        self._asked: deque[float] = deque()
        self._calls: deque[float] = deque()

    def forget(self) -> None:
        self._known.clear()
        self._asked.clear()
        self._calls.clear()

    def revoke(self) -> None:
        """End every token; the counts stay."""
        self._known.clear()

    def make(self, scopes: frozenset[str]) -> str | None:
        """A new token; None where the client is locked, which asking makes longer."""
        is_locked = self._is_full(self._asked, self._switches.connectwise_rmm_most_tokens)
        self._asked.append(self._clock.monotonic())
        if is_locked:
            return None
        token = secrets.token_urlsafe(32)
        self._known[token] = (self._clock.monotonic() + self._switches.connectwise_rmm_token_seconds, scopes)
        return token

    def scopes_of(self, authorisation: str) -> frozenset[str] | None:
        kind, _, token = authorisation.partition(" ")
        until, scopes = self._known.get(token.strip(), (0.0, frozenset()))
        return scopes if kind.lower() == "bearer" and until > self._clock.monotonic() else None

    def wait(self) -> int:
        """Count a call; seconds to wait where there were too many."""
        if self._is_full(self._calls, self._switches.connectwise_rmm_most_calls):
            return max(1, int(self._calls[0] + WINDOW - self._clock.monotonic()))
        self._calls.append(self._clock.monotonic())
        return 0

    def _is_full(self, times: deque[float], limit: int) -> bool:
        while times and times[0] <= self._clock.monotonic() - WINDOW:
            times.popleft()
        return bool(limit) and len(times) >= limit
