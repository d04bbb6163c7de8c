"""Events → alerts. Set-based: what 1,000 events cost in statements does not depend on how many they are.

Safe to run in any number of workers at once: events are claimed by their row locks, the alerts they belong
to are locked in one order (the same as in planning), and the unique constraints on alerts and alert events
hold the rest. SQLite has one writer at a time instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from integrations.choices import EventStatus
from integrations.models import Company, Event
from integrations.runs.acts import again_if_broken_off
from ticketing.models import Alert, AlertEvent
from ticketing.routing.destinations import Destinations, find_places, waiting_with_a_destination
from ticketing.routing.moves import ENDS_NOTHING, Moves
from ticketing.routing.occurrences import identity_of, new_alert
from ticketing.routing.resolving import Candidates

_ALERT_FIELDS = [
    "company", "computer", "event_type", "product", "severity", "title", "state", "occurrence", "event_count",
    "opened_at", "newest_at", "resolved_at", "ended_before_at", "last_event", "decision", "reason",
    "baseline", "profile", "pending",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Routed:
    """How many events were judged, and the instances for which delivery has something to look at."""

    events: int = 0
    instances: set[int] = field(default_factory=set)


def route_events(limit: int = 1000) -> Routed:
    """Judge up to `limit` new events, the oldest first; if there are none, waiting ones that can go now."""
    routed = _route(limit)
    if routed.events == 0 and rejudge_waiting():
        routed = _route(limit)
    return routed


def rejudge_waiting(company: Company | None = None) -> int:
    """Put waiting events (of one company, or all) that have a destination by now back to *new*; how many.

    Events that would only wait again are not touched.
    """
    waiting = waiting_with_a_destination()
    if company is not None:
        named = Q(console_id=company.console_id, company_external_id=company.external_id)
        waiting = waiting.filter(Q(company=company) | named | Q(computer__company=company))
    # Nearly always there are none: a look costs no lock, an update of nothing does.
    return waiting.update(status=EventStatus.NEW, reason="") if waiting.exists() else 0


def instances_to_deliver() -> set[int]:
    """Instances for whose alerts delivery has something to look at, also what a dead worker left behind."""
    pending = Alert.objects.filter(pending=True, halo_credential__enabled=True).order_by()
    return set(pending.values_list("halo_credential__instance_id", flat=True).distinct())


@again_if_broken_off
def _route(limit: int) -> Routed:
    with transaction.atomic():
        events = _claim(limit)
        if not events:
            return Routed()
        Event.objects.bulk_update(find_places(events), ["company", "computer"])
        destinations, candidates = Destinations.of(events), Candidates.of(events)
        alerts = _lock_alerts(events, destinations, candidates)
        moves = Moves(destinations, alerts, candidates)
        rows = [row for event in events for row in moves.of(event)]
        _store(events, moves, rows)
        Alert.objects.filter(pk__in=moves.unused(), event_count=0).delete()
    pending = {row.alert.halo_credential_id for row in rows if not row.handled}
    return Routed(len(events), {moves.credentials[pk].instance_id for pk in pending})


def _claim(limit: int) -> list[Event]:
    """Lock the oldest new events. A second worker waits here and then finds them routed."""
    new = Event.objects.filter(status=EventStatus.NEW).order_by("id")
    return list(
        new.select_related("company", "computer__company")
        .select_for_update(of=("self",))
        .defer("raw", "message")[:limit]
    )


def _lock_alerts(
    events: Sequence[Event], destinations: Destinations, candidates: Candidates
) -> dict[str, Alert]:
    """The alerts of these events by identity, made where they are missing, and those that their resolves
    may mean; locked in one order."""
    pairs = [(event, pk) for event in events for pk in destinations.credentials(event)]
    wanted = {identity_of(event, pk): (event, pk) for event, pk in reversed(pairs)}
    known = set(Alert.objects.filter(identity__in=wanted).values_list("identity", flat=True))
    missing = [new_alert(key, *wanted[key]) for key in sorted(wanted) if key not in known]
    Alert.objects.bulk_create(missing, ignore_conflicts=True)
    rows = Alert.objects.filter(Q(identity__in=wanted) | Q(pk__in=candidates.numbers))
    locked = rows.select_related("last_event").order_by("pk").select_for_update(of=("self",))
    return {alert.identity: alert for alert in locked.defer("last_event__raw", "last_event__message")}


def _store(events: list[Event], moves: Moves, rows: list[AlertEvent]) -> None:
    alerts = {row.alert_id: row.alert for row in rows}
    Alert.objects.bulk_create(
        alerts.values(), update_conflicts=True, unique_fields=["identity"], update_fields=_ALERT_FIELDS
    )
    AlertEvent.objects.bulk_create(rows, ignore_conflicts=True)
    alerts_of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        alerts_of[row.event_id].append(row.alert_id)
    for event in events:
        _label(event, alerts_of[event.pk], moves.destinations)
        if event.pk in moves.ended_nothing:
            event.reason = f"{event.reason.removesuffix('.')}. {ENDS_NOTHING}"[:500]
    Event.objects.bulk_update(events, ["status", "reason"])


def _label(event: Event, alerts: list[int], destinations: Destinations) -> None:
    """Say on the event where it went, or what it waits for."""
    if not alerts:
        event.status, event.reason = EventStatus.WAITING, destinations.why_waiting(event)[:500]
        return
    numbers = ", ".join(f"#{pk}" for pk in alerts)
    event.status, event.reason = EventStatus.ROUTED, f"Alert {numbers}"
    if event.computer_external_id and event.computer is None:
        event.reason += (
            f". The console's computer '{event.computer_external_id}' is not known; a ticket gets no asset."
        )
    event.reason = event.reason[:500]
