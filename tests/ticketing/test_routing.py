"""Events → alerts: whose they are, what they wait for, and what a thousand of them cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import EventStatus, WriteMode
from integrations.models import Computer, Event
from tests.builders import make_console, make_credential
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import (
    START,
    World,
    make_client,
    make_company,
    make_computer,
    make_event,
    make_mapping,
    make_profile,
    route_all,
)
from ticketing.models import Alert, AlertEvent, EventSet, NoiseSettings
from ticketing.planning import plan_tickets
from ticketing.routing import rejudge_waiting, route_events
from ticketing.routing.occurrences import take

pytestmark = pytest.mark.django_db


def reload(event: Event) -> Event:
    event.refresh_from_db()
    return event


# ---- whose it is ----------------------------------------------------------------------------


def test_a_routed_event_names_its_alert() -> None:
    world = World()
    event = world.opened()
    routed = route_events()
    assert (routed.events, routed.instances) == (1, {world.instance.pk})
    assert (reload(event).status, event.reason) == (EventStatus.ROUTED, f"Alert #{world.alert().pk}")
    assert route_events().events == 0


def test_what_nothing_follows_from_needs_no_delivery() -> None:
    world = World()
    world.resolved()
    assert route_events().instances == set()


def test_an_event_of_an_unmapped_company_waits_and_says_so() -> None:
    console = make_console()
    event = make_event(console, company=make_company(console, name="Elm"))
    route_all()
    assert (reload(event).status, event.reason) == (
        EventStatus.WAITING,
        "The company 'Elm' is not mapped to a Halo client; map it and the event will be judged.",
    )
    assert not Alert.objects.exists()


def test_mapping_the_company_is_enough_to_have_its_events_judged() -> None:
    console, credential = make_console(), make_credential()
    company = make_company(console)
    event = make_event(console, company=company)
    route_all()
    make_mapping(company, make_client(credential))
    route_all()
    assert reload(event).status == EventStatus.ROUTED


def test_rejudging_one_company_leaves_the_others_alone() -> None:
    console, credential = make_console(), make_credential()
    companies = [make_company(console), make_company(console)]
    events = [make_event(console, company=company) for company in companies]
    route_all()
    for company in companies:
        make_mapping(company, make_client(credential))
    assert rejudge_waiting(companies[0]) == 1
    assert [reload(event).status for event in events] == [EventStatus.NEW, EventStatus.WAITING]


def test_an_event_of_a_company_that_is_not_known_yet_waits_for_it() -> None:
    world = World()
    event = world.opened(company=None, computer=None, company_external_id="late")
    route_all()
    assert (reload(event).status, "'late' is not known yet" in event.reason) == (EventStatus.WAITING, True)
    company = make_company(world.console, external_id="late")
    route_all()
    assert reload(event).status == EventStatus.WAITING
    make_mapping(company, world.client)
    route_all()
    assert (reload(event).status, event.company) == (EventStatus.ROUTED, company)


def test_an_event_for_an_unknown_computer_becomes_a_ticket_without_asset_and_says_so() -> None:
    world, halo = World(), FakeHalo()
    event = world.opened(computer=None, computer_external_id="ghost")
    run_once(halo, world.instance)
    assert "The console's computer 'ghost' is not known; a ticket gets no asset." in reload(event).reason
    (ticket,) = halo.tickets.values()
    assert (ticket["client_id"], "assets" in ticket) == (12, False)
    assert "names the computer &#x27;ghost&#x27;" in ticket["details_html"]


def test_an_alert_stays_the_same_when_its_computer_becomes_known() -> None:
    world, halo = World(), FakeHalo()
    world.opened(computer=None, computer_external_id="ghost")
    run_once(halo, world.instance)
    computer = make_computer(world.company, external_id="ghost")
    world.resolved(computer=computer, computer_external_id="ghost")
    run_once(halo, world.instance)
    assert world.alert().computer == computer
    assert len(halo.closings()) == 1


def test_an_event_without_company_takes_that_of_its_computer() -> None:
    world = World()
    event = world.opened(company=None, computer_external_id=world.computer.external_id)
    route_all()
    assert (reload(event).company, world.alert().company) == (world.company, world.company)


def test_a_computer_that_nobody_knows_is_not_taken_for_no_company() -> None:
    world = World()
    make_profile(world.credential, is_default=True, client=world.client)
    event = world.opened(company=None, computer=None, computer_external_id="ghost")
    route_all()
    assert reload(event).status == EventStatus.WAITING
    Computer.objects.create(console=world.console, company=world.company, external_id="ghost", name="G")
    route_all()
    assert (reload(event).status, event.company) == (EventStatus.ROUTED, world.company)


def test_an_event_without_company_goes_to_the_client_of_the_default_profile() -> None:
    world, halo = World(), FakeHalo()
    event = world.opened(company=None, computer=None)
    route_all()
    assert reload(event).reason.startswith("The console did not say which company")
    catch_all = make_client(world.credential, halo_id=99, name="Unsorted")
    make_profile(world.credential, is_default=True, client=catch_all)
    EventSet.objects.filter(pk=world.event_set.pk).update(is_default=True)
    run_once(halo, world.instance)
    assert [ticket["client_id"] for ticket in halo.tickets.values()] == [99]


@pytest.mark.parametrize(
    ("one", "other", "alerts"),
    [
        ({}, {}, 1),
        ({}, {"series_key": "plan:2"}, 2),
        ({"series_key": ""}, {"series_key": ""}, 1),
        ({"series_key": ""}, {"series_key": "", "event_type": "backup.overdue"}, 2),
        ({"series_key": ""}, {"series_key": "backup.failed"}, 1),
        ({}, {"event_type": "backup.overdue"}, 1),
        ({}, {"computer": None}, 2),
    ],
)
def test_what_makes_two_events_one_alert(one: dict[str, Any], other: dict[str, Any], alerts: int) -> None:
    world = World()
    world.opened(**one)
    world.opened(**other)
    route_all()
    assert Alert.objects.count() == alerts


def test_the_same_series_on_two_computers_or_consoles_are_two_alerts() -> None:
    world = World()
    world.opened()
    world.opened(computer=make_computer(world.company))
    other = make_company(make_console())
    make_mapping(other, world.client)
    make_event(other.console, company=other, series_key="plan:1")
    route_all()
    assert Alert.objects.count() == 3


# ---- at once, and many ----------------------------------------------------------------------


def test_a_second_worker_that_routes_the_same_events_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second does all of it while the first, which has read everything, has stored nothing yet."""
    world, halo = World(), FakeHalo()
    world.opened()
    world.opened()
    world.resolved()
    world.opened()
    turns: list[int] = []

    def take_in_between(*arguments: Any, **named: Any) -> Any:
        if not turns:
            turns.append(1)
            assert route_events().events == 4
        return take(*arguments, **named)

    monkeypatch.setattr("ticketing.routing.moves.take", take_in_between)
    run_once(halo, world.instance)
    alert = world.alert()
    assert (AlertEvent.objects.count(), alert.event_count, alert.occurrence) == (4, 4, 2)
    assert len(halo.tickets) == 1


