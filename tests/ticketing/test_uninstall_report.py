"""`uninstall_report`: what is left in HaloPSA, and a clean-up that is seen before it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations.choices import PlanState
from integrations.management.reporting import execute_here
from integrations.models import HaloCredential, Plan
from integrations.runs.request import request_delivery
from integrations.sandbox.server import Sandbox
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning import OFFBOARD
from mappings.planning.offboarding import new_offboard
from tests.exported import export, preview
from tests.scene import Scene
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """One asset that was created, one open and one closed ticket."""
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        scene = Scene(running)
        export(preview(scene.console, scene.credential))
        for name in ("stays", "ends"):
            scene.event(name)
        scene.deliver()
        scene.event("ends", state="resolved")
        scene.deliver()
        yield scene


def report(*arguments: str) -> tuple[list[dict[str, Any]], str]:
    out, err = StringIO(), StringIO()
    call_command("uninstall_report", "--json", *arguments, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def test_it_counts_what_is_left_and_a_clean_up_ends_it(scene: Scene) -> None:
    HaloCredential.objects.update(hook_token_digest="x" * 64)
    told = {row["what"]: row["number"] for row in report()[0]}
    assert told["active assets created from computers"] == 1
    assert told["open tickets"] == told["tickets closed or left to people"] == 1
    assert told["bridge references of tickets"] == 2
    assert told["webhook address"] == told["API application"] == 1

    writes = len(scene.sandbox.halo.writes)
    (row,), err = report("--clean-up")
    assert (row["deactivate"], row["close"]) == (1, 1)
    assert len(scene.sandbox.halo.writes) == writes
    assert CompanyMapping.objects.get().archived_at is None
    checksum = err.split("--checksum ")[1].strip()
    with pytest.raises(CommandError, match="the world has changed"):
        report("--clean-up", "--apply", "--checksum", "x")

    report("--clean-up", "--apply", "--checksum", checksum)
    execute_here(request_delivery(scene.credential.instance))
    assert not ComputerMapping.objects.filter(halo_asset__active=True).exists()
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.CLOSED}
    left = {row["what"]: row["number"] for row in report()[0]}
    assert "open tickets" not in left
    assert "active assets created from computers" not in left
    assert left["inactive assets created from computers"] == 1
    assert report("--clean-up")[0] == []


def test_each_clean_up_takes_the_place_of_the_preview_before_and_leaves_those_of_staff(
    scene: Scene, admin_user: Any
) -> None:
    staffs = new_offboard(CompanyMapping.objects.get(), admin_user)
    Plan.objects.filter(pk=staffs.pk).update(state=PlanState.READY)
    last = [report("--clean-up")[0][0]["plan"] for _ in range(3)][-1]
    waiting = Plan.objects.filter(kind=OFFBOARD, state=PlanState.READY).values_list("pk", flat=True)
    assert set(waiting) == {staffs.pk, last}


def test_a_clean_up_is_not_applied_unseen(scene: Scene) -> None:
    with pytest.raises(CommandError, match="needs the --checksum"):
        report("--clean-up", "--apply")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--apply"], "--apply goes with --clean-up"),
        (["--apply", "--checksum", "abc"], "--apply, --checksum goes with --clean-up"),
        (["--halo", "Main"], "--halo goes with --clean-up"),
    ],
)
def test_what_goes_with_the_clean_up_is_refused_without_it(given: list[str], named: str) -> None:
    with pytest.raises(CommandError, match=f"Nothing was done: {named}"):
        report(*given)
