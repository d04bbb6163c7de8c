"""What is chosen for one export, beside field mappings, locations and schedules that hold for all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrations.choices import Action, OptionKind
from integrations.models import Computer, HaloOption, Location, Plan
from mappings.models import AssetRules, LocationMapping
from mappings.planning import compute_changes, new_types, plan_assets
from tests.mappings.builders import MODEL, NAME, RACK, SERIAL, SYSTEM, Scene, make_asset, make_site
from tests.mappings.test_apply_places import make_scene
from tests.mappings.test_field_problems import STAGE, make_custom_fields, make_row

pytestmark = pytest.mark.django_db


def created(scene: Scene, **parameters: Any) -> dict[str, Any]:
    change = scene.plan(parameters=parameters).changes.get()
    assert change.action == Action.CREATE
    return dict(change.after)


def test_all_that_is_mapped_is_written_unless_fields_are_chosen() -> None:
    scene = make_scene()
    written = created(scene)["fields"]
    assert {"custom:311", "custom:313", "property:warranty_end", str(SYSTEM)} <= set(written)
    assert set(created(scene, fields=[SYSTEM])["fields"]) == {str(NAME), str(SERIAL), str(SYSTEM)}
    assert set(created(scene, fields=[MODEL])["fields"]) == {str(NAME), str(SERIAL)}


def test_an_asset_that_is_there_gets_the_chosen_fields_only() -> None:
    scene = make_scene()
    computer = Computer.objects.get()
    held = {NAME: computer.name, SERIAL: computer.serial_number, SYSTEM: "old"}
    scene.link(computer, make_asset(scene.client, held, custom_fields={str(STAGE): "In use"}))
    after = scene.plan(parameters={"fields": [SYSTEM]}).changes.get().after
    assert set(after["fields"]) == {str(SYSTEM)}
    assert scene.plan(parameters={"fields": [RACK]}).changes.count() == 0


def test_what_halopsa_would_not_take_of_a_chosen_field_is_told_and_nothing_of_the_others() -> None:
    scene = Scene(computers=1)
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=STAGE, attribute="os_name")
    assert "Left out: " in scene.plan().changes.get().reason
    assert "Left out: " not in scene.plan(parameters={"fields": [SYSTEM]}).changes.get().reason


def test_the_site_of_a_location_comes_before_the_default_and_after_what_is_chosen() -> None:
    scene = Scene(computers=1)
    branch, third = make_site(scene.client, "Branch"), make_site(scene.client, "Third")
    location = Location.objects.create(company=scene.company, external_id="l1", name="Branch")
    LocationMapping.objects.create(company_mapping=scene.mapping, location=location, halo_site=branch)
    assert created(scene)["site_name"] == "Main"
    Computer.objects.update(location=location)
    assert created(scene)["site_name"] == "Branch"
    assert created(scene, halo_site=third.pk)["site_name"] == "Third"


def test_a_new_asset_type_has_fields_of_the_table_and_no_custom_field_by_the_same_number() -> None:
    scene = Scene()
    group = HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_GROUP, halo_id="5", name="Hardware"
    )
    AssetRules.objects.create(halo_credential=scene.credential, asset_group=int(group.halo_id))
    make_custom_fields(scene)
    make_row(scene)
    make_row(scene, source="constant", text="R1", field_id=RACK)
    make_row(scene, target="custom", field_id=MODEL, source="constant", text="x")
    plan = new_types(scene.credential, ["Kiosk"])
    plan_assets(plan)
    after = plan.changes.get().after
    assert after["key_fields_id"] == [NAME, SERIAL]
    assert after["fields_id"] == [NAME, SERIAL, SYSTEM, RACK]


def test_a_scheduled_comparison_needs_no_stored_plan() -> None:
    scene = Scene(computers=2)
    Computer.objects.update(warranty_ends_on=date(2027, 3, 31))
    wanted = Plan(halo_credential=scene.credential, parameters={"companies": [scene.company.pk]})
    assert [change.action for change in compute_changes(wanted).changes] == [Action.CREATE] * 2
