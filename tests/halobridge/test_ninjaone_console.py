"""A NinjaOne account from the credential to stored events: what is read, and how alerts end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, EventState, RunState
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Event, Location
from integrations.runs.request import request_events
from integrations.sandbox.ninjaone.console import NinjaOneApplication
from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.ninjaone.world import NinjaOneWorld
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
        name="Ninja",
        kind="ninjaone",
        base_url=sandbox.url("ninjaone"),
        credentials={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    )


def read_events(console: Console) -> None:
    """As a run of its own: it asks for what has come since the one before."""
    run = execute_here(request_events(Console.objects.get(pk=console.pk)))
    assert run.state == RunState.SUCCEEDED, run.error


def states(console: Console, uid: str) -> list[str]:
    rows = Event.objects.filter(console=console, series_key=uid).order_by("occurred_at", "pk")
    return list(rows.values_list("state", flat=True))


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    ninja = sandbox.world.of(NinjaOneWorld)
    approved = [row for row in ninja.devices.values() if row["approvalStatus"] == "APPROVED"]
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    places = sum(len(row["locations"]) for row in ninja.organisations.values())
    assert Company.objects.filter(console=console).count() == len(ninja.organisations)
    assert Location.objects.filter(company__console=console).count() == places
    assert Computer.objects.filter(console=console, location__isnull=False).count() == len(approved)


def test_alerts_open_and_end_once_each(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    read_events(console)
    uid = sandbox.event("ninjaone-alert")["alert"]
    for _ in range(2):
        read_events(console)
    assert states(console, uid) == [EventState.OPEN]
    sandbox.event("ninjaone-reset")
    for _ in range(3):
        read_events(console)

    assert states(console, uid) == [EventState.OPEN, EventState.RESOLVED]
    event = Event.objects.get(console=console, series_key=uid, state=EventState.OPEN)
    assert event.computer is not None
    assert event.company_id == event.computer.company_id


def test_what_ended_without_a_reset_is_concluded_after_two_reads(sandbox: Sandbox, console: Console) -> None:
    read_events(console)
    ended, lasting = (sandbox.event("ninjaone-alert")["alert"] for _ in range(2))
    read_events(console)
    with sandbox.lock:
        sandbox.console(NinjaOneApplication).happenings.reset_alert(ended, silently=True)
    read_events(console)
    assert states(console, ended) == [EventState.OPEN]
    read_events(console)

    assert states(console, ended) == [EventState.OPEN, EventState.RESOLVED]
    assert states(console, lasting) == [EventState.OPEN]
