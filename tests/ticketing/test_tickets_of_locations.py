"""A ticket goes to the site that the location of its computer is mapped to."""

from __future__ import annotations

import pytest

from integrations.models import HaloSite, Location
from mappings.linking import map_locations
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_site

pytestmark = pytest.mark.django_db


def located(world: World) -> HaloSite:
    """The computer is at a location that is a branch of the client."""
    location = Location.objects.create(company=world.company, external_id="b", name="Branch")
    world.computer.location = location
    world.computer.save()
    branch = make_site(world.client, name="Branch")
    map_locations(world.mapping, {location: branch})
    return branch


def site_of_the_ticket(world: World) -> int:
    halo = FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    (ticket,) = halo.tickets.values()
    return int(ticket["site_id"])


def test_the_site_of_the_location_goes_before_the_default_one() -> None:
    world = World()
    branch = located(world)
    assert site_of_the_ticket(world) == branch.halo_id


def test_an_inactive_site_of_a_location_gives_way_to_the_default_one() -> None:
    world = World()
    branch = located(world)
    HaloSite.objects.filter(pk=branch.pk).update(active=False)
    assert site_of_the_ticket(world) == world.site.halo_id


def test_the_site_of_the_asset_goes_before_that_of_the_location() -> None:
    world = World()
    located(world)
    world.map_asset()
    assert site_of_the_ticket(world) == world.site.halo_id
