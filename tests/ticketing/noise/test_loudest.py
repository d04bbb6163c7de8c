"""The loudest: what has told most, and what is quiet already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import Event
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_computer
from ticketing.models import Snooze
from ticketing.noise.top import loudest

pytestmark = pytest.mark.django_db


def noisy() -> World:
    world = World()
    for _ in range(4):
        world.opened()
    world.opened(computer=make_computer(world.company, name="QUIET-PC"))
    run_once(FakeHalo(), world.instance)
    return world


def test_the_loudest_comes_first_with_its_tickets() -> None:
    world = noisy()
    first, second = loudest()
    assert (first.computer, first.events, first.alerts, first.tickets) == (world.computer, 4, 1, 1)
    assert second.events == 1
    assert first.event_type_name == "Backup failed"


def test_what_is_older_does_not_count() -> None:
    noisy()
    Event.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert loudest(days=7) == []


def test_a_snooze_or_exclusion_stands_beside_its_row() -> None:
    world = noisy()
    snooze = Snooze.objects.create(computer=world.computer, event_type="backup.failed")
    Snooze.objects.create(company=world.company, until=timezone.now() - timedelta(days=1))
    assert [row.quieted for row in loudest()] == [snooze, None]


def test_the_list_costs_four_queries(django_assert_num_queries: Any) -> None:
    noisy()
    with django_assert_num_queries(4):
        loudest()
