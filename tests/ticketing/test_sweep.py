"""The nightly sweep: what a slow Halo still doubled becomes one ticket again, and it is said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from integrations.choices import Outcome, RunKind, RunState, WriteMode
from integrations.management.reporting import execute_here
from integrations.models import HaloCredential, Run
from integrations.runs.request import request_run
from integrations.sandbox.server import Sandbox
from tests.scene import Scene
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield Scene(running)


def ours(scene: Scene) -> list[dict[str, Any]]:
    return [row for row in scene.sandbox.tickets() if row["supplier_reference"].startswith("HB-")]


def double(scene: Scene) -> None:
    """A ticket whose POST Halo executes long after it has answered 504, when it has been repeated already."""
    scene.sandbox.halo.faults.add(path="/api/tickets", what="late", method="POST", seconds=2.0)
    scene.event("slow")
    with override_settings(HALOBRIDGE_PAUSE_FACTOR=0.001):
        end = time.monotonic() + 10
        while time.monotonic() < end and len(ours(scene)) < 2:
            scene.deliver()
            time.sleep(0.2)
    assert len(ours(scene)) == 2


def sweep(scene: Scene) -> Run:
    return execute_here(request_run(RunKind.SWEEP, halo_credential=scene.credential))


def test_the_oldest_ticket_stays_and_the_younger_one_is_closed(scene: Scene) -> None:
    double(scene)
    run = sweep(scene)
    oldest, younger = sorted(ours(scene), key=lambda row: row["id"])
    assert not oldest["hasbeenclosed"]
    assert younger["hasbeenclosed"]
    assert Ticket.objects.get().halo_id == oldest["id"]
    entry = run.entries.get(action="close")
    assert entry.outcome == Outcome.DONE
    assert str(oldest["id"]) in entry.reason
    assert scene.sandbox.world.halo.mails == []


def test_a_second_sweep_has_nothing_to_do(scene: Scene) -> None:
    double(scene)
    sweep(scene)
    writes = len(scene.sandbox.halo.writes)
    assert sweep(scene).entries.count() == 0
    assert len(scene.sandbox.halo.writes) == writes


def test_if_the_late_one_is_older_it_becomes_ours(scene: Scene) -> None:
    double(scene)
    oldest, younger = sorted(ours(scene), key=lambda row: row["id"])
    Ticket.objects.update(halo_id=younger["id"])
    run = sweep(scene)
    assert Ticket.objects.get().halo_id == oldest["id"]
    assert run.entries.get(action="link").outcome == Outcome.DONE


def test_a_ticket_that_was_taken_back_and_made_all_the_same_is_closed(scene: Scene) -> None:
    double(scene)
    Ticket.objects.update(state=TicketState.CANCELLED, current=False)
    sweep(scene)
    assert all(row["hasbeenclosed"] for row in ours(scene))


def test_it_costs_calls_only_for_writes_that_were_in_doubt(scene: Scene) -> None:
    for number in range(5):
        scene.event(f"fine {number}")
    scene.deliver()
    assert len(ours(scene)) == 5
    assert sweep(scene).calls == 0


def test_in_observe_mode_it_is_only_told(scene: Scene) -> None:
    double(scene)
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    run = sweep(scene)
    assert run.entries.get(action="close").outcome == Outcome.OBSERVED
    assert not any(row["hasbeenclosed"] for row in ours(scene))


def test_tickets_that_are_not_ours_are_left_alone(scene: Scene) -> None:
    foreign = [
        row["id"] for row in scene.sandbox.tickets() if not row["supplier_reference"].startswith("HB-")
    ]
    before = len(scene.sandbox.halo.writes)
    run = sweep(scene)
    assert run.state == RunState.SUCCEEDED
    assert len(scene.sandbox.halo.writes) == before
    assert foreign
