"""So many requests in a rolling window of time, for consoles that limit them."""

from __future__ import annotations

import math
from collections import deque

from integrations.sandbox.clock import Clock


class Window:
    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._times: deque[float] = deque()

    def full_for(self, limit: int) -> int:
        """Seconds until there is room again; 0 where there is, and then the request counts."""
        now = self._clock.monotonic()
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if limit and len(self._times) >= limit:
            return max(1, math.ceil(self._times[len(self._times) - limit] + self._seconds - now))
        self._times.append(now)
        return 0

    def forget(self) -> None:
        self._times.clear()
