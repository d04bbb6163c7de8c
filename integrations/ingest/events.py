"""Records of events → stored events, before anybody is told that they were accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from integrations.choices import Severity
from integrations.ingest.batches import ROWS, batches
from integrations.ingest.console_rows import external_key
from integrations.ingest.novelty import fingerprints_of_new, messages_of
from integrations.ingest.vanished import derived_resolves, open_series, series_of
from integrations.models import Company, Computer, Console, Event
from integrations.records import EventRecord, FindingRecord
from integrations.sync.repeats import Message
from integrations.sync.storable import storable_json, storable_text

__all__ = ["DUPLICATE", "STORED", "derived_resolves", "open_series", "store_events"]

STORED: Final = "stored"
DUPLICATE: Final = "duplicate"

MOST_FINDINGS: Final = 200

_LONGEST: Final = {"event_type": 80, "title": 500, "reason": 500, "product": 200, "vendor_code": 120}
_LONGEST_IN_FINDING: Final = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the events of one call have in common."""

    console: Console
    first_read: bool
    received_at: datetime


def store_events(
    console: Console,
    records: Sequence[EventRecord],
    *,
    first_read: bool = False,
    received_at: datetime | None = None,
) -> list[str]:
    """Store what is new; "stored" or "duplicate" for each record, in their order.

    What a repeat is, `integrations.sync.repeats` says. Times after `received_at` (now) are set to it. A
    company or computer that the console does not know (yet) costs an event its link only, and it says so.
    """
    arrival = Arrival(console, first_read, received_at or timezone.now())
    return [outcome for batch in batches(records) for outcome in _store(arrival, batch)]


def _store(arrival: Arrival, records: list[EventRecord]) -> list[str]:
    """Judge without a lock first: repeats are the rule, and they cost no transaction.

    The lock on the console's row lets one worker at a time judge and store, so that each gets the right
    answer; the unique fingerprint is the floor under it.
    """
    console = arrival.console
    messages = messages_of(console, records)
    fingerprints = fingerprints_of_new(console.pk, messages)
    if any(fingerprints):
        with transaction.atomic():
            _lock(console)
            fingerprints = fingerprints_of_new(console.pk, messages)
            new = [
                (record, message, fingerprint)
                for record, message, fingerprint in zip(records, messages, fingerprints, strict=True)
                if fingerprint is not None
            ]
            Event.objects.bulk_create(_events(arrival, new), batch_size=ROWS, ignore_conflicts=True)
    return [DUPLICATE if fingerprint is None else STORED for fingerprint in fingerprints]


def _lock(console: Console) -> None:
    """Wait for other stores of this console. (SQLite: the transaction itself is the lock.)"""
    rows = Console.objects.select_for_update(no_key=True).filter(pk=console.pk)
    list(rows.order_by().values_list("pk"))


def _events(arrival: Arrival, new: list[tuple[EventRecord, Message, str]]) -> list[Event]:
    links = Links(arrival.console, [record for record, _, _ in new])
    return [_event(arrival, links, *item) for item in new]


def _event(arrival: Arrival, links: Links, record: EventRecord, message: Message, fingerprint: str) -> Event:
    company_id, computer_id, reason = links.of(record)
    return Event(
        console=arrival.console,
        external_id=message.external_id,
        fingerprint=fingerprint,
        event_type=storable_text(record.event_type, _LONGEST["event_type"]),
        vendor_code=storable_text(record.vendor_code, _LONGEST["vendor_code"]),
        series_key=series_of(record.series_key),
        state=message.state,
        severity=record.severity if record.severity in Severity.values else Severity.MEDIUM,
        title=storable_text(record.title or record.event_type, _LONGEST["title"]),
        message=storable_text(record.message),
        company_id=company_id,
        computer_id=computer_id,
        company_external_id=external_key(record.company_external_id or ""),
        computer_external_id=external_key(record.computer_external_id or ""),
        product=storable_text(record.product, _LONGEST["product"]),
        findings=[_finding(finding) for finding in record.findings[:MOST_FINDINGS]],
        occurred_at=min(message.happened_at or arrival.received_at, arrival.received_at),
        time_was_sent=message.sent_at is not None,
        received_at=arrival.received_at,
        first_read=arrival.first_read,
        reason=storable_text(reason, _LONGEST["reason"]),
        raw=storable_json(record.raw),
    )


def _finding(finding: FindingRecord) -> dict[str, str]:
    return {name: storable_text(value, _LONGEST_IN_FINDING) for name, value in asdict(finding).items()}


class Links:
    """Our ids of the companies and computers that events name, found with one query each."""

    def __init__(self, console: Console, records: Iterable[EventRecord]) -> None:
        named = list(records)
        companies = {external_key(record.company_external_id or "") for record in named} - {""}
        computers = {external_key(record.computer_external_id or "") for record in named} - {""}
        rows = Company.objects.filter(console=console, external_id__in=companies).order_by()
        self._companies = dict(rows.values_list("external_id", "pk"))
        machines = Computer.objects.filter(console=console, external_id__in=computers).order_by()
        self._computers = {
            external_id: (pk, company_id)
            for external_id, pk, company_id in machines.values_list("external_id", "pk", "company_id")
        }

    def of(self, record: EventRecord) -> tuple[int | None, int | None, str]:
        """(company, computer, sentence about what is not known). A computer tells its company."""
        company = self._companies.get(external_key(record.company_external_id or ""))
        computer, owner = self._computers.get(external_key(record.computer_external_id or ""), (None, None))
        if company is not None and owner is not None and company != owner:
            # A ticket of one company must not show a computer of another.
            named = (record.computer_external_id or "")[:100]
            return company, None, f"The computer {named!r} is another company's, so it is left out."
        unknown = (
            ("company", record.company_external_id, company),
            ("computer", record.computer_external_id, computer),
        )
        reasons = [
            f"The console does not know a {what} {external_id[:100]!r} (yet)."
            for what, external_id, found in unknown
            if external_id and found is None
        ]
        return company or owner, computer, " ".join(reasons)
