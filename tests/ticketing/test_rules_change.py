"""Open alerts that no rule wanted, when what the rules read changes: judged again, never by surprise."""

from __future__ import annotations

import pytest

from integrations.models import Instance
from mappings.models import CompanyMapping
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_profile
from ticketing.models import Decision, EventSet, IntegrationProfile, TicketRule
from ticketing.planning import choose_baseline

pytestmark = pytest.mark.django_db


def make_unwanted(world: World, halo: FakeHalo) -> None:
    world.opened()
    run_once(halo, world.instance)
    assert world.alert().decision == Decision.NOT_WANTED


def assert_it_can_be_chosen(world: World, halo: FakeHalo) -> None:
    run_once(halo, world.instance)
    alert = world.alert()
    assert (alert.decision, alert.reason) == (
        Decision.BASELINE,
        "It was open before a rule or a switch selected it.",
    )
    world.opened()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert choose_baseline([alert.pk]) == 1
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_what_an_event_set_selects_from_now_on_can_be_chosen() -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.update(event_types=["backup.overdue"])
    make_unwanted(world, halo)
    EventSet.objects.update(event_types=["backup.failed"])
    assert_it_can_be_chosen(world, halo)


def test_what_a_default_selects_from_now_on_can_be_chosen() -> None:
    world, halo = World(), FakeHalo()
    TicketRule.objects.all().delete()
    IntegrationProfile.objects.update(is_default=True)
    make_unwanted(world, halo)
    EventSet.objects.update(is_default=True)
    assert_it_can_be_chosen(world, halo)


def test_no_notification_off_again_lets_what_was_silent_be_chosen() -> None:
    world, halo = World(), FakeHalo()
    CompanyMapping.objects.update(no_notification=True)
    make_unwanted(world, halo)
    CompanyMapping.objects.update(no_notification=False)
    assert_it_can_be_chosen(world, halo)


def test_a_change_that_selects_nothing_leaves_it_unwanted() -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.update(event_types=["backup.overdue"])
    make_unwanted(world, halo)
    before = Instance.objects.get(pk=world.instance.pk).judged_by
    make_profile(world.credential)
    assert run_once(halo, world.instance) == {}
    alert = world.alert()
    assert (alert.decision, alert.baseline, alert.pending) == (Decision.NOT_WANTED, False, False)
    assert Instance.objects.get(pk=world.instance.pk).judged_by not in ("", before)
