"""Undoing a run: what it wrote is taken back where nobody has changed it since, as a plan like any other."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.choices import Action, PlanState, RunState, WriteMode
from integrations.models import Computer, HaloAsset, HaloCredential, Intention, Plan, Run
from mappings.linking import release
from mappings.models import ComputerMapping
from mappings.planning import compute_changes, new_undo, plan_assets, tick, verify
from tests.builders import make_console
from tests.mappings.builders import (
    NAME,
    RACK,
    SYSTEM,
    Scene,
    make_asset,
    make_company,
    make_computer,
    rows_of,
)
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def export(scene: Scene, halo: FakeHalo) -> Run:
    run = work_off(scene.run(scene.plan()), halo)
    assert run.state == RunState.SUCCEEDED
    return run


def undo_plan(run: Run) -> Plan:
    plan = new_undo(run)
    plan_assets(plan)
    plan.refresh_from_db()
    assert plan.state == PlanState.READY
    return plan


def undo(scene: Scene, run: Run, halo: FakeHalo) -> Run:
    return work_off(scene.run(undo_plan(run)), halo)


def make_linked(scene: Scene, number: int = 1) -> FakeHalo:
    """Assets that were there before, whose operating system is out of date."""
    for place in range(number):
        computer = scene.computer(f"PC{place}", os_name="Windows 11")
        held = {NAME: f"PC{place}", SYSTEM: "Windows 10", RACK: "R1"}
        scene.link(computer, make_asset(scene.client, held))
    return FakeHalo().adopt_mirror()


def systems(halo: FakeHalo) -> set[str]:
    return {asset["fields"].get(str(SYSTEM), "") for asset in halo.assets.values()}


# ---- created assets --------------------------------------------------------------------------


def test_assets_that_the_run_created_are_made_inactive() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    run = undo(scene, export(scene, halo), halo)
    assert run.totals["deactivated"] == 3
    assert all(asset["inactive"] for asset in halo.assets.values())
    assert not HaloAsset.objects.filter(active=True).exists()


def test_nothing_is_written_before_the_plan_is_applied() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    run = export(scene, halo)
    writes = halo.writes()
    assert [action for action, _, _ in rows_of(undo_plan(run))] == [Action.DEACTIVATE] * 2
    assert halo.writes() == writes


def test_rows_can_be_unticked() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    plan = tick(undo_plan(export(scene, halo)), [1], selected=False)
    work_off(scene.run(plan), halo)
    assert [asset["inactive"] for asset in halo.assets.values()].count(True) == 1
    assert ComputerMapping.objects.filter(held=True).count() == 1


def test_the_mappings_are_held_so_that_no_export_does_it_again() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    run = undo(scene, export(scene, halo), halo)
    assert ComputerMapping.objects.filter(held=True, held_by=run).count() == 2
    reasons = {(action, reason) for action, _, reason in rows_of(scene.plan())}
    assert reasons == {(Action.SKIP, f"Held until released: undone by run {run.pk}.")}


def test_what_was_released_is_planned_again_on_the_same_asset() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    undo(scene, export(scene, halo), halo)
    assert release(ComputerMapping.objects.all()) == 2
    assert release(ComputerMapping.objects.all()) == 0
    plan = scene.plan()
    assert [action for action, _, _ in rows_of(plan)] == [Action.UPDATE] * 2
    work_off(scene.run(plan), halo)
    assert len(halo.assets) == 2
    assert not any(asset["inactive"] for asset in halo.assets.values())


def test_an_asset_whose_mapping_was_removed_is_left_alone() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    run = export(scene, halo)
    ComputerMapping.objects.all().delete()
    ((action, _, reason),) = rows_of(undo_plan(run))
    assert action == Action.SKIP
    assert "removed or leads to another asset" in reason


def test_an_asset_that_is_inactive_already_is_told() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    run = export(scene, halo)
    undo(scene, run, halo)
    ((action, _, reason),) = rows_of(undo_plan(run))
    assert (action, reason) == (Action.SKIP, "The asset that was created is inactive already.")


def test_an_asset_that_stands_for_a_computer_of_another_console_is_not_ticked() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    run = export(scene, halo)
    company = make_company(make_console())
    scene.map(company, scene.client, scene.site)
    scene.link(make_computer(company, "other"), HaloAsset.objects.get())
    change = undo_plan(run).changes.get()
    assert (change.action, change.selected) == (Action.DEACTIVATE, False)
    assert "another console" in change.reason


# ---- changed fields --------------------------------------------------------------------------


def test_changed_fields_get_their_earlier_values_back_and_no_other_field_changes() -> None:
    scene = Scene()
    halo = make_linked(scene, 3)
    run = export(scene, halo)
    assert systems(halo) == {"Windows 11"}
    undone = undo(scene, run, halo)
    assert undone.totals["updated"] == 3
    assert systems(halo) == {"Windows 10"}
    assert {asset["fields"][str(RACK)] for asset in halo.assets.values()} == {"R1"}


def test_a_field_that_was_empty_is_emptied_again() -> None:
    scene = Scene()
    scene.link(scene.computer("A", os_name="Windows 11"), make_asset(scene.client, {NAME: "A"}))
    halo = FakeHalo().adopt_mirror()
    undo(scene, export(scene, halo), halo)
    assert systems(halo) == {""}


def test_what_somebody_changed_since_stays_and_is_told() -> None:
    scene = Scene()
    halo = make_linked(scene)
    run = export(scene, halo)
    asset = HaloAsset.objects.get()
    asset.fields = {**(asset.fields or {}), str(SYSTEM): "Ubuntu"}
    asset.save()
    ((action, _, reason),) = rows_of(undo_plan(run))
    assert action == Action.SKIP
    assert "Operating System (now “Ubuntu”)" in reason


def test_a_change_that_the_mirror_does_not_know_yet_is_seen_before_writing() -> None:
    scene = Scene()
    halo = make_linked(scene)
    plan = undo_plan(export(scene, halo))
    (asset,) = halo.assets.values()
    asset["fields"][str(SYSTEM)] = "Ubuntu"
    run = work_off(scene.run(plan), halo)
    assert run.totals["changed_meanwhile"] == 1
    assert systems(halo) == {"Ubuntu"}
    assert not ComputerMapping.objects.filter(held=True).exists()


def test_what_halo_held_before_anything_was_sent_is_not_undone() -> None:
    scene = Scene()
    halo = make_linked(scene)
    plan = scene.plan()
    (asset,) = halo.assets.values()
    asset["fields"][str(SYSTEM)] = "Windows 11"
    run = work_off(scene.run(plan), halo)
    ((action, _, reason),) = rows_of(undo_plan(run))
    assert action == Action.SKIP
    assert "before anything was sent" in reason


def test_an_undone_write_whose_answer_was_lost_is_looked_up_not_repeated() -> None:
    scene = Scene()
    halo = make_linked(scene)
    run = export(scene, halo)
    halo.calls.clear()
    halo.faults = [lost_answer]
    undo(scene, run, halo)
    assert halo.calls == ["asset", "write 1", "asset"]
    assert systems(halo) == {"Windows 10"}


def test_an_undo_can_be_undone() -> None:
    scene = Scene()
    halo = make_linked(scene)
    undone = undo(scene, export(scene, halo), halo)
    undo(scene, undone, halo)
    assert systems(halo) == {"Windows 11"}


# ---- plan like any other ---------------------------------------------------------------------


def test_a_world_that_changed_since_makes_it_out_of_date() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    plan = undo_plan(export(scene, halo))
    assert verify(plan) is None
    HaloAsset.objects.filter(name="ALD-PC00001").update(active=False)
    assert "1 of 2 changes is out of date: ALD-PC00001" in str(verify(plan))


def test_observe_mode_writes_nothing_and_holds_nothing() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    plan = undo_plan(export(scene, halo))
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    writes = halo.writes()
    run = work_off(scene.run(plan), halo)
    assert run.totals["observed"] == 2
    assert halo.writes() == writes
    assert not ComputerMapping.objects.filter(held=True).exists()


def test_a_run_that_wrote_nothing_has_nothing_to_undo() -> None:
    scene, halo = Scene(), FakeHalo()
    run = work_off(scene.run(scene.plan()), halo)
    with pytest.raises(ValidationError, match="wrote nothing to HaloPSA"):
        new_undo(run)


def test_a_run_at_work_is_not_undone() -> None:
    scene = Scene(computers=1)
    run = scene.run(scene.plan())
    with pytest.raises(ValidationError, match="still at work"):
        new_undo(run)


def test_the_number_of_statements_does_not_depend_on_the_number_of_writes() -> None:
    def statements(number: int) -> int:
        scene, halo = Scene(computers=number, marker=True), FakeHalo()
        plan = new_undo(export(scene, halo))
        with CaptureQueriesContext(connection) as queries:
            computed = compute_changes(plan)
        assert len(computed.changes) == number
        return len(queries)

    assert statements(3) == statements(60) <= 8


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(touched=st.sets(st.sampled_from([NAME, SYSTEM, RACK]), max_size=3), data=st.data())
def test_undo_never_writes_a_field_that_the_run_did_not_write(touched: set[int], data: st.DataObject) -> None:
    """Whatever people do to the fields in between: only our own values go, and go back to what they were."""
    wipe()
    scene = Scene()
    halo = make_linked(scene)
    run = export(scene, halo)
    (asset,) = halo.assets.values()
    for number in touched:
        asset["fields"][str(number)] = data.draw(st.sampled_from(["x", "Windows 10", "Windows 11"]))
    HaloAsset.objects.update(fields=dict(asset["fields"]))
    before = dict(asset["fields"])
    plan = new_undo(run)
    plan_assets(plan)
    work_off(scene.run(plan), halo)
    after = dict(asset["fields"])
    assert {n: v for n, v in after.items() if n != str(SYSTEM)} == {
        n: v for n, v in before.items() if n != str(SYSTEM)
    }
    ours = before[str(SYSTEM)] == "Windows 11"
    assert after[str(SYSTEM)] == ("Windows 10" if ours else before[str(SYSTEM)])


def wipe() -> None:
    for model in (Intention, Plan, Run, ComputerMapping, Computer, HaloAsset):
        model.objects.all().delete()
