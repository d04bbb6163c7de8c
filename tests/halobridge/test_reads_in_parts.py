"""A console that takes a call for each company is read in several steps; all of them are one read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.utils import timezone

from integrations.choices import EventState, RunKind, RunState
from integrations.connectors.connectsecure.parse import events
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Entry, Event, KnownSeries, Location, PartSeen, Run
from integrations.runs import steps
from integrations.runs.request import request_console_sync, request_events
from integrations.sandbox.connectsecure.constants import CLIENT_ID, CLIENT_SECRET, TENANT
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.connectwise_rmm import constants as asio
from integrations.sandbox.faults import Fault
from integrations.sandbox.server import Sandbox
from integrations.schedules import tick
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db

REMEDIATION = "get_remediation"
SYSTEM_EVENTS = "system_events_view"
AT_ONCE = 6


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def scanner(sandbox: Sandbox) -> Console:
    console = connect_console(
        sandbox,
        name="Scanner",
        kind="connectsecure",
        base_url=sandbox.url("connectsecure"),
        credentials={"tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    )
    read_console(console)
    return console


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step has time for so many companies only."""
    asked = count(1)
    monkeypatch.setattr(steps.Work, "time_is_up", property(lambda work: next(asked) % AT_ONCE == 0))


def read_events(console: Console) -> Run:
    return execute_here(request_events(Console.objects.get(pk=console.pk)))


def stored(console: Console) -> set[tuple[str, str, bool]]:
    rows = Event.objects.filter(console=console)
    return set(rows.values_list("external_id", "state", "first_read"))


def watched(sandbox: Sandbox, path: str) -> Fault:
    """Counts the calls in `seen`, and lets all of them pass."""
    return sandbox.fronts["connectsecure"].faults.add(path=path, what="404", skip=10**6, times=None)


def test_read_in_many_steps_or_in_one_the_same_is_stored(
    sandbox: Sandbox, scanner: Console, request: pytest.FixtureRequest
) -> None:
    read_events(scanner)
    at_once, known = stored(scanner), set(KnownSeries.objects.values_list("series_key", flat=True))
    Event.objects.all().delete()
    KnownSeries.objects.all().delete()
    Console.objects.filter(pk=scanner.pk).update(events_read_at=None)
    request.getfixturevalue("hurry")

    run = read_events(scanner)

    assert run.state == RunState.SUCCEEDED
    assert run.steps.get().name == "start"
    assert run.phase == "" and run.total == Company.objects.filter(console=scanner).count()
    assert stored(scanner) == at_once
    assert all(first_read for *_, first_read in stored(scanner)), (
        "each part of the first read is the baseline"
    )
    assert set(KnownSeries.objects.values_list("series_key", flat=True)) == known
    assert not PartSeen.objects.exists()


def test_nothing_ends_that_an_earlier_step_has_seen(sandbox: Sandbox, scanner: Console, hurry: None) -> None:
    for _ in range(3):
        assert read_events(scanner).state == RunState.SUCCEEDED
    assert not Event.objects.filter(console=scanner, title__startswith="No longer listed").exists()


def test_what_two_whole_reads_do_not_hold_has_ended(sandbox: Sandbox, scanner: Console, hurry: None) -> None:
    read_events(scanner)
    gone = Event.objects.filter(event_type="remediation.by_asset").first()
    assert gone is not None
    with sandbox.lock:
        held = sandbox.world.of(ConnectSecureWorld)
        for key in [
            key for key, row in held.fixes.items() if str(row["asset_id"]) == gone.computer_external_id
        ]:
            del held.fixes[key]

    read_events(scanner)
    assert Event.objects.filter(series_key=gone.series_key).count() == 1
    read_events(scanner)
    assert [row.state for row in Event.objects.filter(series_key=gone.series_key).order_by("pk")] == [
        EventState.OPEN,
        EventState.RESOLVED,
    ]


