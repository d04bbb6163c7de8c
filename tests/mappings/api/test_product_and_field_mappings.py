"""Default asset types and field mappings by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import HaloField, Product
from mappings.models import FieldMapping, ProductMapping
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_asset_type, make_caller

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/v1/product-mappings/"
FIELDS = "/api/v1/field-mappings/"


def post(path: str, **body: Any) -> Any:
    return make_caller().post(path, body, format="json")


# ---- products -------------------------------------------------------------------------------


def test_a_product_goes_by_the_name_that_the_console_uses() -> None:
    console, credential = make_console(), make_credential()
    make_asset_type(credential, 31)
    known = Product.objects.create(console=console, name="Server")
    common = {"console": console.pk, "halo_credential": credential.pk, "asset_type": 31}
    told = post(PRODUCTS, product="Server", **common).json()
    assert (told["product"], told["asset_type"]) == ("Server", 31)
    assert ProductMapping.objects.get().product == known
    assert post(PRODUCTS, product="Not seen yet", **common).status_code == 201
    assert Product.objects.filter(console=console, name="Not seen yet").exists()


def test_an_asset_type_that_halo_does_not_have_is_a_sentence() -> None:
    console, credential = make_console(), make_credential(name="Main")
    make_asset_type(credential, 31)
    make_asset_type(credential, 32, active=False)
    common = {"console": console.pk, "product": "P", "halo_credential": credential.pk}
    for unknown in (99, 32, 0):
        answer = post(PRODUCTS, **common, asset_type=unknown)
        assert answer.status_code == 400
        assert answer.json()["errors"]["asset_type"] == [
            f"HaloPSA has no asset type with the ID {unknown} (credential Main)."
        ]
    assert not ProductMapping.objects.exists()


def test_before_the_first_sync_nothing_is_known_to_be_wrong() -> None:
    answer = post(
        PRODUCTS,
        console=make_console().pk,
        product="P",
        halo_credential=make_credential().pk,
        asset_type=31,
    )
    assert answer.status_code == 201


def test_a_product_has_one_type_per_credential() -> None:
    console, credential = make_console(), make_credential()
    common = {"console": console.pk, "product": "P", "halo_credential": credential.pk}
    number = post(PRODUCTS, **common, asset_type=1).json()["id"]
    answer = post(PRODUCTS, **common, asset_type=2)
    assert answer.status_code == 409
    assert f"product mapping {number}" in answer.json()["detail"]
    told = make_caller().patch(f"{PRODUCTS}{number}/", {"asset_type": 2}, format="json").json()
    assert (told["product"], told["asset_type"]) == ("P", 2)
    told = make_caller().patch(f"{PRODUCTS}{number}/", {"product": "Q"}, format="json").json()
    assert told["product"] == "Q"


# ---- fields ---------------------------------------------------------------------------------


def test_an_attribute_goes_into_a_field() -> None:
    credential = make_credential()
    HaloField.objects.create(halo_credential=credential, halo_id=7, name="Serial")
    body = {"halo_credential": credential.pk, "attribute": "serial_number", "field_id": 7}
    answer = post(FIELDS, **body)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["asset_type"], answer.json()["owner"]) == (None, "console")
    number = answer.json()["id"]
    changed = make_caller().patch(f"{FIELDS}{number}/", {"owner": "fill"}, format="json")
    assert changed.json()["owner"] == "fill"


def test_unknown_attributes_fields_and_types_are_told() -> None:
    credential = make_credential()
    HaloField.objects.create(halo_credential=credential, halo_id=7, name="Serial")
    make_asset_type(credential, 31)
    good = {"halo_credential": credential.pk, "attribute": "serial_number", "field_id": 7, "asset_type": 31}
    for name, value in (("attribute", "shoe_size"), ("field_id", 8), ("asset_type", 32), ("owner", "nobody")):
        answer = post(FIELDS, **{**good, name: value})
        assert answer.status_code == 400
        assert name in answer.json()["errors"]
    assert not FieldMapping.objects.exists()


def test_a_field_has_one_source_per_type() -> None:
    credential = make_credential()
    body = {"halo_credential": credential.pk, "field_id": 7}
    number = post(FIELDS, **body, attribute="serial_number").json()["id"]
    answer = post(FIELDS, **body, attribute="name")
    assert answer.status_code == 409
    assert f"field mapping {number}" in answer.json()["detail"]
    assert post(FIELDS, **body, attribute="name", asset_type=31).status_code == 201


def test_constants_templates_custom_fields_and_properties() -> None:
    credential = make_credential()
    HaloField.objects.create(halo_credential=credential, kind="custom", halo_id=310, name="Reference")
    common = {"halo_credential": credential.pk}
    template = {"source": "template", "text": "{manufacturer} {model}", "target": "custom", "field_id": 310}
    warranty = {"attribute": "warranty_ends_on", "target": "property", "property": "warranty_end"}
    for body in (template, warranty):
        answer = post(FIELDS, **common, **body)
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert {name: told[name] for name in body} == body
        assert told["problem"] == ""
    listed = make_caller().get(f"{FIELDS}?target=property").json()["results"]
    assert [(row["property"], row["field_id"]) for row in listed] == [("warranty_end", None)]


def test_what_cannot_work_is_refused_where_it_is_wrong() -> None:
    credential = make_credential()
    HaloField.objects.create(
        halo_credential=credential, kind="custom", halo_id=312, name="Disposal date", data_type=4
    )
    common = {"halo_credential": credential.pk, "target": "custom", "field_id": 312}
    for name, body in (
        ("field_id", {"attribute": "name"}),
        ("text", {"source": "template", "text": "{shoe_size}"}),
        ("attribute", {"source": "attribute"}),
        ("field_id", {"attribute": "name", "field_id": None}),
        ("property", {"attribute": "name", "target": "property"}),
        ("console_order", {"attribute": "purchased_on", "console_order": [987_654]}),
    ):
        answer = post(FIELDS, **{**common, **body})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name]), body
    assert not FieldMapping.objects.exists()


def test_a_row_that_halo_has_overtaken_says_so() -> None:
    credential = make_credential()
    HaloField.objects.create(halo_credential=credential, halo_id=7, name="Serial")
    row = FieldMapping.objects.create(halo_credential=credential, attribute="name", field_id=8)
    told = make_caller().get(f"{FIELDS}{row.pk}/").json()
    assert told["problem"] == "HaloPSA has no asset field with the ID 8 (any more): choose another."


def test_consoles_have_an_order() -> None:
    credential, first, second = make_credential(), make_console(), make_console()
    body = {"halo_credential": credential.pk, "attribute": "name", "field_id": 7}
    told = post(FIELDS, **body, console_order=[second.pk, first.pk]).json()
    assert told["console_order"] == [second.pk, first.pk]
    twice = post(FIELDS, **{**body, "field_id": 8}, console_order=[first.pk, first.pk])
    assert twice.json()["errors"]["console_order"] == ["A console is named twice."]


def test_a_new_type_starts_from_its_key_fields() -> None:
    credential = make_credential()
    for number, name in ((1, "Device Name"), (2, "Asset No."), (3, "Model")):
        HaloField.objects.create(halo_credential=credential, halo_id=number, name=name)
    make_asset_type(credential, 31, key_field_ids=[1, 2], field_ids=[1, 2, 3])
    body = {"halo_credential": credential.pk, "asset_type": 31}
    answer = post(f"{FIELDS}start/", **body)
    assert answer.status_code == 201, answer.content
    rows = [(row["asset_type"], row["attribute"], row["field_id"]) for row in answer.json()]
    assert rows == [(31, "name", 1), (31, "serial_number", 2)]
    assert post(f"{FIELDS}start/", **body).json() == []
    assert post(f"{FIELDS}start/", **{**body, "asset_type": 99}).status_code == 400
    assert post(f"{FIELDS}start/", halo_credential=credential.pk).status_code == 400
    common = post(f"{FIELDS}start/", **{**body, "asset_type": None})
    assert [(row["asset_type"], row["attribute"]) for row in common.json()] == [(None, "model")]
    reader = make_caller("mappings.view_fieldmapping")
    assert reader.post(f"{FIELDS}start/", body, format="json").status_code == 403
