"""What planning has decided about a chunk of alerts, stored at the end in a constant number of statements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from integrations.choices import Action, IntentionKind, Outcome
from integrations.models import Entry, Run
from ticketing import lanes
from ticketing.models import Alert, AlertEvent, Ticket, TicketState
from ticketing.noise.storms import Storms
from ticketing.planning.closing import Over, close

_PLANNED_FIELDS = [
    "decision", "reason", "baseline", "profile", "ticket", "pending", "look_again_at", "noted_at", "unnoted",
]  # fmt: skip


@dataclass(slots=True)
class Draft:
    """Collected decisions. Nothing is stored before `store`, which runs in the caller's transaction."""

    run: Run | None
    storms: Storms
    counts: Counter[str] = field(default_factory=Counter)
    _left: list[Over] = field(default_factory=list)
    _released: list[Ticket] = field(default_factory=list)
    _used_again: list[Ticket] = field(default_factory=list)
    _reopened: list[Ticket] = field(default_factory=list)
    _noted: list[Ticket] = field(default_factory=list)
    _tables: list[Ticket] = field(default_factory=list)
    _tickets: list[Ticket] = field(default_factory=list)
    _writes: list[lanes.Write] = field(default_factory=list)
    _alerts: list[Alert] = field(default_factory=list)
    _handled: list[int] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)

    def leave(self, over: Over) -> None:
        """The alert has come back: the ticket of its former occurrence is closed and makes way."""
        self._left.append(over)
        over.ticket.current = False

    def release(self, ticket: Ticket) -> None:
        """A ticket that can't take anything any more makes way for a new one of its group."""
        self._released.append(ticket)
        ticket.current = False

    def use_again(self, ticket: Ticket) -> None:
        """It was left open, or HaloPSA refused to close it: it is still open there and takes what is new."""
        self._used_again.append(ticket)
        ticket.state, ticket.left_open = TicketState.OPEN, False

    def reopen(self, ticket: Ticket, alert: Alert) -> None:
        """A closed ticket (or one whose closing is on its way) is opened again for this occurrence."""
        content = {"alert": alert.pk, "occurrence": alert.occurrence, "event": alert.last_event_id}
        self._write(IntentionKind.REOPEN_TICKET, ticket, lanes.cause_of_reopen(alert, ticket), content)
        self._reopened.append(ticket)
        ticket.state, ticket.current, ticket.closed_by_person = TicketState.REOPENING, True, False
        self.counts["reopens"] += 1

    def create(self, ticket: Ticket, alert: Alert, cause: str) -> None:
        self._tickets.append(ticket)
        content = {"alert": alert.pk, "occurrence": alert.occurrence}
        self._write(IntentionKind.CREATE_TICKET, ticket, cause, content)
        self.counts["creates"] += 1

    def note(self, ticket: Ticket, row: AlertEvent, number: int = 1) -> None:
        """A note on the event of this row, which stands for `number` of them."""
        content = {"alert": row.alert_id, "occurrence": row.occurrence, "event": row.event_id}
        more = {"events": number} if number > 1 else {}
        self._write(IntentionKind.ADD_NOTE, ticket, lanes.cause_of_note(row), {**content, **more})
        self.counts["notes"] += 1

    def noted(self, ticket: Ticket) -> None:
        """Its `noted_at` has changed."""
        self._noted.append(ticket)

    def table(self, ticket: Ticket) -> None:
        """The list of its alerts has changed. One that is created in this draft is complete anyway."""
        if ticket not in self._tables and ticket not in self._tickets:
            self._tables.append(ticket)

    def _write(self, kind: IntentionKind, ticket: Ticket, cause: str, content: dict[str, Any]) -> None:
        self._writes.append(lanes.Write(kind, ticket, cause, content))

    def changed(self, alert: Alert) -> None:
        self._alerts.append(alert)

    def handled(self, rows: list[AlertEvent]) -> None:
        self._handled += [row.pk for row in rows]

    def entry(self, alert: Alert, action: Action, outcome: Outcome, subject: str, reason: str) -> None:
        """A result of the run about this alert; without a run there is nobody to report to."""
        if self.run is None:
            return
        self._entries.append(
            Entry(
                run=self.run,
                action=action,
                outcome=outcome,
                subject=subject[:300],
                subject_kind="alert",
                subject_id=alert.pk,
                reason=reason,
            )
        )

    def store(self) -> None:
        """Former tickets first: only one of a group may be current."""
        self.counts.update(close(self._left, self.run, release=True) if self._left else {})
        _update(self._released, current=False)
        _update(self._used_again, state=TicketState.OPEN, left_open=False, reason="")
        _update(
            self._reopened,
            state=TicketState.REOPENING,
            current=True,
            left_open=False,
            closed_by_person=False,
            reason="",
        )
        Ticket.objects.bulk_create(self._tickets)
        self.storms.store()
        lanes.add(self._writes, self.run)
        self.counts["updates"] += lanes.add_tables(self._tables, self.run) if self._tables else 0
        Ticket.objects.bulk_update([ticket for ticket in self._noted if ticket.pk], ["noted_at"])
        # An upsert of rows that exist: a fraction of what `bulk_update` costs, and the rows are locked.
        Alert.objects.bulk_create(
            self._alerts, update_conflicts=True, unique_fields=["identity"], update_fields=_PLANNED_FIELDS
        )
        AlertEvent.objects.filter(pk__in=self._handled).update(handled=True)
        Entry.objects.bulk_create(self._entries)


def _update(tickets: list[Ticket], **changes: object) -> None:
    if tickets:
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(**changes)
