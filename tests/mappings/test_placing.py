"""Moving an asset and changing its type: only where staff say so, by a plan, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, PlanState, RunState
from integrations.models import Computer, Entry, HaloAsset, Intention, Plan
from mappings.linking import decide, edit_computer_mapping, match_computers_for, remove_computer_mapping
from mappings.models import ComputerMapping, ComputerReview, RefusedPair
from mappings.planning import verify
from tests.builders import make_console
from tests.mappings.builders import (
    MARKER,
    NAME,
    SERIAL,
    SERVER,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
    rows_of,
)
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


class Linked(Scene):
    """A computer that is linked with an asset of the main site which was there before."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        make_asset_type(self.credential, SERVER, "Server")
        self.one = self.computer("A", serial_number="5CG1")
        self.asset = make_asset(self.client, {NAME: "A", SERIAL: "5CG1"}, site=self.site)
        self.branch = make_site(self.client, "Branch")

    def edit(self, **wanted: Any) -> ComputerMapping:
        return edit_computer_mapping(self.one, self.credential, halo_asset=self.asset, **wanted)

    def approve_move(self) -> Any:
        """The computer goes to another company, and staff approve that its asset follows."""
        client = make_client(self.credential, "Birch Ltd")
        site = make_site(client)
        company = make_company(self.console, "Birch")
        self.map(company, client, site)
        Computer.objects.filter(pk=self.one.pk).update(company=company)
        match_computers_for(self.credential)
        decide(ComputerReview.objects.get(), "move")
        return site


def apply(scene: Scene, plan: Plan, halo: FakeHalo | None = None) -> tuple[Any, FakeHalo]:
    halo = halo or FakeHalo().adopt_mirror()
    run = work_off(scene.run(plan), halo)
    return run, halo


# ---- choosing -------------------------------------------------------------------------------


def test_linking_keeps_site_and_type() -> None:
    scene = Linked()
    scene.edit()
    assert rows_of(scene.plan()) == []


def test_what_the_asset_is_already_is_no_wish() -> None:
    scene = Linked()
    mapping = scene.edit(wanted_site=scene.site, wanted_type=scene.type.halo_id)
    assert (mapping.wanted_site, mapping.wanted_type) == (None, None)


def test_a_site_of_another_client_and_a_wish_without_an_asset_are_refused() -> None:
    scene = Linked()
    with pytest.raises(ValidationError) as caught:
        scene.edit(wanted_site=make_site(make_client(scene.credential)))
    assert set(caught.value.message_dict) == {"wanted_site"}
    with pytest.raises(ValidationError) as caught:
        edit_computer_mapping(
            scene.one, scene.credential, wanted_site=scene.branch, wanted_type=scene.type.halo_id
        )
    assert set(caught.value.message_dict) == {"wanted_site", "wanted_type"}


# ---- the plan -------------------------------------------------------------------------------


def test_the_plan_shows_the_change_before_and_after() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch, wanted_type=SERVER)
    change = scene.plan().changes.get()
    assert (change.action, change.reason) == (Action.UPDATE, "Staff chose its place or type.")
    assert change.before == {
        "halo_id": scene.asset.halo_id,
        "fields": {},
        "site_id": scene.site.halo_id,
        "site_name": "Main",
        "asset_type_id": scene.type.halo_id,
        "asset_type_name": "Workstation",
    }
    assert change.after == {
        "fields": {},
        "site_id": scene.branch.halo_id,
        "site_name": "Branch",
        "asset_type_id": SERVER,
        "asset_type_name": "Server",
    }


def test_a_site_that_is_no_longer_in_use_moves_nothing() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch)
    type(scene.branch).objects.filter(pk=scene.branch.pk).update(active=False)
    assert rows_of(scene.plan()) == []


def test_an_approved_move_is_a_change_to_the_new_client() -> None:
    scene = Linked()
    scene.edit()
    site = scene.approve_move()
    after = scene.plan().changes.get().after
    assert (after["client_name"], after["site_id"]) == ("Birch Ltd", site.halo_id)


# ---- HaloPSA --------------------------------------------------------------------------------


def test_applying_moves_the_asset_and_a_second_plan_is_empty() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch, wanted_type=SERVER)
    run, halo = apply(scene, scene.plan())
    assert (run.state, run.totals["updated"]) == (RunState.SUCCEEDED, 1)
    held = halo.assets[scene.asset.halo_id]
    assert (held["site_id"], held["assettype_id"]) == (scene.branch.halo_id, SERVER)
    assert held["fields"] == {str(NAME): "A", str(SERIAL): "5CG1"}
    asset = HaloAsset.objects.get()
    assert (asset.site, asset.asset_type.halo_id) == (scene.branch, SERVER)
    mapping = ComputerMapping.objects.get()
    assert (mapping.wanted_site, mapping.wanted_type) == (None, None)
    assert rows_of(scene.plan()) == []


def test_applying_an_approved_move_keeps_the_mapping() -> None:
    scene = Linked()
    scene.edit()
    site = scene.approve_move()
    _, halo = apply(scene, scene.plan())
    held = halo.assets[scene.asset.halo_id]
    assert (held["client_id"], held["site_id"]) == (site.client.halo_id, site.halo_id)
    mapping = ComputerMapping.objects.get()
    assert (mapping.halo_asset.client, mapping.wanted_site) == (site.client, None)
    match_computers_for(scene.credential)
    assert not ComputerReview.objects.filter(decided_at__isnull=True).exists()
    assert rows_of(scene.plan()) == []