def test_a_read_that_breaks_in_a_later_step_concludes_nothing_and_is_no_position(
    sandbox: Sandbox, scanner: Console, hurry: None
) -> None:
    read_events(scanner)
    before = KnownSeries.objects.filter(misses__gt=0).count(), scanner_position(scanner)
    sandbox.fronts["connectsecure"].faults.add(path=REMEDIATION, what="404", skip=15, times=None)

    run = read_events(scanner)

    assert run.state == RunState.FAILED
    assert (KnownSeries.objects.filter(misses__gt=0).count(), scanner_position(scanner)) == before
    sandbox.fronts["connectsecure"].faults.clear()
    assert read_events(scanner).state == RunState.SUCCEEDED
    assert not PartSeen.objects.filter(run__state=RunState.SUCCEEDED).exists()


def scanner_position(console: Console) -> datetime | None:
    return Console.objects.get(pk=console.pk).events_read_at


def test_a_worker_that_dies_between_two_steps_costs_one_step(
    sandbox: Sandbox, scanner: Console, hurry: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies = Company.objects.filter(console=scanner).count()
    dying = iter([False, False, True])
    give_back = steps.give_back

    def die(*step: object, **more: object) -> None:
        if next(dying, False):
            raise SystemExit("the worker dies here")
        give_back(*step, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "give_back", die)
    asked = watched(sandbox, REMEDIATION)
    run = request_events(scanner)
    with pytest.raises(SystemExit):
        execute_here(run)
    run.steps.update(state="queued", lease_until=None)  # as the reaper does
    assert execute_here(run).state == RunState.SUCCEEDED

    assert asked.seen == companies + AT_ONCE
    assert all(first_read for *_, first_read in stored(scanner))


def test_what_an_early_step_brings_is_routed_before_the_last(
    sandbox: Sandbox, scanner: Console, hurry: None
) -> None:
    read_events(scanner)
    down = next(iter(sandbox.world.of(ConnectSecureWorld).assets.values()))
    sandbox.event("connectsecure-event", alert="agent", computer=str(down["id"]))
    Run.objects.filter(kind=RunKind.ROUTE).delete()
    sandbox.fronts["connectsecure"].faults.add(path=REMEDIATION, what="404", skip=9, times=None)

    assert read_events(scanner).state == RunState.FAILED
    assert Run.objects.filter(kind=RunKind.ROUTE).exists()


def test_a_tick_in_the_middle_of_it_asks_for_no_second_read(sandbox: Sandbox, scanner: Console) -> None:
    run = request_events(scanner)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)

    tick()

    run.refresh_from_db()
    assert not run.dirty
    assert Run.objects.filter(kind=RunKind.EVENTS, console=scanner).count() == 1


# ---- lists that may not be read ------------------------------------------------------------------


def test_a_list_that_may_not_be_read_ends_nothing_and_is_a_baseline_once_it_may(
    sandbox: Sandbox, scanner: Console
) -> None:
    refused = sandbox.fronts["connectsecure"].faults
    refused.add(path=REMEDIATION, what="403", times=None)
    run = read_events(scanner)
    assert Entry.objects.filter(run=run, reason__startswith="Remediation cannot be read: ").count() == 1
    assert not Event.objects.filter(event_type__startswith="remediation.").exists()
    assert Event.objects.filter(event_type__startswith="vuln.").exists()

    refused.clear()
    read_events(scanner)
    found = Event.objects.filter(event_type__startswith="remediation.")
    assert found.exists() and not found.filter(first_read=False).exists(), "it was so before: no news"

    refused.add(path=REMEDIATION, what="403", times=None)
    for _ in range(3):
        read_events(scanner)
    assert not Event.objects.filter(state=EventState.RESOLVED, event_type__startswith="remediation.").exists()


