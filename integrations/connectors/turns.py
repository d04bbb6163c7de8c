"""Whose turn it is where details take one call for each computer: what is not known, the rest now and then.

A console with 10,000 computers is not asked 10,000 times at each sync. What was not read this time stays as
it is stored (see `unread` in the README beside this file).
"""

from __future__ import annotations

import time
import zlib
from datetime import datetime
from typing import Final

AT_ONCE: Final = 500
"""The most computers of one read."""
SECONDS: Final = 120.0
"""Seconds of a read after which no more are begun, however slow the console is: a sync has to end in time."""
ROUNDS: Final = 30
"""A computer whose hardware is known is looked at again at one of so many reads (hours that differ)."""


class Turns:
    """One read's turns; made when it begins. `known` are ids of computers whose hardware is stored."""

    def __init__(self, known: frozenset[str], now: datetime) -> None:
        self._known = known
        self._now = now
        self._left = AT_ONCE
        self._until = time.monotonic() + SECONDS
        self.postponed = 0
        """Computers that nothing is known of, and that were left to the next reads."""

    def take(self, number: str) -> bool:
        """Whether the details of this computer are to be read now."""
        known = number in self._known
        if known and not self._is_round(number):
            return False
        if self._left == 0 or time.monotonic() > self._until:
            self.postponed += not known
            return False
        self._left -= 1
        return True

    def sentences(self, what: str) -> list[str]:
        return [f"{what} of {self.postponed} computers is left to the next reads."] if self.postponed else []

    def _is_round(self, number: str) -> bool:
        """Hours and ids mix, so that a computer has its turn whatever the interval of the reads is."""
        return zlib.crc32(f"{number} {self._now:%Y-%m-%d %H}".encode()) % ROUNDS == 0
