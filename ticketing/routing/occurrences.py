"""How one event moves its alert: opened, repeated, resolved, or history because it is older than known ones.

An alert's state follows the newest time of its events; of two at the same time the one received later counts.
Works on rows in memory; routing locks them before and stores them after.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from integrations.choices import EventState
from integrations.models import Company, Event
from ticketing.models import Alert, AlertEvent, Decision

NEVER_OPEN = "It was already resolved when it was first heard of."


def company_of(event: Event) -> Company | None:
    """The event's own company, else that of its computer."""
    if event.company is not None:
        return event.company
    return event.computer.company if event.computer is not None else None


def identity_of(event: Event, credential_id: int) -> str:
    """The digest of what makes an alert unique: credential, console, company, computer and series.

    Made of the console's own ids, so that an alert stays the same when its computer becomes known later.
    """
    company, computer = company_of(event), event.computer
    parts = [
        credential_id,
        event.console_id,
        company.external_id if company else event.company_external_id,
        computer.external_id if computer else event.computer_external_id,
        series_of(event),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def series_of(event: Event) -> str:
    """What repeats and ends together; an event without a key of its own stands for its type."""
    return event.series_key or event.event_type


def new_alert(identity: str, event: Event, credential_id: int) -> Alert:
    """An alert that no event has moved yet; occurrence 0 means that it was never open."""
    return Alert(
        identity=identity,
        halo_credential_id=credential_id,
        console_id=event.console_id,
        series_key=series_of(event),
        event_type=event.event_type,
        title=event.title,
        severity=event.severity,
        product=event.product,
        state=EventState.RESOLVED,
        occurrence=0,
        opened_at=event.occurred_at,
        newest_at=event.occurred_at,
        decision=Decision.NOT_WANTED,
        reason=NEVER_OPEN,
        pending=False,
    )


def take(alert: Alert, event: Event, *, observing: bool) -> AlertEvent:
    """Move the alert by one event and return the row that ties the two (unsaved).

    A resolve that ends an alert of another identity names another company or none: the alert keeps its own.
    """
    late = alert.event_count > 0 and _moment(event) < _moment_of_newest(alert)
    told = False
    if not late:
        told = _open(alert, event, observing) if event.state == EventState.OPEN else _resolve(alert, event)
        alert.newest_at, alert.last_event = event.occurred_at, event
        if (
            not told
            or alert.identity == identity_of(event, alert.halo_credential_id)
            or event.state == EventState.OPEN
        ):
            alert.company, alert.computer = company_of(event), event.computer
    alert.event_count += 1
    alert.pending = alert.pending or told
    return AlertEvent(alert=alert, event=event, occurrence=alert.occurrence, handled=not told)


def _moment(event: Event) -> tuple[datetime, datetime]:
    return event.occurred_at, event.received_at


def _moment_of_newest(alert: Alert) -> tuple[datetime, datetime]:
    received = alert.last_event.received_at if alert.last_event else alert.newest_at
    return alert.newest_at, received


def _open(alert: Alert, event: Event, observing: bool) -> bool:
    """A repeat while it is open; otherwise a new occurrence, which is decided anew.

    The former ticket stays linked until planning, which has to close it and refer to it, has looked.
    """
    if alert.state != EventState.OPEN:
        alert.state = EventState.OPEN
        alert.occurrence += 1
        alert.ended_before_at = alert.resolved_at if alert.occurrence > 1 else None
        alert.opened_at, alert.resolved_at = event.occurred_at, None
        alert.decision, alert.reason = Decision.UNDECIDED, ""
        alert.baseline = observing
        alert.profile = None
    alert.event_type, alert.title, alert.severity = event.event_type, event.title, event.severity
    alert.product = event.product
    return True


def _resolve(alert: Alert, event: Event) -> bool:
    if alert.state == EventState.OPEN:
        alert.state, alert.resolved_at = EventState.RESOLVED, event.occurred_at
        return True
    if alert.occurrence == 0:
        alert.resolved_at = event.occurred_at
    return False
