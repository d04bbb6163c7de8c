"""Losses of consoles: held by list, decided by list."""

from __future__ import annotations

import pytest

from integrations.choices import EventState, RunKind, RunState
from integrations.ingest import console_side
from integrations.ingest.events import derived_resolves, store_events
from integrations.models import Company, Computer, Console, Event, HeldLoss, Run
from integrations.runs import approvals
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.test_loss_guard import of_company

pytestmark = pytest.mark.django_db


def inhabited() -> Console:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(4))
    console_side.store_computers(console, make.make_computers(80, companies=4))
    return console


def waiting_run(console: Console, kind: str = RunKind.SYNC_CONSOLE) -> Run:
    return Run.objects.create(kind=kind, console=console, state=RunState.WAITING, slot=f"{kind}:{console.pk}")


def test_a_company_that_lost_all_is_taken_away_with_what_else_was_missing_as_usual() -> None:
    console, records = inhabited(), make.make_computers(80, companies=4)
    kept = [record for record in records if record not in of_company(records, 1)][1:]
    held = console_side.store_computers(console, kept)
    assert (held.waits, held.gone) == (True, 0)
    loss = HeldLoss.objects.get()
    assert (loss.console, loss.resource, loss.missing) == (console, "computers", 20)
    approvals.approve([loss], None)
    # The one that was missing beside is gone by the usual two reads, the company's by the approval.
    assert console_side.store_computers(console, kept).gone == 20 + 1
    assert not HeldLoss.objects.exists()
    assert Computer.objects.filter(active=True).count() == 59


def test_an_empty_list_takes_nothing_away_before_it_was_approved() -> None:
    console = inhabited()
    for _ in range(3):
        assert console_side.store_companies(console, []).waits
    assert Company.objects.filter(active=True).count() == 4
    approvals.approve(HeldLoss.objects.filter(resource="companies"), None)
    assert console_side.store_companies(console, []).gone == 4


def test_series_of_events_that_were_approved_end_and_computers_stay_held() -> None:
    console = inhabited()
    plans = [make.make_event(f"e{n}", series_key=f"plan:{n}") for n in range(10)]
    store_events(console, plans)
    derived_resolves(console, {plan.series_key for plan in plans})
    waiting: list[str] = []
    assert derived_resolves(console, set(), waiting=waiting) == []
    assert waiting
    console_side.store_computers(console, [])
    run = waiting_run(console, RunKind.EVENTS)
    (loss,) = approvals.losses_of(run)
    assert loss.resource == "series"
    approvals.approve([loss], None)
    store_events(console, derived_resolves(console, set()))
    assert Event.objects.filter(state=EventState.RESOLVED).count() == 10
    assert list(HeldLoss.objects.values_list("resource", flat=True)) == ["computers"]


def test_a_run_waits_until_nothing_of_it_is_left_to_decide() -> None:
    console = inhabited()
    console_side.store_companies(console, [])
    console_side.store_computers(console, [])
    run = waiting_run(console)
    losses = {loss.resource: loss for loss in approvals.losses_of(run)}
    assert set(losses) == {"companies", "computers", "locations"} & set(losses)
    for number, loss in enumerate(losses.values(), start=1):
        approvals.dismiss([loss], None)
        run.refresh_from_db()
        assert run.state == (RunState.PARTIAL if number == len(losses) else RunState.WAITING)


def test_lists_of_two_consoles_are_held_apart() -> None:
    first, second = inhabited(), make.make_console("Other")
    console_side.store_computers(second, make.make_computers(20, companies=1))
    for console in (first, second):
        console_side.store_computers(console, [])
    approvals.approve(HeldLoss.objects.filter(console=second), None)
    assert console_side.store_computers(second, []).gone == 20
    assert console_side.store_computers(first, []).gone == 0
