"""A Tactical RMM server from the credential to stored events: what is read, and what ends unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, EventState, RunState
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Event, Location
from integrations.runs.request import request_events
from integrations.sandbox.moments import later
from integrations.sandbox.server import Sandbox
from integrations.sandbox.tactical_rmm.constants import KEY
from integrations.sandbox.tactical_rmm.world import TacticalWorld
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
        name="RMM",
        kind="tactical_rmm",
        base_url=sandbox.url("tactical_rmm"),
        credentials={"api_key": KEY},
    )


def read_events(console: Console) -> None:
    run = execute_here(request_events(console))
    assert run.state == RunState.SUCCEEDED, run.error


def states(console: Console, number: int) -> list[str]:
    rows = Event.objects.filter(console=console, external_id=str(number)).order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    tactical = sandbox.world.of(TacticalWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    assert Company.objects.filter(console=console).count() == len(tactical.clients)
    assert Location.objects.filter(company__console=console).count() == len(tactical.sites)
    assert Computer.objects.filter(console=console, location__isnull=False).count() == len(tactical.agents)


def test_alerts_open_and_end_once_each(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    read_events(console)
    key = next(iter(sandbox.world.of(TacticalWorld).agents))
    number = sandbox.event("tactical-alert", computer=key, alert="script")["alert"]
    for _ in range(2):
        read_events(console)
    assert states(console, number) == [EventState.OPEN]
    sandbox.event("tactical-resolve", computer=key, alert="script")
    for _ in range(3):
        read_events(console)

    assert states(console, number) == [EventState.OPEN, EventState.RESOLVED]
    event = Event.objects.filter(external_id=str(number)).latest("pk")
    assert event.computer is not None
    assert event.computer.external_id == key
    assert event.company_id == event.computer.company_id


def test_what_ended_after_weeks_is_concluded_after_two_reads(sandbox: Sandbox, console: Console) -> None:
    key = next(iter(sandbox.world.of(TacticalWorld).agents))
    number = sandbox.event("tactical-alert", computer=key, alert="eventlog")["alert"]
    alert = sandbox.world.of(TacticalWorld).alerts[str(number)]
    alert["alert_time"] = later(alert["alert_time"], days=-40)
    read_events(console)
    sandbox.event("tactical-resolve", computer=key, alert="eventlog")
    read_events(console)
    assert states(console, number) == [EventState.OPEN]
    read_events(console)

    assert states(console, number) == [EventState.OPEN, EventState.RESOLVED]
