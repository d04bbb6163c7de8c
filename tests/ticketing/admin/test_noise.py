"""The pages about noise: windows, snoozes, the loudest, storms."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Run
from tests.integrations.admin.made import make_staff
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.noise.test_storms import run_at, stormy, trouble
from tests.ticketing.world import World
from ticketing.models import Alert, MaintenanceWindow, Snooze, Storm, StormState

pytestmark = pytest.mark.django_db

LOUDEST = "admin:ticketing_alert_loudest"
QUIET = "admin:ticketing_alert_quiet"
WINDOW = {
    "name": "Patch night",
    "enabled": "on",
    "time_zone": "Europe/Berlin",
    "begins_on": "2026-01-06",
    "begins_at": "22:00",
    "minutes": "120",
    "repeats": "weekly",
    "weekdays": ["1", "3"],
    "tags": "server, VIP, server",
    "event_types": ["backup.failed"],
}


def test_a_window_is_made_by_choosing_and_what_it_let_go_is_judged_again(browser: Client) -> None:
    world = World()
    answer = browser.post(reverse("admin:ticketing_maintenancewindow_add"), WINDOW)
    assert answer.status_code == 302
    window = MaintenanceWindow.objects.get()
    assert (window.weekdays, window.tags, window.event_types) == (
        [1, 3],
        ["server", "VIP"],
        ["backup.failed"],
    )
    assert Run.objects.filter(kind=RunKind.DELIVER, instance=world.instance).exists()
    page = browser.get(reverse("admin:ticketing_maintenancewindow_changelist")).content.decode()
    assert "Patch night" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"minutes": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"ends_on": "2020-01-01"}, "The last day is before the first."),
        ({"time_zone": "Mars"}, "Select a valid choice."),
        ({"repeats": "monthly"}, "takes one weekday"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_at_its_field(
    browser: Client, typed: dict[str, Any], sentence: str
) -> None:
    answer = browser.post(reverse("admin:ticketing_maintenancewindow_add"), {**WINDOW, **typed})
    assert sentence in answer.content.decode()
    assert not MaintenanceWindow.objects.exists()


def test_the_loudest_are_snoozed_or_excluded_beside_their_row(browser: Client) -> None:
    world = World()
    world.opened()
    run_once(FakeHalo(), world.instance)
    assert "Snooze 7 days" in browser.get(reverse(LOUDEST)).content.decode()
    sent = {"company": world.company.pk, "computer": world.computer.pk, "event_type": "backup.failed"}
    browser.post(reverse(QUIET), {**sent, "days": "7"})
    snooze = Snooze.objects.get()
    assert snooze.until is not None
    assert (snooze.computer, snooze.event_type) == (world.computer, "backup.failed")
    page = browser.get(reverse(LOUDEST)).content.decode()
    assert "Snooze 7 days" not in page
    assert "Snoozed: Backup failed of ALD-SRV01" in page


def test_an_alert_is_snoozed_on_its_own_page_which_tells_the_order(browser: Client) -> None:
    world = World()
    world.opened()
    run_once(FakeHalo(), world.instance)
    alert = Alert.objects.get()
    address = reverse("admin:ticketing_alert_change", args=(alert.pk,))
    page = browser.get(address).content.decode()
    assert "On the way to a ticket, as things are now" in page
    assert "No window is on, and the console reports none." in page
    answer = browser.post(reverse(QUIET), {"alert": alert.pk, "days": "", "reason": "Disk ordered"})
    assert answer["Location"] == address
    assert (Snooze.objects.get().until, Snooze.objects.get().reason) == (None, "Disk ordered")


def test_what_names_nothing_is_refused(browser: Client) -> None:
    page = browser.post(reverse(QUIET), {"days": "7"}, follow=True).content.decode()
    assert "Name an alert, a company, a computer or an event type." in page
    assert not Snooze.objects.exists()


def test_who_may_not_add_snoozes_sees_no_buttons_and_cannot_post(client: Client) -> None:
    world = World()
    world.opened()
    run_once(FakeHalo(), world.instance)
    client.force_login(make_staff("reader", "ticketing.view_alert"))
    assert "Snooze 7 days" not in client.get(reverse(LOUDEST)).content.decode()
    assert client.post(reverse(QUIET), {"event_type": "backup.failed"}).status_code == 403


@pytest.mark.parametrize("decision", ["release", "dissolve"])
def test_a_storm_asks_before_it_is_decided(browser: Client, decision: str) -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    storm = Storm.objects.get()
    address = reverse(f"admin:ticketing_storm_{decision}", args=(storm.pk,))
    assert browser.get(address).status_code == 200
    assert Storm.objects.get().state == StormState.GOING_ON
    page = browser.post(address, follow=True).content.decode()
    assert "5 alerts" in page
    storm.refresh_from_db()
    assert storm.state in (StormState.RELEASED, StormState.DISSOLVED)
    assert "has changed" in browser.post(address, follow=True).content.decode()


def test_deleting_a_window_names_nothing_that_nobody_knows(browser: Client) -> None:
    world = World()
    begins = {"begins_on": "2026-01-06", "begins_at": "22:00", "minutes": 60, "time_zone": "UTC"}
    window = MaintenanceWindow.objects.create(name="Patch night", **begins)
    window.companies.add(world.company)
    address = reverse("admin:ticketing_maintenancewindow_delete", args=(window.pk,))
    page = browser.get(address).content.decode()

    assert "Patch night" in page
    assert "relationship" not in page
    assert "object (" not in page
