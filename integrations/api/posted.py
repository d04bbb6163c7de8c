"""Bodies that hold one object or an array of them: each item is judged alone, none hurts the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.problems import flatten
from integrations.models import Console
from integrations.sync.storable import storable_text

MOST_ITEMS: Final = 1000
EARLIEST_YEAR: Final = 1990
"""Times before it are how programs write "never": 0001-01-01, 1900-01-01, 1970-01-01."""
EPOCH_IN_MILLISECONDS: Final = 10_000_000_000


@dataclass(slots=True)
class Item:
    """One posted object: either `values` or `errors` (field to sentences)."""

    sent: Any
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sent_id(self) -> str | None:
        """The external id as sent, to find a refused item by; None if it has none."""
        found = self.sent.get("external_id") if isinstance(self.sent, Mapping) else None
        return storable_text(str(found), 300) if isinstance(found, str | int) else None


def posted_items(data: Any) -> list[Item]:
    """The items of a body. Raises `ValidationError` for what is neither an object nor a fair array."""
    items = data if isinstance(data, list) else [data]
    if len(items) > MOST_ITEMS:
        raise serializers.ValidationError(
            f"The array has {len(items)} items; {MOST_ITEMS} are allowed in one request."
        )
    if not isinstance(data, list | Mapping):
        raise serializers.ValidationError("Send one object or an array of objects.")
    return [Item(item) for item in items]


def validate_each(serializer: serializers.Serializer[Any], items: Iterable[Item]) -> None:
    """Fill in each item's values or errors; one serializer serves all, so that 1,000 items stay quick."""
    for item in items:
        try:
            item.values = serializer.run_validation(item.sent)
        except serializers.ValidationError as problem:
            item.errors = flatten(problem.detail)


# ---- consoles -------------------------------------------------------------------------------


class ConsoleIndex:
    """The consoles that a body names, by id and by name, from one query."""

    def __init__(self, items: Sequence[Item]) -> None:
        named = {
            item.sent["console"]
            for item in items
            if isinstance(item.sent, Mapping) and isinstance(item.sent.get("console"), str | int)
        }
        ids = {int(value) for value in named if str(value).isascii() and str(value).isdigit()}
        names = {value for value in named if isinstance(value, str) and "\x00" not in value}
        wanted = Q(pk__in=[value for value in ids if value < 2**63]) | Q(name__in=names)
        rows = Console.objects.filter(wanted).defer("credentials")
        self._by_id = {console.pk: console for console in rows}
        self._by_name = {console.name: console for console in rows}

    def find(self, reference: Any) -> Console | None:
        """A name goes before an id, so that a console called "12" can be named."""
        if isinstance(reference, str) and reference in self._by_name:
            return self._by_name[reference]
        text = str(reference)
        return self._by_id.get(int(text)) if text.isascii() and text.isdigit() else None


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class ConsoleReference(serializers.Field[Any, Any, Any, Any]):
    """A console by id or by name; the serializer's context holds `consoles`, a `ConsoleIndex`."""

    default_error_messages = {
        "unknown": "There is no console {reference!r}.",
        "invalid": "Name the console by its id or its name.",
        "disabled": "The console {reference!r} is switched off.",
    }

    def to_internal_value(self, data: Any) -> Console:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        shown = data[:100] if isinstance(data, str) else data
        console: Console | None = self.context["consoles"].find(data)
        if console is None:
            self.fail("unknown", reference=shown)
        if not console.enabled:
            self.fail("disabled", reference=shown)
        return console

    def to_representation(self, value: Console) -> int:
        return value.pk


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
