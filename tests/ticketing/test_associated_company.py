"""A credential that is associated with one company makes tickets for that company and no other."""

from __future__ import annotations

import pytest

from integrations.choices import EventStatus
from tests.ticketing.world import World, make_client, make_company, make_event, make_mapping, route_all
from ticketing.models import Alert
from ticketing.planning import plan_tickets
from ticketing.routing import rejudge_waiting

pytestmark = pytest.mark.django_db


def restrict(world: World) -> None:
    world.credential.associated_company = world.company
    world.credential.save()


def test_events_of_the_associated_company_become_tickets() -> None:
    world = World()
    restrict(world)
    world.opened()
    route_all()
    plan_tickets(world.instance)
    assert len(world.tickets()) == 1


def test_events_of_another_mapped_company_wait_until_the_restriction_is_lifted() -> None:
    world = World()
    restrict(world)
    other = make_company(world.console, name="Birch Logistics")
    make_mapping(other, make_client(world.credential, name="Birch", halo_id=17))
    event = make_event(world.console, company=other, series_key="plan:2")
    route_all()
    event.refresh_from_db()
    assert event.status == EventStatus.WAITING
    assert not Alert.objects.filter(company=other).exists()
    rejudge_waiting()
    event.refresh_from_db()
    assert event.status == EventStatus.WAITING

    world.credential.associated_company = None
    world.credential.save()
    rejudge_waiting()
    route_all()
    assert Alert.objects.filter(company=other).exists()


def test_events_without_a_company_are_not_taken_by_a_restricted_credential() -> None:
    world = World()
    world.profile.is_default = True
    world.profile.client = world.client
    world.profile.save()
    restrict(world)
    event = make_event(world.console, company=None, computer=None, series_key="licence")
    route_all()
    event.refresh_from_db()
    assert event.status == EventStatus.WAITING
