"""What HaloPSA's definitions forbid is told on the row, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from integrations.models import HaloAssetType, HaloField
from mappings.definitions import problems_of
from mappings.models import FieldMapping
from tests.builders import make_credential
from tests.mappings.builders import MARKER, NAME, RACK, SYSTEM, WORKSTATION, Scene, make_asset_type

pytestmark = pytest.mark.django_db

STAGE, DISPOSED, ENCRYPTED, COLOURS, NOTE = 311, 312, 313, 314, 310


def make_custom_fields(scene: Scene) -> None:
    for number, name, kind, choices in (
        (NOTE, "Purchase reference", 0, []),
        (STAGE, "Lifecycle stage", 2, [["1", "In use"], ["2", "To replace"]]),
        (DISPOSED, "Disposal date", 4, []),
        (ENCRYPTED, "Disk is encrypted", 6, []),
        (COLOURS, "Colours", 3, [["1", "Red"]]),
    ):
        HaloField.objects.create(
            halo_credential=scene.credential,
            kind="custom",
            halo_id=number,
            name=name,
            data_type=kind,
            values=choices,
            data_length=20,
        )


def make_row(scene: Scene, **values: Any) -> FieldMapping:
    defaults: dict[str, Any] = {"attribute": "os_name", "field_id": SYSTEM}
    if "text" in values:
        defaults |= {"attribute": ""}
    return FieldMapping.objects.create(halo_credential=scene.credential, **{**defaults, **values})


def problem(scene: Scene, **values: Any) -> str:
    return problems_of([make_row(scene, **values)]).popitem()[1]


@pytest.fixture
def scene() -> Scene:
    made = Scene(marker=True)
    make_custom_fields(made)
    make_asset_type(made.credential, 120, "Printer", key_field_ids=[NAME], field_ids=[NAME])
    return made


def test_a_row_that_works_has_no_problem(scene: Scene) -> None:
    assert problem(scene) == ""
    assert problem(scene, target="custom", field_id=DISPOSED, attribute="purchased_on") == ""
    assert problem(scene, target="custom", field_id=STAGE, source="constant", text="in use") == ""
    assert (
        problem(
            scene, target="property", field_id=None, property="warranty_end", attribute="warranty_ends_on"
        )
        == ""
    )
    assert problem(scene, target="custom", field_id=ENCRYPTED, source="constant", text="yes") == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"field_id": 99}, "HaloPSA has no asset field with the ID 99 (any more): choose another."),
        (
            {"target": "custom", "field_id": 99},
            "HaloPSA has no custom field of assets with the ID 99 (any more): choose another.",
        ),
        (
            {"asset_type": 120},
            "The asset type “Printer” has no field “Operating System”: add it to the type in HaloPSA.",
        ),
        ({"asset_type": 99}, "HaloPSA has no asset type with the ID 99 (any more): choose another."),
        ({"field_id": MARKER}, "“Bridge Id” holds the bridge reference; nothing else may go there."),
        (
            {"target": "custom", "field_id": DISPOSED},
            "“Disposal date” is a date in HaloPSA, and “Operating system” is none.",
        ),
        (
            {"target": "custom", "field_id": DISPOSED, "source": "template", "text": "{purchased_on} {name}"},
            "“Disposal date” is a date in HaloPSA, and a template is none.",
        ),
        (
            {"target": "custom", "field_id": STAGE, "source": "constant", "text": "Lost"},
            "The constant: HaloPSA's pick list “Lifecycle stage” has no choice “Lost”.",
        ),
        (
            {"target": "custom", "field_id": COLOURS},
            "“Colours” is a list of several choices in HaloPSA, which is not filled from here.",
        ),
        (
            {"target": "custom", "field_id": ENCRYPTED},
            "“Disk is encrypted” is a check box in HaloPSA: it takes the constant “yes” or “no”.",
        ),
        (
            {"target": "custom", "field_id": NOTE, "source": "constant", "text": "x" * 21},
            "The constant has 21 characters; Halo's field “Purchase reference” takes 20.",
        ),
        (
            {"target": "custom", "field_id": NOTE, "source": "template", "text": "x" * 21 + "{name}"},
            "The template alone has 21 characters; Halo's field “Purchase reference” takes 20.",
        ),
        (
            {"target": "property", "field_id": None, "property": "status_id"},
            "The choices of the pick list “Asset status” have not been read: sync HaloPSA in full.",
        ),
    ],
)
def test_each_problem_is_a_sentence(scene: Scene, values: dict[str, Any], words: str) -> None:
    assert problem(scene, **values) == words


def test_a_common_row_is_wrong_only_if_no_asset_type_has_the_field(scene: Scene) -> None:
    assert problem(scene) == ""
    HaloAssetType.objects.filter(halo_id=WORKSTATION).update(field_ids=[NAME])
    row = FieldMapping.objects.get()
    words = "No asset type has the field “Operating System”: add it to one in HaloPSA."
    assert problems_of([row]) == {row.pk: words}


def test_before_the_first_sync_nothing_is_known_to_be_wrong() -> None:
    row = FieldMapping.objects.create(halo_credential=make_credential(), attribute="name", field_id=7)
    assert problems_of([row]) == {row.pk: ""}


def test_a_row_with_a_problem_does_nothing_and_the_others_go_on(scene: Scene) -> None:
    make_row(scene, field_id=99)
    make_row(scene, target="custom", field_id=DISPOSED)
    make_row(scene, field_id=RACK, source="constant", text="Rack 1")
    scene.computer("A", os_name="Windows")
    (change,) = scene.plan().changes.all()
    assert {key: row["value"] for key, row in change.after["fields"].items()} == {"1": "A", "21": "Rack 1"}


def test_judging_costs_three_statements_whatever_the_number_of_rows(scene: Scene) -> None:
    for number in (NAME, SYSTEM, RACK):
        make_row(scene, field_id=number)
    rows = list(FieldMapping.objects.select_related("halo_credential__instance"))
    with CaptureQueriesContext(connection) as queries:
        problems_of(rows)
    assert len(queries) == 3


def test_a_place_has_one_source_in_each_table(scene: Scene) -> None:
    warranty = {"target": "property", "field_id": None, "property": "warranty_end"}
    for values in ({}, {"asset_type": WORKSTATION}, warranty, {**warranty, "asset_type": WORKSTATION}):
        make_row(scene, **values)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_row(scene, **values)


def test_a_row_is_about_a_field_or_a_property_never_both(scene: Scene) -> None:
    for values in (
        {"property": "warranty_end"},
        {"field_id": None},
        {"target": "property", "property": "warranty_end"},
        {"target": "property", "field_id": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_row(scene, **values)
