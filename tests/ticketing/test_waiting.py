"""Alerts that wait for something to be repaired: each says for what, and goes on by itself afterwards."""

from __future__ import annotations

import pytest
from django.db import connection

from integrations.choices import IntentionState, OptionKind, Outcome, RunKind
from integrations.models import Entry, HaloOption, Intention, Run
from mappings.models import CompanyMapping
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, make_option, make_profile, route_all
from ticketing.models import Alert, Decision, TicketState
from ticketing.planning import plan_tickets

pytestmark = pytest.mark.django_db


def test_a_status_that_vanished_makes_the_alert_wait_until_the_profile_is_repaired() -> None:
    world, halo = World(), FakeHalo()
    run = Run.objects.create(kind=RunKind.DELIVER, instance=world.instance)
    make_option(world.credential, OptionKind.STATUS, 1)
    world.opened()
    route_all()
    plan_tickets(world.instance, run)
    plan_tickets(world.instance, run)
    alert = world.alert()
    assert alert.decision == Decision.WAITING
    assert alert.reason == (
        "The profile 'P1' uses the status 9, which no longer exists in HaloPSA; "
        "choose another on the profile."
    )
    assert [(e.outcome, e.reason) for e in Entry.objects.all()] == [(Outcome.WARNING, alert.reason)]
    world.profile.status_closed = 1
    world.profile.save()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_an_inactive_ticket_type_is_named() -> None:
    world, halo = World(), FakeHalo()
    make_option(world.credential, OptionKind.TICKET_TYPE, 21, name="Alert", active=False)
    world.opened()
    run_once(halo, world.instance)
    assert "uses the ticket type 21 ('Alert'), which no longer exists" in world.alert().reason


def test_the_number_of_a_priority_counts_only_within_its_sla() -> None:
    world, halo = World(), FakeHalo()
    make_option(world.credential, OptionKind.PRIORITY, 4, parent="2")
    world.profile.sla, world.profile.priority = 1, 4
    world.profile.save()
    world.opened()
    run_once(halo, world.instance)
    assert "uses the priority 4, which no longer exists" in world.alert().reason


def test_a_list_that_was_never_read_proves_nothing() -> None:
    world, halo = World(), FakeHalo()
    world.profile.team = 5
    world.profile.save()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_a_closing_status_that_vanished_is_told_and_the_ticket_closed_when_it_is_repaired() -> None:
    world, halo = World(), FakeHalo()
    options = [make_option(world.credential, OptionKind.STATUS, number) for number in (1, 9)]
    world.opened()
    run_once(halo, world.instance)
    HaloOption.objects.filter(pk=options[1].pk).update(active=False)
    world.resolved()
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, "uses the status 9" in ticket.reason) == (TicketState.OPEN, True)
    HaloOption.objects.filter(pk=options[1].pk).update(active=True)
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_a_profile_that_was_deleted_leaves_its_closing_to_the_default_one() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.rule.delete()
    world.profile.delete()
    world.resolved()
    run_once(halo, world.instance)
    assert (halo.actions, "was deleted" in world.tickets()[0].reason) == ([], True)
    make_profile(world.credential, is_default=True)
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_a_mapping_that_goes_away_before_sending_makes_the_alert_wait() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    CompanyMapping.objects.all().delete()
    send(halo, world.instance)
    alert = world.alert()
    assert halo.tickets == {}
    assert (alert.decision, alert.ticket) == (Decision.WAITING, None)
    assert alert.reason.startswith("The company 'Alder Dental' is not mapped")
    assert Intention.objects.get().state == IntentionState.CANCELLED


def test_a_client_that_went_away_in_halo_makes_the_alert_wait_and_then_its_ticket_comes() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    world.client.active = False
    world.client.save()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert "is no longer active in HaloPSA" in world.alert().reason
    world.client.active = True
    world.client.save()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert [ticket["client_id"] for ticket in halo.tickets.values()] == [12]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts rows as SQLite does")
def test_an_unchanged_world_costs_no_row() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    make_option(world.credential, OptionKind.STATUS, 1)
    world.opened(series_key="plan:2")
    world.opened(company=None, computer=None)
    run_once(halo, world.instance)
    assert set(Alert.objects.values_list("decision", flat=True)) == {Decision.WANTED, Decision.WAITING}
    before = connection.connection.total_changes
    assert run_once(halo, world.instance) == {}
    assert connection.connection.total_changes == before


def test_a_profile_that_goes_away_before_its_closing_was_sent_is_told_and_made_up_for() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    route_all()
    plan_tickets(world.instance)
    world.rule.delete()
    world.profile.delete()
    send(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, "was deleted" in ticket.reason, halo.actions) == (TicketState.OPEN, True, [])
    make_profile(world.credential, is_default=True)
    run_once(halo, world.instance)
    assert (world.tickets()[0].state, len(halo.closings())) == (TicketState.CLOSED, 1)


def test_a_closing_that_was_cancelled_by_hand_is_planned_again() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    route_all()
    plan_tickets(world.instance)
    Intention.objects.filter(sequence=2).update(state=IntentionState.CANCELLED, cause="by hand")
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1
