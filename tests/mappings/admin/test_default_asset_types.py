"""Default asset types: each product of a console gets the name of a Halo asset type."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mappings.models import ProductMapping
from tests.integrations.admin.made import (
    make_asset_type,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_product,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_productmapping_changelist"


def test_it_lists_products_with_their_computers_and_the_names_of_types(browser: Client) -> None:
    make_asset_type(make_credential(), "Workstation", halo_id=4711)
    console = make_console()
    product = make_product(console, "Ultimate")
    make_computer(make_company(console), product=product)
    make_computer(make_company(console), product=product, active=False)

    response = browser.get(reverse(PAGE))
    page = response.content.decode()

    assert [(row.name, row.computers) for row in response.context["form"].products] == [("Ultimate", 1)]
    assert "Workstation" in page
    assert "cannot be exported before a type is chosen" in page


def test_saving_stores_changes_and_clears_what_is_none(browser: Client) -> None:
    credential, console = make_credential(), make_console()
    first, second = make_asset_type(credential, "Server"), make_asset_type(credential, "Laptop")
    kept, changed, cleared = (make_product(console) for _ in range(3))
    for product in (kept, changed, cleared):
        ProductMapping.objects.create(
            console=console, product=product, halo_credential=credential, asset_type=first.halo_id
        )
    typed = {
        f"product_{kept.pk}": first.halo_id,
        f"product_{changed.pk}": second.halo_id,
        f"product_{cleared.pk}": "",
    }

    page = browser.post(reverse(PAGE), typed, follow=True).content.decode()

    stored = dict(ProductMapping.objects.values_list("product", "asset_type"))
    assert stored == {kept.pk: first.halo_id, changed.pk: second.halo_id}
    assert "2 default asset types changed." in page


def test_a_type_that_vanished_in_halo_is_shown_and_must_be_replaced(browser: Client) -> None:
    credential, console = make_credential(), make_console()
    make_asset_type(credential, "Server")
    product = make_product(console)
    ProductMapping.objects.create(
        console=console, product=product, halo_credential=credential, asset_type=999_001
    )

    shown = browser.get(reverse(PAGE)).content.decode()
    refused = browser.post(reverse(PAGE), {f"product_{product.pk}": "999001"}).content.decode()

    assert "No longer in HaloPSA" in shown
    assert "This asset type no longer exists in HaloPSA. Choose another." in refused


def test_each_credential_has_its_own_types(browser: Client) -> None:
    first, second = make_credential("A"), make_credential("B")
    make_asset_type(first, "Only in A")
    asset_type = make_asset_type(second, "Only in B")
    product = make_product(make_console())
    address = f"{reverse(PAGE)}?halo_credential={second.pk}"

    page = browser.get(address).content.decode()
    browser.post(address, {f"product_{product.pk}": asset_type.halo_id})

    assert "Only in B" in page
    assert "Only in A" not in page
    assert ProductMapping.objects.get().halo_credential == second


def test_without_products_it_says_where_they_come_from(browser: Client) -> None:
    make_credential()
    make_console()

    assert "No products yet." in browser.get(reverse(PAGE)).content.decode()


def test_whoever_may_only_look_saves_nothing(client: Client) -> None:
    client.force_login(make_staff("auditor", "mappings.view_productmapping"))
    asset_type = make_asset_type(make_credential())
    product = make_product(make_console())

    response = client.post(reverse(PAGE), {f"product_{product.pk}": asset_type.halo_id})

    assert response.status_code == 403
    assert not ProductMapping.objects.exists()
