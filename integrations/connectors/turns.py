"""Whose turn it is where details take one call for each computer: what is not known, the rest now and then.

A console with 10,000 computers is not asked 10,000 times at each sync. What was not read this time stays as
it is stored (see `unread` in the README beside this file). `in_turn` is for details that change all the
time and are polled: everybody in rounds, and what is urgent each time.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

AT_ONCE: Final = 500
"""The most computers of one read."""
SECONDS: Final = 120.0
"""Seconds of a read after which no more are begun, however slow the console is: a sync has to end in time."""
ROUNDS: Final = 30
"""A computer whose hardware is known is looked at again at one of so many reads (hours that differ)."""

ROUND: Final = 877.0
"""Seconds, about a quarter of an hour, in which polls reach everybody once. No whole number of minutes: where
polls are cut short, the place at which they are moves on from round to round."""
A_ROUND: Final = 600
"""The most computers of such a round with a poll a minute; with more of them, or with polls further apart, it
takes twice as long, and so on."""
LATE: Final = timedelta(minutes=3)
"""Polls less far apart than this count as one a minute: some are late, and the hand is not to jump for it."""


class Turns:
    """One read's turns; made when it begins. `known` are ids of computers whose hardware is stored."""

    def __init__(self, known: frozenset[str], now: datetime) -> None:
        self._known = known
        self._now = now
        self._left = AT_ONCE
        self._until = time.monotonic() + SECONDS
        self.postponed = 0
        """Computers that nothing is known of, and that were left to the next reads."""

    def take(self, number: str, *, seldom: bool = False) -> bool:
        """Whether the details of this computer are to be read now. `seldom`: it hardly has any."""
        known = seldom or number in self._known
        if known and not is_round(number, self._now):
            return False
        if self._left == 0 or time.monotonic() > self._until:
            self.postponed += not known
            return False
        self._left -= 1
        return True

    def sentences(self, what: str) -> list[str]:
        return [f"{what} of {self.postponed} computers: left to the next reads."] if self.postponed else []


def is_round(number: str, now: datetime) -> bool:
    """Hours and ids mix, so that a computer has its turn whatever the interval of the reads is."""
    return zlib.crc32(f"{number} {now:%Y-%m-%d %H}".encode()) % ROUNDS == 0


def in_turn(
    numbers: Collection[str],
    urgent: AbstractSet[str],
    now: datetime,
    since: datetime,
    *,
    at_once: int,
    urgent_first: int,
) -> list[str]:
    """The `at_once` computers that a poll looks at now, those first that matter most. `since`: the last poll.

    Nothing is remembered between polls: the computers stand in a circle, in the order of a hash of their
    ids, and a hand goes round it in a `ROUND`. It is the turn of those that it passed last, as many as there
    is room for, so that a poll which is late makes no gap. At most `urgent_first` that are `urgent` go before
    all others, at every poll.
    """
    seconds, apart = ROUND, now - since
    minutes = 1 if apart < LATE else apart // timedelta(minutes=1)
    while len(numbers) * minutes > A_ROUND * seconds / ROUND:
        seconds *= 2
    circle = sorted(numbers, key=lambda number: (zlib.crc32(number.encode()), number))
    hand = int(now.timestamp() / seconds % 1.0 * len(circle))
    by_turn = circle[:hand][::-1] + circle[hand:][::-1]
    first = [number for number in by_turn if number in urgent][:urgent_first]
    taken = set(first)
    return (first + [number for number in by_turn if number not in taken])[:at_once]
