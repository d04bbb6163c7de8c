"""Shapes of Tactical RMM's answers, and the ways in which its versions write a time or "nothing"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from integrations.connectors import values

Row = Mapping[str, Any]

_OLD_TIME: Final = "%b-%d-%Y - %H:%M"
"""How servers before 2022 wrote times of an alert, in their own zone."""
_NOTHING: Final = frozenset({"", "-", "none", "null", "n/a"})
_FAILED: Final = ("error getting ", "unknown ")
"""How the server begins a text that stands where it could not read a value from the agent."""


def open_count(answer: Any) -> int | None:
    """How many alerts are open, of an answer to `{"top": n}`; hidden and snoozed ones may not count."""
    return values.number(answer.get("alerts_count")) if isinstance(answer, Mapping) else None


def text(value: Any) -> str | None:
    """Text without the server's words for "nothing" (`-`, `None`, `error getting local ips`)."""
    found = values.text(value)
    low = (found or "").casefold()
    return None if low in _NOTHING or low.startswith(_FAILED) else found


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """An aware UTC time, also from the form of old servers."""
    found = values.moment(value, zone)
    if found is not None or not isinstance(value, str):
        return found
    try:
        return datetime.strptime(value.strip(), _OLD_TIME).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