def test_what_comes_while_a_known_list_is_refused_is_news_once_it_is_allowed_again(
    sandbox: Sandbox, scanner: Console
) -> None:
    read_events(scanner)
    Event.objects.filter(event_type__startswith="remediation.").delete()
    refused = sandbox.fronts["connectsecure"].faults
    refused.add(path=REMEDIATION, what="403", times=None)
    for _ in range(2):
        read_events(scanner)
    assert not Event.objects.filter(event_type__startswith="remediation.").exists()

    refused.clear()
    read_events(scanner)
    found = Event.objects.filter(event_type__startswith="remediation.")
    assert found.exists() and not found.filter(first_read=True).exists()


def test_a_history_that_was_refused_goes_on_where_it_had_been_read_to(
    sandbox: Sandbox, scanner: Console
) -> None:
    read_events(scanner)
    read_to = scanner_position(scanner)
    assert read_to is not None
    refused = sandbox.fronts["connectsecure"].faults
    refused.add(path=SYSTEM_EVENTS, what="403", times=None)
    read_events(scanner)
    begun = sandbox.event("connectsecure-event", alert="port")["event"]
    read_events(scanner)
    scanner.refresh_from_db()
    assert {scanner.unread_lists[one] for one in events.HISTORIES_OF[events.SYSTEM_EVENTS]} == {
        read_to.isoformat()
    }
    long_after = timezone.now() + timedelta(hours=3)
    Console.objects.filter(pk=scanner.pk).update(events_read_at=long_after)

    refused.clear()
    read_events(scanner)
    assert not Event.objects.get(external_id=f"event:{begun}").first_read
    scanner.refresh_from_db()
    assert scanner.unread_lists == {}


# ---- companies and computers ---------------------------------------------------------------------


@pytest.fixture
def rmm(sandbox: Sandbox) -> Console:
    return connect_console(
        sandbox,
        name="Asio",
        kind="connectwise_rmm",
        base_url=sandbox.url("connectwise_rmm"),
        credentials={"client_id": asio.CLIENT_ID, "client_secret": asio.CLIENT_SECRET},
    )


def held(console: Console) -> tuple[set[object], set[object], set[object]]:
    return (
        set(Company.objects.filter(console=console).values_list("external_id", "active")),
        set(Location.objects.filter(company__console=console).values_list("external_id", "active")),
        set(Computer.objects.filter(console=console).values_list("external_id", "company_id", "active")),
    )


def test_companies_and_computers_are_read_in_steps_too(
    sandbox: Sandbox, rmm: Console, request: pytest.FixtureRequest
) -> None:
    read_console(rmm)
    at_once = held(rmm)
    request.getfixturevalue("hurry")

    again = read_console(rmm)

    assert again.state == RunState.SUCCEEDED
    assert held(rmm) == at_once
    assert at_once[0] and at_once[2]
    assert again.totals.get("companies unchanged") == len(at_once[0])
    assert again.totals.get("computers unchanged") == len(at_once[2])
    assert not Computer.objects.filter(console=rmm, missed_reads__gt=0).exists()
    assert not Location.objects.filter(company__console=rmm, missed_reads__gt=0).exists()
    assert not PartSeen.objects.exists()


def test_a_computer_that_no_step_holds_is_missed(sandbox: Sandbox, rmm: Console, hurry: None) -> None:
    read_console(rmm)
    company = Company.objects.filter(console=rmm).first()
    Computer.objects.create(console=rmm, company=company, external_id="was-here", name="WAS-HERE")

    read_console(rmm)

    missed = Computer.objects.filter(console=rmm, missed_reads__gt=0)
    assert [row.external_id for row in missed] == ["was-here"]


def test_a_sync_that_breaks_in_a_later_step_misses_nothing(
    sandbox: Sandbox, rmm: Console, hurry: None
) -> None:
    read_console(rmm)
    Computer.objects.create(console=rmm, external_id="was-here", name="WAS-HERE")
    sandbox.fronts["connectwise_rmm"].faults.add(path="endpoints|devices", what="403", skip=9, times=None)

    assert execute_here(request_console_sync(rmm)).state == RunState.FAILED
    assert not Computer.objects.filter(console=rmm, missed_reads__gt=0).exists()
