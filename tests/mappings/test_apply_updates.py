from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Action, Answer, IntentionState, Outcome, RunState
from integrations.models import Computer, Entry, HaloAsset, Instance, Intention
from integrations.records import AssetFieldValue, AssetRecord, WriteAnswer
from mappings.apply.updates import _payload
from mappings.planning import GRACE
from tests.mappings.builders import (
    MARKER,
    NAME,
    RACK,
    SERIAL,
    SYSTEM,
    Scene,
    make_asset,
    rows_of,
)
from tests.mappings.fake_halo import FakeHalo, Payload, fine, lost_answer, never_arrived, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def make_outdated(scene: Scene, number: int, **values: Any) -> FakeHalo:
    """Assets of so many computers, each with an operating system of yesterday and a foreign rack position."""
    scene.add_computers(number)
    for computer in Computer.objects.filter(console=scene.console).order_by("name"):
        fields = {NAME: computer.name, SERIAL: computer.serial_number, SYSTEM: "Windows 10", RACK: "R1"}
        scene.link(computer, make_asset(scene.client, fields, **values))
    return FakeHalo().adopt_mirror()


def systems(halo: FakeHalo) -> set[str]:
    return {asset["fields"][str(SYSTEM)] for asset in halo.assets.values()}


def racks(halo: FakeHalo) -> set[str]:
    return {asset["fields"].get(str(RACK), "") for asset in halo.assets.values()}


# ---- what is written ------------------------------------------------------------------------


def test_an_update_reads_anew_and_writes_all_fields_back() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    (asset,) = halo.assets.values()
    asset["fields"] |= {str(MARKER): "HB-1", "99": "a field that the mirror has never seen"}
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["asset", "write 1"]
    assert run.totals == {"updated": 1}
    assert asset["fields"] == {
        "1": "ALD-PC00000",
        "2": "5CG0000000X",
        "5": "Windows 11 Pro",
        "21": "R1",
        "61": "HB-1",
        "99": "a field that the mirror has never seen",
    }
    mirrored = HaloAsset.objects.get()
    assert mirrored.fields is not None
    assert mirrored.fields["5"] == "Windows 11 Pro"
    entry = Entry.objects.get()
    assert entry.before["fields"]["5"]["value"] == "Windows 10"
    assert entry.after["fields"]["5"]["value"] == "Windows 11 Pro"


def test_the_plan_after_the_update_is_empty() -> None:
    scene = Scene()
    halo = make_outdated(scene, 3)
    work_off(scene.run(scene.plan()), halo)
    again = scene.plan()
    assert (rows_of(again), again.counts["unchanged"]) == ([], 3)


_texts = st.text(max_size=5)


@given(
    present=st.dictionaries(st.integers(1, 30), _texts),
    wanted=st.dictionaries(st.integers(1, 30), _texts, min_size=1),
)
def test_no_foreign_field_is_left_out_or_changed(present: dict[int, str], wanted: dict[int, str]) -> None:
    record = AssetRecord(5, 1, 1, 1, fields=tuple(AssetFieldValue(n, "", v) for n, v in present.items()))
    after = {"fields": {str(number): {"name": "", "value": value} for number, value in wanted.items()}}
    sent = _payload(Intention(content={"before": {"halo_id": 5}, "after": after}), record)
    held = {int(row["id"]): row["value"] for row in sent["fields"]}
    assert held == present | wanted
    assert set(sent) == {"id", "fields", "_dontaddnewfields"}


# ---- changed meanwhile ----------------------------------------------------------------------


def test_what_somebody_changed_meanwhile_is_left_alone() -> None:
    scene = Scene()
    halo = make_outdated(scene, 2)
    plan = scene.plan()
    first = min(halo.assets)
    halo.assets[first]["fields"][str(SYSTEM)] = "Linux"
    run = work_off(scene.run(plan), halo)
    assert run.state == RunState.PARTIAL
    assert run.totals == {"updated": 1, "changed_meanwhile": 1}
    assert halo.assets[first]["fields"][str(SYSTEM)] == "Linux"
    told = Entry.objects.get(outcome=Outcome.CHANGED_MEANWHILE)
    assert told.reason == "Operating System is “Linux” by now, not “Windows 10”."


def test_a_change_of_a_foreign_field_meanwhile_is_kept() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    plan = scene.plan()
    halo.assets[min(halo.assets)]["fields"][str(RACK)] = "R9"
    work_off(scene.run(plan), halo)
    assert (systems(halo), racks(halo)) == ({"Windows 11 Pro"}, {"R9"})


def test_what_halo_holds_already_is_done_without_a_write() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    plan = scene.plan()
    halo.assets[min(halo.assets)]["fields"][str(SYSTEM)] = "Windows 11 Pro"
    run = work_off(scene.run(plan), halo)
    assert halo.writes() == []
    assert run.totals == {"updated": 1}
    assert Entry.objects.get().reason == "HaloPSA holds these values already."
    assert rows_of(scene.plan()) == []


def test_an_asset_that_vanished_or_became_inactive_is_left_alone() -> None:
    scene = Scene()
    halo = make_outdated(scene, 2)
    plan = scene.plan()
    first, second = sorted(halo.assets)
    del halo.assets[first]
    halo.assets[second]["inactive"] = True
    run = work_off(scene.run(plan), halo)
    assert halo.writes() == []
    assert run.totals == {"changed_meanwhile": 2}
    assert set(Entry.objects.values_list("reason", flat=True)) == {
        "The asset is no longer in HaloPSA.",
        "The asset was made inactive in HaloPSA meanwhile.",
    }


