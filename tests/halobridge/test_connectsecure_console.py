"""A ConnectSecure tenant from the credential to stored events: what is read, and how things end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from integrations.choices import ConnectionState, EventState, RunState
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Event, KnownSeries
from integrations.runs.request import request_events
from integrations.sandbox.connectsecure.constants import CLIENT_ID, CLIENT_SECRET, TENANT
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import Row
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
        name="Scanner",
        kind="connectsecure",
        base_url=sandbox.url("connectsecure"),
        credentials={"tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    )


def read_events(console: Console) -> None:
    """As a run of its own: it asks for what has come since the one before."""
    run = execute_here(request_events(Console.objects.get(pk=console.pk)))
    assert run.state == RunState.SUCCEEDED, run.error


def workstation(sandbox: Sandbox) -> Row:
    """One without any event of its own at the start."""
    return next(
        row
        for row in sandbox.world.of(ConnectSecureWorld).assets.values()
        if row["os_name"] == "Windows 11 Pro" and not row["is_deprecated"] and not row["is_deleted"]
    )


def states(console: Console, series: str) -> list[str]:
    rows = Event.objects.filter(console=console, series_key=series).order_by("occurred_at", "pk")
    return list(rows.values_list("state", flat=True))


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    held = sandbox.world.of(ConnectSecureWorld)
    companies = [row for row in held.companies.values() if not row["is_deleted"]]
    assets = [row for row in held.assets.values() if not row["is_deleted"]]
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    assert Company.objects.filter(console=console).count() == len(companies)
    computers = Computer.objects.filter(console=console)
    assert computers.filter(company__isnull=False).count() == len(assets)
    deprecated = sum(row["is_deprecated"] for row in assets)
    assert computers.filter(ineligible_reason__contains="deprecated").count() == deprecated > 0


def test_remediation_is_told_once_and_ends_when_two_reads_hold_none(
    sandbox: Sandbox, console: Console
) -> None:
    asset = sandbox.event("connectsecure-find", computer=str(workstation(sandbox)["id"]))["asset"]
    read_console(console)
    read_events(console)
    event = Event.objects.get(
        console=console, series_key__endswith=f":{asset}", event_type="remediation.by_asset"
    )
    assert event.computer is not None
    assert event.company_id == event.computer.company_id
    assert event.findings
    sandbox.event("connectsecure-remedy", computer=str(asset))
    read_events(console)
    assert states(console, event.series_key) == [EventState.OPEN]
    for _ in range(2):
        read_events(console)

    assert states(console, event.series_key) == [EventState.OPEN, EventState.RESOLVED]


def test_another_fix_is_news_of_the_same_series(sandbox: Sandbox, console: Console) -> None:
    asset = workstation(sandbox)
    computer, series = {"computer": str(asset["id"])}, f"remediation.by_company:{asset['company_id']}"
    sandbox.event("connectsecure-find", **computer)
    sandbox.event("connectsecure-remedy", **computer)
    read_console(console)
    read_events(console)
    before = states(console, series)
    for program in ("7-Zip", "VLC media player"):
        sandbox.clock.advance(60)
        sandbox.event("connectsecure-find", **computer, alert=program)
        for _ in range(2):
            read_events(console)

    assert states(console, series) == [*before, EventState.OPEN, EventState.OPEN]


def test_a_history_is_never_concluded_to_have_ended(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    read_events(console)
    computer = str(workstation(sandbox)["id"])
    done = sandbox.event("connectsecure-event", alert="agent", computer=computer)
    audit = f"ad:{sandbox.event('connectsecure-audit')['entry']}"
    read_events(console)
    down = Event.objects.get(console=console, external_id=f"event:{done['event']}")
    with sandbox.lock:
        held = sandbox.world.of(ConnectSecureWorld)
        held.events.clear()
        held.ad_audit.clear()
    for _ in range(3):
        read_events(console)

    assert states(console, down.series_key) == states(console, audit) == [EventState.OPEN]
    assert not KnownSeries.objects.filter(console=console, series_key__in=[down.series_key, audit]).exists()


def test_an_event_that_is_closed_ends_by_that(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    read_events(console)
    computer = str(workstation(sandbox)["id"])
    done = sandbox.event("connectsecure-event", alert="agent", computer=computer)
    read_events(console)
    sandbox.clock.advance(60)
    while sandbox.event("connectsecure-end", computer=computer)["event"] != done["event"]:
        continue
    read_events(console)

    down = Event.objects.filter(console=console, external_id=f"event:{done['event']}").order_by("pk")
    assert [event.state for event in down] == [EventState.OPEN, EventState.RESOLVED]
    assert all(event.company_id for event in down)


def test_a_probe_answers_what_the_papers_leave_open(sandbox: Sandbox, console: Console) -> None:
    sandbox.event("connectsecure-event")
    out = io.StringIO()
    call_command("probe", "--json", "--console", console.name, stdout=out)
    (report,) = json.loads(out.getvalue())
    found = {row["question"]: row["answer"] for row in report["answers"]}

    assert report["failed"] == ""
    assert "open" in found["3. Values of the status of events"]
    assert "LIGHTWEIGHT" in found["Kinds of agents and assets"]
    assert "total_count" in found["Which views repeat their total"]
    names = [row["host_name"] for row in sandbox.world.of(ConnectSecureWorld).assets.values()]
    assert not any(name in out.getvalue() for name in names if name and len(name) > 5)