def test_observe_mode_marks_what_opens_meanwhile() -> None:
    world = World(write_mode=WriteMode.OBSERVE)
    world.opened()
    route_all()
    assert world.alert().baseline


def make_many(world: World, number: int) -> None:
    """Half new alerts, half repeats; some for nobody."""
    computers = Computer.objects.bulk_create(
        Computer(console=world.console, company=world.company, external_id=f"m{number}-{i}", name=f"M{i}")
        for i in range(number // 2)
    )
    Event.objects.bulk_create(
        Event(
            console=world.console,
            external_id=f"many{number}-{i}",
            fingerprint=f"many{number}-{i}",
            event_type="backup.failed",
            state="open",
            title="Backup failed",
            company=None if i % 10 == 9 else world.company,
            company_external_id="unknown" if i % 10 == 9 else "",
            computer=computers[i // 2],
            occurred_at=START,
        )
        for i in range(number)
    )


def statements(function: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def test_a_thousand_events_cost_as_many_statements_as_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    # Django cuts what it sends to SQLite at 999 parameters, SQLite itself takes 250,000: without that cut
    # the count is what it is on PostgreSQL.
    monkeypatch.setattr(connection.features, "max_query_params", 250_000)
    world = World()
    counts = []
    for number in (100, 1000):
        make_many(world, number)
        counts.append(statements(route_events))
    assert counts[0] == counts[1] < 20


def test_planning_five_hundred_alerts_costs_as_many_statements_as_fifty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection.features, "max_query_params", 250_000)
    counts = []
    for number in (100, 1000):
        world = World()
        NoiseSettings.objects.create(halo_credential=world.credential, storm_company=0, storm_all=0)
        make_many(world, number)
        route_all()
        assert Alert.objects.filter(pending=True).count() == number // 2
        counts.append(statements(lambda instance=world.instance: plan_tickets(instance)))
    # Nine of them ask for what would hold alerts back.
    assert counts[0] == counts[1] <= 60