# ---- inactive -------------------------------------------------------------------------------


def test_an_asset_of_a_gone_computer_is_made_inactive_and_nothing_else() -> None:
    scene = Scene(kind="msp360")
    halo = make_outdated(scene, 4)
    gone = timezone.now() - GRACE - timedelta(days=1)
    scene.company.computers.filter(name="ALD-PC00000").update(active=False, gone_since=gone)
    scene.company.computers.update(os_name="Windows 10")
    scene.company.computers.get(name="ALD-PC00000").mappings.update(created_by_us=True)
    scene.company.computers.get(name="ALD-PC00001").mappings.update(created_by_us=True)
    plan = scene.plan()
    assert [action for action, _, _ in rows_of(plan)] == [Action.DEACTIVATE]
    run = work_off(scene.run(plan), halo)
    assert run.totals == {"deactivated": 1, "unchanged": 3}
    assert [asset["inactive"] for asset in halo.assets.values()].count(True) == 1
    assert racks(halo) == {"R1"}
    assert HaloAsset.objects.filter(active=False).count() == 1
    assert rows_of(scene.plan()) == []


# ---- uncertain ------------------------------------------------------------------------------


def test_an_update_whose_answer_was_lost_is_read_and_not_repeated() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    halo.faults = [lost_answer]
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["asset", "write 1", "asset"]
    assert run.totals == {"updated": 1}
    assert HaloAsset.objects.get().fields["5"] == "Windows 11 Pro"  # type: ignore[index]


def test_an_update_that_never_arrived_is_repeated_after_reading() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    halo.faults = [never_arrived]
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.writes() == ["write 1", "write 1"]
    assert run.totals == {"updated": 1}
    assert systems(halo) == {"Windows 11 Pro"}


def test_an_update_is_given_up_after_three_tries() -> None:
    scene = Scene()
    halo = make_outdated(scene, 1)
    halo.faults = [never_arrived] * 9
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.writes() == ["write 1"] * 3
    assert (run.state, run.totals) == (RunState.PARTIAL, {"uncertain": 1})
    assert Intention.objects.get().state == IntentionState.STAFF


def test_a_refused_update_is_one_entry() -> None:
    scene = Scene()
    halo = make_outdated(scene, 3)
    bad = min(halo.assets)
    halo.refuses = lambda payload: "No access to this asset" if payload.get("id") == bad else ""
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"updated": 2, "refused": 1}


# ---- batches and list reads -----------------------------------------------------------------


def test_300_updates_of_one_client_take_six_calls_once_everything_is_proven() -> None:
    scene = Scene()
    halo = make_outdated(scene, 300)
    Instance.objects.update(batch_size=100, list_fields_proven=True)
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.writes() == ["write 100"] * 3
    assert halo.reads() == ["page"] * 3
    assert run.totals == {"updated": 300}
    assert (systems(halo), racks(halo)) == ({"Windows 11 Pro"}, {"R1"})


def test_a_list_proves_itself_against_one_single_read() -> None:
    scene = Scene()
    halo = make_outdated(scene, 10)
    work_off(scene.run(scene.plan()), halo)
    assert Instance.objects.get().list_fields_proven
    assert halo.reads().count("asset") == 1
    assert halo.writes() == ["write 1"] * 10
    assert (systems(halo), racks(halo)) == ({"Windows 11 Pro"}, {"R1"})


def test_a_list_that_leaves_fields_out_is_never_written_back() -> None:
    scene = Scene()
    halo = make_outdated(scene, 10)
    halo.list_leaves_out = {str(RACK)}
    run = work_off(scene.run(scene.plan()), halo)
    assert not Instance.objects.get().list_fields_proven
    assert halo.reads().count("asset") == 11
    assert run.totals == {"updated": 10}
    assert racks(halo) == {"R1"}


def test_a_batch_of_updates_with_one_bad_object_leaves_the_others_done() -> None:
    scene = Scene()
    halo = make_outdated(scene, 20)
    Instance.objects.update(batch_size=100, list_fields_proven=True)
    bad = sorted(halo.assets)[7]
    halo.refuses = lambda payload: "No access to this asset" if payload.get("id") == bad else ""
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"updated": 19, "refused": 1}
    assert halo.assets[bad]["fields"][str(SYSTEM)] == "Windows 10"


def test_an_update_that_came_back_alone_leaves_the_others_to_be_read() -> None:
    def only_first(payloads: list[Payload], execute: Any) -> WriteAnswer:
        rows = execute(payloads)
        return WriteAnswer(Answer.UNCERTAIN, message="short", batch=(rows[0],))

    scene = Scene()
    halo = make_outdated(scene, 5)
    Instance.objects.update(batch_size=100, list_fields_proven=True)
    halo.faults = [only_first]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"updated": 5}
    assert halo.writes() == ["write 5"]


def test_unknown_answers_of_updates_are_settled_by_their_ids() -> None:
    def odd(payloads: list[Payload], execute: Any) -> WriteAnswer:
        answer = fine(payloads, execute)
        return WriteAnswer(Answer.DONE, batch=tuple(reversed(answer.batch)))

    scene = Scene()
    halo = make_outdated(scene, 3)
    Instance.objects.update(batch_size=100, list_fields_proven=True)
    halo.faults = [odd]
    assert work_off(scene.run(scene.plan()), halo).totals == {"updated": 3}
