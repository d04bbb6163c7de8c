"""Two planners at once, groups that share a ticket, rows that went away: never two."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from integrations.choices import IntentionState
from integrations.models import Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, route_all
from ticketing.lanes import cause_of_create
from ticketing.models import Ticket
from ticketing.planning import judging, plan_tickets
from ticketing.planning import tickets as planning
from ticketing.planning.alerts import ALREADY_MADE

pytestmark = pytest.mark.django_db


def let_another_plan_in_between(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Another planner does all of it while the first has read everything and stored nothing."""
    judge, turns = judging.judge, []

    def judge_late(alerts: Any) -> Any:
        if not turns:
            turns.append(1)
            plan_tickets(world.instance)
        return judge(alerts)

    monkeypatch.setattr("ticketing.planning.situation.judge", judge_late)


def test_two_planners_at_once_make_one_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    let_another_plan_in_between(monkeypatch, world)
    plan_tickets(world.instance)
    send(halo, world.instance)
    assert len(halo.tickets) == Ticket.objects.count() == Intention.objects.count() == 1


def test_two_planners_at_once_make_one_note(monkeypatch: pytest.MonkeyPatch) -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    route_all()
    let_another_plan_in_between(monkeypatch, world)
    plan_tickets(world.instance)
    send(halo, world.instance)
    assert (len(halo.tickets), len(halo.notes())) == (1, 1)


def test_two_planners_at_once_make_one_closing_and_one_new_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    world.opened()
    route_all()
    let_another_plan_in_between(monkeypatch, world)
    plan_tickets(world.instance)
    send(halo, world.instance)
    assert (len(halo.tickets), len(halo.closings()), halo.notes()) == (2, 1, [])


def test_a_conflict_that_stays_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.opened()
    route_all()

    def conflict(*_: Any) -> None:
        raise IntegrityError("still there")

    monkeypatch.setattr(planning, "_draft", conflict)
    with pytest.raises(IntegrityError, match="still there"):
        plan_tickets(world.instance)
    assert world.alert().pending


def test_a_group_has_one_current_ticket() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    (ticket,) = world.tickets()
    ticket.pk, ticket.marker = None, "HB-OTHER"
    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.save(force_insert=True)


def test_a_ticket_row_that_was_deleted_is_not_made_a_second_time() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    Ticket.objects.all().delete()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert world.alert().reason == ALREADY_MADE


def test_the_cause_of_a_create_names_alert_and_occurrence() -> None:
    world = World()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    assert Intention.objects.get().cause == cause_of_create(world.alert())
    assert Intention.objects.get().state == IntentionState.PLANNED
