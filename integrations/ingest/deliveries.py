"""Deliveries of consoles (webhooks, mails): kept as they came in, understood later, and any number of times.

A delivery is read where `processed_at` is empty. Reading one twice (the worker died, staff asked for it)
brings no second event: the door below recognises repeats.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.choices import MailState
from integrations.ingest.events import DUPLICATE, store_events
from integrations.models import Console, Mail, RawDelivery
from integrations.records import EventRecord

log = logging.getLogger(__name__)

CONSOLE_DOOR: Final = "console"
MAIL_DOOR: Final = "mail"
READABLE: Final = (CONSOLE_DOOR, MAIL_DOOR)
"""Doors of consoles: what came in at them is read in the queue, and can be read again."""

LARGEST: Final = 1024 * 1024
"""Bytes of a delivery; what is larger is refused at the door."""
AT_ONCE: Final = 100
"""Deliveries that are read together: about a dozen statements, whatever they bring."""

Parse = Callable[[bytes], Sequence[EventRecord]]
"""The connector's; raises `ValueError` with a sentence, whose `records` hold what could be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one go has read: deliveries, events that were new, repeats, deliveries with a problem."""

    deliveries: int = 0
    new: int = 0
    known: int = 0
    problems: int = 0


def keep(console: Console, body: bytes, refused: str = "") -> RawDelivery:
    """Store a delivery; it is read later, unless it was `refused` for the reason given."""
    return RawDelivery.objects.create(
        console=console,
        door=CONSOLE_DOOR,
        body=as_text(body),
        error=refused,
        processed_at=timezone.now() if refused else None,
    )


def as_text(body: bytes) -> str:
    """The body in a form that every database stores; what is no UTF-8 stays recognisable."""
    return body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def to_read(console: Console | None = None) -> QuerySet[RawDelivery]:
    """Deliveries of the console (of all) that nobody has read yet, oldest first."""
    rows = RawDelivery.objects.filter(door__in=READABLE, processed_at__isnull=True, console__enabled=True)
    return (rows.filter(console=console) if console else rows).order_by("pk")


NOT_READ_AGAIN: Final = (
    "Only what a console took in that is switched on can be read again; what was refused for want of the "
    "webhook secret stays refused."
)


def was_refused(row: RawDelivery) -> bool:
    """Whether it was refused at the door, for want of the vendor's proof."""
    return row.door == CONSOLE_DOOR and row.processed_at is not None and row.new_events is None


def read_again(deliveries: QuerySet[RawDelivery]) -> list[Console]:
    """Mark them as not read; return the consoles to ask for reading.

    Only deliveries of consoles can be, and only those that were taken: what was refused at the door, for want
    of the vendor's proof, stays refused.
    """
    refused = Q(processed_at__isnull=False, new_events__isnull=True, door=CONSOLE_DOOR)
    rows = deliveries.filter(~refused, door__in=READABLE, console__enabled=True).order_by()
    consoles = list(Console.objects.filter(pk__in=rows.values("console")))
    Mail.objects.filter(delivery__in=rows).update(state=MailState.WAITING, reason="")
    rows.update(processed_at=None, error="", new_events=None, known_events=None)
    return consoles


def read_some(console: Console, parse: Parse) -> Read:
    """Read up to `AT_ONCE` waiting deliveries, oldest first, and store their events."""
    rows = list(to_read(console)[:AT_ONCE])
    found = [_understood(row, parse) for row in rows]
    outcomes = store_events(console, [record for records in found for record in records])
    begin = 0
    for row, records in zip(rows, found, strict=True):
        part = outcomes[begin : begin + len(records)]
        begin += len(records)
        row.known_events = part.count(DUPLICATE)
        row.new_events = len(part) - row.known_events
        row.processed_at = timezone.now()
    RawDelivery.objects.bulk_update(rows, ["processed_at", "error", "new_events", "known_events"])
    return Read(
        len(rows),
        sum(row.new_events or 0 for row in rows),
        sum(row.known_events or 0 for row in rows),
        sum(bool(row.error) for row in rows),
    )


def _understood(row: RawDelivery, parse: Parse) -> list[EventRecord]:
    """The events of a delivery; its `error` says what could not be read."""
    row.error = ""
    try:
        return list(parse(row.body.encode()))
    except (NotImplementedError, LookupError) as problem:
        row.error = str(problem)
    except ValueError as problem:
        # A bad delivery brings along what could be read of it.
        row.error = str(problem)
        return list(getattr(problem, "records", ()))
    except Exception:
        log.exception("The delivery %s of the console %s could not be read", row.pk, row.console_id)
        row.error = "An unexpected error while reading it; the log of the server has the details."
    return []
