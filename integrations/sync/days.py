"""Days as people and programs write them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

FIRST_REAL_YEAR: Final = 1901
"""HaloPSA API: 0001-01-01, 1899-12-30 and 1900-01-01 mean *not set*."""

_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_BRITISH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")


def to_date(value: Any) -> date | None:
    """A day as it is written, whatever time and zone follow it: 2027-03-31 or 31/03/2027.

    Day and month change places only where they can't be meant otherwise (03/31/2027).
    """
    text = value.strip() if isinstance(value, str) else ""
    if found := _ISO_DAY.match(text):
        year, month, day = map(int, found.groups())
    elif found := _BRITISH_DAY.match(text):
        day, month, year = map(int, found.groups())
        day, month = (month, day) if month > 12 >= day else (day, month)
    else:
        return None
    try:
        return date(year, month, day) if year >= FIRST_REAL_YEAR else None
    except ValueError:
        return None
