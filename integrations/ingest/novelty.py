"""Which events of a batch are new: the stored side of `integrations.sync.repeats`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Max

from integrations.choices import EventState
from integrations.ingest.vanished import ENDED, series_of
from integrations.models import Console, Event, KnownSeries
from integrations.records import EventRecord
from integrations.sync.repeats import Last, Message, Repeats, back_fingerprint, timed_fingerprint
from integrations.sync.storable import storable_key

_EARLIEST_YEAR: Final = 2000
"""Times before it are how vendors write "never" (1899, 1900, 1970): they count as not sent."""

_LONGEST_ID: Final = 300


def messages_of(console: Console, records: Sequence[EventRecord]) -> list[Message]:
    """What decides about each record. A state that is not known is taken as open: better told than lost."""
    zone = _zone(console)
    ended = _ended_series(console, records)
    return [_message(record, zone, ended) for record in records]


def fingerprints_of_new(console_id: int, messages: Sequence[Message]) -> list[str | None]:
    """For each message the fingerprint to store it under, None for a repeat; at most two queries."""
    timed = {
        timed_fingerprint(console_id, message.external_id, message.state, message.sent_at)
        for message in messages
        if message.sent_at is not None
    }
    timed |= {
        back_fingerprint(console_id, message.external_id, message.state, message.ended_at)
        for message in messages
        if message.ended_at is not None
    }
    chained = {
        message.external_id for message in messages if message.sent_at is None or message.ended_at is not None
    }
    repeats = Repeats(console_id, _stored(timed), _last(console_id, chained))
    return [repeats.fingerprint_of_new(message) for message in messages]


def _stored(fingerprints: set[str]) -> Iterable[str]:
    if not fingerprints:
        return ()
    rows = Event.objects.filter(fingerprint__in=fingerprints).order_by()
    return rows.values_list("fingerprint", flat=True)


def _last(console_id: int, external_ids: set[str]) -> dict[str, Last]:
    """The event that arrived last for each external id."""
    if not external_ids:
        return {}
    of_console = Event.objects.filter(console_id=console_id, external_id__in=external_ids).order_by()
    newest = of_console.values("external_id").annotate(newest=Max("pk")).values("newest")
    rows = Event.objects.filter(pk__in=newest).order_by()
    return {
        external_id: Last(state, fingerprint)
        for external_id, state, fingerprint in rows.values_list("external_id", "state", "fingerprint")
    }


def _ended_series(console: Console, records: Sequence[EventRecord]) -> dict[str, datetime | None]:
    """When the bridge concluded the end of the series that these records call open."""
    keys = {series_of(record.series_key) for record in records if record.state != EventState.RESOLVED}
    if not keys - {""}:
        return {}
    rows = KnownSeries.objects.filter(console=console, series_key__in=keys, misses__gte=ENDED).order_by()
    return dict(rows.values_list("series_key", "ended_at"))


def _message(record: EventRecord, zone: tzinfo, ended: dict[str, datetime | None]) -> Message:
    state = record.state if record.state in EventState.values else EventState.OPEN.value
    is_open = state == EventState.OPEN
    return Message(
        external_id=storable_key(record.external_id, _LONGEST_ID),
        state=state,
        sent_at=_sent_at(record.occurred_at, zone),
        ended_at=ended.get(series_of(record.series_key)) if is_open else None,
    )


def _sent_at(sent: datetime | None, zone: tzinfo) -> datetime | None:
    """The time in UTC; None where no believable one was sent. Naive times are in the console's zone."""
    if sent is None or sent.year < _EARLIEST_YEAR:
        return None
    try:
        return (sent if sent.tzinfo else sent.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None


def _zone(console: Console) -> tzinfo:
    try:
        return ZoneInfo(console.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
