"""More new tickets at once than anybody could read become one that lists them, until staff decide."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import START, World, make_client, make_company, make_computer, make_mapping
from ticketing import clock
from ticketing.models import Alert, NoiseSettings, Storm, StormState, Ticket, TicketRule

pytestmark = pytest.mark.django_db


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def stormy(**limits: int) -> tuple[World, FakeHalo]:
    world = World()
    defaults = {"storm_company": 3, "storm_all": 0, "storm_minutes": 10}
    NoiseSettings.objects.create(halo_credential=world.credential, **{**defaults, **limits})
    return world, FakeHalo()


def trouble(world: World, number: int, minute: float = 0) -> None:
    for _ in range(number):
        world.opened(computer=make_computer(world.company), occurred_at=after(minute))


def run_at(halo: FakeHalo, world: World, minute: float) -> dict[str, int]:
    with clock.at(after(minute)):
        return run_once(halo, world.instance)


def test_what_is_too_much_at_once_is_listed_in_one_ticket() -> None:
    world, halo = stormy()
    trouble(world, 10)
    run_at(halo, world, 0)
    assert len(halo.tickets) == 4
    storm = Storm.objects.get()
    assert storm.reason == "More than 3 new tickets of one company within 10 minutes."
    assert storm.ticket is not None
    assert storm.ticket.summary == "[Storm] Alder Dental: many alerts at once"
    assert storm.ticket.alerts.count() == 7
    assert "7 of 7 alerts open" in halo.tickets[storm.ticket.halo_id or 0]["details_html"]


def test_what_comes_while_it_goes_on_joins_it() -> None:
    world, halo = stormy()
    trouble(world, 4)
    run_at(halo, world, 0)
    trouble(world, 5, minute=5)
    run_at(halo, world, 5)
    assert len(halo.tickets) == 4
    assert Storm.objects.get().newest_at == after(5)
    assert "6 of 6 alerts open" in halo.updates[-1]["details_html"]


def test_when_nothing_joins_it_any_more_it_is_over_and_new_alerts_have_their_own() -> None:
    world, halo = stormy()
    trouble(world, 4)
    run_at(halo, world, 0)
    trouble(world, 1, minute=15)
    run_at(halo, world, 15)
    assert len(halo.tickets) == 5
    assert Storm.objects.get().state == StormState.OVER


def test_its_ticket_closes_when_all_that_it_lists_is_over() -> None:
    world, halo = stormy(storm_company=1)
    trouble(world, 4)
    run_at(halo, world, 0)
    for alert in Alert.objects.all():
        world.resolved(computer=alert.computer, occurred_at=after(2))
    run_at(halo, world, 2)
    assert len(halo.tickets) == len(halo.closings()) == 2


def test_too_much_in_all_makes_one_ticket_per_company_so_that_no_customer_reads_of_another() -> None:
    world, halo = stormy(storm_company=0, storm_all=2)
    birch = make_company(world.console, name="Birch Logistics")
    mapping = make_mapping(birch, make_client(world.credential))
    TicketRule.objects.create(company_mapping=mapping, event_set=world.event_set, profile=world.profile)
    trouble(world, 4)
    for _ in range(3):
        world.opened(company=birch, computer=make_computer(birch), occurred_at=after(0))
    run_at(halo, world, 0)
    assert len(halo.tickets) == 4
    assert {storm.company for storm in Storm.objects.all()} == {world.company, birch}
    for storm in Storm.objects.select_related("ticket"):
        assert storm.ticket is not None
        assert set(storm.ticket.alerts.values_list("company", flat=True)) == {storm.company_id}


def test_without_a_limit_each_alert_has_its_ticket() -> None:
    world, halo = stormy(storm_company=0)
    trouble(world, 30)
    run_at(halo, world, 0)
    assert len(halo.tickets) == Ticket.objects.count() == 30
