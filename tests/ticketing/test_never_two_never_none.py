"""Random histories, planned and delivered at random moments to a HaloPSA that loses answers.

Whatever the order, in the end each alert that is open has exactly one open ticket, each that is over has
none, each occurrence has at most one, and no ticket, note or closing was written twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrations.choices import EventState, IntentionKind, IntentionState
from integrations.models import Event, Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import START, World, route_all
from ticketing.models import Alert, AlertEvent, TicketState
from ticketing.planning import plan_tickets
from ticketing.refusals import retry_refused

pytestmark = pytest.mark.django_db

SERIES = st.sampled_from(["plan:1", "plan:2"])
ANSWERS = st.lists(st.sampled_from(["done", "lost", "unheard"]), max_size=3)
STEPS = st.one_of(
    st.tuples(st.just("open"), SERIES),
    st.tuples(st.just("resolved"), SERIES),
    st.tuples(st.just("late"), SERIES),
    st.tuples(st.just("route"), st.none()),
    st.tuples(st.just("plan"), st.none()),
    st.tuples(st.just("send"), ANSWERS),
    st.tuples(st.just("rest"), st.none()),
    st.tuples(st.just("resolve while sending"), SERIES),
    st.tuples(st.just("open while sending"), SERIES),
)


class History:
    """Plays steps against one small world."""

    def __init__(self, clock: Any) -> None:
        self.world, self.halo, self.clock = World(), FakeHalo(), clock
        self.minutes = 0

    def play(self, step: str, value: Any) -> None:
        match step:
            case "open" | "resolved":
                self.event(step, value, self.next_time())
            case "late":
                self.event("open", value, START - timedelta(hours=1))
            case "route":
                route_all()
            case "plan":
                route_all()
                plan_tickets(self.world.instance)
            case "send":
                self.halo.answers = list(value)
                send(self.halo, self.world.instance)
                self.halo.answers = []
            case "rest":
                self.clock.shift(timedelta(seconds=121))
            case _:
                state = "resolved" if step.startswith("resolve") else "open"
                self.halo.meanwhile = [lambda: self.meanwhile(state, value)]
                send(self.halo, self.world.instance)
                self.halo.meanwhile = []

    def meanwhile(self, state: str, series: str) -> None:
        self.event(state, series, self.next_time())
        route_all()
        plan_tickets(self.world.instance)

    def next_time(self) -> datetime:
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def event(self, state: str, series: str, at: datetime) -> None:
        self.world.event(state, series_key=series, occurred_at=at)

    def settle(self) -> None:
        """Let everything come to rest; staff look again at what waits for them."""
        for _ in range(12):
            run_once(self.halo, self.world.instance)
            for ticket in self.world.tickets():
                if ticket.state == TicketState.STAFF:
                    retry_refused(ticket)
            self.clock.shift(timedelta(seconds=121))
        assert not Intention.objects.exclude(
            state__in=(IntentionState.DONE, IntentionState.CANCELLED)
        ).exists()

    def check(self) -> None:
        self.check_nothing_is_double()
        self.check_tickets_follow_alerts()
        self.check_notes()

    def check_nothing_is_double(self) -> None:
        markers = Counter(ticket["supplier_reference"] for ticket in self.halo.tickets.values())
        assert set(markers.values()) <= {1}
        creates = Intention.objects.filter(kind=IntentionKind.CREATE_TICKET, state=IntentionState.DONE)
        occurrences = Counter((c.content["alert"], c.content["occurrence"]) for c in creates)
        assert set(occurrences.values()) <= {1}
        assert len(self.halo.tickets) == sum(occurrences.values())
        texts = Counter(action["note_html"][-60:] for action in self.halo.actions)
        assert set(texts.values()) <= {1}

    def check_tickets_follow_alerts(self) -> None:
        halo_open = {number for number, record in self.halo.records.items() if not record.closed}
        wanted = set()
        for alert in Alert.objects.select_related("ticket"):
            if alert.state == EventState.OPEN:
                assert alert.ticket is not None
                assert (alert.ticket.state, alert.ticket.current) == (TicketState.OPEN, True)
                wanted.add(alert.ticket.halo_id)
        assert halo_open == wanted
        closings = Counter(action["ticket_id"] for action in self.halo.closings())
        assert closings == Counter(set(self.halo.tickets) - halo_open)

    def check_notes(self) -> None:
        notes = Intention.objects.filter(kind=IntentionKind.ADD_NOTE, state=IntentionState.DONE)
        told = [note.content["event"] for note in notes]
        assert len(told) == len(set(told)) == len(self.halo.notes())
        assert len(told) == sum(ticket.notes for ticket in self.world.tickets())
        assert not Event.objects.filter(pk__in=told, state=EventState.RESOLVED).exists()
        creates = Intention.objects.filter(kind=IntentionKind.CREATE_TICKET, state=IntentionState.DONE)
        served = {create.subject_id: create.content["occurrence"] for create in creates}
        assert all(served[note.subject_id] == note.content["occurrence"] for note in notes)
        assert not AlertEvent.objects.filter(handled=False).exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=14))
@example([("open", "plan:1"), ("plan", None), ("resolve while sending", "plan:1"), ("open", "plan:1")])
@example(
    [("open", "plan:1"), ("plan", None), ("send", []), ("open", "plan:1"), ("plan", None), ("send", ["lost"])]
)
@example([("open", "plan:1"), ("plan", None), ("send", []), ("resolved", "plan:1"), ("open", "plan:1")])
@example([("open", "plan:1"), ("plan", None), ("send", ["unheard"]), ("resolved", "plan:1"), ("plan", None)])
@example([("open", "plan:1"), ("plan", None), ("send", ["lost"]), ("resolved", "plan:1"), ("open", "plan:1")])
def test_each_occurrence_has_one_ticket_that_is_closed_if_and_only_if_it_is_over(
    steps: list[tuple[str, Any]],
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock, transaction.atomic():
        history = History(clock)
        for step in steps:
            history.play(*step)
        history.settle()
        history.check()
        transaction.set_rollback(True)
