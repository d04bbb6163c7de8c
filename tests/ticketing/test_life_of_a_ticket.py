"""Notes while it lasts, the end by policy, and what comes back: as the profile says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from integrations.models import Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import START, World
from ticketing import clock, life
from ticketing.models import AfterPerson, ClosingPolicy, IntegrationProfile, TicketState

pytestmark = pytest.mark.django_db


def run_at(halo: FakeHalo, world: World, at: datetime) -> dict[str, int]:
    with clock.at(at):
        return run_once(halo, world.instance)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def world_with(**profile: object) -> tuple[World, FakeHalo]:
    world = World()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(**profile)
    world.profile.refresh_from_db()
    return world, FakeHalo()


def test_the_words_of_the_rules_are_those_that_are_stored() -> None:
    assert set(ClosingPolicy.values) == {life.AT_ONCE, life.QUIET, life.UNTOUCHED, life.NEVER}
    assert set(AfterPerson.values) == {life.STAY_QUIET, life.REOPEN, life.NEW_TICKET}


# ---- notes ----------------------------------------------------------------------------------


def test_repeats_within_the_interval_are_one_note_that_counts_them() -> None:
    world, halo = world_with(note_minutes=60)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    for minute in (10, 20, 30):
        world.opened(occurred_at=after(minute))
        run_at(halo, world, after(minute))
    assert halo.notes() == []
    assert world.alert().look_again_at == after(60)
    run_at(halo, world, after(59))
    assert halo.notes() == []
    run_at(halo, world, after(60))
    (note,) = halo.notes()
    assert "3 events since the last note" in note["note_html"]
    run_at(halo, world, after(200))
    assert len(halo.notes()) == 1


def test_a_repeat_after_a_quiet_interval_is_noted_at_once() -> None:
    world, halo = world_with(note_minutes=60)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.opened(occurred_at=after(90))
    run_at(halo, world, after(90))
    assert len(halo.notes()) == 1


def test_what_was_not_noted_yet_when_it_ends_is_counted_by_the_closing_note() -> None:
    world, halo = world_with(note_minutes=60)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.opened(occurred_at=after(5))
    world.resolved(occurred_at=after(6))
    run_at(halo, world, after(6))
    run_at(halo, world, after(100))
    assert halo.notes() == []
    (closing,) = halo.closings()
    assert "after 2 events" in closing["note_html"]


@pytest.mark.parametrize("public", [False, True])
def test_notes_and_closing_are_private_unless_the_profile_says_public(public: bool) -> None:
    world, halo = world_with(public_notes=public, public_closing=public)
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert [action["hiddenfromuser"] for action in halo.actions] == [not public, not public]
    assert [action["sendemail"] for action in halo.actions] == [False, False]


def test_only_public_notes_of_a_profile_that_mails_are_mailed() -> None:
    world, halo = world_with(public_notes=True, mail_end_user=True)
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert [action["sendemail"] for action in halo.actions] == [True, False]


# ---- the end --------------------------------------------------------------------------------


def test_quiet_minutes_pass_before_it_is_closed() -> None:
    world, halo = world_with(closing_policy="quiet", quiet_minutes=30)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.resolved(occurred_at=after(10))
    run_at(halo, world, after(10))
    assert halo.closings() == []
    assert world.alert().look_again_at == after(40)
    run_at(halo, world, after(39))
    assert halo.closings() == []
    run_at(halo, world, after(40))
    assert len(halo.closings()) == 1
    assert world.tickets()[0].state == TicketState.CLOSED


def test_what_comes_back_within_the_quiet_minutes_goes_on_in_the_same_ticket() -> None:
    world, halo = world_with(closing_policy="quiet", quiet_minutes=30, note_minutes=60)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    for minute in (10, 20, 30):
        world.resolved(occurred_at=after(minute))
        run_at(halo, world, after(minute))
        world.opened(occurred_at=after(minute + 5))
        run_at(halo, world, after(minute + 5))
    assert len(halo.tickets) == 1
    assert halo.closings() == []
    assert halo.notes() == [], "what flaps is told once in an interval, like what lasts"
    run_at(halo, world, after(61))
    assert len(halo.notes()) == 1
    world.resolved(occurred_at=after(70))
    run_at(halo, world, after(105))
    assert len(halo.closings()) == 1


def test_waiting_for_quiet_writes_nothing_the_second_time(
    django_assert_max_num_queries: object,
) -> None:
    world, halo = world_with(closing_policy="quiet", quiet_minutes=30)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.resolved(occurred_at=after(10))
    run_at(halo, world, after(11))
    before = list(Intention.objects.values())
    assert run_at(halo, world, after(12)) == {}
    assert list(Intention.objects.values()) == before


def test_a_profile_that_never_closes_says_once_that_it_is_over() -> None:
    world, halo = world_with(closing_policy="never")
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    (note,) = halo.notes()
    assert "leaves the closing to you" in note["note_html"]
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.left_open, ticket.current) == (TicketState.OPEN, True, True)
    assert ticket.reason == "It is over; its profile leaves the closing to staff."


def test_what_comes_back_goes_on_in_a_ticket_that_was_left_open() -> None:
    world, halo = world_with(closing_policy="never")
    for _ in range(2):
        world.opened()
        run_once(halo, world.instance)
        world.resolved()
        run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert ["Again" in a["note_html"] for a in halo.notes()] == [False, True, False]


def test_an_untouched_ticket_is_closed_after_one_more_read() -> None:
    world, halo = world_with(closing_policy="untouched")
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    assert halo.reads == ["actions of 4242"]
    assert len(halo.closings()) == 1


def test_a_ticket_on_which_somebody_worked_is_left_open_with_a_note() -> None:
    world, halo = world_with(closing_policy="untouched")
    world.opened()
    run_once(halo, world.instance)
    halo.work_by("Tessa Technician", 4242)
    world.resolved()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert halo.closings() == []
    assert "left open, because Tessa Technician has worked on it" in halo.actions[-1]["note_html"]
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.left_open) == (TicketState.OPEN, True)
    assert ticket.reason == "It is over, but Tessa Technician has worked on it, so it is left open."


def test_a_lost_answer_to_such_a_closing_is_looked_up_with_its_state() -> None:
    world, halo = world_with(closing_policy="untouched")
    world.opened()
    run_once(halo, world.instance)
    halo.work_by("Tessa Technician", 4242)
    world.resolved()
    halo.answers.append("lost")
    run_once(halo, world.instance)
    Intention.objects.filter(state="uncertain").update(not_before=None)
    send(halo, world.instance)
    assert len(halo.actions) == 2
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.left_open) == (TicketState.OPEN, True)


# ---- it comes back --------------------------------------------------------------------------


def closed_once(world: World, halo: FakeHalo) -> None:
    """Opened, and over ten minutes later."""
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.resolved(occurred_at=after(10))
    run_at(halo, world, after(10))


def test_what_comes_back_soon_reopens_its_ticket() -> None:
    world, halo = world_with(reopen_hours=24)
    closed_once(world, halo)
    world.opened(occurred_at=after(60))
    run_at(halo, world, after(60))
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current, ticket.closed_at) == (TicketState.OPEN, True, None)
    (reopening,) = halo.reopenings()
    assert reopening["new_status"] == world.profile.status_open
    assert "Back again" in reopening["note_html"]
    world.resolved(occurred_at=after(70))
    run_at(halo, world, after(70))
    assert len(halo.closings()) == 2
    assert len(halo.tickets) == 1


def test_what_comes_back_late_gets_a_new_ticket_that_names_the_old_one() -> None:
    world, halo = world_with(reopen_hours=1)
    closed_once(world, halo)
    world.opened(occurred_at=after(180))
    run_at(halo, world, after(180))
    first, second = world.tickets()
    assert halo.reopenings() == []
    assert second.previous == first
    assert "4242" in halo.tickets[4243]["details_html"]


def test_what_comes_back_while_its_closing_is_on_its_way_is_reopened_behind_it() -> None:
    world, halo = world_with(reopen_hours=24)
    world.opened(occurred_at=after(0))
    run_at(halo, world, after(0))
    world.resolved(occurred_at=after(10))

    def come_back() -> None:
        world.opened(occurred_at=after(11))
        run_at(FakeHalo(), world, after(11))

    halo.meanwhile.append(come_back)
    run_at(halo, world, after(10))
    with clock.at(after(12)):
        send(halo, world.instance)
    assert [action.get("new_status") for action in halo.actions] == [9, 1]
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current) == (TicketState.OPEN, True)


def test_a_reopening_that_is_not_sent_yet_is_taken_back_when_it_ends_again() -> None:
    world, halo = world_with(reopen_hours=24)
    closed_once(world, halo)
    world.credential.instance.writes_stopped = True
    world.credential.instance.save()
    world.opened(occurred_at=after(20))
    run_at(halo, world, after(20))
    assert world.tickets()[0].state == TicketState.REOPENING
    world.resolved(occurred_at=after(21))
    run_at(halo, world, after(21))
    world.credential.instance.writes_stopped = False
    world.credential.instance.save()
    run_at(halo, world, after(22))
    assert halo.reopenings() == []
    assert (world.tickets()[0].state, world.tickets()[0].current) == (TicketState.CLOSED, False)


def test_a_refused_reopening_becomes_a_new_ticket() -> None:
    world, halo = world_with(reopen_hours=24)
    closed_once(world, halo)
    halo.answers.append("refused")
    world.opened(occurred_at=after(20))
    run_at(halo, world, after(20))
    run_at(halo, world, after(21))
    first, second = world.tickets()
    assert (first.state, first.current) == (TicketState.CLOSED, False)
    assert first.reason.startswith("HaloPSA refused to reopen it, so a new ticket is made:")
    assert (second.previous, second.state) == (first, TicketState.OPEN)
    assert world.alert().ticket == second


def test_tickets_switched_off_neither_reopen_nor_create() -> None:
    world, halo = world_with(reopen_hours=24)
    closed_once(world, halo)
    world.mapping.create_tickets = False
    world.mapping.save()
    world.opened(occurred_at=after(20))
    run_at(halo, world, after(20))
    assert halo.reopenings() == []
    assert len(halo.tickets) == 1
