from __future__ import annotations

import pytest

from integrations.choices import Action, PlanState
from integrations.models import HaloField, Plan
from mappings.linking import edit_computer_mapping
from mappings.models import FieldMapping, FieldOwner
from mappings.planning import NotPlannable, compute_changes, new_plan, plan_assets
from tests.builders import make_console, make_credential
from tests.mappings.builders import (
    MARKER,
    NAME,
    RACK,
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
    rows_of,
)

pytestmark = pytest.mark.django_db


# ---- what a create holds --------------------------------------------------------------------


def test_an_unmapped_computer_becomes_an_asset_of_its_products_type_at_the_default_site() -> None:
    scene = Scene()
    computer = scene.computer("ALD-PC1", serial_number="5CG1", os_name="Windows 11 Pro")
    plan = scene.plan()
    change = plan.changes.get()
    assert (change.action, change.subject, change.selected) == (Action.CREATE, "ALD-PC1 (Alder Dental)", True)
    assert (change.subject_kind, change.subject_id) == ("computer", computer.pk)
    assert change.before == {}
    assert change.after == {
        "asset_type_id": WORKSTATION,
        "asset_type_name": "Workstation",
        "client_id": scene.client.halo_id,
        "client_name": "Alder Dental Group",
        "site_id": scene.site.halo_id,
        "site_name": "Main",
        "inventory_number": "ALD-PC1",
        "fields": {
            str(NAME): {"name": "Device Name", "value": "ALD-PC1"},
            str(SERIAL): {"name": "Serial Number", "value": "5CG1"},
            str(SYSTEM): {"name": "Operating System", "value": "Windows 11 Pro"},
        },
    }
    assert change.reason == "Asset type by the product “Desktop”."
    assert plan.state == PlanState.READY


def test_what_staff_chose_for_the_mapping_counts_before_product_and_default_site() -> None:
    scene = Scene()
    make_asset_type(scene.credential, SERVER, "Server")
    branch = make_site(scene.client, "Branch")
    mapping = edit_computer_mapping(
        scene.computer("A"), scene.credential, halo_site=branch, asset_type=SERVER
    )
    change = scene.plan().changes.get()
    assert (change.subject_kind, change.subject_id) == ("computer_mapping", mapping.pk)
    assert (change.after["asset_type_id"], change.after["site_name"]) == (SERVER, "Branch")
    assert change.reason == "Asset type chosen by hand."


def test_a_type_may_be_chosen_for_all_whose_product_decides_none() -> None:
    scene = Scene()
    make_asset_type(scene.credential, SERVER, "Server")
    scene.computer("A", product=None)
    scene.computer("B")
    plan = scene.plan(parameters={"asset_type": SERVER})
    assert [change.after["asset_type_id"] for change in plan.changes.all()] == [SERVER, WORKSTATION]


def test_a_field_table_of_the_type_overrides_the_common_one() -> None:
    scene = Scene()
    common = {"halo_credential": scene.credential, "asset_type": None}
    FieldMapping.objects.create(**common, attribute="name", field_id=NAME)
    FieldMapping.objects.create(**common, attribute="serial_number", field_id=SERIAL)
    FieldMapping.objects.create(**common, attribute="os_name", field_id=RACK, owner=FieldOwner.HALO)
    FieldMapping.objects.create(
        **{**common, "asset_type": WORKSTATION}, attribute="external_id", field_id=SERIAL
    )
    computer = scene.computer("A", serial_number="5CG1", os_name="Windows")
    fields = scene.plan().changes.get().after["fields"]
    assert {number: row["value"] for number, row in fields.items()} == {"1": "A", "2": computer.external_id}


def test_fields_that_the_type_does_not_have_are_left_out() -> None:
    scene = Scene()
    scene.type.field_ids = [NAME]
    scene.type.save()
    scene.computer("A", serial_number="5CG1")
    assert list(scene.plan().changes.get().after["fields"]) == [str(NAME)]


def test_the_place_of_the_bridge_reference_is_never_filled_from_a_table() -> None:
    scene = Scene(marker=True)
    FieldMapping.objects.create(halo_credential=scene.credential, attribute="name", field_id=MARKER)
    scene.computer("A")
    assert str(MARKER) not in scene.plan().changes.get().after["fields"]


