"""MSP360 with the token of its RMM, from the credential to stored events: alerts beside the plans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from integrations.choices import ConnectionState, EventState, RunState
from integrations.connectors import turns
from integrations.management.reporting import execute_here
from integrations.models import Computer, Console, Event, HeldLoss, Run
from integrations.runs.request import request_events
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Console:
    """With alerts that nobody has looked at before, and a clock by which no turn is over at random."""
    monkeypatch.setattr(turns, "is_round", lambda number, now: False)
    return connect_console(sandbox, rmm=True)


def read_events(console: Console) -> Run:
    """As a run of its own: it asks for what has come since the one before."""
    return execute_here(request_events(Console.objects.get(pk=console.pk)))


def poll(console: Console, times: int = 1) -> None:
    for _ in range(times):
        run = read_events(console)
        assert run.state == RunState.SUCCEEDED, run.error


def begin(sandbox: Sandbox, **details: str) -> str:
    """An alert that begins; its series."""
    done = sandbox.event("msp360-alert", **details)
    return f"rmm:{done['hid']}:{done['alert']}"


def states(console: Console, series: str) -> list[str]:
    rows = Event.objects.filter(console=console, series_key=series).order_by("occurred_at", "pk")
    return list(rows.values_list("state", flat=True))


def summaries_asked_for(sandbox: Sandbox) -> int:
    return sum("/stat/summary/" in exchange.path for exchange in sandbox.rmm.requests)


def open_alerts(console: Console) -> set[str]:
    rows = Event.objects.filter(console=console, series_key__startswith="rmm:", state=EventState.OPEN)
    return set(rows.values_list("series_key", flat=True))


def live_alerts(sandbox: Sandbox) -> set[str]:
    rows = sandbox.world.console.alerts.values()
    return {f"rmm:{row['_hid']}:{row['alertId']}" for row in rows if row["isLiveAlert"]}


def test_the_first_read_tells_every_live_alert_of_its_computer(sandbox: Sandbox, console: Console) -> None:
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED
    poll(console)

    assert open_alerts(console) == live_alerts(sandbox) != set()
    for event in Event.objects.filter(console=console, series_key__startswith="rmm:"):
        assert event.computer is not None
        assert event.first_read
        assert event.event_type.startswith("device.")
        assert event.company_id == event.computer.company_id


@pytest.mark.parametrize("how", ["time", "flag"])
def test_alerts_open_and_end_once_each(sandbox: Sandbox, console: Console, how: str) -> None:
    sandbox.switches.change(msp360_alert_end=how, msp360_null_alerts=True)
    series = begin(sandbox, alert="smart")
    poll(console, 3)
    assert states(console, series) == [EventState.OPEN]
    sandbox.event("msp360-alert-over")
    poll(console, 3)

    assert states(console, series) == [EventState.OPEN, EventState.RESOLVED]
    assert {event.event_type for event in Event.objects.filter(series_key=series)} == {"device.disk_health"}


@pytest.mark.parametrize("null", [True, False])
def test_an_alert_that_leaves_the_list_has_ended_after_two_reads_of_its_computer(
    sandbox: Sandbox, console: Console, null: bool
) -> None:
    sandbox.switches.change(msp360_alert_end="gone", msp360_null_alerts=null)
    lasting, ended = begin(sandbox, computer="HDG-SRV08"), begin(sandbox, alert="cpu")
    poll(console)
    sandbox.event("msp360-alert-over")
    poll(console)
    assert states(console, ended) == [EventState.OPEN]
    poll(console)

    assert states(console, ended) == [EventState.OPEN, EventState.RESOLVED]
    assert states(console, lasting) == [EventState.OPEN]
    assert not HeldLoss.objects.exists()


def test_reads_that_could_not_look_at_the_computer_do_not_count(sandbox: Sandbox, console: Console) -> None:
    sandbox.switches.change(msp360_alert_end="gone")
    series = begin(sandbox, alert="memory")
    poll(console)
    sandbox.event("msp360-alert-over")
    poll(console)
    hid = series.split(":")[1]
    sandbox.rmm.faults.add(path=f"/{hid}/stat/summary", what="500", times=3)
    for _ in range(3):
        assert read_events(console).state == RunState.SUCCEEDED
    assert states(console, series) == [EventState.OPEN]
    poll(console)

    assert states(console, series) == [EventState.OPEN, EventState.RESOLVED]


def test_a_revoked_token_ends_no_alert_and_stops_no_plan(sandbox: Sandbox, console: Console) -> None:
    poll(console)
    before = open_alerts(console)
    sandbox.rmm.faults.add(path="/stat/summary", what="401", times=None)
    plan = f"plan:{sandbox.event('fail')['plan']}"
    for _ in range(3):
        assert read_events(console).state == RunState.SUCCEEDED

    assert states(console, plan)[-1] == EventState.OPEN
    assert open_alerts(console) == before
    assert not Event.objects.filter(series_key__in=before, state=EventState.RESOLVED).exists()


def test_the_alerts_of_a_removed_computer_end(sandbox: Sandbox, console: Console) -> None:
    series = begin(sandbox, alert="service")
    poll(console)
    hid = series.split(":")[1]
    with sandbox.lock:
        name = sandbox.world.console.computers[hid]["ComputerName"]
    sandbox.event("remove-computer", computer=name)
    poll(console, 2)

    assert states(console, series) == [EventState.OPEN, EventState.RESOLVED]


def test_a_poll_asks_a_bounded_number_of_computers_and_open_ones_each_time(
    sandbox: Sandbox, console: Console
) -> None:
    poll(console)
    first = summaries_asked_for(sandbox)
    sandbox.rmm.requests.clear()
    poll(console)
    asked = [exchange.path.split("/")[4] for exchange in sandbox.rmm.requests]

    assert first > 200, "the first read asks everybody who may have an agent"
    assert len(asked) == 60
    assert {series.split(":")[1] for series in live_alerts(sandbox)} <= set(asked[:8])


def test_an_alert_comes_to_light_within_a_round(
    sandbox: Sandbox, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polls of one quarter of an hour, at the times at which they would be made."""
    poll(console)
    series, real, minute = begin(sandbox, alert="antivirus"), turns.in_turn, 0
    polls = 0

    def at_that_time(numbers, urgent, now, since, **rest):  # type: ignore[no-untyped-def]
        moved = timedelta(minutes=minute)
        return real(numbers, urgent, now + moved, since + moved, **rest)

    monkeypatch.setattr(turns, "in_turn", at_that_time)
    while not states(console, series) and polls < 16:
        minute, polls = minute + 1, polls + 1
        poll(console)

    assert states(console, series) == [EventState.OPEN]


def test_hardware_is_asked_for_once_and_stays(sandbox: Sandbox, console: Console) -> None:
    def hosts_asked_for() -> int:
        return sum("/stat/host/" in exchange.path for exchange in sandbox.rmm.requests)

    read_console(console)
    told = dict(Computer.objects.values_list("external_id", "os_name"))
    first = hosts_asked_for()
    read_console(console)

    with_agent = len(sandbox.world.console.hosts)
    assert with_agent <= first <= with_agent + 2, "the test of the connection asks as well"
    assert hosts_asked_for() == first
    assert dict(Computer.objects.values_list("external_id", "os_name")) == told
    assert Computer.objects.exclude(serial_number="").count() > 200
