"""Single values of a text: cleaned, cut, and times in words. Times are UTC and say so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, those that turn the direction of writing, and halves of characters."""

_LINE_ENDS = re.compile(r"\r\n|[\r\u0085\u2028\u2029]")


def clean(text: str) -> str:
    """Without characters that nobody sees, with plain line ends."""
    return _CONTROL.sub("", _LINE_ENDS.sub("\n", text)).strip()


def line(text: str) -> str:
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def moment(at: datetime | None) -> str:
    """'2026-11-20 06:31 UTC'; '' for none."""
    if at is None:
        return ""
    at = at.astimezone(UTC) if at.tzinfo else at
    return f"{at.year:04}-{at:%m-%d %H:%M} UTC"


def duration(span: timedelta) -> str:
    """'under a minute', '40 min', '2 h 5 min', '3 d 4 h'."""
    minutes = max(0, int(span.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "d"), (hours, "h"), (0 if days else rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "under a minute"
