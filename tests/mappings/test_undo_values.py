"""Undoing custom fields and properties: in the form that HaloPSA takes, and nothing of it that is foreign."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.choices import Action, OptionKind, Outcome
from integrations.models import Computer, Entry, HaloAsset, HaloOption, Run
from mappings.models import FieldMapping
from mappings.planning import new_undo, plan_assets
from tests.mappings.builders import NAME, Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off
from tests.mappings.test_apply_places import custom, make_halo, make_linked, make_scene
from tests.mappings.test_field_problems import ENCRYPTED, NOTE, STAGE, make_row
from tests.mappings.test_undo import undo, undo_plan, wipe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

IN_USE, IN_STOCK = 1, 7


def exported(scene: Scene, halo: FakeHalo) -> Run:
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"updated": 1}
    return run


def test_a_pick_list_goes_back_by_its_id_and_what_was_empty_is_emptied() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    before = custom(halo)
    run = exported(scene, halo)
    assert custom(halo) == {STAGE: 2, NOTE: "PO 7", ENCRYPTED: True}
    undone = undo(scene, run, halo)
    assert undone.totals["updated"] == 1
    assert {n: value for n, value in custom(halo).items() if value is not None} == {
        **{n: value for n, value in before.items() if n != STAGE},
        STAGE: 1,
    }
    row = HaloAsset.objects.get()
    assert (row.custom_fields or {})[str(STAGE)] == "In use"


def test_a_date_that_was_not_set_is_not_set_again() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    undo(scene, exported(scene, halo), halo)
    (asset,) = halo.assets.values()
    assert asset["warranty_end"] == "1900-01-01T00:00:00"
    row = HaloAsset.objects.get()
    assert (row.properties["warranty_end"], row.warranty_ends_on) == ("", None)


def test_the_preview_shows_what_each_was_and_becomes() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    change = undo_plan(exported(scene, halo)).changes.get()
    assert change.before["fields"][f"custom:{STAGE}"]["value"] == "To replace"
    assert change.after["fields"][f"custom:{STAGE}"]["value"] == "In use"
    assert change.after["fields"]["property:warranty_end"]["value"] == ""


def test_a_custom_field_that_somebody_changed_since_stays_and_the_others_go_back() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    run = exported(scene, halo)
    (asset,) = halo.assets.values()
    asset["customfields"] = [{"id": STAGE, "value": 2}, {"id": ENCRYPTED, "value": False}]
    HaloAsset.objects.update(custom_fields={str(STAGE): "To replace", str(ENCRYPTED): "false"})
    change = undo_plan(run).changes.get()
    assert "Changed since, so it stays: Disk is encrypted (now “false”)." in change.reason
    undo(scene, run, halo)
    assert custom(halo) == {STAGE: 1, ENCRYPTED: False}


def test_a_custom_field_changed_in_this_moment_is_seen_before_writing() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    plan = undo_plan(exported(scene, halo))
    (asset,) = halo.assets.values()
    asset["customfields"] = [{"id": STAGE, "value": 3}, {"id": ENCRYPTED, "value": True}]
    run = work_off(scene.run(plan), halo)
    assert Entry.objects.get(run=run).outcome == Outcome.CHANGED_MEANWHILE
    assert custom(halo)[STAGE] == 3


def test_an_undo_of_custom_fields_can_be_undone() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    run = exported(scene, halo)
    after = custom(halo)
    undo(scene, undo(scene, run, halo), halo)
    assert custom(halo) == after
    (asset,) = halo.assets.values()
    assert asset["warranty_end"] == "2027-03-31T00:00:00"


def test_a_lost_answer_is_looked_up_not_repeated() -> None:
    scene = make_scene()
    halo = make_linked(scene)
    run = exported(scene, halo)
    halo.calls.clear()
    halo.faults = [lost_answer]
    undo(scene, run, halo)
    assert [call for call in halo.calls if call.startswith("write")] == ["write 1"]
    assert custom(halo)[STAGE] == 1


# ---- a status that is mapped -----------------------------------------------------------------


def make_status(scene: Scene, status_id: int | None) -> FakeHalo:
    for number, name in ((IN_USE, "In use"), (IN_STOCK, "In stock")):
        HaloOption.objects.create(
            halo_credential=scene.credential, kind=OptionKind.ASSET_STATUS, halo_id=str(number), name=name
        )
    place: dict[str, Any] = {"target": "property", "field_id": None, "property": "status_id"}
    make_row(scene, **place, source="constant", text="In stock")
    scene.link(scene.computer("A"), make_asset(scene.client, {NAME: "A"}, status_id=status_id))
    return FakeHalo().adopt_mirror()


def test_a_mapped_status_goes_back() -> None:
    scene = Scene()
    halo = make_status(scene, IN_USE)
    run = exported(scene, halo)
    (asset,) = halo.assets.values()
    assert asset["status_id"] == IN_STOCK
    undo(scene, run, halo)
    assert asset["status_id"] == IN_USE
    assert HaloAsset.objects.get().status_id == IN_USE


def test_a_mapped_status_in_the_place_of_none_stays_and_that_is_told() -> None:
    scene = Scene()
    halo = make_status(scene, None)
    change = undo_plan(exported(scene, halo)).changes.get()
    assert change.action == Action.SKIP
    assert change.reason == "Asset status stays: HaloPSA does not take what it was before."


# ---- whatever happens in between -------------------------------------------------------------

VALUES = st.sampled_from([1, 2, 3, None])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stage=VALUES, note=st.sampled_from(["PO 7", "PO 8"]))
def test_what_people_made_of_custom_fields_is_never_overwritten(stage: int | None, note: str) -> None:
    """Only our own value goes, and goes back to what it was."""
    wipe()
    FieldMapping.objects.all().delete()
    scene = make_scene()
    halo = make_linked(scene)
    run = exported(scene, halo)
    (asset,) = halo.assets.values()
    asset["customfields"] = [{"id": STAGE, "value": stage}, {"id": NOTE, "value": note}]
    shown = {1: "In use", 2: "To replace", 3: "3"}
    held = {str(NOTE): note} | ({str(STAGE): shown[stage]} if stage else {})
    HaloAsset.objects.update(custom_fields=held)
    plan = new_undo(run)
    plan_assets(plan)
    work_off(scene.run(plan), halo)
    found = custom(halo)
    assert found[NOTE] == note
    assert found.get(STAGE) == (1 if stage == 2 else stage)
    assert Computer.objects.count() == 1
    assert make_halo().choices == halo.choices
