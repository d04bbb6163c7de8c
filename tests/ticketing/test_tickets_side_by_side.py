"""One delivery sends different tickets at once, and what concerns one ticket in its order."""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock
from typing import Any

import pytest
from django.db import connection

from integrations.choices import IntentionState
from integrations.models import Intention
from integrations.records import WriteAnswer
from integrations.runs.delivery import Delivered, deliver
from integrations.sync.safety import BudgetExhausted
from tests.ticketing.fake_halo import KINDS, FakeHalo
from tests.ticketing.world import World, make_computer
from ticketing.apply import TicketSender
from ticketing.models import NoiseSettings, Ticket, TicketState
from ticketing.planning import plan_tickets
from ticketing.routing import route_events

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="threads share no transaction with an SQLite in memory"
    ),
]
TICKETS = 12


class SlowHalo(FakeHalo):
    """Takes its time, and notes how many calls are on their way at once, in all and for one ticket."""

    def __init__(self, permits: int | None = None) -> None:
        super().__init__()
        self.permits = permits
        self.most_at_once = 0
        self.most_of_one = 0
        self._now: Counter[str] = Counter()
        self._counting = Lock()

    def send_ticket(self, payload: dict[str, Any]) -> WriteAnswer:
        return self._slowly(payload["supplier_reference"], lambda: super(SlowHalo, self).send_ticket(payload))

    def send_action(self, payload: dict[str, Any]) -> WriteAnswer:
        return self._slowly(str(payload["ticket_id"]), lambda: super(SlowHalo, self).send_action(payload))

    def _slowly(self, ticket: str, send: Any) -> WriteAnswer:
        with self._counting:
            if self.permits is not None:
                if not self.permits:
                    raise BudgetExhausted(60)
                self.permits -= 1
            self._now[ticket] += 1
            self.most_at_once = max(self.most_at_once, self._now.total())
            self.most_of_one = max(self.most_of_one, self._now[ticket])
        time.sleep(0.1)
        with self._counting:
            self._now[ticket] -= 1
        answer: WriteAnswer = send()
        return answer


def planned() -> World:
    """Alerts that opened, were told of once more and ended: a create, a note and a closing would be too
    few to mix up, so that each ticket gets its create first and the rest after it."""
    world = World()
    NoiseSettings.objects.create(halo_credential=world.credential, storm_company=0, storm_all=0)
    for computer in [world.computer, *(make_computer(world.company) for _ in range(TICKETS - 1))]:
        world.event("open", computer=computer)
    route_events()
    plan_tickets(world.instance)
    return world


def send(world: World, halo: SlowHalo, threads: int = 4) -> Delivered:
    def sender(_: Intention) -> TicketSender:
        return TicketSender(halo, halo)  # type: ignore[arg-type]

    return deliver(
        world.instance,
        KINDS,
        sender,
        probe=lambda: None,
        renew=lambda: None,
        time_is_up=lambda: False,
        threads=threads,
    )


def test_different_tickets_go_at_once_each_once() -> None:
    world, halo = planned(), SlowHalo()
    result = send(world, halo)

    assert (result.done, len(halo.tickets)) == (TICKETS, TICKETS)
    assert halo.most_at_once == 4
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.OPEN}


def test_what_concerns_one_ticket_keeps_its_order() -> None:
    world, halo = planned(), SlowHalo()
    for computer in world.company.computers.all():
        world.event("resolved", computer=computer)
    Intention.objects.update(not_before=None)
    send(world, halo)
    route_events()
    plan_tickets(world.instance)
    send(world, halo)

    assert halo.most_of_one == 1
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.CLOSED}
    assert len(halo.actions) == TICKETS


def test_one_that_waits_alone_takes_no_thread() -> None:
    world = World()
    world.event("open")
    route_events()
    plan_tickets(world.instance)
    halo = SlowHalo()

    assert send(world, halo).done == 1
    assert halo.most_at_once == 1


def test_a_used_up_budget_ends_the_round_and_loses_nothing() -> None:
    world, halo = planned(), SlowHalo(permits=5)
    with pytest.raises(BudgetExhausted):
        send(world, halo)

    assert len(halo.tickets) == 5
    states = Counter(Intention.objects.values_list("state", flat=True))
    assert states == {IntentionState.DONE: 5, IntentionState.PLANNED: TICKETS - 5}

    halo.permits = None
    send(world, halo)
    assert len(halo.tickets) == TICKETS


def test_a_refused_ticket_does_not_keep_the_others() -> None:
    world, halo = planned(), SlowHalo()
    halo.answers = ["refused"]
    result = send(world, halo)

    assert (result.done, result.refused) == (TICKETS - 1, 1)
