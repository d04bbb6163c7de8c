"""Every question on the way to a ticket is answered on the alert page, in the order of asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import Computer, Event
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import World, make_event
from ticketing.models import Alert, AlertEvent, Decision, IntegrationProfile, Snooze
from ticketing.planning.explaining import NEWEST, SURROUNDED_BY, explain, tell

pytestmark = pytest.mark.django_db
ORDER = ["State", "Exclusion", "Rules", "Maintenance", "Snooze", "Offline", "Wait", "Grouping", "Storm guard"]


def opened() -> tuple[World, Alert]:
    world = World()
    world.opened(occurred_at=timezone.now())
    run_once(FakeHalo(), world.instance)
    rows = Alert.objects.select_related(*SURROUNDED_BY)
    return world, rows.get()


def stops(alert: Alert) -> list[str]:
    alert.refresh_from_db()
    return [step.name for step in explain(alert) if step.stops]


def test_one_that_has_its_ticket_was_stopped_by_nothing() -> None:
    _, alert = opened()
    steps = explain(alert)
    assert [step.name for step in steps] == ORDER
    assert not any(step.stops for step in steps)
    assert "selects 'Backup failed'" in steps[2].answer


def test_each_reason_is_told_also_behind_the_one_that_decided() -> None:
    world, alert = opened()
    Snooze.objects.create(company=world.company)
    Snooze.objects.create(computer=world.computer, until=timezone.now() + timedelta(hours=1))
    Computer.objects.update(in_maintenance=True)
    IntegrationProfile.objects.update(wait_minutes=30, grouping="computer")
    assert stops(alert) == ["Exclusion", "Maintenance", "Snooze", "Wait"]
    answers = {step.name: step.answer for step in explain(alert)}
    assert answers["Grouping"] == "One per computer."


def test_what_no_rule_selects_stops_at_the_rules() -> None:
    world, alert = opened()
    world.event_set.event_types = []
    world.event_set.save()
    Alert.objects.update(decision="not_wanted")
    assert stops(alert) == ["Rules"]


def test_it_costs_the_same_however_many_alerts_there_are(django_assert_max_num_queries: Any) -> None:
    _, alert = opened()
    with django_assert_max_num_queries(9):
        explain(alert)


def test_the_newest_events_are_told_and_the_one_that_opened_it_counts_from_behind_them() -> None:
    world, alert = opened()
    alert.events.update(occurrence=alert.occurrence)
    first = alert.events.get().event
    for _ in range(NEWEST + 1):
        event = make_event(world.console)
        AlertEvent.objects.create(alert=alert, event=event, occurrence=alert.occurrence)
    alert.decision = Decision.WAITING
    before = tell(alert)
    Event.objects.filter(pk=first.pk).update(received_at=timezone.now() - timedelta(days=9))
    after = tell(alert)
    assert [row.event for row in before.events] == list(Event.objects.order_by("-pk")[:NEWEST])
    assert (before.steps[2].stops, after.steps[2].stops) == (False, True)
    assert "before tickets were switched on" in after.steps[2].answer


def test_only_snoozes_of_the_alert_itself_are_listed_those_that_are_over_too() -> None:
    world, alert = opened()
    over = Snooze.objects.create(alert=alert, until=timezone.now() - timedelta(hours=1))
    Snooze.objects.create(company=world.company)
    assert tell(alert).snoozes == [over]
    assert "Snooze" not in stops(alert)
