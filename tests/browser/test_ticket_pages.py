"""The pages about tickets in light, dark and narrow: nothing sticks out, a keyboard suffices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from integrations.choices import OptionKind, RunKind, RunState
from integrations.models import HaloOption, Run
from tests.browser.pictures import look_at, take
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.noise.test_storms import stormy, trouble
from tests.ticketing.world import World, make_computer
from ticketing.models import Alert, MaintenanceWindow, Simulation, Snooze, Storm, StormState

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_and_look(page: Page, name: str, address: str) -> None:
    page.goto(address)
    look_at(page, name)


def make_option(world: World, kind: OptionKind, number: int) -> HaloOption:
    return HaloOption.objects.create(
        halo_credential=world.credential, kind=kind, halo_id=str(number), name=f"{kind.label} {number}"
    )


@pytest.fixture
def world() -> World:
    made = World()
    for number in range(3):
        made.opened(computer=make_computer(made.company, name=f"ALD-PC0{number}"), series_key="plan:2")
    for _ in range(4):
        made.opened()
    run_once(FakeHalo(), made.instance)
    return made


def test_event_types_are_found_by_typing(page: Page, world: World) -> None:
    open_and_look(page, "event-set", reverse("admin:ticketing_eventset_change", args=(world.event_set.pk,)))
    field = page.get_by_label("Search event types")
    field.fill("disk space")
    expect(page.get_by_label("Disk space low")).to_be_visible()
    expect(page.get_by_label("Backup failed")).to_be_hidden()
    field.fill("")
    expect(page.get_by_label("Backup failed")).to_be_visible()


def test_the_profile_says_how_its_tickets_live(page: Page, world: World) -> None:
    address = reverse("admin:ticketing_integrationprofile_change", args=(world.profile.pk,))
    open_and_look(page, "profile", address)
    expect(page.get_by_label("Close a ticket whose alert is over")).to_be_visible()


def test_only_the_statuses_of_the_ticket_type_can_be_chosen(page: Page, world: World) -> None:
    profile = world.profile
    for number in (profile.status_open, profile.status_closed, 4711):
        make_option(world, OptionKind.STATUS, number)
    kind = make_option(world, OptionKind.TICKET_TYPE, profile.ticket_type)

    def offered(*allowed: int) -> set[str]:
        HaloOption.objects.filter(pk=kind.pk).update(extra={"statuses": allowed})
        page.goto(reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,)))
        values: list[str] = page.locator("#id_status_open").evaluate(
            "select => [...select.options].map(o => o.value)"
        )
        return set(filter(None, values))

    usual = {str(profile.status_open), str(profile.status_closed)}
    assert offered(profile.status_open, profile.status_closed) == usual
    assert offered() == usual | {"4711"}
    # What is chosen stays visible: the form says what is wrong with it.
    assert offered(4711) == {str(profile.status_open), "4711"}


def test_the_loudest_are_quieted_beside_their_row(page: Page, world: World) -> None:
    open_and_look(page, "loudest", reverse("admin:ticketing_alert_loudest"))
    page.get_by_role("button", name="Snooze Backup failed of ALD-SRV01 for a week").press("Enter")
    expect(page.get_by_text("It can be lifted under")).to_be_visible()
    expect(page.get_by_role("link", name="Snoozed: Backup failed of ALD-SRV01")).to_be_visible()


def test_an_alert_tells_why_and_in_which_order_it_was_judged(page: Page, world: World) -> None:
    alert = Alert.objects.first()
    assert alert
    Snooze.objects.create(alert=alert, until=timezone.now() + timedelta(days=1), reason="Disk ordered")
    open_and_look(page, "alert", reverse("admin:ticketing_alert_change", args=(alert.pk,)))
    expect(page.get_by_text("On the way to a ticket, as things are now")).to_be_visible()
    expect(page.get_by_text("stops here")).to_be_visible()


def test_a_long_name_is_read_in_full_on_a_phone(page: Page, world: World) -> None:
    Alert.objects.update(
        title="Backup of the very important plan “Nightly, all volumes of the file server” failed"
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("admin:ticketing_alert_changelist"))
    cell = page.locator("#result_list tbody th").first
    hidden = cell.evaluate(
        "cell => cell.scrollHeight > cell.clientHeight || cell.scrollWidth > cell.clientWidth"
    )
    take(page, "alert-list-long")
    assert not hidden


def test_a_window_is_filled_in(page: Page, world: World) -> None:
    MaintenanceWindow.objects.create(
        name="Patch night",
        time_zone="Europe/Berlin",
        begins_on="2026-01-13",
        begins_at="22:00",
        minutes=120,
        repeats="monthly",
        weekdays=[1],
    )
    open_and_look(page, "windows", reverse("admin:ticketing_maintenancewindow_changelist"))
    open_and_look(page, "window", reverse("admin:ticketing_maintenancewindow_add"))
    page.locator("#id_name").fill("Server room")
    page.locator("#id_begins_on").fill("2026-02-14")
    page.locator("#id_begins_at").fill("22:00")
    page.locator("#id_minutes").fill("90")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/maintenancewindow/")
    made = MaintenanceWindow.objects.get(name="Server room")
    assert (made.minutes, made.repeats) == (90, "once")


def test_a_storm_is_decided_about(page: Page) -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_once(halo, world.instance)
    storm = Storm.objects.get()
    open_and_look(page, "storm", reverse("admin:ticketing_storm_change", args=(storm.pk,)))
    page.get_by_role("link", name="Release: a ticket for each").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Release: a ticket for each").click()
    storm.refresh_from_db()
    assert storm.state == StormState.RELEASED


def test_a_simulation_is_read_by_day_and_company(page: Page, world: World) -> None:
    run = Run.objects.create(kind=RunKind.SIMULATE, state=RunState.SUCCEEDED)
    figures = {"created": 41, "noted": 12, "closed": 39, "reopened": 2}
    really = {"created": 120, "noted": 388, "closed": 101, "reopened": 0}
    line = {"forecast": figures, "really": really}
    simulation = Simulation.objects.create(
        event_set=world.event_set,
        profile=world.profile,
        run=run,
        result={
            "events": 5120,
            **line,
            "by_day": [{"day": f"2026-11-{day}", **line} for day in range(18, 25)],
            "by_company": [{"company": world.company.pk, "name": "Alder Dental", **line}],
        },
    )
    open_and_look(page, "simulation", reverse("admin:ticketing_simulation_change", args=(simulation.pk,)))
    open_and_look(page, "simulation-add", reverse("admin:ticketing_simulation_add"))
    expect(page.get_by_role("combobox", name="Company mapping")).to_be_visible()
    page.locator("#id_days").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Queued").first).to_be_visible()
    assert Run.objects.filter(kind=RunKind.SIMULATE, state=RunState.QUEUED).count() == 1
