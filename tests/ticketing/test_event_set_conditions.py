"""Conditions decide which rule takes an alert, and every change of them has it judged again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import Event
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_computer, make_event, make_profile
from ticketing.caught import caught_by
from ticketing.models import Alert, Decision, EventSet, IntegrationProfile, Ticket, TicketRule
from ticketing.replacing import NoReplacement, replace_profile, replace_set, use_of_profile, use_of_set

pytestmark = pytest.mark.django_db


def test_a_rule_whose_condition_says_no_is_passed_over_for_the_next() -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.filter(pk=world.event_set.pk).update(severity_from="critical")
    other = EventSet.objects.create(name="Everything", event_types=["backup.failed"])
    second = make_profile(world.credential, name="P2")
    TicketRule.objects.create(company_mapping=world.mapping, event_set=other, profile=second, position=1)
    world.opened(severity="high")
    run_once(halo, world.instance)
    assert Ticket.objects.get().profile == second


def test_where_no_rule_is_left_the_reason_names_the_condition() -> None:
    world = World()
    EventSet.objects.filter(pk=world.event_set.pk).update(pattern="disk*full")
    world.opened()
    run_once(FakeHalo(), world.instance)
    alert = Alert.objects.get()
    assert alert.decision == Decision.NOT_WANTED
    assert "takes only what is called “disk*full”." in alert.reason


def test_the_default_set_has_conditions_too() -> None:
    world = World()
    world.rule.delete()
    IntegrationProfile.objects.update(is_default=True)
    world.event_set.computers.add(make_computer(world.company))
    EventSet.objects.update(is_default=True)
    world.opened()
    run_once(FakeHalo(), world.instance)
    assert Alert.objects.get().reason.endswith("is for other computers only.")


@pytest.mark.parametrize("tagged", ["computer", "company"])
def test_tags_of_the_computer_and_of_its_company_count(tagged: str) -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.update(tags=["Server"])
    row = getattr(world, tagged)
    row.tags = ["SERVER"]
    row.save()
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_a_condition_that_is_loosened_makes_what_is_open_a_baseline() -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.update(severity_from="critical")
    world.opened()
    run_once(halo, world.instance)
    EventSet.objects.update(severity_from="")
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert Alert.objects.get().decision == Decision.BASELINE


# ---- what it would have caught --------------------------------------------------------------


def test_what_it_would_have_caught_is_counted_by_type_and_company() -> None:
    world = World()
    for _ in range(3):
        world.opened(severity="high")
    world.opened(event_type="backup.overdue", severity="low")
    world.resolved()
    world.opened(event_type="device.offline")
    found = caught_by(world.event_set)
    assert found.events == 4
    assert found.by_type == [("backup.failed", "Backup failed", 3), ("backup.overdue", "Backup overdue", 1)]
    assert found.by_company == [(world.company.pk, "Alder Dental", 4)]
    world.event_set.severity_from = "high"
    assert caught_by(world.event_set).events == 3


def test_its_conditions_count_as_they_do_when_alerts_are_judged() -> None:
    world = World()
    other = make_computer(world.company, tags=["VIP"])
    world.opened(title="Disk is full")
    world.opened(computer=other, title="Backup failed")
    make_event(world.console, company=None, title="Disk is full")
    world.event_set.tags = ["vip"]
    assert caught_by(world.event_set).events == 1
    world.event_set.tags_excluded = True
    assert caught_by(world.event_set).events == 2
    world.event_set.pattern = "disk*full"
    assert caught_by(world.event_set).events == 2
    world.event_set.companies.add(world.company)
    assert caught_by(world.event_set).events == 1
    world.event_set.companies_excluded = True
    assert caught_by(world.event_set).events == 1


def test_what_is_older_is_not_counted_and_it_costs_eight_queries(django_assert_max_num_queries: Any) -> None:
    world = World()
    world.opened()
    Event.objects.update(received_at=timezone.now() - timedelta(days=31))
    world.event_set.tags = ["x"]
    with django_assert_max_num_queries(8):
        assert caught_by(world.event_set).events == 0


# ---- another takes its place ----------------------------------------------------------------


def test_a_set_in_use_is_replaced_everywhere() -> None:
    world = World()
    EventSet.objects.filter(pk=world.event_set.pk).update(is_default=True)
    IntegrationProfile.objects.update(event_set=world.event_set)
    world.event_set.refresh_from_db()
    use = use_of_set(world.event_set)
    assert use.words == "1 ticket rule, 1 profile, all mappings without a rule, as the default"
    new = EventSet.objects.create(name="New", event_types=["backup.failed"])
    replace_set(world.event_set, new)
    new.refresh_from_db()
    assert new.is_default
    assert TicketRule.objects.get().event_set == new
    assert IntegrationProfile.objects.get().event_set == new


def test_a_mapping_that_has_rules_for_both_keeps_the_one_of_the_replacement() -> None:
    world = World()
    new = EventSet.objects.create(name="New", event_types=["backup.failed"])
    kept = TicketRule.objects.create(
        company_mapping=world.mapping, event_set=new, profile=world.profile, position=1
    )
    replace_set(world.event_set, new)
    assert TicketRule.objects.get() == kept


def test_a_profile_in_use_is_replaced_and_its_tickets_are_still_closed() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    assert use_of_profile(world.profile).words == "1 ticket rule, 1 open ticket"
    new = make_profile(world.credential, name="P2", status_closed=9, is_default=False)
    replace_profile(world.profile, new)
    assert Ticket.objects.get().profile == new
    world.resolved()
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_a_profile_of_another_credential_cannot_take_the_place() -> None:
    world, other = World(), World()
    with pytest.raises(NoReplacement, match="the same HaloPSA credential"):
        replace_profile(world.profile, other.profile)
    with pytest.raises(NoReplacement, match="another event set"):
        replace_set(world.event_set, world.event_set)
