"""Times: stored one way, shown in the many ways in which Halo and MSP360 show them.

A *stamp* is how the sandbox stores a time: `2026-11-20T06:31:02.441739Z`, always UTC, always six digits,
so that stamps sort as text. HaloPSA API: dates come with and without zone, with up to seven fraction
digits; a date that is not set is one of three sentinels.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

NEVER = "1900-01-01T00:00:00"
NEVER_NET = "0001-01-01T00:00:00"
NEVER_EXCEL = "1899-12-30T00:00:00"

_FRACTION = re.compile(r"\.(\d{1,9})")
_LOST_PLUS = re.compile(r"(T\S+) (\d\d:\d\d)$")
"""An offset whose plus sign was not encoded in a query string arrives as a space."""


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime | None:
    """Any ISO 8601 text as UTC; naive text is UTC, a bare date is midnight. None if it is no date."""
    shortened = _FRACTION.sub(lambda found: "." + found[1][:6].ljust(6, "0"), text.strip(), count=1)
    try:
        parsed = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", shortened))
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def at(text: str) -> datetime:
    """The moment of a stamp."""
    return datetime.fromisoformat(text)


def later(text: str, **distance: float) -> str:
    """The stamp moved by a timedelta given in words (`hours=1`, `days=-2`)."""
    return stamp(at(text) + timedelta(**distance))


def with_seven_digits(text: str) -> str:
    """`2026-11-20T06:31:02.4417391Z`: the seventh digit is what .NET has and Python has not."""
    return f"{text[:-1]}{sum(map(int, re.sub('[^0-9]', '', text))) % 10}Z"


def without_zone(text: str, digits: int = 3) -> str:
    """`2026-11-20T06:30:00.117`, or shorter where the fraction ends in zeros, as .NET prints it."""
    whole, fraction = text[:19], text[20 : 20 + digits].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def day(text: str) -> str:
    """`2026-11-20T00:00:00`: a day as Halo shows it."""
    return f"{text[:10]}T00:00:00"


def with_offset(text: str) -> str:
    return f"{text[:19]}+00:00"


def in_seconds(text: str) -> str:
    return f"{text[:19]}Z"
