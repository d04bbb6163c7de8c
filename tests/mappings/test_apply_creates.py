from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count

from integrations.choices import Action, Answer, IntentionState, Outcome, PlanState, RunState
from integrations.models import Computer, Entry, HaloAsset, Instance, Intention
from integrations.records import WriteAnswer
from mappings.linking import match_computers_for
from mappings.models import ComputerMapping, MappingOrigin
from mappings.planning import tick
from tests.mappings.builders import MARKER, NAME, SERIAL, Scene, make_asset, rows_of
from tests.mappings.fake_halo import FakeHalo, Payload, fine, forbidden, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def outcomes(run: Any) -> dict[str, int]:
    counted = Entry.objects.filter(run=run).order_by().values_list("outcome").annotate(n=Count("pk"))
    return dict(counted)


def assert_each_once(halo: FakeHalo, number: int) -> None:
    """Every computer has one asset in Halo, and is linked to it."""
    tags = halo.tags()
    assert len(tags) == len(set(tags)) == number
    linked = ComputerMapping.objects.filter(halo_asset__isnull=False)
    assert set(linked.values_list("halo_asset__halo_id", flat=True)) == set(halo.assets)


# ---- calls ----------------------------------------------------------------------------------


def test_300_computers_take_one_proof_and_three_batches() -> None:
    scene, halo = Scene(computers=300, marker=True), FakeHalo()
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    assert run.state == RunState.SUCCEEDED
    assert halo.calls == ["write 2", "write 100", "write 100", "write 98"]
    assert len(halo.calls) == plan.forecast_calls == run.forecast_calls == 4
    assert run.lower_bound == 3
    assert run.totals == {"created": 300}
    assert_each_once(halo, 300)
    assert Instance.objects.get(pk=scene.credential.instance_id).batch_size == 100


def test_a_proven_instance_needs_no_proof() -> None:
    scene, halo = Scene(computers=120, marker=True), FakeHalo()
    Instance.objects.update(batch_size=100)
    work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 100", "write 20"]


def test_without_a_place_for_the_bridge_reference_they_go_one_by_one() -> None:
    scene, halo = Scene(computers=5), FakeHalo()
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 1"] * 5
    assert run.totals == {"created": 5}
    assert_each_once(halo, 5)


def test_types_without_that_place_go_one_by_one_beside_the_others() -> None:
    scene, halo = Scene(computers=5, marker=True), FakeHalo()
    scene.type.field_ids = [NAME]
    scene.type.save()
    work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 1"] * 5


# ---- what is stored -------------------------------------------------------------------------


def test_a_created_asset_is_mirrored_linked_and_told_at_once() -> None:
    scene, halo = Scene(marker=True), FakeHalo()
    computer = scene.computer("ALD-PC1", serial_number="5CG1")
    run = work_off(scene.run(scene.plan()), halo)
    asset, mapping, intention = (
        HaloAsset.objects.get(),
        ComputerMapping.objects.get(),
        Intention.objects.get(),
    )
    assert (mapping.computer, mapping.halo_asset, mapping.console) == (computer, asset, scene.console)
    assert (mapping.created_by_us, mapping.origin) == (True, MappingOrigin.EXPORTED)
    assert (asset.client, asset.site, asset.asset_type) == (scene.client, scene.site, scene.type)
    assert (asset.name, asset.key_field2, asset.inventory_number) == ("ALD-PC1", "5CG1", "ALD-PC1")
    assert asset.active
    held = halo.assets[asset.halo_id]
    assert held["fields"][str(MARKER)] == intention.marker
    assert held["fields"][str(SERIAL)] == "5CG1"
    assert (held["client_id"], held["site_id"]) == (scene.client.halo_id, scene.site.halo_id)
    assert (intention.state, intention.halo_id) == (IntentionState.DONE, asset.halo_id)
    entry = Entry.objects.get(run=run)
    assert (entry.action, entry.outcome, entry.subject_id) == (Action.CREATE, Outcome.DONE, mapping.pk)
    assert entry.after["halo_id"] == asset.halo_id
    plan = run.plan
    assert plan is not None
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLIED


def test_the_plan_after_the_export_is_empty() -> None:
    scene, halo = Scene(computers=7, marker=True), FakeHalo()
    work_off(scene.run(scene.plan()), halo)
    again = scene.plan()
    assert rows_of(again) == []
    assert again.counts["unchanged"] == 7
    calls = len(halo.calls)
    run = work_off(scene.run(again), halo)
    assert run.state == RunState.SUCCEEDED
    assert len(halo.calls) == calls


def test_only_ticked_rows_are_sent() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    plan = tick(scene.plan(), [2], selected=False)
    work_off(scene.run(plan), halo)
    assert halo.tags() == ["ALD-PC00000", "ALD-PC00002"]
    assert ComputerMapping.objects.count() == 2


def test_to_be_exported_mappings_keep_what_staff_chose() -> None:
    scene, halo = Scene(), FakeHalo()
    mapping = scene.link(scene.computer("A"), None, asset_type=scene.type.halo_id, halo_site=scene.site)
    work_off(scene.run(scene.plan()), halo)
    mapping.refresh_from_db()
    assert mapping.halo_asset is not None
    assert (mapping.asset_type, mapping.halo_site) == (scene.type.halo_id, scene.site)


def test_every_skip_is_told_in_the_run() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    scene.computer("A", product=None)
    run = work_off(scene.run(scene.plan()), halo)
    assert outcomes(run) == {Outcome.DONE: 1, Outcome.SKIPPED: 1}
    assert run.totals == {"created": 1, "skipped": 1}
    assert "Asset type required" in Entry.objects.get(outcome=Outcome.SKIPPED).reason


