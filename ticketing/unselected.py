"""Kinds of events that consoles tell of and no event set selects: what nobody would notice otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState
from integrations.models import Console, Event
from ticketing import clock
from ticketing.models import EventSet

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Unselected:
    """Of one console: an event type with the code that the vendor uses for it ("" where it sends none).
    `newest` is an event of it."""

    console: Console
    event_type: str
    vendor_code: str
    events: int
    last_received: datetime
    newest: Event

    @property
    def event_type_name(self) -> str:
        info = EVENT_TYPES.get(self.event_type)
        return f"{info.category}: {info.name}" if info else self.event_type


def unselected(days: int = 30, most: int = MOST) -> list[Unselected]:
    """What told of trouble in the last days, most frequent first. Four queries."""
    selected = {key for keys in EventSet.objects.values_list("event_types", flat=True) for key in keys}
    rows = list(
        Event.objects.filter(received_at__gte=clock.now() - timedelta(days=days), state=EventState.OPEN)
        .exclude(event_type__in=selected)
        .order_by()
        .values("console", "event_type", "vendor_code")
        .annotate(events=Count("pk"), last=Max("received_at"), newest=Max("pk"))
        .order_by("-events", "console", "event_type", "vendor_code")[:most]
    )
    consoles = Console.objects.in_bulk({row["console"] for row in rows})
    newest = Event.objects.select_related("company", "computer").in_bulk({row["newest"] for row in rows})
    return [
        Unselected(
            consoles[row["console"]],
            row["event_type"],
            row["vendor_code"],
            row["events"],
            row["last"],
            newest[row["newest"]],
        )
        for row in rows
        if row["newest"] in newest and row["console"] in consoles
    ]


def heard_anything(days: int) -> bool:
    """Whether consoles told of any trouble in the last days, selected or not."""
    since = clock.now() - timedelta(days=days)
    return Event.objects.filter(received_at__gte=since, state=EventState.OPEN).exists()


def select(event_set: EventSet, event_type: str) -> bool:
    """Add the type to the set; False where it was in it already. Raises ValueError for an unknown type."""
    if event_type not in EVENT_TYPES:
        raise ValueError(f"There is no event type {event_type!r}.")
    with transaction.atomic():
        row = EventSet.objects.select_for_update().get(pk=event_set.pk)
        if event_type in row.event_types:
            return False
        row.event_types = [*row.event_types, event_type]
        row.save(update_fields=["event_types"])
    return True
