"""Repeats a read that failed for a passing reason. Reads only: a repeated write could do things twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from integrations.net.errors import LostAnswer, NetError, RateLimited, ServerFailed, Unreachable

PAUSES: Final[tuple[float, ...]] = (1.0, 4.0)
"""Seconds before the second and the third attempt."""
LONGEST_PAUSE: Final = 15.0
"""A console that wants to be left alone for longer is asked again by the next run."""

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
