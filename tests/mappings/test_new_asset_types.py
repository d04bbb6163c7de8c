"""Asset types that are missing in HaloPSA are created from here: previewed, written once, known at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import Action, IntentionState, OptionKind, Outcome, RunState, WriteMode
from integrations.models import (
    Entry,
    HaloAssetType,
    HaloCredential,
    HaloField,
    HaloOption,
    Instance,
    Intention,
    Plan,
    Run,
)
from mappings.models import AssetRules
from mappings.planning import new_types, plan_assets, verify
from tests.mappings.builders import MARKER, NAME, SERIAL, Scene, rows_of
from tests.mappings.fake_halo import FakeHalo, forbidden, lost_answer, never_arrived, unreachable, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

HARDWARE = 3


def make_scene(**values: Any) -> Scene:
    scene = Scene(**values)
    HaloOption.objects.create(
        halo_credential=scene.credential,
        kind=OptionKind.ASSET_GROUP,
        halo_id=str(HARDWARE),
        name="Hardware",
    )
    return scene


def plan_of(scene: Scene, *names: str) -> Plan:
    plan = new_types(scene.credential, list(names), HARDWARE)
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


def create(scene: Scene, halo: FakeHalo, *names: str) -> Run:
    return work_off(scene.run(plan_of(scene, *names)), halo)


def names_of(halo: FakeHalo) -> list[str]:
    return sorted(kind["name"] for kind in halo.types.values())


def test_a_new_type_starts_from_its_key_fields_in_the_chosen_group() -> None:
    scene, halo = make_scene(), FakeHalo()
    change = plan_of(scene, "NAS").changes.get()
    assert (change.action, change.after["group_name"]) == (Action.CREATE, "Hardware")
    assert change.after["key_fields_name"] == ["Device Name", "Serial Number"]
    run = create(scene, halo, "NAS")
    assert run.totals["created"] == 1
    (kind,) = halo.types.values()
    assert (kind["assetgroup_id"], kind["keyfield_id"], kind["keyfield2_id"]) == (HARDWARE, NAME, SERIAL)
    assert [field["field_id"] for field in kind["fields"]][:2] == [NAME, SERIAL]


def test_it_can_be_chosen_at_once_and_carries_the_bridge_reference() -> None:
    scene, halo = make_scene(marker=True), FakeHalo()
    create(scene, halo, "NAS")
    kind = HaloAssetType.objects.get(name="NAS")
    assert kind.halo_id in halo.types
    assert MARKER in kind.field_ids
    scene.computer("A", product=None)
    (row,) = scene.plan(parameters={"asset_type": kind.halo_id}).changes.all()
    assert row.after["asset_type_name"] == "NAS"


def test_what_halo_has_already_is_left_out() -> None:
    scene = make_scene()
    assert rows_of(plan_of(scene, "workstation")) == [
        (Action.SKIP, "workstation", "HaloPSA has this asset type already.")
    ]


def test_what_halo_got_meanwhile_is_not_made_twice() -> None:
    scene, halo = make_scene(), FakeHalo()
    plan = plan_of(scene, "NAS")
    halo.types[7] = {"name": "Nas", "assetgroup_id": HARDWARE}
    run = work_off(scene.run(plan), halo)
    assert halo.writes() == []
    assert Entry.objects.get(run=run).outcome == Outcome.CHANGED_MEANWHILE


def test_the_group_of_the_asset_rules_is_taken_where_none_is_chosen() -> None:
    scene = make_scene()
    with pytest.raises(ValidationError, match="Choose the asset group"):
        new_types(scene.credential, ["NAS"])
    AssetRules.objects.create(halo_credential=scene.credential, asset_group=HARDWARE)
    assert new_types(scene.credential, ["NAS"]).parameters == {"names": ["NAS"], "asset_group": HARDWARE}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([" ", ""], "Write the name"),
        (["x" * 101], "more than 100"),
        ([f"T{n}" for n in range(51)], "At most 50"),
    ],
)
def test_bad_names_are_refused_in_a_sentence(names: list[str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        new_types(make_scene().credential, names, HARDWARE)
    assert not Plan.objects.exists()


def test_without_a_field_for_the_name_nothing_is_planned() -> None:
    scene = make_scene()
    HaloField.objects.filter(halo_id=NAME).delete()
    assert "no asset field for the name" in plan_of(scene, "NAS").error


def test_a_group_that_vanished_makes_the_preview_out_of_date() -> None:
    scene = make_scene()
    plan = plan_of(scene, "NAS")
    HaloOption.objects.update(active=False)
    assert "asset group" in str(verify(plan))


# ---- written once ----------------------------------------------------------------------------


def test_a_lost_answer_is_looked_up_by_name() -> None:
    scene, halo = make_scene(), FakeHalo()
    halo.faults = [lost_answer]
    run = create(scene, halo, "NAS")
    assert (run.state, names_of(halo), halo.writes()) == (RunState.SUCCEEDED, ["NAS"], ["write type"])
    assert HaloAssetType.objects.get(name="NAS").halo_id in halo.types


def test_what_never_arrived_is_sent_again() -> None:
    scene, halo = make_scene(), FakeHalo()
    halo.faults = [never_arrived]
    create(scene, halo, "NAS", "Printer")
    assert names_of(halo) == ["NAS", "Printer"]


def test_an_unreachable_halo_uses_up_no_attempt() -> None:
    scene, halo = make_scene(), FakeHalo()
    halo.faults = [unreachable] * 4
    create(scene, halo, "NAS")
    assert names_of(halo) == ["NAS"]
    assert Intention.objects.get().attempts == 0


def test_a_missing_permission_is_told_in_halos_words_and_closes_nothing_else() -> None:
    scene, halo = make_scene(), FakeHalo()
    halo.faults = [forbidden] * 3
    run = create(scene, halo, "NAS")
    assert run.state == RunState.PARTIAL
    entry = Entry.objects.get(run=run)
    assert (entry.outcome, entry.reason) == (Outcome.REFUSED, "HaloPSA does not allow it.")
    assert not HaloCredential.objects.get(pk=scene.credential.pk).lacks("edit_assets")


def test_a_refusal_is_one_entry_and_the_others_go_on() -> None:
    scene, halo = make_scene(), FakeHalo()
    halo.refuses = lambda payload: "Bad name" if payload["name"] == "NAS" else ""
    run = create(scene, halo, "NAS", "Printer")
    assert (run.state, names_of(halo)) == (RunState.PARTIAL, ["Printer"])


def test_observe_mode_writes_nothing() -> None:
    scene, halo = make_scene(), FakeHalo()
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    run = create(scene, halo, "NAS")
    assert run.totals["observed"] == 1
    assert (halo.writes(), Intention.objects.count()) == ([], 0)


def test_writing_that_was_stopped_on_the_way_sends_nothing_later() -> None:
    scene, halo = make_scene(), FakeHalo()

    def stop(payloads: Any, execute: Any) -> Any:
        Instance.objects.update(writes_stopped=True)
        return lost_answer(payloads, execute)

    halo.faults = [stop]
    run = create(scene, halo, "NAS", "Printer")
    assert names_of(halo) == ["NAS"]
    assert run.state == RunState.PARTIAL
    assert Intention.objects.get(content__after__name="Printer").state == IntentionState.CANCELLED
