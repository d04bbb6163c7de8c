"""Real workers on one PostgreSQL: routing and planning the same things at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from django.db import connection

from integrations.choices import EventState, EventStatus, IntentionKind, IntentionState
from integrations.models import Event, Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import START, World, make_computer
from ticketing.models import Alert, AlertEvent, NoiseSettings, Ticket, TicketState
from ticketing.planning import plan_tickets
from ticketing.routing import route_events

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
WORKERS, ALERTS, REPEATS = 4, 30, 5


def at_once(*functions: Callable[[], object]) -> None:
    """Start all in the same moment, each with a connection of its own."""
    start = Barrier(len(functions))

    def run(function: Callable[[], object]) -> None:
        try:
            start.wait()
            function()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        for running in [pool.submit(run, function) for function in functions]:
            running.result()


def route_until_empty() -> None:
    while Event.objects.filter(status=EventStatus.NEW).exists():
        route_events(limit=20)


def make_events(world: World, state: str, minute: int) -> None:
    for computer in world.company.computers.all():
        for second in range(REPEATS):
            at = START + timedelta(minutes=minute, seconds=second)
            world.event(state, computer=computer, occurred_at=at)


def test_workers_that_route_at_once_double_nothing_and_lose_nothing() -> None:
    world = World()
    for _ in range(ALERTS - 1):
        make_computer(world.company)
    make_events(world, "open", minute=0)
    at_once(*[route_until_empty] * WORKERS)
    assert Alert.objects.count() == ALERTS
    assert AlertEvent.objects.count() == ALERTS * REPEATS
    assert set(Alert.objects.values_list("event_count", "occurrence")) == {(REPEATS, 1)}


def let_any_number(world: World) -> None:
    """The storm guard has tests of its own."""
    NoiseSettings.objects.create(halo_credential=world.credential, storm_company=0, storm_all=0)


def test_routing_and_planning_at_once_make_one_ticket_and_one_closing_for_each_alert() -> None:
    world = World()
    let_any_number(world)
    for _ in range(ALERTS - 1):
        make_computer(world.company)
    make_events(world, "open", minute=0)

    def plan() -> None:
        for _ in range(10):
            plan_tickets(world.instance)

    at_once(route_until_empty, route_until_empty, plan, plan)
    plan_tickets(world.instance)
    assert Ticket.objects.filter(current=True).count() == Ticket.objects.count() == ALERTS
    Intention.objects.filter(kind=IntentionKind.CREATE_TICKET).update(state="done")
    Ticket.objects.update(state="open", halo_id=1)
    make_events(world, "resolved", minute=1)
    at_once(route_until_empty, route_until_empty, plan, plan)
    plan_tickets(world.instance)
    closings = Intention.objects.filter(kind=IntentionKind.CLOSE_TICKET)
    assert closings.count() == len(set(closings.values_list("subject_id"))) == ALERTS
    assert not AlertEvent.objects.filter(handled=False).exists()


def test_doors_routing_planning_and_delivery_at_once_lose_and_double_nothing() -> None:
    world, halo, chance = World(), FakeHalo(), Random(7)
    let_any_number(world)
    computers = [world.computer, *(make_computer(world.company) for _ in range(9))]
    stories = [
        (computer, minute, chance.choice(["open", "open", "resolved"]))
        for minute in range(12)
        for computer in computers
    ]

    def tell() -> None:
        for computer, minute, state in stories:
            world.event(state, computer=computer, occurred_at=START + timedelta(minutes=minute))

    def work() -> None:
        for _ in range(12):
            route_events(limit=7)
            plan_tickets(world.instance)
            send(halo, world.instance)

    at_once(tell, work, work, work)
    for _ in range(3):
        run_once(halo, world.instance)
    halo_open = {number for number, record in halo.records.items() if not record.closed}
    alerts = Alert.objects.filter(state=EventState.OPEN).select_related("ticket")
    assert halo_open == {alert.ticket.halo_id for alert in alerts if alert.ticket}
    assert len(halo_open) == alerts.count()
    assert len(halo.closings()) == len(halo.tickets) - len(halo_open)
    assert set(Ticket.objects.filter(current=True).values_list("state", flat=True)) <= {TicketState.OPEN}
    finished = (IntentionState.DONE, IntentionState.CANCELLED)
    assert not Intention.objects.exclude(state__in=finished).exists()
    assert len({ticket["supplier_reference"] for ticket in halo.tickets.values()}) == len(halo.tickets)
