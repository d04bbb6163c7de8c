"""A company that gets another client, from preview to HaloPSA: the real pipeline against the sandbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from integrations.choices import Outcome, RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import HaloClient, Run
from integrations.runs.request import request_delivery, request_run
from integrations.sandbox.server import Sandbox
from mappings.planning import new_move
from tests.scene import Scene
from ticketing.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield Scene(running)


def in_halo(scene: Scene, ticket: Ticket) -> dict[str, Any]:
    return next(row for row in scene.sandbox.tickets() if row["id"] == ticket.halo_id)


def work_off(scene: Scene, run: Run) -> Run:
    """The run and delivery side by side, as the two queues have them."""
    end = time.monotonic() + 20
    while run.ended_at is None and time.monotonic() < end:
        execute_here(run)
        execute_here(request_delivery(scene.credential.instance))
        run.refresh_from_db()
    return run


@override_settings(HALOBRIDGE_PAUSE_FACTOR=0.001)
def test_open_tickets_move_and_nobody_is_mailed(scene: Scene) -> None:
    scene.event("a")
    scene.deliver()
    other = HaloClient.objects.filter(active=True, sites__active=True).exclude(
        pk=scene.mapping.halo_client_id
    )
    client = other.first()
    assert client
    plan = new_move(scene.mapping, client)
    execute_here(request_run(RunKind.PLAN_ASSETS, plan=plan, halo_credential=scene.credential))
    run = request_run(RunKind.APPLY_ASSETS, plan=plan, halo_credential=scene.credential)
    run = work_off(scene, run)
    assert (run.state, run.error) == (RunState.SUCCEEDED, "")
    assert set(run.entries.values_list("outcome", flat=True)) == {Outcome.DONE}
    ticket = Ticket.objects.get()
    assert in_halo(scene, ticket)["client_id"] == client.halo_id == ticket.halo_client
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == client
    assert scene.sandbox.world.halo.mails == []
