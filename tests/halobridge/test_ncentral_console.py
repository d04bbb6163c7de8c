"""An N-central server from the credential to stored events: what is read, and how issues end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, EventState, RunState
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Event, Location
from integrations.runs.request import request_events
from integrations.sandbox.ncentral.constants import USER_TOKEN
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return connect_console(
        sandbox,
        name="Central",
        kind="ncentral",
        base_url=sandbox.url("ncentral"),
        credentials={"token": f' "{USER_TOKEN}" '},
    )


def read_events(console: Console) -> None:
    """As a run of its own."""
    run = execute_here(request_events(Console.objects.get(pk=console.pk)))
    assert run.state == RunState.SUCCEEDED, run.error


def states(console: Console, series: str) -> list[str]:
    rows = Event.objects.filter(console=console, series_key=series).order_by("occurred_at", "pk")
    return list(rows.values_list("state", flat=True))


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    central = sandbox.world.of(NCentralWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    usual = [row for row in central.customers.values() if not row["system"]]
    at_sites = [row for row in central.devices.values() if row["_site"]]
    assert Company.objects.filter(console=console).count() == len(usual)
    assert Location.objects.filter(company__console=console).count() == len(central.sites)
    stored = Computer.objects.filter(console=console)
    assert stored.count() == len(central.devices)
    assert stored.filter(location__isnull=False).count() == len(at_sites)
    number, held = next((key, row) for key, row in central.assets.items() if row["serialnumber"])
    computer = stored.get(external_id=number)
    assert computer.serial_number == held["serialnumber"]
    assert computer.console_url.startswith(
        f"{sandbox.url('ncentral')}/deepLinkAction.do?method=deviceDetails"
    )
    assert computer.product is not None


def test_what_could_not_be_read_this_time_is_kept(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    before = dict(Computer.objects.values_list("external_id", "serial_number"))
    sandbox.switches.change(ncentral_assets_refused=True)
    read_console(console)

    assert any(before.values())
    assert dict(Computer.objects.values_list("external_id", "serial_number")) == before


def test_issues_open_and_get_worse_once_each(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    done = sandbox.event("ncentral-issue", alert="memory", state=3)
    for _ in range(2):
        read_events(console)
    assert states(console, done["issue"]) == [EventState.OPEN]
    sandbox.clock.advance(2)
    sandbox.event("ncentral-issue", alert="memory", computer=done["device"], state=6)
    for _ in range(2):
        read_events(console)

    events = Event.objects.filter(console=console, series_key=done["issue"]).order_by("pk")
    assert [(event.state, event.severity) for event in events] == [
        (EventState.OPEN, "medium"),
        (EventState.OPEN, "critical"),
    ]
    first = events[0]
    assert first.computer is not None
    assert first.company_id == first.computer.company_id


def test_what_is_over_is_concluded_after_two_reads(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    ended, lasting = (sandbox.event("ncentral-issue", alert=alert) for alert in ("disk", "cpu"))
    read_events(console)
    sandbox.event("ncentral-normal", alert="disk", computer=ended["device"])
    read_events(console)
    assert states(console, ended["issue"]) == [EventState.OPEN]
    read_events(console)

    assert states(console, ended["issue"]) == [EventState.OPEN, EventState.RESOLVED]
    assert states(console, lasting["issue"]) == [EventState.OPEN]


def test_a_read_that_breaks_off_ends_nothing(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    done = sandbox.event("ncentral-issue")
    read_events(console)
    with sandbox.lock:
        sandbox.world.of(NCentralWorld).issues.clear()
    sandbox.fronts["ncentral"].faults.add(path="active-issues", what="truncated", times=None)
    for _ in range(3):
        run = execute_here(request_events(Console.objects.get(pk=console.pk)))
        assert run.state == RunState.FAILED

    assert states(console, done["issue"]) == [EventState.OPEN]


def test_issues_of_silenced_devices_make_no_event(sandbox: Sandbox, console: Console) -> None:
    silent = {key for key, row in sandbox.world.of(NCentralWorld).issues.items() if not row["monitored"]}
    read_events(console)

    assert silent
    assert not Event.objects.filter(console=console, series_key__in=silent).exists()
    assert Event.objects.filter(console=console).exists()