def test_junk_serial_numbers_do_not_go_to_halo() -> None:
    scene = Scene()
    scene.computer("A", serial_number="To Be Filled By O.E.M.")
    assert str(SERIAL) not in scene.plan().changes.get().after["fields"]


def test_tags_are_numbered_where_they_are_taken() -> None:
    scene = Scene()
    make_asset(make_client(scene.credential), inventory_number="reception")
    first, second = scene.computer("RECEPTION"), scene.computer("Reception")
    tags = {c.subject_id: c.after["inventory_number"] for c in scene.plan().changes.all()}
    assert tags == {first.pk: "RECEPTION-2", second.pk: "Reception-3"}


def test_a_list_is_shortened_by_whole_items() -> None:
    scene = Scene()
    HaloField.objects.filter(halo_id=8).update(data_length=40)
    scene.computer("A", mac_addresses=["00:15:5D:00:00:01", "00:15:5D:00:00:02", "00:15:5D:00:00:03"])
    value = scene.plan().changes.get().after["fields"]["8"]["value"]
    assert value == "00:15:5D:00:00:01, 00:15:5D:00:00:02"


# ---- scope ----------------------------------------------------------------------------------


def test_unmapped_companies_are_counted_and_not_listed() -> None:
    scene = Scene()
    make_computer(make_company(scene.console), "A")
    scene.computer("B", company=None)
    scene.computer("C")
    plan = scene.plan()
    assert [subject for _, subject, _ in rows_of(plan)] == ["C (Alder Dental)"]
    assert plan.counts["company_unmapped"] == 2


def test_gone_computers_without_a_mapping_are_no_rows() -> None:
    scene = Scene()
    scene.computer("A", active=False)
    assert rows_of(scene.plan()) == []


def test_a_plan_sees_its_console_company_or_computers_only() -> None:
    scene = Scene()
    other = make_company(scene.console, "Birch")
    scene.map(other, scene.client, scene.site)
    elsewhere = make_company(make_console(), "Cedar")
    scene.map(elsewhere, scene.client, scene.site)
    alder, birch, cedar = scene.computer("A"), make_computer(other, "B"), make_computer(elsewhere, "C")
    make = {"parameters": {"asset_type": WORKSTATION}}

    def subjects(**values: object) -> set[int]:
        return set(scene.plan(**{**make, **values}).changes.values_list("subject_id", flat=True))

    assert subjects() == {alder.pk, birch.pk}
    assert subjects(company=other) == {birch.pk}
    assert subjects(console=None) == {alder.pk, birch.pk, cedar.pk}
    assert subjects(parameters={"asset_type": WORKSTATION, "computers": [alder.pk]}) == {alder.pk}


def test_a_credential_of_one_company_plans_for_that_one_only() -> None:
    scene = Scene()
    other = make_company(scene.console, "Birch")
    scene.map(other, scene.client, scene.site)
    make_computer(other, "B", product=scene.product)
    scene.computer("A")
    scene.credential.associated_company = scene.company
    scene.credential.save()
    assert [subject for _, subject, _ in rows_of(scene.plan())] == ["A (Alder Dental)"]


def test_without_a_credential_nothing_can_be_planned() -> None:
    plan = Plan.objects.create(console=make_console())
    plan_assets(plan)
    assert plan.state == PlanState.FAILED
    assert plan.error == "Choose the HaloPSA credential whose assets are to be planned."
    with pytest.raises(NotPlannable):
        compute_changes(plan)


def test_a_new_plan_finds_the_only_credential() -> None:
    scene = Scene()
    assert new_plan(console=scene.console).halo_credential == scene.credential


def test_a_new_plan_asks_where_there_is_none_or_a_choice() -> None:
    scene = Scene()
    with pytest.raises(Exception, match="No company of this scope is mapped"):
        new_plan(console=make_console())
    second = make_credential(name="Second")
    client = make_client(second)
    scene.mapping.__class__.objects.create(company=scene.company, halo_credential=second, halo_client=client)
    with pytest.raises(Exception, match=r"Choose one of the HaloPSA credentials: .*Second"):
        new_plan(console=scene.console)
    with pytest.raises(Exception, match="is not a company of"):
        new_plan(console=make_console(), company=scene.company)
