"""Assets of gone computers: grace days, status, and back again, by the asset rules of the credential."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import Action, ChangeKind, OptionKind, Resource
from integrations.models import Computer, HaloAsset, HaloChange, HaloOption, PlannedChange
from mappings.linking import edit_computer_mapping, release
from mappings.models import AssetRules, ComputerMapping
from mappings.planning import new_undo, plan_assets
from tests.mappings.builders import NAME, SYSTEM, Scene, make_asset, rows_of
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

IN_USE, RETIRED = 1, 9


def make_rules(scene: Scene, **rules: Any) -> None:
    AssetRules.objects.create(halo_credential=scene.credential, **rules)
    for number, name in ((IN_USE, "In use"), (RETIRED, "Retired")):
        HaloOption.objects.create(
            halo_credential=scene.credential, kind=OptionKind.ASSET_STATUS, halo_id=str(number), name=name
        )


def make_gone(scene: Scene, days: float = 30) -> FakeHalo:
    """One gone computer with an asset of ours; four others are there, so that it is no large loss."""
    for name in "ABCDE":
        asset = make_asset(scene.client, {NAME: name, SYSTEM: "Windows 11"}, status_id=IN_USE)
        scene.link(scene.computer(name, os_name="Windows 11"), asset, created_by_us=True)
    gone = timezone.now() - timedelta(days=days)
    Computer.objects.filter(name="A").update(active=False, gone_since=gone)
    return FakeHalo().adopt_mirror()


def come_back(**values: Any) -> None:
    Computer.objects.filter(name="A").update(active=True, gone_since=None, **values)


def export(scene: Scene, halo: FakeHalo) -> None:
    work_off(scene.run(scene.plan()), halo)


def row(scene: Scene) -> PlannedChange:
    return scene.plan().changes.get()


def test_the_grace_days_are_those_of_the_rules() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, grace_days=40)
    make_gone(scene, days=30)
    assert "made inactive when that has lasted 40 days" in row(scene).reason
    AssetRules.objects.update(grace_days=1)
    assert row(scene).action == Action.DEACTIVATE
    AssetRules.objects.update(grace_days=0)
    assert row(scene).action == Action.DEACTIVATE


def test_one_credentials_rules_are_not_anothers() -> None:
    make_rules(Scene(), grace_days=40)
    scene = Scene(kind="msp360")
    make_gone(scene, days=30)
    assert row(scene).action == Action.DEACTIVATE


def test_a_gone_asset_gets_the_status_of_the_rules() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, gone_status=RETIRED)
    halo = make_gone(scene)
    change = row(scene)
    assert (change.before["status_name"], change.after["status_name"]) == ("In use", "Retired")
    export(scene, halo)
    asset = HaloAsset.objects.get(name="A")
    assert (asset.active, asset.status_id) == (False, RETIRED)
    assert halo.assets[asset.halo_id]["status_id"] == RETIRED
    assert halo.assets[asset.halo_id]["inactive"] is True
    assert rows_of(scene.plan()) == []


def test_without_a_status_in_the_rules_it_stays() -> None:
    scene = Scene(kind="msp360")
    halo = make_gone(scene)
    export(scene, halo)
    assert HaloAsset.objects.get(name="A").status_id == IN_USE


def test_a_status_that_was_changed_meanwhile_stops_the_write() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, gone_status=RETIRED)
    halo = make_gone(scene)
    plan = scene.plan()
    halo.assets[HaloAsset.objects.get(name="A").halo_id]["status_id"] = 5
    run = work_off(scene.run(plan), halo)
    assert halo.writes() == []
    assert run.entries.get().reason == "Its status was changed meanwhile; it was “In use”."


def test_a_computer_that_is_back_has_its_asset_active_again_with_the_status_it_had() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, gone_status=RETIRED)
    halo = make_gone(scene)
    export(scene, halo)
    come_back(os_name="Windows 12")
    change = row(scene)
    assert change.action == Action.UPDATE
    assert "so the asset is made active again. Differs in: Operating System." in change.reason
    assert (change.before["inactive"], change.after["inactive"]) == (True, False)
    export(scene, halo)
    asset = HaloAsset.objects.get(name="A")
    held = halo.assets[asset.halo_id]
    assert (held["inactive"], held["status_id"], held["fields"][str(SYSTEM)]) == (False, IN_USE, "Windows 12")
    assert asset.active
    assert not ComputerMapping.objects.filter(retired_at__isnull=False).exists()
    assert rows_of(scene.plan()) == []


def test_a_status_that_people_gave_it_in_between_stays() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, gone_status=RETIRED)
    halo = make_gone(scene)
    export(scene, halo)
    HaloAsset.objects.filter(name="A").update(status_id=5)
    come_back()
    assert "status_id" not in row(scene).after


def test_an_asset_that_people_made_inactive_stays_inactive() -> None:
    scene = Scene(kind="msp360")
    make_gone(scene)
    come_back()
    HaloAsset.objects.filter(name="A").update(active=False)
    change = row(scene)
    assert (change.action, change.reason) == (Action.SKIP, "The asset is inactive in HaloPSA.")


def test_what_people_decided_since_we_made_it_inactive_counts() -> None:
    scene = Scene(kind="msp360")
    halo = make_gone(scene)
    export(scene, halo)
    asset = HaloAsset.objects.get(name="A")
    HaloChange.objects.create(
        halo_credential=scene.credential,
        resource=Resource.ASSETS,
        halo_id=asset.halo_id,
        kind=ChangeKind.REACTIVATED,
        noticed_at=timezone.now() + timedelta(minutes=1),
    )
    come_back()
    assert row(scene).action == Action.SKIP


def test_the_rules_may_leave_it_inactive() -> None:
    scene = Scene(kind="msp360")
    make_rules(scene, reactivate=False)
    halo = make_gone(scene)
    export(scene, halo)
    come_back()
    assert row(scene).reason == "The asset is inactive in HaloPSA."


def test_an_asset_that_somebody_made_active_first_is_left_to_the_next_plan() -> None:
    scene = Scene(kind="msp360")
    halo = make_gone(scene)
    export(scene, halo)
    come_back(os_name="Windows 12")
    plan = scene.plan()
    halo.assets[HaloAsset.objects.get(name="A").halo_id]["inactive"] = False
    run = work_off(scene.run(plan), halo)
    assert run.entries.get().reason == "The asset was made active in HaloPSA meanwhile."


def test_another_asset_chosen_by_hand_is_nothing_that_we_retired() -> None:
    scene = Scene(kind="msp360")
    halo = make_gone(scene)
    export(scene, halo)
    come_back()
    other = make_asset(scene.client, {NAME: "A"})
    edit_computer_mapping(Computer.objects.get(name="A"), scene.credential, halo_asset=other)
    assert ComputerMapping.objects.get(halo_asset=other).retired_at is None


def test_an_asset_of_a_computer_that_was_never_gone_is_not_told_as_back() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    undone = work_off(scene.run(scene.plan()), halo)
    undo = new_undo(undone)
    plan_assets(undo)
    undo.refresh_from_db()
    work_off(scene.run(undo), halo)
    release(ComputerMapping.objects.all())
    assert row(scene).reason.startswith(f"{scene.console} lists its computer, so the asset is made active")
