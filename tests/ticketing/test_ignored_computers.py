"""An ignored computer makes no new tickets; what is open is still noted and closed."""

from __future__ import annotations

import pytest

from mappings.linking import ignore_computers, stop_ignoring
from mappings.models import IgnoreRule
from tests.ticketing.world import World, route_all
from ticketing.models import Decision
from ticketing.planning import plan_tickets
from ticketing.planning.rejudging import digest_of_rules

pytestmark = pytest.mark.django_db


def test_a_computer_that_staff_ignore_makes_no_ticket_and_says_so() -> None:
    world = World()
    ignore_computers([world.computer.pk], "Loaner.")
    world.opened()
    route_all()
    plan_tickets(world.instance)
    alert = world.alert()
    assert (world.tickets(), alert.decision) == ([], Decision.NOT_WANTED)
    assert alert.reason == "The computer is ignored by staff: Loaner."


def test_a_rule_holds_for_a_computer_that_has_just_come() -> None:
    world = World()
    IgnoreRule.objects.create(name="Servers", name_pattern="*-SRV*")
    world.opened()
    route_all()
    plan_tickets(world.instance)
    assert world.tickets() == []
    assert world.alert().reason == "The computer is ignored by the rule “Servers”."


def test_other_computers_and_events_without_one_are_not_touched() -> None:
    world = World()
    IgnoreRule.objects.create(name="Laptops", name_pattern="*-NB*")
    world.opened()
    world.opened(computer=None, series_key="licence")
    route_all()
    plan_tickets(world.instance)
    assert len(world.tickets()) == 2


def test_what_becomes_of_an_ignored_computer_that_is_wanted_again_is_a_baseline() -> None:
    world = World()
    plan_tickets(world.instance)
    ignore_computers([world.computer.pk])
    world.opened()
    route_all()
    plan_tickets(world.instance)
    stop_ignoring([world.computer.pk])
    plan_tickets(world.instance)
    assert (world.alert().decision, world.tickets()) == (Decision.BASELINE, [])


def test_ignoring_changes_the_digest_of_the_rules_and_back() -> None:
    world = World()
    before = digest_of_rules(world.instance)
    ignore_computers([world.computer.pk])
    assert digest_of_rules(world.instance) != before
    stop_ignoring([world.computer.pk])
    assert digest_of_rules(world.instance) == before
