"""A company that is mapped after its events came: fresh ones become tickets, old ones are offered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Event
from mappings.linking import map_company
from mappings.models import CompanyMapping
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World
from ticketing.models import Alert, Decision, EventSet, IntegrationProfile
from ticketing.planning import choose_baseline

pytestmark = pytest.mark.django_db


def mapped_after(hours: float, *, tickets: bool = True, **event: object) -> tuple[World, FakeHalo]:
    """An event that has waited so long when its company is mapped; the defaults serve it."""
    world, halo = World(), FakeHalo()
    world.mapping.delete()
    IntegrationProfile.objects.update(is_default=True)
    EventSet.objects.update(is_default=True)
    then = timezone.now() - timedelta(hours=hours)
    world.opened(received_at=then, occurred_at=then, **event)
    run_once(halo, world.instance)
    assert Event.objects.get().status == "waiting"
    map_company(world.company, world.client, create_tickets=tickets)
    run_once(halo, world.instance)
    return world, halo


def test_what_has_waited_for_less_than_a_day_becomes_a_ticket() -> None:
    _, halo = mapped_after(hours=23)
    assert len(halo.tickets) == 1


def test_what_has_waited_longer_is_offered_and_sent_when_chosen() -> None:
    world, halo = mapped_after(hours=25)
    alert = Alert.objects.get()
    assert halo.tickets == {}
    assert alert.decision == Decision.BASELINE
    assert alert.reason == "It had waited for more than a day when 'Alder Dental' was mapped."
    choose_baseline([alert.pk])
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_tickets_that_are_switched_on_later_make_everything_before_a_baseline() -> None:
    world, halo = mapped_after(hours=2, tickets=False)
    mapping = CompanyMapping.objects.get()
    CompanyMapping.objects.update(mapped_at=timezone.now() - timedelta(hours=1))
    mapping.create_tickets, mapping.tickets_since = True, timezone.now()
    mapping.save(update_fields=["create_tickets", "tickets_since"])
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert Alert.objects.get().reason == "It was open before tickets were switched on for 'Alder Dental'."


def test_what_came_with_the_first_read_of_its_console_stays_a_baseline() -> None:
    _, halo = mapped_after(hours=2, first_read=True)
    assert halo.tickets == {}
    assert Alert.objects.get().decision == Decision.BASELINE
