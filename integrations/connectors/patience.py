"""How long a read is tried: again where the reason passes, and no more where the next would fail alike.

Reads only: a repeated write could do things twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from integrations.net.errors import (
    Forbidden,
    HostNotAllowed,
    LostAnswer,
    NetError,
    RateLimited,
    ServerFailed,
    Unauthorised,
    Unreachable,
)

PAUSES: Final[tuple[float, ...]] = (1.0, 4.0)
"""Seconds before the second and the third attempt."""
LONGEST_PAUSE: Final = 15.0
"""A console that wants to be left alone for longer is asked again by the next run."""

FAILURES_TO_STOP: Final = 3
POINTLESS: Final = (Unauthorised, Forbidden, Unreachable, HostNotAllowed, RateLimited)
"""After one of these the next single read would fail for the same reason."""

Answer = TypeVar("Answer")


sleep = time.sleep


def patiently(read: Callable[[], Answer], *, pauses: tuple[float, ...] = PAUSES) -> Answer:
    """What `read` gives; after a failure that may pass it is asked again, once for each of `pauses`.

    Raises the last `NetError`. Refusals (401, 403, 404, other 4xx) and wrong answers are not repeated.
    """
    for pause in pauses:
        try:
            return read()
        except (Unreachable, LostAnswer, ServerFailed, RateLimited) as error:
            wanted = max(pause, _wanted_by(error))
            if wanted > LONGEST_PAUSE:
                raise
            sleep(wanted)
    return read()


def _wanted_by(error: NetError) -> float:
    return error.retry_after or 0.0 if isinstance(error, RateLimited) else 0.0


class OneByOne(Generic[Answer]):
    """Reads single objects with `fetch`, and stops asking where the next would fail for the same reason."""

    def __init__(self, fetch: Callable[[str], Answer]) -> None:
        self._fetch = fetch
        self._in_a_row = 0
        self.missing = 0
        """Objects that could not be read, or were not asked for any more."""
        self.last_error: NetError | None = None

    def read(self, number: str) -> Answer:
        """What `fetch` gives. Raises `NetError` where it could not be read."""
        if self.last_error is not None and self._in_a_row >= FAILURES_TO_STOP:
            self.missing += 1
            raise self.last_error
        try:
            found = self._fetch(number)
        except NetError as error:
            self.missing += 1
            self.last_error = error
            self._in_a_row = FAILURES_TO_STOP if isinstance(error, POINTLESS) else self._in_a_row + 1
            raise
        self._in_a_row = 0
        return found

    def summary(self, what: str) -> str:
        """One sentence on how many are missing `what`, and why."""
        reason = self.last_error.sentence if self.last_error else ""
        return f"{what} of {self.missing} computers could not be read: {reason}"
