"""Times as vendors write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from integrations.records import ComputerRecord, EventRecord
from tests.contract.shape import AnyRecord

ZONE = "Australia/Adelaide"
"""10.5 hours before UTC in the months of the samples."""
EAST = timezone(timedelta(hours=5, minutes=45))
MILLISECONDS_FROM = 10_000_000_000

Form = Callable[[datetime, tzinfo], Any]
FORMS: dict[str, Form] = {
    "ISO with Z": lambda when, zone: when.isoformat().replace("+00:00", "Z"),
    "ISO with milliseconds": lambda when, zone: when.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    "ISO with an offset": lambda when, zone: when.astimezone(EAST).isoformat(),
    "ISO with a blank": lambda when, zone: when.isoformat(" "),
    "ISO without a zone": lambda when, zone: when.astimezone(zone).replace(tzinfo=None).isoformat(),
    "seconds": lambda when, zone: int(when.timestamp()),
    "seconds with a fraction": lambda when, zone: when.timestamp() + 0.25,
    "milliseconds": lambda when, zone: int(when.timestamp() * 1000),
    "milliseconds as text": lambda when, zone: str(int(when.timestamp() * 1000)),
}
OLD_TACTICAL = "%b-%d-%Y - %H:%M"


def instant(value: Any, zone: tzinfo) -> datetime | None:
    """What a value of the samples means; None for "never"."""
    if isinstance(value, int | float) and value > 0:
        when = datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    elif isinstance(value, str) and value[:2] == "20":
        when = datetime.fromisoformat(value)
    elif isinstance(value, str) and " - " in value:
        when = datetime.strptime(value, OLD_TACTICAL).replace(tzinfo=zone)
    else:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)


def time_of(record: AnyRecord) -> datetime | None:
    if isinstance(record, ComputerRecord):
        return record.last_seen
    return record.occurred_at if isinstance(record, EventRecord) else None


def to_seconds(when: datetime | None) -> datetime | None:
    return when and when.replace(microsecond=0)