def test_what_somebody_moved_meanwhile_is_left_alone() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch)
    plan = scene.plan()
    halo = FakeHalo().adopt_mirror()
    halo.assets[scene.asset.halo_id]["site_id"] = 4711
    apply(scene, plan, halo)
    assert halo.assets[scene.asset.halo_id]["site_id"] == 4711
    told = Entry.objects.get()
    assert (told.outcome, told.reason) == (
        Outcome.CHANGED_MEANWHILE,
        "The site of the asset was changed in HaloPSA meanwhile.",
    )


def test_a_lost_answer_moves_once() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch)
    halo = FakeHalo().adopt_mirror()
    halo.faults = [lost_answer]
    run, _ = apply(scene, scene.plan(), halo)
    assert run.totals["updated"] == 1
    assert len(halo.writes()) == 1
    assert ComputerMapping.objects.get().wanted_site is None


def test_staff_who_change_their_mind_make_the_plan_stale() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch)
    plan = scene.plan()
    scene.edit()
    assert "out of date" in str(verify(plan))


def test_a_wish_that_halopsa_fulfils_by_itself_is_forgotten() -> None:
    scene = Linked()
    scene.edit(wanted_site=scene.branch)
    HaloAsset.objects.update(site=scene.branch)
    match_computers_for(scene.credential)
    assert ComputerMapping.objects.get().wanted_site is None


# ---- the bridge reference of a removed mapping ----------------------------------------------


class Removed(Scene):
    """An asset that we made and whose mapping staff have removed."""

    def __init__(self) -> None:
        super().__init__(marker=True)
        self.one = self.computer("A")
        plan = self.plan()
        self.halo = FakeHalo()
        work_off(self.run(plan), self.halo)
        self.asset = HaloAsset.objects.get()
        assert self.marker.startswith("HB-")
        remove_computer_mapping(ComputerMapping.objects.get())

    @property
    def marker(self) -> str:
        return str(next(iter(self.halo.assets.values()))["fields"][str(MARKER)])


def marker_rows(plan: Plan) -> list[Any]:
    return list(plan.changes.filter(subject_kind="refused_pair"))


def test_the_next_export_clears_the_reference_and_nothing_else() -> None:
    scene = Removed()
    before = dict(next(iter(scene.halo.assets.values()))["fields"])
    plan = scene.plan()
    (change,) = marker_rows(plan)
    assert "bridge reference that we wrote is cleared" in change.reason
    plan.changes.exclude(pk=change.pk).update(selected=False)
    run = work_off(scene.run(plan), scene.halo)
    assert run.totals["updated"] == 1
    assert next(iter(scene.halo.assets.values()))["fields"] == before | {str(MARKER): ""}
    entry = Entry.objects.filter(run=run, outcome=Outcome.DONE).get()
    assert (entry.subject_kind, entry.subject_id) == ("refused_pair", RefusedPair.objects.get().pk)
    assert marker_rows(scene.plan()) == []


def test_a_reference_of_somebody_else_is_not_touched() -> None:
    scene = Removed()
    HaloAsset.objects.update(fields={str(MARKER): "HB-SOMEBODYELSES00"})
    assert marker_rows(scene.plan()) == []


def test_an_asset_that_stands_for_another_computer_keeps_its_reference() -> None:
    scene = Removed()
    other = make_company(make_console(), "Alder")
    scene.map(other, scene.client, scene.site)
    scene.link(make_computer(other, "A"), scene.asset)
    assert marker_rows(scene.plan()) == []


def test_clearing_and_mappings_of_one_number_do_not_mix() -> None:
    scene = Removed()
    pair = RefusedPair.objects.get()
    intention = Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        kind=IntentionKind.UPDATE_ASSET,
        cause=f"update_asset:{pair.pk}:9",
        lane=f"asset:{pair.pk}",
        sequence=9,
        subject_id=pair.pk,
        state=IntentionState.PLANNED,
        content={"before": {"halo_id": 1}, "after": {"fields": {}}, "action": "update", "subject": "B"},
    )
    plan = scene.plan()
    plan.changes.exclude(subject_kind="refused_pair").update(selected=False)
    work_off(scene.run(plan), scene.halo)
    assert scene.marker == ""
    intention.refresh_from_db()
    assert intention.state == IntentionState.CANCELLED
    plan.refresh_from_db()
    assert plan.state == PlanState.APPLIED


# ---- one machine in two consoles ------------------------------------------------------------


def test_a_machine_of_two_consoles_gets_one_asset() -> None:
    scene = Scene()
    other_console = make_console()
    other = make_company(other_console, "Alder")
    scene.map(other, scene.client, scene.site)
    first = scene.computer("A", serial_number="5CG1")
    second = make_computer(other, "A", serial_number="5cg1")
    plan = scene.plan(console=None, parameters={"asset_type": scene.type.halo_id})
    created, skipped = plan.changes.filter(action=Action.CREATE), plan.changes.filter(action=Action.SKIP)
    assert (created.get().subject_id, skipped.get().subject_id) == (first.pk, second.pk)
    assert skipped.get().reason == (
        f"The same machine as A of {scene.console} (same serial number): it joins its asset, which matching "
        "links after the export."
    )
    apply(scene, plan)
    match_computers_for(scene.credential)
    assert HaloAsset.objects.get().mappings.count() == 2
