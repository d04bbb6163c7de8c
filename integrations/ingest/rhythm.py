"""How often a console tells something: what is longer than usual has to be known before it is said."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Max, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from integrations.choices import ConnectionState
from integrations.models import Console, Event

LOOKED_AT: Final = timedelta(days=28)
SHORTEST_HISTORY: Final = timedelta(days=7)
FEWEST_HOURS: Final = 10
"""Hours with events; below that a rhythm is a guess."""
LAST_HOURS: Final = timedelta(hours=3)


def note_last_events() -> None:
    """Advance `last_event_at` of the consoles that told something lately. Two statements and one for each."""
    since = timezone.now() - LAST_HOURS
    newest = Event.objects.filter(received_at__gte=since).order_by().values_list("console")
    for console, at in newest.annotate(Max("received_at")):
        older = Q(last_event_at__isnull=True) | Q(last_event_at__lt=at)
        Console.objects.filter(older, pk=console).update(last_event_at=at)


def learn_rhythm() -> None:
    """Once a night: the longest silence of each console in the last weeks, without one that lasts."""
    hours = defaultdict[int, list[datetime]](list)
    found = Event.objects.filter(received_at__gte=timezone.now() - LOOKED_AT).order_by()
    told = found.annotate(hour=TruncHour("received_at")).values_list("console", "hour").distinct()
    for pk, hour in told.order_by("console", "hour").iterator():
        hours[pk].append(hour)
    rows = list(Console.objects.filter(pk__in=hours).only("pk"))
    for row in rows:
        row.longest_silence = _longest_silence(hours[row.pk])
    Console.objects.bulk_update(rows, ["longest_silence"], batch_size=500)
    unknown = Console.objects.filter(last_event_at__isnull=True, pk__in=hours)
    for console in unknown:
        last = hours[console.pk][-1]
        Console.objects.filter(pk=console.pk, last_event_at__isnull=True).update(last_event_at=last)


def _longest_silence(hours: list[datetime]) -> int | None:
    """Minutes; None where too little is known."""
    if len(hours) < FEWEST_HOURS or hours[-1] - hours[0] < SHORTEST_HISTORY:
        return None
    longest = max(later - earlier for earlier, later in pairwise(hours))
    return int(longest.total_seconds() // 60)


def silent_consoles(now: datetime, *, least: timedelta, factor: float) -> list[Console]:
    """Working consoles that have told nothing for `factor` times their longest silence, and for `least`."""
    quiet = Console.objects.filter(enabled=True, state=ConnectionState.WORKING, last_event_at__lt=now - least)
    rows = quiet.filter(longest_silence__isnull=False)
    return [row for row in rows if _silence_of(row, now) > factor * (row.longest_silence or 0)]


def _silence_of(row: Console, now: datetime) -> float:
    assert row.last_event_at is not None  # noqa: S101  filtered
    return (now - row.last_event_at).total_seconds() / 60
