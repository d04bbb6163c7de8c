"""The replay: events in their order, what falls due between them, and what is written counted, not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Min, QuerySet

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Event, Instance, Intention
from integrations.runs.writing import Cancelled as TakenBack
from integrations.runs.writing import settle_cancelled
from ticketing import clock
from ticketing.apply import outcomes
from ticketing.apply.withdrawal import check_create, check_write
from ticketing.models import Alert, Simulation, Ticket
from ticketing.planning import plan_tickets
from ticketing.routing import route_events
from ticketing.simulate.apart import Apart
from ticketing.simulate.copying import Arriving, copy_world
from ticketing.simulate.counts import KINDS, Counts

AT_ONCE: Final = 500
MANY: Final = 5_000
"""Events from which on they are judged in larger portions."""
_APART: Final = timedelta(minutes=1)
_FURTHER_APART: Final = timedelta(minutes=5)
"""Events that came within it are judged together, unless one series told twice."""


def simulate(simulation: Simulation, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Replay the days of the simulation; what would have been written, by company and by day.

    As many days before are replayed as well, uncounted, so that what was open already is known to be.
    `progress` (events done, of how many) is called in the real world and may raise to stop it.
    """
    end = simulation.created_at
    counted_from = end - timedelta(days=simulation.days)
    events = Event.objects.filter(
        received_at__gte=counted_from - timedelta(days=simulation.days), received_at__lt=end
    ).order_by("received_at", "id")
    counts, done, total = Counts(counted_from), 0, events.count()
    with Apart() as apart:
        copy_world(apart, simulation)
        replay = _Replay(apart, counts)
        apart_in_time = _APART if total <= MANY else _FURTHER_APART
        for batch in _batches(events.defer("raw", "message", "findings"), apart_in_time):
            replay.step(batch)
            done += len(batch)
            progress(done, total)
        replay.until(end)
    return counts.told(events=events.filter(received_at__gte=counted_from).count(), until=end)


def _batches(events: QuerySet[Event], most_apart: timedelta) -> Iterator[list[Event]]:
    """What is judged in one go: events that came soon after each other, no two of one series."""
    batch: list[Event] = []
    arrived: dict[Any, datetime] = {}
    for event in _streamed(events):
        key = (
            event.console_id,
            event.computer_id,
            event.computer_external_id,
            event.series_key,
            event.event_type,
        )
        late = batch and event.received_at - batch[0].received_at > most_apart
        # What came in one go was routed in one go, whatever it told of a series.
        again = key in arrived and arrived[key] != event.received_at
        if batch and (late or again or len(batch) >= AT_ONCE):
            yield batch
            batch, arrived = [], {}
        batch.append(event)
        arrived[key] = event.received_at
    if batch:
        yield batch


def _streamed(events: QuerySet[Event]) -> Iterator[Event]:
    """By key, not by a cursor: between two chunks the replay uses the connection's name."""
    last: tuple[datetime, int] | None = None
    while True:
        rows = events
        if last is not None:
            rows = rows.filter(received_at__gte=last[0]).exclude(received_at=last[0], pk__lte=last[1])
        chunk = list(rows[:AT_ONCE])
        if not chunk:
            return
        yield from chunk
        last = (chunk[-1].received_at, chunk[-1].pk)


class _Replay:
    """The world apart, moved on step by step."""

    def __init__(self, apart: Apart, counts: Counts) -> None:
        self._apart, self._counts = apart, counts
        self._arriving = Arriving(apart)
        self._halo_id = 0

    def step(self, events: list[Event]) -> None:
        at = events[-1].received_at
        self.until(at)
        self._arriving.bring(events)
        with self._apart.here(), clock.at(at):
            while route_events().events:
                pass
            self._plan()

    def until(self, moment: datetime) -> None:
        """Let what falls due before that moment happen in its time."""
        with self._apart.here():
            while due := self._next_look(moment):
                with clock.at(due):
                    self._plan()
                    # Whatever it was for, it has been looked at.
                    Alert.objects.filter(look_again_at__lte=due).update(look_again_at=None)

    @staticmethod
    def _next_look(moment: datetime) -> datetime | None:
        rows = Alert.objects.filter(look_again_at__lt=moment)
        found: datetime | None = rows.aggregate(first=Min("look_again_at"))["first"]
        return found

    def _plan(self) -> None:
        for instance in Instance.objects.all():
            plan_tickets(instance)
        self._pretend()

    def _pretend(self) -> None:
        """Everything that was planned is written, as far as the last look before sending lets it."""
        planned = Intention.objects.filter(state=IntentionState.PLANNED)
        while waiting := list(planned.order_by("id")[:AT_ONCE]):
            for intention in waiting:
                self._write(intention)

    def _write(self, intention: Intention) -> None:
        ticket = Ticket.objects.select_related("profile").get(pk=intention.subject_id)
        try:
            if intention.kind == IntentionKind.CREATE_TICKET:
                check_create(ticket)
            else:
                check_write(ticket, intention)
        except TakenBack as why:
            settle_cancelled(intention, str(why))
            return
        self._halo_id += 1
        intention.halo_id = self._halo_id
        Intention.objects.filter(pk=intention.pk).update(
            state=IntentionState.DONE, halo_id=self._halo_id, finished_at=clock.now()
        )
        outcomes.done(ticket, intention, outcomes.Found())
        if intention.kind in KINDS:
            self._counts.add(KINDS[IntentionKind(intention.kind)], ticket.company_id)