# ---- refusals -------------------------------------------------------------------------------


def bad(name: str) -> Any:
    def refuses(payload: Payload) -> str:
        return "Asset tag must be unique" if payload.get("inventory_number") == name else ""

    return refuses


def test_one_refused_object_is_one_entry_with_halos_words() -> None:
    scene, halo = Scene(computers=4), FakeHalo()
    halo.refuses = bad("ALD-PC00002")
    run = work_off(scene.run(scene.plan()), halo)
    assert run.state == RunState.PARTIAL
    assert run.totals == {"created": 3, "refused": 1}
    entry = Entry.objects.get(outcome=Outcome.REFUSED)
    assert (entry.subject, entry.reason) == ("ALD-PC00002 (Alder Dental)", "Asset tag must be unique")
    assert_each_once(halo, 3)


def test_one_bad_object_in_a_batch_of_a_hundred_leaves_ninety_nine() -> None:
    scene, halo = Scene(computers=100, marker=True), FakeHalo()
    Instance.objects.update(batch_size=100)
    halo.refuses = bad("ALD-PC00042")
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 99, "refused": 1}
    assert_each_once(halo, 99)
    # 100, then 50 and 50, 25 and 25 … down to the one.
    assert len(halo.writes()) < 25
    assert len(halo.reads()) < 10
    assert Intention.objects.filter(attempts__gt=0).count() == 0


def test_a_refused_batch_whose_first_half_was_written_makes_no_double() -> None:
    def half_then_refused(payloads: list[Payload], execute: Any) -> WriteAnswer:
        execute(payloads[: len(payloads) // 2])
        return WriteAnswer(Answer.UNCERTAIN, message="Asset tag must be unique", status=400)

    scene, halo = Scene(computers=10, marker=True), FakeHalo()
    Instance.objects.update(batch_size=100)
    halo.faults = [half_then_refused]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 10}
    assert_each_once(halo, 10)
    assert halo.calls == ["write 10", "page", "write 5"]


def test_a_missing_permission_is_never_halved() -> None:
    scene, halo = Scene(computers=10, marker=True), FakeHalo()
    Instance.objects.update(batch_size=100)
    halo.faults = [forbidden]
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 10"]
    assert run.totals == {"refused": 10}
    assert set(Entry.objects.values_list("reason", flat=True)) == {"HaloPSA does not allow it."}


def test_a_refused_computer_is_tried_again_by_the_next_plan() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.refuses = bad("ALD-PC00000")
    work_off(scene.run(scene.plan()), halo)
    halo.refuses = lambda payload: ""
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 1}
    assert list(Intention.objects.order_by("sequence").values_list("sequence", "state")) == [
        (1, IntentionState.REFUSED),
        (2, IntentionState.DONE),
    ]


# ---- proof ----------------------------------------------------------------------------------


def test_an_instance_that_answers_with_the_last_object_only_gets_no_batches() -> None:
    scene, halo = Scene(computers=6, marker=True), FakeHalo()
    halo.ignores_returnall = True
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 6}
    assert_each_once(halo, 6)
    assert Instance.objects.get().batch_size == 1
    assert halo.writes() == ["write 2", *["write 1"] * 4]


def test_an_answer_without_references_and_with_foreign_tags_proves_nothing() -> None:
    def renamed(payloads: list[Payload], execute: Any) -> WriteAnswer:
        rows = [{"id": row["id"], "inventory_number": f"auto-{row['id']}"} for row in execute(payloads)]
        return WriteAnswer(Answer.DONE, batch=tuple(rows))

    scene, halo = Scene(computers=4, marker=True), FakeHalo()
    halo.faults = [renamed]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 4}
    assert_each_once(halo, 4)
    assert Instance.objects.get().batch_size == 1


# ---- what changes on the way ----------------------------------------------------------------


def test_what_was_linked_removed_or_held_meanwhile_is_not_sent() -> None:
    scene, halo = Scene(computers=4), FakeHalo()
    asset = make_asset(scene.client)

    def meanwhile(payloads: list[Payload], execute: Any) -> WriteAnswer:
        rows = {row.computer.name: row for row in ComputerMapping.objects.select_related("computer")}
        rows["ALD-PC00001"].delete()
        ComputerMapping.objects.filter(pk=rows["ALD-PC00002"].pk).update(halo_asset=asset)
        ComputerMapping.objects.filter(pk=rows["ALD-PC00003"].pk).update(held=True)
        return fine(payloads, execute)

    halo.faults = [meanwhile]
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.tags() == ["ALD-PC00000"]
    assert outcomes(run) == {Outcome.DONE: 1, Outcome.CHANGED_MEANWHILE: 2, Outcome.SKIPPED: 1}
    assert run.state == RunState.PARTIAL


def test_a_clone_that_was_matched_to_the_new_asset_gives_it_back() -> None:
    """A sync may read the new asset, and matching link it, before its answer is stored here."""
    scene, halo = Scene(), FakeHalo()
    scene.computer("A", serial_number="5CG1")

    def matched_meanwhile(payloads: list[Payload], execute: Any) -> WriteAnswer:
        answer = fine(payloads, execute)
        make_asset(scene.client, {SERIAL: "5CG1"}, halo_id=answer.halo_id)
        scene.computer("clone", serial_number="5CG1")
        assert match_computers_for(scene.credential)["linked"] == 1
        return answer

    halo.faults = [matched_meanwhile]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 1}
    mapping = ComputerMapping.objects.get(halo_asset__isnull=False)
    assert (mapping.computer.name, mapping.created_by_us) == ("A", True)
    assert Computer.objects.get(name="clone").mappings.count() == 0
