"""What a preview says of the counts is what they are once it was applied, whatever kind of plan it is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.choices import RunState
from integrations.models import Computer, HaloAsset, Plan, Run
from mappings.counts import PlanCounts, counts_of_plan, present_counts
from mappings.models import ComputerMapping
from mappings.planning import new_offboard, new_undo, plan_assets
from tests.mappings.builders import SERVER, WORKSTATION, Scene, make_asset_type
from tests.mappings.fake_halo import FakeHalo, work_off
from tests.mappings.test_moving_companies import Moving
from tests.mappings.test_undo import undo_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

Key = tuple[str, str, str]


def counts(scene: Scene) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for row in present_counts(scene.credential):
        found[row["client_name"], row["product_name"], row["asset_type_name"]] += row["number"]
    return found


def in_halo(found: Counter[Key]) -> int:
    return sum(number for (_, _, kind), number in found.items() if kind)


def comes_true(scene: Scene, halo: FakeHalo, plan: Plan) -> tuple[Run, PlanCounts]:
    """Apply the plan, and compare all that its preview said with what is there."""
    plan.refresh_from_db()
    told = counts_of_plan(plan)
    assert told is not None
    before = counts(scene)
    run = work_off(scene.run(plan), halo)
    assert run.state == RunState.SUCCEEDED
    after = counts(scene)
    assert (told.before, told.after) == (in_halo(before), in_halo(after))
    lines = {(line.client, line.product, line.asset_type): (line.before, line.after) for line in told.lines}
    changed = {key for key in before | after if before[key] != after[key]}
    assert lines == {key: (before[key], after[key]) for key in changed}
    return run, told


def planned(plan: Plan) -> Plan:
    plan_assets(plan)
    return plan


def retire_all(halo: FakeHalo) -> None:
    """As if the computers had been gone for long."""
    HaloAsset.objects.update(active=False)
    ComputerMapping.objects.update(retired_at=timezone.now())
    for asset in halo.assets.values():
        asset["inactive"] = True


def moving() -> tuple[Moving, FakeHalo]:
    scene = Moving()
    HaloAsset.objects.update(asset_type=scene.credential_types()[WORKSTATION])
    scene.computer("WAITS")
    return scene, FakeHalo().adopt_mirror()


def test_of_an_export_and_of_its_undo() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    run, told = comes_true(scene, halo, scene.plan())
    assert (told.before, told.after) == (0, 3)
    _, told = comes_true(scene, halo, undo_plan(run))
    assert (told.before, told.after) == (3, 0)


def test_of_an_export_that_makes_assets_active_again() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    work_off(scene.run(scene.plan()), halo)
    retire_all(halo)
    _, told = comes_true(scene, halo, scene.plan())
    assert (told.before, told.after) == (0, 3)


def test_of_an_export_that_makes_assets_of_gone_computers_inactive() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    work_off(scene.run(scene.plan()), halo)
    Computer.objects.filter(name="ALD-PC00000").update(
        active=False, gone_since=timezone.now() - timedelta(days=400)
    )
    plan = scene.plan()
    plan.changes.update(selected=True)
    comes_true(scene, halo, plan)


def test_of_offboarding_and_of_its_undo() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    work_off(scene.run(scene.plan()), halo)
    scene.computer("WAITS")
    run, told = comes_true(scene, halo, planned(new_offboard(scene.mapping)))
    assert (told.before, told.after) == (3, 0)
    _, told = comes_true(scene, halo, undo_plan(run))
    assert (told.before, told.after) == (0, 3)


def test_of_another_client_and_of_its_undo() -> None:
    scene, halo = moving()
    run, told = comes_true(scene, halo, scene.move())
    assert (told.before, told.after) == (2, 1)
    undo = planned(new_undo(run))
    back, told = comes_true(scene, halo, undo)
    assert (told.before, told.after) == (1, 2)
    comes_true(scene, halo, undo_plan(back))


def test_of_a_sheet_that_gives_computers_another_type() -> None:
    scene, halo = moving()
    server = make_asset_type(scene.credential, SERVER, "Server")
    row: dict[str, Any] = {"asset_id": str(scene.ours.halo_id), "type": server.name}
    plan = Plan.objects.create(kind="asset_sheet", halo_credential=scene.credential)
    plan.sheet_assets.create(number=1, told=row)
    _, told = comes_true(scene, halo, planned(plan))
    assert (told.before, told.after) == (2, 2)
    assert {line.asset_type for line in told.lines} == {"Workstation", "Server"}


@pytest.mark.parametrize("size", [2, 40])
def test_the_counts_of_an_undone_move_cost_nine_statements_whatever_its_size(size: int) -> None:
    scene, halo = moving()
    for place in range(size):
        scene.linked(f"THEIRS-{place}")
    HaloAsset.objects.update(asset_type=scene.credential_types()[WORKSTATION])
    halo.adopt_mirror()
    run = work_off(scene.run(scene.move()), halo)
    plan = undo_plan(run)
    assert plan.halo_credential is not None
    with CaptureQueriesContext(connection) as captured:
        counts_of_plan(plan)
    assert len(captured) <= 9
