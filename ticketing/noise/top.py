"""The loudest: what has told most in the last days, by company, computer and event type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Q

from integrations.catalogue import EVENT_TYPES
from integrations.models import Company, Computer
from ticketing import clock
from ticketing.models import AlertEvent, Snooze

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Loud:
    """`tickets` counts those that were made of it; `quieted` is the snooze or exclusion that it is under."""

    company: Company | None
    computer: Computer | None
    event_type: str
    events: int
    alerts: int
    tickets: int
    quieted: Snooze | None = None

    @property
    def event_type_name(self) -> str:
        info = EVENT_TYPES.get(self.event_type)
        return info.name if info else self.event_type


def loudest(days: int = 30, most: int = MOST) -> list[Loud]:
    """The loudest first. Four queries."""
    since = clock.now() - timedelta(days=days)
    rows = (
        AlertEvent.objects.filter(event__received_at__gte=since, event__state="open")
        .order_by()
        .values("alert__company", "alert__computer", "alert__event_type")
        .annotate(
            events=Count("pk"),
            alerts=Count("alert", distinct=True),
            tickets=Count("alert__ticket", distinct=True),
        )
        .order_by("-events", "alert__computer", "alert__company")[:most]
    )
    found = list(rows)
    companies = Company.objects.in_bulk({row["alert__company"] for row in found} - {None})
    computers = Computer.objects.in_bulk({row["alert__computer"] for row in found} - {None})
    active = Snooze.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.now()), alert__isnull=True)
    snoozes = list(active.select_related("company", "computer", "alert"))
    return [
        Loud(
            companies.get(row["alert__company"]),
            computers.get(row["alert__computer"]),
            row["alert__event_type"],
            row["events"],
            row["alerts"],
            row["tickets"],
            _quieted(snoozes, row["alert__company"], row["alert__computer"], row["alert__event_type"]),
        )
        for row in found
    ]


def _quieted(
    snoozes: Iterable[Snooze], company: int | None, computer: int | None, event_type: str
) -> Snooze | None:
    for snooze in snoozes:
        if (
            snooze.company_id in (None, company)
            and snooze.computer_id in (None, computer)
            and snooze.event_type in ("", event_type)
        ):
            return snooze
    return None
