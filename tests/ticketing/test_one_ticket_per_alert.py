"""One ticket per alert and occurrence, noted while it lasts, closed when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.choices import EventState, IntentionState
from integrations.models import Event, Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import START, World, make_mapping, route_all
from ticketing.models import Alert, AlertEvent, TicketState
from ticketing.planning import plan_tickets

pytestmark = pytest.mark.django_db


def test_an_open_event_becomes_one_ticket() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.halo_id, ticket.current) == (TicketState.OPEN, 4242, True)
    assert ticket.summary == "[Backup] ALD-SRV01: File backup failed: Nightly"
    assert list(halo.tickets) == [4242]
    assert halo.tickets[4242]["supplier_reference"] == ticket.marker
    assert world.alert().ticket == ticket


def test_repeats_before_the_ticket_is_planned_are_part_of_its_text() -> None:
    world, halo = World(), FakeHalo()
    for _ in range(3):
        world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert halo.actions == []
    assert "3 events so far" in halo.tickets[4242]["details_html"]


def test_each_repeat_afterwards_is_one_note() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    world.opened()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert len(halo.notes()) == 2
    assert world.tickets()[0].notes == 2


def test_a_resolved_event_closes_the_ticket_with_the_status_of_the_profile() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    (closing,) = halo.closings()
    assert closing["new_status"] == world.profile.status_closed
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current) == (TicketState.CLOSED, False)
    assert ticket.closed_at is not None


def test_resolved_twice_closes_once() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    world.resolved()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.actions) == 1


def test_a_repeat_and_the_end_in_one_go_make_a_note_and_then_the_closing() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert ["new_status" in action for action in halo.actions] == [False, True]


def test_a_resolve_that_arrives_before_the_create_was_sent_cancels_it() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    assert plan_tickets(world.instance) == {"creates": 1}
    world.resolved()
    assert run_once(halo, world.instance) == {"cancelled": 1}
    assert halo.tickets == {}
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current) == (TicketState.CANCELLED, False)
    assert world.alert().reason == "It was resolved before the ticket was sent."


def test_a_resolve_that_arrives_while_the_create_is_on_its_way_closes_it() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)

    def resolve_meanwhile() -> None:
        world.resolved()
        route_all()
        assert plan_tickets(world.instance) == {"closes": 1}

    halo.meanwhile.append(resolve_meanwhile)
    send(halo, world.instance)
    assert len(halo.tickets) == len(halo.closings()) == 1
    assert world.tickets()[0].state == TicketState.CLOSED


def test_a_create_that_was_put_back_after_its_alert_ended_is_not_sent() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    Intention.objects.update(state=IntentionState.SENDING)
    world.resolved()
    route_all()
    assert plan_tickets(world.instance) == {"closes": 1}
    Intention.objects.filter(sequence=1).update(state=IntentionState.PLANNED)
    send(halo, world.instance)
    assert halo.tickets == {}
    assert world.tickets()[0].state == TicketState.CANCELLED
    assert not Intention.objects.exclude(state=IntentionState.CANCELLED).exists()


def test_open_and_resolved_before_planning_looked_make_no_ticket() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert world.alert().reason == "It was resolved before a ticket was made."


def test_a_resolved_event_that_nothing_opened_is_only_remembered() -> None:
    world, halo = World(), FakeHalo()
    world.resolved()
    assert run_once(halo, world.instance) == {}
    alert = world.alert()
    assert (alert.state, alert.occurrence, alert.pending) == (EventState.RESOLVED, 0, False)


def test_a_late_older_event_is_history() -> None:
    world, halo = World(), FakeHalo()
    world.opened(occurred_at=START + timedelta(minutes=10))
    run_once(halo, world.instance)
    world.resolved(occurred_at=START + timedelta(minutes=20))
    run_once(halo, world.instance)
    world.opened(occurred_at=START + timedelta(minutes=15))
    world.opened(occurred_at=START)
    run_once(halo, world.instance)
    alert = world.alert()
    assert (alert.state, alert.occurrence, alert.event_count) == (EventState.RESOLVED, 1, 4)
    assert len(halo.tickets) == 1
    assert len(halo.actions) == 1
    assert AlertEvent.objects.filter(handled=False).count() == 0


def test_an_older_open_event_does_not_undo_a_resolve_that_came_first() -> None:
    world, halo = World(), FakeHalo()
    world.resolved(occurred_at=START + timedelta(minutes=5))
    run_once(halo, world.instance)
    world.opened(occurred_at=START)
    run_once(halo, world.instance)
    assert world.alert().state == EventState.RESOLVED
    assert halo.tickets == {}


def test_of_two_events_at_the_same_time_the_later_received_counts() -> None:
    world = World()
    late = world.resolved(occurred_at=START)
    early = world.opened(occurred_at=START)
    Event.objects.filter(pk=late.pk).update(received_at=early.received_at + timedelta(minutes=1))
    route_all()
    assert world.alert().state == EventState.RESOLVED


def test_a_new_occurrence_after_the_close_is_a_new_ticket_that_refers_to_the_old_one() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    first, second = world.tickets()
    assert (first.state, second.state) == (TicketState.CLOSED, TicketState.OPEN)
    assert second.previous == first
    assert "earlier ticket 4242" in halo.tickets[4243]["details_html"]
    assert (world.alert().occurrence, world.alert().ticket) == (2, second)


def test_resolved_and_back_in_one_go_closes_the_old_ticket_and_makes_a_new_one() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    world.opened()
    run_once(halo, world.instance)
    first, second = world.tickets()
    assert (first.state, first.current) == (TicketState.CLOSED, False)
    assert (second.state, second.previous) == (TicketState.OPEN, first)
    assert [action["ticket_id"] for action in halo.closings()] == [4242]
    assert halo.notes() == []


def test_back_and_gone_again_in_one_go_closes_the_old_ticket_and_makes_none() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert len(halo.actions) == len(halo.closings()) == 1
    assert world.tickets()[0].state == TicketState.CLOSED


def test_back_while_the_closing_is_on_its_way_makes_a_new_ticket_at_once() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    route_all()
    plan_tickets(world.instance)
    world.opened()
    run_once(halo, world.instance)
    first, second = world.tickets()
    assert (first.state, second.state) == (TicketState.CLOSED, TicketState.OPEN)
    assert len(halo.closings(4242)) == 1


def test_another_type_in_the_same_series_stays_the_same_alert() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened(event_type="backup.warning", title="File backup finished with warnings")
    run_once(halo, world.instance)
    assert Alert.objects.count() == len(halo.tickets) == len(halo.notes()) == 1


def test_an_unselected_type_becomes_a_ticket_when_the_series_turns_to_a_selected_one() -> None:
    world, halo = World(), FakeHalo()
    world.opened(event_type="backup.warning")
    run_once(halo, world.instance)
    assert halo.tickets == {}
    world.opened(event_type="backup.failed")
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_two_credentials_that_map_a_company_get_a_ticket_each() -> None:
    world, halo = World(), FakeHalo()
    other = World()
    make_mapping(world.company, other.client)
    other.profile.is_default = True
    other.profile.save()
    other.event_set.is_default = True
    other.event_set.save()
    event = world.opened()
    run_once(halo, world.instance)
    run_once(halo, other.instance)
    assert Alert.objects.count() == len(halo.tickets) == 2
    event.refresh_from_db()
    assert event.reason.startswith("Alert #")
    assert event.reason.count("#") == 2


def test_an_event_that_arrives_between_planning_and_sending_is_not_lost() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    world.opened()
    route_all()
    assert world.alert().pending
    plan_tickets(world.instance)
    send(halo, world.instance)
    assert (len(halo.tickets), len(halo.notes())) == (1, 1)
