"""Answers that wait a moment for the queue, so that most programs need not ask a second time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

LONGEST_WAIT: Final = 10.0
"""Seconds that a request waits for its preview before it answers 202."""
LOOK_EVERY: Final = 0.2


def wait_while(row: Any, state: str, fields: Sequence[str] | None = None) -> bool:
    """Look at the row (at these fields of it) until it has left the state or the wait is over.

    Whether it has left it. No transaction is open meanwhile.
    """
    until = time.monotonic() + LONGEST_WAIT
    row.refresh_from_db(fields=fields)
    while row.state == state and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        row.refresh_from_db(fields=fields)
    return bool(row.state != state)
