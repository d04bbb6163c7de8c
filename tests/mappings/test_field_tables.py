"""Tables of field mappings in a plan: overrides, places of all three kinds, owners, the order of consoles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import Action, OptionKind
from integrations.models import Console, HaloCredential, HaloField, HaloOption, Product
from mappings.models import FieldMapping, FieldOwner, ProductMapping
from tests.builders import make_console
from tests.mappings.builders import (
    MAKER,
    MODEL,
    NAME,
    RACK,
    SERIAL,
    SYSTEM,
    WORKSTATION,
    Scene,
    make_asset,
    make_company,
    make_computer,
    rows_of,
)
from tests.mappings.test_field_problems import DISPOSED, STAGE, make_custom_fields, make_row

pytestmark = pytest.mark.django_db

WARRANTY = {
    "target": "property",
    "field_id": None,
    "property": "warranty_end",
    "attribute": "warranty_ends_on",
}


def written(scene: Scene) -> dict[str, str]:
    """Place → new value of the only change."""
    (change,) = scene.plan().changes.all()
    assert change.action in (Action.CREATE, Action.UPDATE), change.reason
    return {key: row["value"] for key, row in change.after["fields"].items()}


# ---- places ---------------------------------------------------------------------------------


def test_a_new_asset_gets_fields_custom_fields_and_properties() -> None:
    scene = Scene()
    make_custom_fields(scene)
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_STATUS, halo_id="2", name="In Stock"
    )
    make_row(scene, source="template", text="{manufacturer} {model}", field_id=MODEL)
    make_row(scene, target="custom", field_id=STAGE, source="constant", text="In use")
    make_row(scene, **WARRANTY)
    status = {"target": "property", "field_id": None, "property": "status_id"}
    make_row(scene, **status, source="constant", text="In stock")
    make_row(scene, attribute="console_url", field_id=RACK)
    scene.computer(
        "A", manufacturer="Dell", model="XPS", console_url="https://x/1", warranty_ends_on=date(2027, 3, 31)
    )
    assert written(scene) == {
        "1": "A",
        "4": "Dell XPS",
        "21": "https://x/1",
        "custom:311": "In use",
        "property:status_id": "2",
        "property:warranty_end": "2027-03-31",
    }


def test_a_type_has_rows_of_its_own_in_the_place_of_the_common_ones() -> None:
    scene = Scene()
    make_row(scene, attribute="os_name", field_id=SYSTEM)
    make_row(scene, attribute="model", field_id=MODEL)
    make_row(scene, attribute="os_version", field_id=SYSTEM, asset_type=WORKSTATION)
    scene.computer("A", os_name="Windows", os_version="23H2", model="XPS")
    assert written(scene) == {"1": "A", "4": "XPS", "5": "23H2"}


def test_a_broken_row_of_a_type_hides_the_common_one_all_the_same() -> None:
    scene = Scene()
    make_row(scene, attribute="os_name", field_id=SYSTEM)
    make_row(scene, attribute="shoe_size", field_id=SYSTEM, asset_type=WORKSTATION)
    scene.computer("A", os_name="Windows")
    assert written(scene) == {"1": "A"}


def test_key_fields_of_which_no_row_speaks_are_filled_from_name_and_serial() -> None:
    scene = Scene()
    make_row(scene, attribute="os_name", field_id=SYSTEM)
    scene.computer("A", serial_number="5CG1", manufacturer="Dell")
    assert written(scene) == {"1": "A", "2": "5CG1"}


def test_a_key_field_that_staff_leave_to_halo_is_left_alone() -> None:
    scene = Scene()
    make_row(scene, attribute="serial_number", field_id=SERIAL, owner=FieldOwner.HALO)
    scene.computer("A", serial_number="5CG1")
    assert written(scene) == {"1": "A"}


# ---- assets that are there ------------------------------------------------------------------


def make_linked(scene: Scene, **asset: Any) -> None:
    computer = scene.computer("A", warranty_ends_on=date(2027, 3, 31), purchased_on=date(2024, 3, 31))
    scene.link(computer, make_asset(scene.client, {NAME: "A"}, **asset))


def test_a_date_that_halo_shows_in_another_spelling_is_no_change() -> None:
    scene = Scene()
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=DISPOSED, attribute="warranty_ends_on")
    make_row(scene, **WARRANTY)
    make_row(scene, field_id=RACK, attribute="purchased_on")
    make_linked(
        scene,
        fields={"1": "A", "21": "31/03/2024"},
        custom_fields={str(DISPOSED): "31/03/2027"},
        properties={"warranty_end": "2027-03-31"},
    )
    plan = scene.plan()
    assert (rows_of(plan), plan.counts["unchanged"]) == ([], 1)


def test_a_change_says_what_was_there_in_words_and_keeps_what_halo_stores() -> None:
    scene = Scene()
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=STAGE, source="constant", text="To replace")
    make_row(scene, **WARRANTY)
    make_linked(scene, custom_fields={str(STAGE): "In use"}, properties={"warranty_end": ""})
    (change,) = scene.plan().changes.all()
    assert change.reason == "Differs in: Lifecycle stage, End of warranty."
    assert change.before["fields"] == {
        "custom:311": {"name": "Lifecycle stage", "value": "In use", "sent": 1},
        "property:warranty_end": {"name": "End of warranty", "value": "", "sent": "1900-01-01T00:00:00"},
    }
    assert change.after["fields"]["custom:311"] == {
        "name": "Lifecycle stage",
        "value": "To replace",
        "sent": 2,
    }


def test_fill_if_empty_holds_for_custom_fields_and_properties_too() -> None:
    scene = Scene()
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=STAGE, source="constant", text="In use", owner=FieldOwner.FILL)
    make_row(scene, **WARRANTY, owner=FieldOwner.FILL)
    make_linked(scene, custom_fields={str(STAGE): "To replace"}, properties={"warranty_end": ""})
    assert written(scene) == {"property:warranty_end": "2027-03-31"}


def test_what_was_never_read_is_not_written_and_says_so() -> None:
    scene = Scene()
    make_custom_fields(scene)
    make_row(scene, target="custom", field_id=STAGE, source="constant", text="In use")
    make_linked(scene)
    ((action, _, reason),) = rows_of(scene.plan())
    assert action == Action.SKIP
    assert reason == "“Lifecycle stage” has not been read yet: sync HaloPSA in full."


def test_a_value_that_halo_would_refuse_does_not_hold_up_the_others() -> None:
    scene = Scene()
    make_row(scene, attribute="os_name", field_id=SYSTEM)
    make_row(scene, attribute="manufacturer", field_id=MAKER)
    HaloField.objects.filter(halo_id=MAKER).update(lookup_id=7, values=[["1", "Dell"]])
    computer = scene.computer("A", os_name="Windows 11", manufacturer="HP")
    scene.link(computer, make_asset(scene.client, {NAME: "A"}))
    ((action, _, reason),) = rows_of(scene.plan())
    assert action == Action.UPDATE
    assert reason == (
        "Differs in: Operating System. "
        "Left out: Manufacturer: HaloPSA's pick list “Manufacturer” has no choice “HP”."
    )
    computer.manufacturer = "dell"
    computer.save()
    assert written(scene) == {"3": "1", "5": "Windows 11"}


# ---- several consoles -----------------------------------------------------------------------


def two_consoles(scene: Scene) -> tuple[int, int]:
    """An asset that two consoles see; the second saw it last. Ids of the consoles."""
    now = timezone.now()
    other = make_company(make_console(), "Alder")
    scene.map(other, scene.client, scene.site)
    asset = make_asset(scene.client, {NAME: "A", SYSTEM: "Windows 10"})
    scene.link(scene.computer("A", os_name="Windows 11", last_seen=now - timedelta(hours=1)), asset)
    scene.link(make_computer(other, "A", os_name="Microsoft Windows 11", last_seen=now), asset)
    return scene.console.pk, other.console_id


def test_the_first_console_of_the_order_decides_whoever_saw_it_last() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    row = make_row(scene, console_order=[first, second])
    assert written(scene) == {"5": "Windows 11"}
    row.console_order = [second]
    row.save()
    assert written(scene) == {"5": "Microsoft Windows 11"}


def test_with_an_order_the_word_of_another_console_is_overwritten() -> None:
    scene = Scene()
    first, _ = two_consoles(scene)
    make_row(scene, console_order=[first])
    FieldMapping.objects.update(console_order=[first])
    asset = scene.credential.computer_mappings.first().halo_asset
    asset.fields = {"1": "A", "5": "Microsoft Windows 11"}
    asset.save()
    assert written(scene) == {"5": "Windows 11"}


def test_what_the_first_console_does_not_know_the_next_one_tells() -> None:
    scene = Scene()
    first, second = two_consoles(scene)
    make_row(scene, console_order=[first, second])
    scene.console.computers.update(os_name="")
    assert written(scene) == {"5": "Microsoft Windows 11"}


def test_a_console_that_is_gone_from_the_order_does_no_harm() -> None:
    scene = Scene()
    two_consoles(scene)
    make_row(scene, console_order=[999_999])
    assert written(scene) == {"5": "Microsoft Windows 11"}


# ---- well-known fields --------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "told"), [("msp360", {"30": "Server"}), ("ninjaone", {}), ("push", {})])
def test_only_a_backup_console_tells_the_backup_product(kind: str, told: dict[str, str]) -> None:
    scene = with_backup_product(Scene(kind=kind))
    scene.computer("A", product=other_product(scene.console, "Server"))

    found = written(scene)

    assert {key: value for key, value in found.items() if key == "30"} == told


def test_of_one_machine_in_two_consoles_the_backup_console_tells_it_whichever_saw_it_last() -> None:
    scene = with_backup_product(Scene(kind="ninjaone"))
    backup = make_company(make_console(kind="msp360"))
    scene.map(backup, scene.client, scene.site)
    asset = make_asset(scene.client, {NAME: "A", 30: "Desktop"}, site=scene.site)
    for company, name, days in ((scene.company, "WINDOWS_WORKSTATION", 0), (backup, "Server", 9)):
        computer = make_computer(
            company,
            "A",
            product=other_product(company.console, name),
            last_seen=timezone.now() - timedelta(days=days),
        )
        scene.link(computer, asset)

    assert written(scene) == {"30": "Server"}


def test_a_row_of_the_table_tells_the_product_of_any_console() -> None:
    scene = with_backup_product(Scene(kind="ninjaone"))
    make_row(scene, attribute="product", field_id=30)
    scene.computer("A", product=other_product(scene.console, "WINDOWS_SERVER"))

    assert written(scene)["30"] == "WINDOWS_SERVER"


def with_backup_product(scene: Scene) -> Scene:
    HaloField.objects.create(
        halo_credential=scene.credential, halo_id=30, name="Backup Product", data_length=255
    )
    scene.type.field_ids = [*scene.type.field_ids, 30]
    scene.type.save()
    return scene


def other_product(console: Console, name: str) -> Product:
    found = Product.objects.create(console=console, name=name)
    credential = HaloCredential.objects.get()
    ProductMapping.objects.create(
        console=console, product=found, halo_credential=credential, asset_type=WORKSTATION
    )
    return found
