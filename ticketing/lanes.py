"""A ticket's lane of intentions: adding writes at its end, and taking back what was not sent.

Lane `ticket:<id>`, sequence 1 creates. `cause` names why a write exists, once for ever; where a write was
taken back although its cause may come again, the cause is set free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, F, Max, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention, Run, new_marker
from integrations.runs.pauses import span
from ticketing.models import Alert, AlertEvent, Ticket

BETWEEN_TABLES: Final = 120.0
"""Seconds between two writes of a ticket's list of alerts."""


@dataclass(frozen=True, slots=True)
class Write:
    """One wish: becomes an intention when its ticket has a primary key."""

    kind: IntentionKind
    ticket: Ticket
    cause: str
    content: dict[str, Any]


def lane_of(ticket: Ticket) -> str:
    return f"ticket:{ticket.pk}"


def cause_of_create(alert: Alert) -> str:
    return f"create:{alert.identity}:{alert.occurrence}"


def cause_of_create_after(alert: Alert, closed: Ticket) -> str:
    """A further ticket for the same occurrence, because a person closed the one before."""
    return f"create:{alert.identity}:{alert.occurrence}:{closed.pk}"


def cause_of_reopen(alert: Alert, ticket: Ticket) -> str:
    """Once for an occurrence and each time that its ticket was closed."""
    closed = f"{ticket.closed_at.timestamp():.0f}" if ticket.closed_at else "closing"
    return f"reopen:{ticket.pk}:{alert.pk}:{alert.occurrence}:{closed}"


def cause_of_over(ticket: Ticket, alert_id: int, occurrence: int) -> str:
    """The note that the alert is over, on a ticket that is left to staff."""
    return f"over:{ticket.pk}:{alert_id}:{occurrence}"


def cause_of_note(row: AlertEvent) -> str:
    return f"note:{row.pk}"


def cause_of_close(ticket: Ticket, alert_id: int, occurrence: int) -> str:
    """Once for each time that the last alert of a ticket ends."""
    return f"close:{ticket.pk}:{alert_id}:{occurrence}"


def markers_of(ticket: Ticket) -> set[str]:
    """The bridge references of everything that was ever written about the ticket."""
    return set(Intention.objects.filter(lane=lane_of(ticket)).values_list("marker", flat=True))


def add_tables(tickets: Sequence[Ticket], run: Run | None, *, at_once: bool = False) -> int:
    """A write of each ticket's list of alerts, at most one that is not sent yet; how many. Four queries.

    It rests for a while after the one before, so that a ticket which grows fast costs few calls.
    """
    lane = {lane_of(ticket): ticket for ticket in tickets}
    tables = Intention.objects.filter(lane__in=list(lane), kind=IntentionKind.UPDATE_TICKET)
    unsent = set(tables.filter(state=IntentionState.PLANNED).values_list("lane", flat=True))
    last = dict(
        tables.order_by().values("lane").annotate(last=Max("finished_at")).values_list("lane", "last")
    )
    wanted = {name: ticket for name, ticket in lane.items() if name not in unsent}
    writes = [
        Write(IntentionKind.UPDATE_TICKET, ticket, f"table:{ticket.pk}:{new_marker()}", {})
        for ticket in wanted.values()
    ]
    rests = {name: at + span(BETWEEN_TABLES) for name in wanted if (at := last.get(name))}
    add(writes, run, None if at_once else rests)
    return len(writes)


def add(writes: Sequence[Write], run: Run | None, rests: Mapping[str, datetime] | None = None) -> None:
    """Append the writes to the lanes of their (stored) tickets, in the order given. Two queries.

    `rests` says of lanes until when what is added rests.
    """
    if not writes:
        return
    lanes = {lane_of(write.ticket) for write in writes}
    taken = Intention.objects.filter(lane__in=lanes).order_by().values("lane").annotate(last=Max("sequence"))
    last = {row["lane"]: row["last"] for row in taken}
    rows = []
    for write in writes:
        lane = lane_of(write.ticket)
        last[lane] = last.get(lane, 0) + 1
        rows.append(_intention(write, lane, last[lane], run))
        rows[-1].not_before = (rests or {}).get(lane)
    Intention.objects.bulk_create(rows)


def _intention(write: Write, lane: str, sequence: int, run: Run | None) -> Intention:
    ticket = write.ticket
    return Intention(
        instance_id=ticket.instance_id,
        halo_credential_id=ticket.halo_credential_id,
        kind=write.kind,
        # The ticket itself carries the marker of the write that creates it.
        marker=ticket.marker if write.kind == IntentionKind.CREATE_TICKET else new_marker(),
        cause=write.cause,
        lane=lane,
        sequence=sequence,
        subject_id=ticket.pk,
        content=write.content,
        run=run,
    )


def take_back(
    tickets: Iterable[Ticket], words: str, *, kind: IntentionKind | None = None, free_cause: bool = False
) -> set[int]:
    """Cancel what is planned and not sent for these tickets; return the primary keys of those it hit.

    Conditional: a write that somebody has begun to send stays. Two queries.
    """
    planned = Intention.objects.filter(
        lane__in=[lane_of(ticket) for ticket in tickets], state=IntentionState.PLANNED
    )
    if kind is not None:
        planned = planned.filter(kind=kind)
    # The row locks make reading and cancelling one act; SQLite's transactions have the write lock already.
    rows = dict(planned.order_by("id").select_for_update().values_list("pk", "subject_id"))
    changes: dict[str, Any] = {
        "state": IntentionState.CANCELLED,
        "answer": words,
        "finished_at": timezone.now(),
    }
    if free_cause:
        changes["cause"] = Concat(F("cause"), Value(":taken back:"), Cast("pk", CharField()))
    Intention.objects.filter(pk__in=rows, state=IntentionState.PLANNED).update(**changes)
    return set(rows.values())


def free_creates(alerts: Iterable[Alert]) -> None:
    """The tickets of these occurrences are closed although the alerts are open: another may be made."""
    made = Intention.objects.filter(cause__in=[cause_of_create(alert) for alert in alerts])
    made.update(cause=Concat(F("cause"), Value(":closed:"), Cast("pk", CharField())))
