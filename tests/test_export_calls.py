"""Calls are the currency: what an export costs, beside the fewest calls it could cost."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from integrations.choices import Outcome, RunState
from integrations.models import Entry, Instance, Plan
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo
from tests.exported import assert_each_once, asset_writes, export, preview, push_computers

pytestmark = pytest.mark.django_db
BATCH = 100


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        running.switches.change(rate_limit_calls=0)
        yield running


def planned(sandbox: Sandbox, computers: int, **values: Any) -> Plan:
    credential = connect_halo(sandbox, **{"budget_calls": 5000, **values})
    read_halo(credential)
    plan = preview(push_computers(computers), credential)
    assert plan.counts["create"] == computers
    return plan


def test_300_computers_are_exported_in_a_handful_of_calls(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(sandbox, 300, budget_calls=180)
    run = export(plan)
    with capsys.disabled():
        print(
            f"\n300 computers exported: {run.calls} calls, forecast {plan.forecast_calls}, "
            f"lower bound {plan.lower_bound}"
        )
    assert run.state == RunState.SUCCEEDED
    assert run.totals["created"] == 300
    assert run.lower_bound == plan.lower_bound == 3
    assert run.calls <= 3 * plan.lower_bound
    assert run.calls == plan.forecast_calls
    assert_each_once(sandbox, 300)


def test_1000_computers_take_a_tenth_more_writes_than_full_batches(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(sandbox, 1000)
    run = export(plan)
    writes = len(asset_writes(sandbox))
    bound = ceil(1000 / BATCH)
    with capsys.disabled():
        print(f"\n1,000 computers exported: {writes} writes, {run.calls} calls, lower bound {bound}")
    assert run.totals["created"] == 1000
    assert writes <= 1.1 * bound
    assert_each_once(sandbox, 1000)


def test_with_batches_turned_off_each_asset_is_one_call_as_forecast(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, budget_calls=5000)
    read_halo(credential)
    Instance.objects.update(batches_allowed=False)
    plan = preview(push_computers(30), credential)
    run = export(plan)
    assert len(asset_writes(sandbox)) == 30
    assert all(len(exchange.body) == 1 for exchange in asset_writes(sandbox))
    assert run.calls == plan.forecast_calls == 30


@pytest.mark.parametrize(
    ("switches", "most_writes"),
    [
        ({}, 25),
        ({"batch_atomic": True}, 25),
        ({"returnall_shuffled": True}, 25),
        ({"batch_atomic": True, "returnall_shuffled": True, "omit_nulls": True}, 25),
        # No batches at all: one call for each, and the two of the proof.
        ({"returnall_works": False}, 102),
    ],
    ids=str,
)
@pytest.mark.usefixtures("_short_rests")
def test_one_bad_object_in_a_hundred_is_one_failed_entry_and_ninety_nine_done(
    sandbox: Sandbox, switches: dict[str, Any], most_writes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(sandbox, 100)
    sandbox.switches.change(unique_tags=True, **switches)
    spoil(sandbox, plan, position=42)
    run = export(plan)
    writes = len(asset_writes(sandbox))
    with capsys.disabled():
        print(f"\n100 computers, one refused, {switches or 'usual'}: {writes} writes, {run.calls} calls")
    assert run.state == RunState.PARTIAL
    assert (run.totals["created"], run.totals["refused"]) == (99, 1)
    (failed,) = Entry.objects.filter(run=run).exclude(outcome=Outcome.DONE)
    assert "Asset tag must be unique" in failed.reason
    assert writes <= most_writes
    assert_each_once(sandbox, 99)


def spoil(sandbox: Sandbox, plan: Plan, *, position: int) -> None:
    """Somebody gives the tag of that row to another asset, and HaloPSA wants tags to be unique."""
    tag = plan.changes.get(position=position).after["inventory_number"]
    with sandbox.lock:
        next(iter(sandbox.world.halo.assets.values()))["inventory_number"] = tag


@pytest.fixture
def _short_rests(settings: Any) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
