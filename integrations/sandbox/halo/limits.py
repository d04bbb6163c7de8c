"""The rate limit: so many requests in a rolling window, then 429 with plain text.

HaloPSA API: 300 per rolling 5 minutes, no `Retry-After` by default. Whether refused requests count is not
documented; here they do not.
"""

from __future__ import annotations

import math
from collections import deque

from integrations.sandbox.clock import Clock
from integrations.sandbox.halo.refusals import Refusal
from integrations.sandbox.switches import Switches


class RateLimit:
    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self._times: deque[float] = deque()

    def count(self, *, counts: bool = True) -> None:
        """Raises Refusal 429 where the window is full."""
        limit, window = self._switches.rate_limit_calls, self._switches.rate_limit_seconds
        now = self._clock.monotonic()
        while self._times and self._times[0] <= now - window:
            self._times.popleft()
        if limit and len(self._times) >= limit:
            wait = max(1, math.ceil(self._times[len(self._times) - limit] + window - now))
            minutes = f"{window / 60:g} minute" if window >= 60 else f"{window:g} second"
            text = f"Rate Limit Reached - {limit} Requests per rolling {minutes} window"
            raise Refusal(
                429, text=text, headers={"Retry-After": str(wait)} if self._switches.retry_after else {}
            )
        if counts:
            self._times.append(now)

    def reset(self) -> None:
        self._times.clear()
