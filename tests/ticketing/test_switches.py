"""What the switches of a mapping, the write mode and the profile do, in the middle of things, too."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Outcome, RunKind, WriteMode
from integrations.models import Entry, HaloCredential, Intention, Run
from mappings.models import CompanyMapping
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, route_all
from ticketing.models import Decision, TicketState
from ticketing.planning import plan_tickets

pytestmark = pytest.mark.django_db


def switch(world: World, **values: Any) -> None:
    CompanyMapping.objects.filter(pk=world.mapping.pk).update(**values)


def mode(world: World, value: str) -> None:
    HaloCredential.objects.filter(pk=world.credential.pk).update(write_mode=value)


# ---- create tickets, no notification --------------------------------------------------------


def test_create_tickets_off_makes_no_new_ticket_but_notes_and_closes_open_ones() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    switch(world, create_tickets=False)
    world.opened()
    world.opened(series_key="plan:2")
    run_once(halo, world.instance)
    assert (len(halo.tickets), len(halo.notes())) == (1, 1)
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_no_notification_writes_nothing_at_all() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    switch(world, no_notification=True)
    world.opened()
    world.opened(series_key="plan:2")
    world.resolved()
    assert run_once(halo, world.instance) == {"not_wanted": 1}
    assert (len(halo.tickets), halo.actions) == (1, [])


def test_what_was_resolved_under_no_notification_is_closed_when_it_is_off_again() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    switch(world, no_notification=True)
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    switch(world, no_notification=False)
    run_once(halo, world.instance)
    assert (len(halo.notes()), len(halo.closings())) == (0, 1)


def test_it_came_back_under_no_notification_and_the_switch_went_off() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    switch(world, no_notification=True)
    world.resolved()
    world.opened()
    run_once(halo, world.instance)
    assert (len(halo.tickets), halo.actions) == (1, [])
    switch(world, no_notification=False)
    world.opened()
    run_once(halo, world.instance)
    first, second = world.tickets()
    assert (first.state, second.state) == (TicketState.CLOSED, TicketState.OPEN)


@pytest.mark.parametrize(
    ("values", "decision"),
    [({"no_notification": True}, Decision.NOT_WANTED), ({"create_tickets": False}, Decision.NOT_WANTED)],
)
def test_a_switch_that_is_set_before_sending_takes_the_create_back(
    values: dict[str, bool], decision: str
) -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    switch(world, **values)
    send(halo, world.instance)
    assert halo.tickets == {}
    alert = world.alert()
    assert (alert.decision, alert.ticket) == (decision, None)
    assert world.tickets()[0].state == TicketState.CANCELLED
    switch(world, no_notification=False, create_tickets=True)
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_no_notification_takes_a_planned_closing_back_and_it_is_made_up_for() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    world.resolved()
    route_all()
    plan_tickets(world.instance)
    switch(world, no_notification=True)
    send(halo, world.instance)
    assert halo.actions == []
    assert world.tickets()[0].state == TicketState.OPEN
    switch(world, no_notification=False)
    run_once(halo, world.instance)
    assert len(halo.actions) == len(halo.closings()) == 1


# ---- observe --------------------------------------------------------------------------------


def test_observe_mode_plans_nothing_and_records_what_would_have_been() -> None:
    world, halo = World(write_mode=WriteMode.OBSERVE), FakeHalo()
    run = Run.objects.create(kind=RunKind.DELIVER, instance=world.instance)
    world.opened()
    route_all()
    plan_tickets(world.instance, run)
    send(halo, world.instance)
    plan_tickets(world.instance, run)
    assert not Intention.objects.exists()
    assert world.tickets() == []
    (entry,) = Entry.objects.all()
    assert (entry.outcome, entry.subject) == (
        Outcome.OBSERVED,
        "Ticket: [Backup] ALD-SRV01: File backup failed: Nightly",
    )
    assert world.alert().decision == Decision.BASELINE


def test_what_was_observed_is_a_baseline_after_switching_to_write() -> None:
    world, halo = World(write_mode=WriteMode.OBSERVE), FakeHalo()
    world.opened()
    route_all()
    mode(world, WriteMode.WRITE)
    world.opened()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    world.resolved()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_an_open_ticket_is_left_alone_while_observing_and_closed_afterwards() -> None:
    world, halo = World(), FakeHalo()
    run = Run.objects.create(kind=RunKind.DELIVER, instance=world.instance)
    world.opened()
    run_once(halo, world.instance)
    mode(world, WriteMode.OBSERVE)
    world.opened()
    world.resolved()
    route_all()
    plan_tickets(world.instance, run)
    send(halo, world.instance)
    assert halo.actions == []
    assert [entry.action for entry in Entry.objects.filter(outcome=Outcome.OBSERVED)] == ["note", "close"]
    mode(world, WriteMode.WRITE)
    run_once(halo, world.instance)
    assert (len(halo.notes()), len(halo.closings())) == (0, 1)


def test_a_credential_that_is_off_keeps_its_alerts_for_later() -> None:
    world, halo = World(enabled=False), FakeHalo()
    world.opened()
    assert run_once(halo, world.instance) == {}
    HaloCredential.objects.update(enabled=True)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
