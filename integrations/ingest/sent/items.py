"""Objects that are judged one by one, each with its own errors: none hurts the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.models import Console
from integrations.sync.storable import storable_text

EARLIEST_YEAR: Final = 1990
"""Times before it are how programs write "never": 0001-01-01, 1900-01-01, 1970-01-01."""
EPOCH_IN_MILLISECONDS: Final = 10_000_000_000


@dataclass(slots=True)
class Item:
    """One posted object: `values` or `errors` (field to sentences); `notes` say what was left out of it."""

    sent: Any
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def sent_id(self) -> str | None:
        """The external id as sent, to find a refused item by; None if it has none."""
        found = self.sent.get("external_id") if isinstance(self.sent, Mapping) else None
        return storable_text(str(found), 300) if isinstance(found, str | int) else None


def validate_each(serializer: serializers.Serializer[Any], items: Iterable[Item]) -> None:
    """Fill in each item's values or errors; one serializer serves all, so that 1,000 items stay quick."""
    for item in items:
        try:
            item.values = serializer.run_validation(item.sent)
        except serializers.ValidationError as problem:
            item.errors = flatten(problem.detail)


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors as one mapping: `{"credentials.api_key": ["..."], "3.name": ["..."]}`."""
    found: dict[str, list[str]] = {}
    for name, sentence in _walk(detail, path):
        # Sentences and names may repeat what was sent, and an answer cannot carry half a character.
        found.setdefault(storable_text(name) or "non_field_errors", []).append(storable_text(sentence))
    return found


def _walk(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _walk(value, f"{path}.{key}" if path else str(key))
    elif isinstance(detail, list | tuple):
        for position, value in enumerate(detail):
            nested = isinstance(value, Mapping | list | tuple)
            yield from _walk(value, f"{path}.{position}".lstrip(".") if nested else path)
    else:
        yield path, str(detail)


# ---- times ----------------------------------------------------------------------------------


@extend_schema_field({"type": ["string", "null"], "format": "date-time"})
class Moment(serializers.Field[Any, Any, Any, Any]):
    """A time: ISO 8601 or seconds since 1970. Aware UTC, or naive where no zone was sent; "never" is None."""

    default_error_messages = {"invalid": "This is not a time; write it as 2026-01-31T18:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime | None:
        try:
            found = self._read(data)
            if found is None:
                self.fail("invalid")
            # Also proves that the time survives a change of zone.
            early = found.astimezone(UTC) if found.tzinfo else found
            return early if early.year >= EARLIEST_YEAR else None
        except (ValueError, OverflowError, OSError):
            return self._beyond(data)

    def _beyond(self, data: Any) -> datetime | None:
        """The first and the last day of the calendar cannot change zone; they say "never" and "ever"."""
        if isinstance(data, str) and data.startswith("0001-01-01"):
            return None
        self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()

    @staticmethod
    def _read(data: Any) -> datetime | None:
        if isinstance(data, bool):
            return None
        if isinstance(data, int | float):
            seconds = data / 1000 if abs(data) >= EPOCH_IN_MILLISECONDS else data
            return datetime.fromtimestamp(seconds, UTC)
        if not isinstance(data, str):
            return None
        day = None if (found := parse_datetime(data.strip())) else parse_date(data.strip())
        return found or (datetime(day.year, day.month, day.day) if day else None)  # noqa: DTZ001


def in_zone(when: datetime | None, console: Console) -> datetime | None:
    """An aware UTC time; one without a zone is read in the console's."""
    if when is None or when.tzinfo is not None:
        return when
    zone: tzinfo
    try:
        zone = ZoneInfo(console.time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = UTC
    try:
        return when.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return when.replace(tzinfo=UTC)
