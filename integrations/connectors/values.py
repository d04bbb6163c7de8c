"""Values as vendors send them: text, numbers, flags, times, ids and addresses in every spelling seen.

Each function takes anything that JSON can hold and answers None for what says nothing (absent, empty, zero
dates), so that a parser states which key it reads and nothing else. None of them raises.
"""

from __future__ import annotations

import html
import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

_EARLIEST_YEAR: Final = 1990  # 0001-01-01, 1900-01-01 and 1970-01-01 are how vendors write "never"
_EPOCH_IN_MILLISECONDS: Final = 10_000_000_000
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NO_NAME: Final = frozenset({"", "null", "none"})
_LINE_TAG: Final = re.compile(r"</?(?:br|div|h[1-6]|hr|li|ol|p|pre|table|tr|ul)\b[^<>]*>", re.I)
_OTHER_TAG: Final = re.compile(r"</?(?:a|b|em|font|i|span|strong|tbody|td|th|u)\b[^<>]*>", re.I)


def text(value: Any) -> str | None:
    """Trimmed text of a string or number; None for empty text, lists, objects and flags."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def plain(value: Any) -> str | None:
    """Text without mark-up: the common tags dropped, entities resolved, runs of blanks joined, lines kept.

    What only looks like a tag (`<final>` in a file name) stays.
    """
    found = text(value)
    if found is None:
        return None
    bare = html.unescape(_OTHER_TAG.sub("", _LINE_TAG.sub("\n", found))).replace("\x00", "")
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(line for line in lines if line) or None


def line(value: Any) -> str | None:
    """`plain` text on one line, for titles."""
    return " ".join((plain(value) or "").split()) or None


def number(value: Any) -> int | None:
    """A whole number, also from numeric text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return int(float(value)) if not isinstance(value, int) else value
    except (TypeError, ValueError, OverflowError):
        return None


def flag(value: Any) -> bool | None:
    """True or False, also from 0 and 1, "yes" and "no", "online" and "offline"; None if it says neither."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    if word in {"true", "1", "yes", "y", "on", "online"}:
        return True
    if word in {"false", "0", "no", "n", "off", "offline"}:
        return False
    return None


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """An aware UTC time from ISO text or an epoch in seconds or milliseconds.

    ISO text without an offset is taken to be in `zone`. The vendors' ways to write "never" are None.
    """
    if isinstance(value, bool) or value is None:
        return None
    found: datetime | None
    try:
        found = _from_epoch(float(value))
    except (TypeError, ValueError):
        found = _from_iso(str(value).strip(), zone)
    except (OverflowError, OSError):
        return None
    return found if found is not None and found.year >= _EARLIEST_YEAR else None


def day(value: Any) -> date | None:
    """A day as it is written, whatever time and zone follow it (`2028-09-14T00:00:00Z`); of an epoch UTC's.

    Days that are written another way round (14/09/2028) are None: their order can't be told.
    """
    found = _DAY.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        when = moment(value, UTC) if number(value) else None
        return when.date() if when else None
    try:
        written = date(*map(int, found.groups()))
    except ValueError:
        return None
    return written if written.year >= _EARLIEST_YEAR else None


def _from_epoch(seconds: float) -> datetime:
    if abs(seconds) >= _EPOCH_IN_MILLISECONDS:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC)


def _from_iso(found: str, zone: tzinfo) -> datetime | None:
    try:
        when = datetime.fromisoformat(found)
        if when.tzinfo is None:
            when = when.replace(tzinfo=zone)
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def guid(value: Any) -> str | None:
    """An id without the curly braces of some vendors, in lower case."""
    found = (text(value) or "").strip("{}").strip().lower()
    return None if found in _NO_NAME or set(found) <= {"0", "-"} else found


def mac_addresses(value: Any) -> tuple[str, ...]:
    """Hardware addresses as `00:15:5d:01:02:03`, without junk (all zero, all one, not 12 digits)."""
    found = (re.sub(r"[^0-9a-f]", "", part.lower()) for part in _parts(value))
    pairs = (":".join(re.findall("..", digits)) for digits in found if _is_mac(digits))
    return tuple(dict.fromkeys(pairs))


def _is_mac(digits: str) -> bool:
    return len(digits) == 12 and set(digits) not in ({"0"}, {"f"})


def ip_addresses(value: Any) -> tuple[str, ...]:
    """IPv4 and IPv6 addresses in their normal spelling; loopback and unspecified ones are left out."""
    return tuple(dict.fromkeys(found for part in _parts(value) if (found := _ip(part))))


def _ip(part: str) -> str | None:
    try:
        address = ipaddress.ip_address(part.split("/")[0].split("%")[0])
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else str(address)


def _parts(value: Any) -> Iterable[str]:
    """The single entries of a list or of text that holds several, divided by comma, semicolon or blank."""
    if isinstance(value, list | tuple):
        return [part for item in value for part in _parts(item)]
    return [part for part in re.split(r"[\s,;]+", text(value) or "") if part]


def squash(value: Any) -> str:
    """Letters and digits only, lower case: for comparing names whose spelling is not settled."""
    return "".join(sign for sign in str(value if value is not None else "").casefold() if sign.isalnum())


def size(count: int) -> str:
    """Bytes as people read them: `700.0 MiB`."""
    amount = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if abs(amount) < 1024:
            return f"{count} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
