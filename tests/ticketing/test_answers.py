"""What becomes of tickets when HaloPSA refuses, loses an answer, or a person was there first."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from integrations.choices import IntentionState, Outcome
from integrations.models import Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, route_all
from ticketing.models import TicketState
from ticketing.planning import plan_tickets
from ticketing.refusals import STUCK, retry_refused

pytestmark = pytest.mark.django_db


def make_refused() -> tuple[World, FakeHalo]:
    world, halo = World(), FakeHalo(answers=["refused"])
    world.opened()
    run_once(halo, world.instance)
    return world, halo


# ---- refused creates ------------------------------------------------------------------------


def test_a_refused_create_shows_halos_words_everywhere_and_is_not_repeated() -> None:
    world, halo = make_refused()
    world.opened()
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    words = f"HaloPSA refused the ticket: {halo.words}"
    assert (ticket.state, ticket.reason, world.alert().reason) == (TicketState.REFUSED, words, words)
    assert halo.tickets == {}
    (entry,) = halo.entries
    assert (entry["outcome"], entry["reason"]) == (Outcome.REFUSED, halo.words)


def test_a_refusal_takes_the_rest_of_its_lane_along_and_nothing_else() -> None:
    world, halo = World(), FakeHalo(answers=["refused"])
    world.opened()
    world.opened(series_key="plan:2")
    route_all()
    plan_tickets(world.instance)
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert halo.actions == []
    assert set(Intention.objects.values_list("state", flat=True)) == {"refused", "cancelled", "done"}


def test_staff_retry_a_refused_ticket_with_the_same_reference() -> None:
    world, halo = make_refused()
    (ticket,) = world.tickets()
    assert retry_refused(ticket)
    assert not retry_refused(ticket)
    run_once(halo, world.instance)
    assert [payload["supplier_reference"] for payload in halo.tickets.values()] == [ticket.marker]
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_a_refused_ticket_whose_alert_has_ended_is_not_retried() -> None:
    world, halo = make_refused()
    world.resolved()
    run_once(halo, world.instance)
    assert not retry_refused(world.tickets()[0])
    assert halo.tickets == {}


def test_a_new_occurrence_tries_anew_after_a_refusal() -> None:
    world, halo = make_refused()
    world.resolved()
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    first, second = world.tickets()
    assert (first.state, first.current) == (TicketState.REFUSED, False)
    assert (second.state, second.current) == (TicketState.OPEN, True)
    assert not retry_refused(first)


def test_a_create_that_is_refused_after_its_alert_ended_makes_way() -> None:
    world, halo = World(), FakeHalo(answers=["refused"])
    world.opened()
    route_all()
    plan_tickets(world.instance)
    halo.meanwhile.append(lambda: (world.resolved(), route_all(), plan_tickets(world.instance)))
    send(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current, halo.actions) == (TicketState.REFUSED, False, [])


# ---- refused notes and closings -------------------------------------------------------------


def test_a_refused_closing_waits_for_staff_who_try_again() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    halo.answers = ["refused"]
    world.resolved()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.reason) == (
        TicketState.STAFF,
        f"HaloPSA refused to close it: {halo.words}",
    )
    assert retry_refused(ticket)
    run_once(halo, world.instance)
    assert world.tickets()[0].state == TicketState.CLOSED
    assert len(halo.closings()) == 1


def test_an_alert_that_comes_back_after_a_refused_closing_goes_on_with_the_open_ticket() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    halo.answers = ["refused"]
    world.resolved()
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    assert (len(halo.tickets), len(halo.notes())) == (1, 1)
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deleted": True}, "The ticket 4242 no longer exists in HaloPSA."),
        ({"merged_into": 77}, "The ticket 4242 was merged into 77 in HaloPSA."),
    ],
)
def test_a_ticket_that_a_person_took_away_is_superseded(change: dict[str, object], words: str) -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    halo.change(4242, **change)
    halo.answers = ["refused"]
    world.opened()
    world.opened()
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.current, ticket.reason) == (TicketState.SUPERSEDED, False, words)
    assert words in world.alert().reason
    world.opened()
    run_once(halo, world.instance)
    assert (len(halo.tickets), halo.actions) == (1, [])
    world.resolved()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 2


def test_a_closing_that_a_person_was_faster_with_is_done() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    halo.change(4242, closed=True)
    halo.answers = ["refused"]
    world.resolved()
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.reason) == (
        TicketState.CLOSED,
        "The ticket 4242 had been closed in HaloPSA.",
    )


# ---- lost answers ---------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["lost", "unheard"])
def test_a_lost_answer_of_a_create_ends_in_one_ticket(answer: str) -> None:
    world, halo = World(), FakeHalo(answers=[answer])
    world.opened()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        run_once(halo, world.instance)
        world.opened()
        for _ in range(4):
            clock.shift(timedelta(seconds=121))
            run_once(halo, world.instance)
    assert len(halo.tickets) == len(halo.notes()) == 1
    assert world.tickets()[0].state == TicketState.OPEN
    outcomes = [entry["outcome"] for entry in halo.entries]
    assert outcomes == [Outcome.UNCERTAIN, Outcome.DONE, Outcome.DONE]
    found = "found in HaloPSA by its bridge reference" in halo.entries[1]["reason"]
    assert found == (answer == "lost")


@pytest.mark.parametrize("answer", ["lost", "unheard"])
def test_a_lost_answer_of_a_note_ends_in_one_note(answer: str) -> None:
    world, halo = World(), FakeHalo(answers=["done", answer])
    world.opened()
    run_once(halo, world.instance)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        world.opened()
        run_once(halo, world.instance)
        world.resolved()
        for _ in range(4):
            clock.shift(timedelta(seconds=121))
            run_once(halo, world.instance)
    assert (len(halo.notes()), len(halo.closings())) == (1, 1)


def test_two_tickets_with_one_reference_are_told_and_the_oldest_is_used() -> None:
    world, halo = World(), FakeHalo(answers=["lost"])
    world.opened()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        run_once(halo, world.instance)
        halo._create(halo.tickets[4242])
        clock.shift(timedelta(seconds=121))
        send(halo, world.instance)
    assert world.tickets()[0].halo_id == 4242
    assert "more than once (4242, 4243); 4242 is used" in halo.entries[-1]["reason"]


def test_a_found_ticket_that_a_person_deleted_is_superseded() -> None:
    world, halo = World(), FakeHalo(answers=["lost"])
    world.opened()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        run_once(halo, world.instance)
        halo.change(4242, deleted=True)
        clock.shift(timedelta(seconds=121))
        send(halo, world.instance)
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.halo_id) == (TicketState.SUPERSEDED, 4242)


def test_after_two_repeats_it_waits_for_staff_who_look_again() -> None:
    world, halo = World(), FakeHalo(answers=["unheard"] * 3)
    world.opened()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
        assert Intention.objects.get().state == IntentionState.STAFF
        (ticket,) = world.tickets()
        assert (ticket.state, ticket.reason) == (TicketState.STAFF, STUCK)
        world.resolved()
        world.opened()
        run_once(halo, world.instance)
        assert halo.tickets == {}
        assert retry_refused(ticket)
        for _ in range(4):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
    assert len(halo.tickets) == 1
    assert world.tickets()[0].state == TicketState.OPEN


def test_a_note_that_waits_for_staff_holds_its_ticket_up_and_says_so() -> None:
    world, halo = World(), FakeHalo(answers=["done"] + ["unheard"] * 3)
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
        (ticket,) = world.tickets()
        assert (ticket.state, ticket.reason) == (TicketState.STAFF, STUCK)
        world.resolved()
        run_once(halo, world.instance)
        assert retry_refused(ticket)
        for _ in range(5):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
    assert (len(halo.notes()), len(halo.closings())) == (1, 1)


def test_an_old_closing_that_staff_try_again_leaves_the_open_alert_with_a_new_ticket() -> None:
    world, halo = World(), FakeHalo(answers=["done"] + ["unheard"] * 3)
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
        (ticket,) = world.tickets()
        assert ticket.state == TicketState.STAFF
        world.opened()
        run_once(halo, world.instance)
        assert world.alert().ticket == ticket
        assert retry_refused(ticket)
        for _ in range(5):
            run_once(halo, world.instance)
            clock.shift(timedelta(seconds=121))
    first, second = world.tickets()
    assert (first.state, second.state, second.previous) == (TicketState.CLOSED, TicketState.OPEN, first)
    assert (world.alert().ticket, len(halo.tickets)) == (second, 2)


@pytest.mark.parametrize(("answer", "kept"), [("refused", True), ("lost", True), ("done", False)])
def test_what_was_sent_is_kept_where_it_was_refused_or_its_answer_lost(answer: str, kept: bool) -> None:
    world, halo = World(), FakeHalo(answers=[answer])
    world.opened()
    run_once(halo, world.instance)
    intention = Intention.objects.get()
    assert (intention.request is not None) is kept
    if kept:
        assert intention.request["summary"] == world.tickets()[0].summary
