"""Single values as HaloPSA sends them: omitted, as decimals, as text, with sentinels for *nothing*."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.net.errors import BadAnswer
from integrations.sync.days import FIRST_REAL_YEAR, to_date

Row = Mapping[str, Any]

__all__ = [
    "Row",
    "iso",
    "rows_of",
    "to_bool",
    "to_date",
    "to_http_time",
    "to_id",
    "to_int",
    "to_text",
    "to_time",
    "to_told",
    "total_of",
]

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)


def to_int(value: Any) -> int | None:
    """A whole number from 12, 12.0, '12' or '12.0'; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value) if not isinstance(value, int) else value
    except ValueError:
        return None
    return int(number) if number == number and abs(number) < 2**53 and number == int(number) else None


def to_id(value: Any) -> int | None:
    """An id: a whole number above 0. HaloPSA API: 0, -1 and -99 mean none."""
    number = to_int(value)
    return number if number is not None and number > 0 else None


def to_text(value: Any) -> str:
    """Trimmed text; '' for nothing. A decimal without fraction loses its '.0'."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and to_int(value) is not None:
        return str(to_int(value))
    return str(value).strip()


def to_bool(value: Any, default: bool = False) -> bool:
    """HaloPSA API: booleans may come as text; an omitted one has its default."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    text = to_text(value).lower()
    return text in {"true", "1", "yes"} if text else default


def to_told(value: Any) -> bool | None:
    """A boolean; None where Halo does not say."""
    return None if value is None else to_bool(value)


def to_time(value: Any) -> datetime | None:
    """Aware UTC. HaloPSA API: with Z, with an offset or naive (which is UTC), up to 7 fraction digits."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    day, minute, second, fraction, zone = found.groups()
    text = f"{day}T{minute or '00:00'}{second or ':00'}.{(fraction or '')[:6]:0<6}"
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC) - _offset(zone)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= FIRST_REAL_YEAR else None


def to_http_time(value: str) -> datetime | None:
    """The time of an HTTP header such as `Date`, aware UTC; None where it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _offset(zone: str | None) -> timedelta:
    if not zone or zone.upper() == "Z":
        return timedelta()
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def iso(moment: datetime) -> str:
    """How times are sent: UTC with Z, to the millisecond. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A time without a zone can't be sent.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rows_of(body: Any, key: str) -> list[Row]:
    """The rows of a list answer: a bare array, the named key, or the only array in the envelope.

    Raises BadAnswer where there is no list.
    """
    if isinstance(body, dict):
        body = _list_in(body, key)
    if not isinstance(body, list):
        raise BadAnswer(f"HaloPSA sent something else where a list of {key} was expected.", status=200)
    return [row for row in body if isinstance(row, dict)]


def total_of(body: Any) -> int | None:
    """`record_count`: the rows of all pages. None where it is missing."""
    total = to_int(body.get("record_count")) if isinstance(body, dict) else None
    return total if total is not None and total >= 0 else None


def _list_in(body: Row, key: str) -> Any:
    if isinstance(body.get(key), list):
        return body[key]
    lists = [
        value for name, value in body.items() if isinstance(value, list) and not name.startswith("column")
    ]
    if len(lists) == 1:
        return lists[0]
    return [] if not lists and to_int(body.get("record_count")) == 0 else None
