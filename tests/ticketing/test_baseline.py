"""What was open before tickets were switched on: ticketed only if chosen, or when it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.choices import WriteMode
from integrations.models import Event
from mappings.models import CompanyMapping
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_mapping, make_profile
from ticketing.models import Alert, Decision, EventSet
from ticketing.planning import choose_baseline, mark_baseline

pytestmark = pytest.mark.django_db


def switch_on(world: World) -> None:
    CompanyMapping.objects.update(create_tickets=True, tickets_since=timezone.now())


def make_world_with_baseline() -> World:
    world = World()
    CompanyMapping.objects.update(create_tickets=False, tickets_since=None)
    world.opened()
    run_once(FakeHalo(), world.instance)
    switch_on(world)
    return world


def test_what_was_open_before_gets_no_ticket_and_says_so() -> None:
    world, halo = make_world_with_baseline(), FakeHalo()
    assert run_once(halo, world.instance) == {"baseline": 1}
    alert = world.alert()
    assert (alert.decision, alert.baseline) == (Decision.BASELINE, True)
    assert alert.reason == "It was open before tickets were switched on for 'Alder Dental'."
    assert halo.tickets == {}


def test_repeats_of_the_baseline_stay_baseline() -> None:
    world, halo = make_world_with_baseline(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert world.alert().decision == Decision.BASELINE


def test_a_resolved_baseline_needs_nothing() -> None:
    world, halo = make_world_with_baseline(), FakeHalo()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    assert (halo.tickets, halo.actions) == ({}, [])


def test_a_chosen_baseline_alert_gets_its_ticket() -> None:
    world, halo = make_world_with_baseline(), FakeHalo()
    run_once(halo, world.instance)
    assert choose_baseline([world.alert().pk]) == 1
    assert choose_baseline([world.alert().pk]) == 0
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert not world.alert().baseline


def test_one_that_has_ended_can_not_be_chosen() -> None:
    world = make_world_with_baseline()
    run_once(FakeHalo(), world.instance)
    world.resolved()
    run_once(FakeHalo(), world.instance)
    assert choose_baseline([world.alert().pk]) == 0


def test_a_new_occurrence_of_a_baseline_alert_gets_a_ticket() -> None:
    world, halo = make_world_with_baseline(), FakeHalo()
    run_once(halo, world.instance)
    world.resolved()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_the_first_read_of_a_console_brings_a_baseline() -> None:
    """It was received after tickets were switched on, but had happened before."""
    world, halo = World(), FakeHalo()
    before = timezone.now() - timedelta(days=2)
    world.opened(first_read=True, occurred_at=before)
    run_once(halo, world.instance)
    assert world.alert().decision == Decision.BASELINE


def test_a_first_read_of_what_happened_since_is_none() -> None:
    world, halo = World(), FakeHalo()
    world.opened(first_read=True, occurred_at=timezone.now() - timedelta(hours=1))
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_the_first_read_is_the_baseline_of_what_belongs_to_no_company() -> None:
    world, halo = World(), FakeHalo()
    make_profile(world.credential, is_default=True, client=world.client)
    EventSet.objects.filter(pk=world.event_set.pk).update(is_default=True)
    world.opened(company=None, computer=None, first_read=True)
    run_once(halo, world.instance)
    assert world.alert().decision == Decision.BASELINE
    world.opened(company=None, computer=None, series_key="plan:2")
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_an_event_that_waited_for_its_mapping_is_judged_by_when_it_was_received() -> None:
    world, halo = World(), FakeHalo()
    CompanyMapping.objects.all().delete()
    event = world.opened(received_at=timezone.now() - timedelta(hours=25))
    run_once(halo, world.instance)
    make_mapping(world.company, world.client, tickets_since=event.received_at + timedelta(seconds=1))
    make_profile(world.credential, is_default=True)
    EventSet.objects.filter(pk=world.event_set.pk).update(is_default=True)
    run_once(halo, world.instance)
    assert world.alert().decision == Decision.BASELINE


def test_marking_the_baseline_counts_what_is_open_without_a_ticket() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    CompanyMapping.objects.update(create_tickets=False)
    world.opened(series_key="plan:2")
    world.opened(series_key="plan:3")
    world.opened(series_key="plan:4")
    world.resolved(series_key="plan:4")
    run_once(halo, world.instance)
    Event.objects.update(received_at=timezone.now() - timedelta(hours=1))
    mapping = CompanyMapping.objects.get()
    mapping.create_tickets, mapping.tickets_since = True, None
    mapping.save()
    assert mark_baseline(mapping) == 2
    assert mark_baseline(mapping) == 2
    assert mapping.tickets_since is not None
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert Alert.objects.filter(decision=Decision.BASELINE).count() == 2


def test_choosing_in_observe_mode_still_writes_nothing() -> None:
    world, halo = World(write_mode=WriteMode.OBSERVE), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    assert choose_baseline([world.alert().pk]) == 1
    run_once(halo, world.instance)
    assert (halo.tickets, world.alert().decision) == ({}, Decision.BASELINE)
