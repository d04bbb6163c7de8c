"""Undoing a move, a new asset type and the clearing of a reference: back where it was, if it can be."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Action, Outcome, RunState
from integrations.models import Entry, HaloAsset, HaloAssetType, HaloSite, Plan, PlannedChange, Run
from mappings.linking import release
from mappings.models import ComputerMapping
from mappings.planning import compute_changes, new_undo, plan_assets
from tests.mappings.builders import SERVER, SYSTEM, Scene, make_site, rows_of
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off
from tests.mappings.test_placing import Linked, Removed, apply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def undo_plan(run: Run) -> Plan:
    plan = new_undo(run)
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


def undo(scene: Scene, run: Run, halo: FakeHalo) -> Run:
    return work_off(scene.run(undo_plan(run)), halo)


def row_of(run: Run) -> PlannedChange:
    return undo_plan(run).changes.get()


def moved(scene: Linked, **wanted: Any) -> tuple[Run, FakeHalo]:
    """Exported with what staff wanted of the asset."""
    scene.edit(**(wanted or {"wanted_site": scene.branch, "wanted_type": SERVER}))
    run, halo = apply(scene, scene.plan())
    assert run.state == RunState.SUCCEEDED
    return run, halo


def place(halo: FakeHalo) -> tuple[Any, ...]:
    (asset,) = halo.assets.values()
    return asset["client_id"], asset["site_id"], asset["assettype_id"]


def test_a_moved_and_retyped_asset_goes_back() -> None:
    scene = Linked()
    before = place(FakeHalo().adopt_mirror())
    run, halo = moved(scene)
    assert place(halo) != before
    change = row_of(run)
    assert (change.before["site_name"], change.after["site_name"]) == ("Branch", "Main")
    assert (change.before["asset_type_name"], change.after["asset_type_name"]) == ("Server", "Workstation")
    undone = undo(scene, run, halo)
    assert undone.totals["updated"] == 1
    assert place(halo) == before
    scene.asset.refresh_from_db()
    assert (scene.asset.site, scene.asset.asset_type) == (scene.site, scene.type)


def test_it_is_not_moved_again_by_the_next_export() -> None:
    scene = Linked()
    run, halo = moved(scene)
    undone = undo(scene, run, halo)
    reason = f"Held until released: undone by run {undone.pk}."
    assert [row[2] for row in rows_of(scene.plan())] == [reason]
    release(ComputerMapping.objects.all())
    assert rows_of(scene.plan()) == []


def test_a_move_to_another_client_takes_client_and_site_back() -> None:
    scene = Linked()
    scene.edit()
    before = place(FakeHalo().adopt_mirror())
    site = scene.approve_move()
    run, halo = apply(scene, scene.plan())
    assert place(halo)[:2] == (site.client.halo_id, site.halo_id)
    undo(scene, run, halo)
    assert place(halo) == before
    scene.asset.refresh_from_db()
    assert scene.asset.client == scene.client


def test_a_move_and_a_changed_field_go_back_together() -> None:
    scene = Linked()
    HaloAsset.objects.update(fields={**(scene.asset.fields or {}), str(SYSTEM): "Windows 10"})
    type(scene.one).objects.update(os_name="Windows 11")
    run, halo = moved(scene)
    (asset,) = halo.assets.values()
    assert asset["fields"][str(SYSTEM)] == "Windows 11"
    undo(scene, run, halo)
    assert asset["fields"][str(SYSTEM)] == "Windows 10"
    assert asset["site_id"] == scene.site.halo_id


def test_what_somebody_moved_since_stays_there_and_the_type_goes_back() -> None:
    scene = Linked()
    run, halo = moved(scene)
    third = make_site(scene.client, "Third")
    HaloAsset.objects.update(site=third)
    (asset,) = halo.assets.values()
    asset["site_id"] = third.halo_id
    change = row_of(run)
    assert change.action == Action.UPDATE
    assert "Changed since, so it stays: site." in change.reason
    undo(scene, run, halo)
    assert place(halo)[1:] == (third.halo_id, scene.type.halo_id)


def test_a_move_that_the_mirror_does_not_know_yet_is_seen_before_writing() -> None:
    scene = Linked()
    run, halo = moved(scene)
    plan = undo_plan(run)
    (asset,) = halo.assets.values()
    asset["site_id"] = 4711
    again = work_off(scene.run(plan), halo)
    assert Entry.objects.get(run=again).outcome == Outcome.CHANGED_MEANWHILE
    assert asset["site_id"] == 4711


def test_a_former_site_that_is_no_longer_in_use_is_told() -> None:
    scene = Linked()
    run, _ = moved(scene, wanted_site=scene.branch)
    HaloSite.objects.filter(pk=scene.site.pk).update(active=False)
    change = row_of(run)
    assert (change.action, change.after) == (Action.SKIP, {})
    assert change.reason == "Its former site “Main” is no longer in use in HaloPSA, so that stays."


def test_a_former_type_that_is_no_longer_in_use_does_not_keep_the_site() -> None:
    scene = Linked()
    run, _ = moved(scene)
    HaloAssetType.objects.filter(pk=scene.type.pk).update(active=False)
    change = row_of(run)
    assert "asset_type_id" not in change.after
    assert change.after["site_id"] == scene.site.halo_id
    assert "Its former asset type “Workstation” is no longer in use" in change.reason


def test_an_asset_that_had_no_site_stays_where_it_is() -> None:
    scene = Linked()
    HaloAsset.objects.update(site=None)
    run, _ = moved(scene, wanted_site=scene.branch)
    assert row_of(run).reason == "It had no site before, so it stays where it is."


def test_an_undone_move_whose_answer_was_lost_is_looked_up_not_repeated() -> None:
    scene = Linked()
    run, halo = moved(scene)
    halo.calls.clear()
    halo.faults = [lost_answer]
    undo(scene, run, halo)
    assert halo.calls == ["asset", "write 1", "asset"]
    assert place(halo)[1] == scene.site.halo_id


def test_an_undone_move_can_be_undone() -> None:
    scene = Linked()
    run, halo = moved(scene)
    after = place(halo)
    undo(scene, undo(scene, run, halo), halo)
    assert place(halo) == after


def test_a_cleared_reference_stays_cleared_whatever_mapping_has_its_number() -> None:
    scene = Removed()
    plan = scene.plan()
    plan.changes.exclude(subject_kind="refused_pair").update(selected=False)
    run = work_off(scene.run(plan), scene.halo)
    # Rows of another table count from one as well.
    (pair,) = run.entries.filter(outcome=Outcome.DONE).values_list("subject_id", flat=True)
    assert not ComputerMapping.objects.filter(pk=pair).exists()
    scene.link(scene.computer("B"), scene.asset, pk=pair)
    (change,) = compute_changes(new_undo(run)).changes
    assert (change.action, change.key) == (Action.SKIP, ("refused_pair", pair))
    assert "stays cleared" in change.reason
    assert scene.marker == ""


def test_only_what_the_run_wrote_goes_back() -> None:
    scene = Linked()
    run, _ = moved(scene, wanted_type=SERVER)
    change = row_of(run)
    assert set(change.after) == {"asset_type_id", "asset_type_name"}
    assert change.subject.startswith("A (")
