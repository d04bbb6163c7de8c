"""What staff choose for an export: type, site, fields and tag of new assets, for all or single rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from integrations.choices import Action, PlanState, RunKind
from integrations.models import Computer, HaloAsset, HaloClient, Plan, PlannedChange, Run
from integrations.runs.request import request_run
from mappings.attributes import ATTRIBUTES
from mappings.models import ExportChoice
from mappings.planning import (
    choose,
    computers_of,
    name_computers,
    plan_assets,
    rows_to_choose_for,
    template_problem,
    tick,
)
from tests.mappings.builders import (
    MAKER,
    MODEL,
    NAME,
    SERIAL,
    SERVER,
    SYSTEM,
    WORKSTATION,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def only(plan: Plan) -> PlannedChange:
    return plan.changes.get()


def planned(scene: Scene, **parameters: Any) -> PlannedChange:
    return only(scene.plan(parameters=parameters))


# ---- asset types -----------------------------------------------------------------------------


def test_a_product_may_become_another_type_in_one_export() -> None:
    scene = Scene()
    make_asset_type(scene.credential, SERVER, "Server")
    scene.computer("A")
    change = planned(scene, product_types={str(scene.product.pk): SERVER})
    assert change.after["asset_type_name"] == "Server"
    assert change.reason == "Asset type of the product “Desktop” in this preview."
    assert planned(scene).after["asset_type_name"] == "Workstation"


def test_a_product_that_decides_nothing_in_this_export_goes_by_its_asset_type() -> None:
    scene = Scene()
    make_asset_type(scene.credential, SERVER, "Server")
    scene.computer("A")
    chosen = planned(scene, product_types={str(scene.product.pk): None}, asset_type=SERVER)
    assert chosen.after["asset_type_name"] == "Server"
    left_out = planned(scene, product_types={str(scene.product.pk): None})
    assert left_out.reason.startswith("Asset type required")


# ---- sites -----------------------------------------------------------------------------------


def test_a_chosen_site_serves_new_assets_of_its_client_only() -> None:
    scene = Scene()
    scene.computer("A")
    other = make_client(scene.credential, "Birch")
    company = make_company(scene.console, "Birch Ltd")
    scene.map(company, other, make_site(other, "Their main"))
    make_computer(company, "B", product=scene.product)
    branch = make_site(scene.client, "Branch")
    changes = scene.plan(parameters={"halo_site": branch.pk}).changes.order_by("subject")
    assert [change.after["site_name"] for change in changes] == ["Branch", "Their main"]
    assert changes[0].reason.endswith("Site chosen for this preview.")


def test_without_a_default_site_a_computer_is_left_out() -> None:
    scene = Scene()
    scene.computer("A")
    scene.mapping.halo_site = None
    scene.mapping.save()
    assert planned(scene).reason == "No site: choose a default site for Alder Dental."


def test_or_it_goes_to_the_main_site_of_the_client_and_says_so() -> None:
    scene = Scene()
    scene.computer("A")
    scene.mapping.halo_site = None
    scene.mapping.save()
    HaloClient.objects.filter(pk=scene.client.pk).update(main_site_id=scene.site.halo_id)
    change = planned(scene, main_site=True)
    assert change.after["site_id"] == scene.site.halo_id
    assert "Alder Dental has no default site, so it goes to the client's main site." in change.reason


# ---- fields ----------------------------------------------------------------------------------


def test_only_the_chosen_fields_are_written_and_new_assets_keep_their_key_fields() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1234567X", os_name="Windows 11", model="E14", manufacturer="Dell")
    scene.link(
        scene.computer("B", os_name="Windows 11", manufacturer="Dell"),
        make_asset(scene.client, {NAME: "B", SYSTEM: "Windows 10", MAKER: "HP"}),
    )
    plan = scene.plan(parameters={"fields": [SYSTEM]})
    create, update = plan.changes.order_by("position")
    assert set(create.after["fields"]) == {str(NAME), str(SERIAL), str(SYSTEM)}
    assert set(update.after["fields"]) == {str(SYSTEM)}
    assert str(MODEL) not in create.after["fields"]


# ---- tags ------------------------------------------------------------------------------------


def test_the_tag_is_the_host_name_and_is_numbered_where_it_is_taken() -> None:
    scene = Scene()
    make_asset(scene.client, inventory_number="alder-1")
    scene.computer("Reception", host_name="ALDER-1")
    assert planned(scene).after["inventory_number"] == "ALDER-1-2"


def test_a_template_makes_the_tag() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1234567X")
    change = planned(scene, tag="template", tag_template="{client}/{serial_number}")
    assert change.after["inventory_number"] == "Alder Dental Group/5CG1234567X"


def test_a_template_that_gives_nothing_leaves_the_computer_out() -> None:
    scene = Scene()
    scene.computer("A")
    change = planned(scene, tag="template", tag_template=" {serial_number} ")
    assert (change.action, change.reason) == (
        Action.SKIP,
        "The template of the asset tag gives nothing for this computer.",
    )


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("", "Write the template"),
        ("PC", "all tags would be the same"),
        ("{nothing}", "There is no {nothing}"),
        ("{name.__class__}", "There is no {name.__class__}"),
        ("{name[0]}", "There is no {name[0]}"),
        ("{}", "There is no {}"),
        ("{name!r}", "Only names in braces"),
        ("{name:>9}", "Only names in braces"),
        ("{name", "a brace without its partner"),
        ("{name}" * 40, "longer than"),
    ],
)
def test_a_bad_template_is_told_in_a_sentence(template: str, words: str) -> None:
    assert words in template_problem(template)


@given(st.text(max_size=60))
def test_no_template_breaks_the_check(template: str) -> None:
    assert isinstance(template_problem(template), str)


def test_every_attribute_can_be_named() -> None:
    assert [name for name in ATTRIBUTES if template_problem(f"{{{name}}}")] == []


def test_halos_next_tag_is_left_to_halo_and_known_afterwards() -> None:
    scene, halo = Scene(computers=3, marker=True), FakeHalo()
    plan = scene.plan(parameters={"tag": "next"})
    assert {change.after["inventory_number"] for change in plan.changes.all()} == {""}
    assert all("HaloPSA gives the asset tag." in change.reason for change in plan.changes.all())
    work_off(scene.run(plan), halo)
    assert all(tag.startswith("HALO-") for tag in halo.tags())
    # The batch that proved itself has told its tags.
    assert "HALO-" in "".join(HaloAsset.objects.values_list("inventory_number", flat=True))


def test_a_lost_batch_with_halos_tags_is_found_again_by_reference() -> None:
    scene, halo = Scene(computers=4, marker=True), FakeHalo()
    halo.faults = [lost_answer]
    run = work_off(scene.run(scene.plan(parameters={"tag": "next"})), halo)
    assert run.totals["created"] == len(halo.assets) == 4


def test_halos_next_tag_needs_a_place_for_the_bridge_reference() -> None:
    scene = Scene(computers=1)
    change = planned(scene, tag="next")
    assert change.action == Action.SKIP
    assert "needs an asset field for the bridge reference" in change.reason


# ---- chosen computers ------------------------------------------------------------------------


def test_a_plan_can_be_about_named_computers_only() -> None:
    scene = Scene(computers=5)
    plan = Plan.objects.create(halo_credential=scene.credential)
    assert name_computers(plan, Computer.objects.filter(name__lt="ALD-PC00002")) == 2
    plan_assets(plan)
    assert [change.subject[:11] for change in plan.changes.all()] == ["ALD-PC00000", "ALD-PC00001"]


# ---- rows ------------------------------------------------------------------------------------


def again(plan: Plan) -> Plan:
    """The run that plans anew, worked off."""
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


def computer(name: str) -> int:
    return Computer.objects.get(name=name).pk


def test_a_row_gets_another_type_site_and_tag() -> None:
    scene = Scene(computers=2)
    make_asset_type(scene.credential, SERVER, "Server")
    branch = make_site(scene.client, "Branch")
    plan = scene.plan()
    values = {"asset_type": SERVER, "halo_site": branch, "inventory_number": "RACK-7"}
    run = choose(plan, [computer("ALD-PC00001")], values)
    assert (run and run.kind, Plan.objects.get().state) == (RunKind.PLAN_ASSETS, PlanState.PLANNING)
    other, changed = again(plan).changes.order_by("subject")
    assert other.after["asset_type_name"] == "Workstation"
    assert changed.after["asset_type_name"] == "Server"
    assert changed.after["site_name"] == "Branch"
    assert changed.after["inventory_number"] == "RACK-7"
    assert changed.reason == "Asset type chosen in this preview. Site chosen in this preview."


def test_many_rows_are_changed_at_once_and_what_is_not_named_stays() -> None:
    scene = Scene(computers=3)
    make_asset_type(scene.credential, SERVER, "Server")
    plan = scene.plan()
    choose(plan, [computer("ALD-PC00000")], {"inventory_number": "RACK-7"})
    again(plan)
    choose(plan, computers_of(plan, rows_to_choose_for(plan)), {"asset_type": SERVER})
    again(plan)
    assert {change.after["asset_type_id"] for change in plan.changes.all()} == {SERVER}
    assert plan.changes.get(subject__startswith="ALD-PC00000").after["inventory_number"] == "RACK-7"


def test_a_choice_is_taken_back() -> None:
    scene = Scene(computers=1)
    make_asset_type(scene.credential, SERVER, "Server")
    plan = scene.plan()
    for kind in (SERVER, None):
        choose(plan, [computer("ALD-PC00000")], {"asset_type": kind})
        again(plan)
    assert only(plan).after["asset_type_id"] == WORKSTATION


def test_what_was_left_out_for_want_of_a_type_can_be_taken_in() -> None:
    scene = Scene()
    scene.computer("A", product=None)
    plan = scene.plan()
    assert only(plan).action == Action.SKIP
    choose(plan, [computer("A")], {"asset_type": WORKSTATION})
    assert only(again(plan)).action == Action.CREATE


def test_ticks_stay_when_rows_are_changed() -> None:
    scene = Scene(computers=3)
    make_asset_type(scene.credential, SERVER, "Server")
    plan = tick(scene.plan(), [2], selected=False)
    choose(plan, [computer("ALD-PC00000")], {"asset_type": SERVER})
    again(plan)
    assert [change.selected for change in plan.changes.all()] == [True, False, True]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"asset_type": 999}, "HaloPSA has no asset type 999."),
        ({"inventory_number": "X"}, "An asset tag is for one asset"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(values: dict[str, Any], words: str) -> None:
    scene = Scene(computers=2)
    plan = scene.plan()
    with pytest.raises(ValidationError, match=words):
        choose(plan, list(Computer.objects.values_list("pk", flat=True)), values)
    assert Plan.objects.get().state == PlanState.READY
    assert not ExportChoice.objects.exists()


def test_a_site_of_another_client_is_refused() -> None:
    scene = Scene(computers=1)
    foreign = make_site(make_client(scene.credential, "Birch"))
    with pytest.raises(ValidationError, match="is not one of the client Alder Dental Group"):
        choose(scene.plan(), [computer("ALD-PC00000")], {"halo_site": foreign})


def test_a_tag_that_is_taken_is_told_on_the_row() -> None:
    scene = Scene(computers=1)
    make_asset(scene.client, inventory_number="RACK-7")
    plan = scene.plan()
    choose(plan, [computer("ALD-PC00000")], {"inventory_number": "rack-7"})
    assert only(again(plan)).reason == "The asset tag “rack-7” is taken: choose another one."


def test_a_preview_that_is_being_applied_cannot_be_changed() -> None:
    scene = Scene(computers=1)
    plan = scene.plan()
    request_run(RunKind.APPLY_ASSETS, plan=plan, halo_credential=scene.credential)
    with pytest.raises(ValidationError, match="planned or applied by now"):
        choose(plan, [computer("ALD-PC00000")], {"asset_type": WORKSTATION})
    assert not Run.objects.filter(kind=RunKind.PLAN_ASSETS).exists()


def test_what_was_chosen_is_what_is_created() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    branch = make_site(scene.client, "Branch")
    plan = scene.plan()
    choose(plan, [computer("ALD-PC00000")], {"halo_site": branch, "inventory_number": "RACK-7"})
    work_off(scene.run(again(plan)), halo)
    (asset,) = halo.assets.values()
    assert (asset["site_id"], asset["inventory_number"]) == (branch.halo_id, "RACK-7")
