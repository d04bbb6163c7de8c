"""Clocks of others: what a time in the future says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_CLOCKS_MAY_DIFFER: Final = timedelta(hours=1)


def is_ahead(found: datetime | None, now: datetime) -> bool:
    """Whether a time lies further in the future than clocks may differ: one of the two is wrong."""
    return found is not None and found > now + _CLOCKS_MAY_DIFFER
