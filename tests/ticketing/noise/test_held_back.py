"""What holds an alert back, in one order; the events are kept and judged when it ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.models import Computer, Intention
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import START, World, make_computer
from ticketing import clock
from ticketing.models import (
    Decision,
    IntegrationProfile,
    MaintenanceWindow,
    NoiseSettings,
    Snooze,
)
from ticketing.noise.order import Hold, NoiseFacts, hold_back, hold_notes

pytestmark = pytest.mark.django_db


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def run_at(halo: FakeHalo, world: World, minutes: float) -> dict[str, int]:
    with clock.at(after(minutes)):
        return run_once(halo, world.instance)


def window(**values: Any) -> MaintenanceWindow:
    """On for an hour from the start, 06:00 UTC."""
    defaults: dict[str, Any] = {
        "name": "Patch night",
        "time_zone": "UTC",
        "begins_on": START.date(),
        "begins_at": time(6, 0),
        "minutes": 60,
        "repeats": "once",
    }
    row = MaintenanceWindow(**{**defaults, **values})
    row.full_clean()
    row.save()
    return row


# ---- the order ------------------------------------------------------------------------------


def test_the_first_reason_of_the_order_is_the_one_that_is_told() -> None:
    everything = {
        "window": Hold("window", after(9)),
        "maintenance_mode": True,
        "snooze": Hold("snooze", after(8)),
        "offline": Hold("offline"),
        "wait_minutes": 5,
    }
    told = []
    for name in list(everything):
        facts = NoiseFacts(opened_at=after(0), now=after(1), **everything)  # type: ignore[arg-type]
        found = hold_back(facts)
        assert found
        told.append(found.reason)
        del everything[name]
    assert [words.split()[0] for words in told] == ["window", "The", "snooze", "offline", "It"]
    assert hold_back(NoiseFacts(after(0), after(1))) is None


def test_notes_are_held_back_by_maintenance_and_snoozes_only() -> None:
    facts = NoiseFacts(after(0), after(1), offline=Hold("offline"), wait_minutes=99)
    assert hold_notes(facts) is None


# ---- the wait before the first ticket -------------------------------------------------------


def waiting(minutes: int) -> tuple[World, FakeHalo]:
    world = World()
    IntegrationProfile.objects.update(wait_minutes=minutes)
    return world, FakeHalo()


def test_what_heals_by_itself_within_the_wait_never_becomes_a_ticket() -> None:
    world, halo = waiting(15)
    world.opened(occurred_at=after(0))
    assert run_at(halo, world, 0) == {"held": 1}
    alert = world.alert()
    assert (alert.decision, alert.look_again_at) == (Decision.HELD, after(15))
    assert alert.reason == "It waits 15 minutes before its ticket: it may end by itself."
    world.resolved(occurred_at=after(10))
    run_at(halo, world, 10)
    run_at(halo, world, 60)
    assert halo.tickets == {}
    assert world.alert().reason.startswith("It ended by itself while it was held back.")


def test_what_outlasts_the_wait_gets_its_ticket_with_all_that_happened() -> None:
    world, halo = waiting(15)
    world.opened(occurred_at=after(0))
    run_at(halo, world, 0)
    world.opened(occurred_at=after(5))
    run_at(halo, world, 5)
    run_at(halo, world, 14)
    assert halo.tickets == {}
    run_at(halo, world, 15)
    (payload,) = halo.tickets.values()
    assert "2 events so far" in payload["details_html"]
    assert halo.actions == []


def test_waiting_is_an_unchanged_world() -> None:
    world, halo = waiting(15)
    world.opened(occurred_at=after(0))
    run_at(halo, world, 0)
    before = world.alert().__dict__ | {"_state": None}
    assert run_at(halo, world, 5) == {}
    assert world.alert().__dict__ | {"_state": None} == before


# ---- maintenance ----------------------------------------------------------------------------


def test_in_a_maintenance_window_nothing_is_made_and_what_is_open_at_its_end_is() -> None:
    world, halo = World(), FakeHalo()
    window()
    world.opened(occurred_at=after(1))
    run_at(halo, world, 1)
    assert world.alert().reason == "The maintenance window “Patch night” is on until 2026-11-20 07:00 UTC."
    run_at(halo, world, 59)
    assert halo.tickets == {}
    run_at(halo, world, 60)
    assert len(halo.tickets) == 1


def test_what_ended_within_the_window_makes_no_ticket() -> None:
    world, halo = World(), FakeHalo()
    window()
    world.opened(occurred_at=after(1))
    run_at(halo, world, 1)
    world.resolved(occurred_at=after(30))
    run_at(halo, world, 30)
    run_at(halo, world, 90)
    assert halo.tickets == {}


def test_repeats_on_an_open_ticket_are_told_in_one_note_after_the_window() -> None:
    world, halo = World(), FakeHalo()
    world.opened(occurred_at=after(-10))
    run_at(halo, world, -10)
    window()
    for minute in (5, 10):
        world.opened(occurred_at=after(minute))
        run_at(halo, world, minute)
    assert halo.notes() == []
    run_at(halo, world, 60)
    (note,) = halo.notes()
    assert "2 events since the last note" in note["note_html"]


def test_a_ticket_whose_alert_ends_in_the_window_is_closed() -> None:
    world, halo = World(), FakeHalo()
    world.opened(occurred_at=after(-10))
    run_at(halo, world, -10)
    window()
    world.resolved(occurred_at=after(5))
    run_at(halo, world, 5)
    assert len(halo.closings()) == 1


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ({"event_types": ["backup.failed"]}, True),
        ({"event_types": ["device.offline"]}, False),
        ({"tags": ["SERVER"]}, True),
        ({"tags": ["vip"]}, True),
        ({"tags": ["workstation"]}, False),
    ],
)
def test_a_window_is_for_what_fits_all_that_it_names(scope: dict[str, Any], held: bool) -> None:
    world, halo = World(), FakeHalo()
    Computer.objects.update(tags=["Server"])
    world.company.tags = ["VIP"]
    world.company.save()
    window(**scope)
    world.opened(occurred_at=after(1))
    run_at(halo, world, 1)
    assert (halo.tickets == {}) is held


def test_a_window_of_other_companies_or_computers_holds_nothing_back() -> None:
    world, halo = World(), FakeHalo()
    other = World()
    window().companies.set([other.company])
    window(name="Another").computers.set([make_computer(world.company)])
    world.opened(occurred_at=after(1))
    run_at(halo, world, 1)
    assert len(halo.tickets) == 1


def test_the_consoles_own_maintenance_mode_counts_until_it_is_over() -> None:
    world, halo = World(), FakeHalo()
    Computer.objects.filter(pk=world.computer.pk).update(in_maintenance=True)
    world.opened()
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert world.alert().reason == "The console says that the computer is in maintenance mode."
    Computer.objects.filter(pk=world.computer.pk).update(in_maintenance=False)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


# ---- snoozes and exclusions -----------------------------------------------------------------


def test_a_snoozed_alert_waits_until_its_end() -> None:
    world, halo = World(), FakeHalo()
    Snooze.objects.create(computer=world.computer, until=after(60), reason="disk ordered")
    world.opened(occurred_at=after(1))
    run_at(halo, world, 1)
    assert (
        world.alert().reason == "Snoozed (everything of ALD-SRV01) until 2026-11-20 07:00 UTC: disk ordered."
    )
    run_at(halo, world, 60)
    assert len(halo.tickets) == 1


def test_an_exclusion_makes_no_ticket_and_lifting_it_makes_a_baseline() -> None:
    world, halo = World(), FakeHalo()
    run_once(halo, world.instance)
    snooze = Snooze.objects.create(company=world.company, event_type="backup.failed")
    world.opened()
    run_once(halo, world.instance)
    alert = world.alert()
    assert alert.decision == Decision.NOT_WANTED
    assert alert.reason == "Excluded by staff (Backup failed of Alder Dental)."
    snooze.delete()
    run_once(halo, world.instance)
    assert halo.tickets == {}
    assert world.alert().decision == Decision.BASELINE


# ---- offline --------------------------------------------------------------------------------


def offline_world() -> tuple[World, FakeHalo]:
    world = World()
    world.event_set.event_types += ["device.offline"]
    world.event_set.save()
    return world, FakeHalo()


def test_a_computer_that_is_offline_has_one_ticket_and_the_rest_waits() -> None:
    world, halo = offline_world()
    world.opened(event_type="device.offline", series_key="offline", title="Offline")
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    world.event("resolved", event_type="device.offline", series_key="offline", title="Online")
    run_once(halo, world.instance)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 2


def test_where_offline_has_no_ticket_or_mutes_nothing_the_rest_has_its_own() -> None:
    world, halo = World(), FakeHalo()
    world.opened(event_type="device.offline", series_key="offline")
    world.opened()
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1

    deaf, other = offline_world()
    NoiseSettings.objects.create(halo_credential=deaf.credential, offline_mutes=False)
    deaf.opened(event_type="device.offline", series_key="offline")
    run_once(other, deaf.instance)
    deaf.opened()
    run_once(other, deaf.instance)
    assert len(other.tickets) == 2


def test_what_staff_choose_is_made_at_once() -> None:
    world, halo = waiting(60)
    world.opened(occurred_at=after(0))
    run_at(halo, world, 0)
    alert = world.alert()
    alert.decision, alert.pending = Decision.WANTED, True
    alert.save()
    run_at(halo, world, 1)
    assert len(halo.tickets) == 1
    assert Intention.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"time_zone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”"),
        ({"minutes": 0}, "greater than or equal to 1"),
        ({"ends_on": date(2020, 1, 1)}, "The last day is before the first."),
        ({"weekdays": [7]}, "Weekdays are 0 (Monday) to 6 (Sunday)."),
        ({"repeats": "monthly", "weekdays": [1, 2]}, "takes one weekday"),
        ({"event_types": ["no.such"]}, "There is no event type 'no.such'."),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=r".*") as refused:
        window(**values)
    assert sentence in str(refused.value)
