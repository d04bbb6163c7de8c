"""The limit of reads: 600 in a sliding minute; delays before it, 429 beyond it, a block for who goes on."""

from __future__ import annotations

from collections import deque

from integrations.sandbox.clock import Clock
from integrations.sandbox.switches import Switches

WINDOW = 60.0
DELAYED_FROM = 0.9
BLOCKED_FOR = 300.0


class Limit:
    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        self._calls: deque[float] = deque()
        self._excess = 0
        self._blocked_until = 0.0

    @property
    def count(self) -> int:
        """Reads of the last minute."""
        oldest = self._clock.monotonic() - WINDOW
        while self._calls and self._calls[0] <= oldest:
            self._calls.popleft()
        return len(self._calls)

    def status(self) -> int:
        """Count a read: 200, 429 or 403."""
        now, most = self._clock.monotonic(), self._switches.datto_rate_limit
        if now < self._blocked_until:
            return 403
        if not most or self.count < most:
            self._excess = 0
            self._calls.append(now)
            return 200
        self._excess += 1
        if self._excess > self._switches.datto_block_after:
            self._blocked_until = now + BLOCKED_FOR
            return 403
        return 429

    def delay(self) -> float:
        """Seconds that the present call has to wait."""
        most = self._switches.datto_rate_limit
        return self._switches.datto_delay_seconds if most and self.count > most * DELAYED_FROM else 0.0
