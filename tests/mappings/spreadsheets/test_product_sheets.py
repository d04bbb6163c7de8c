"""Default asset types out of a sheet."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Outcome
from integrations.models import Console, HaloAssetType, HaloCredential, Product
from mappings.linking import set_default_types
from mappings.models import ProductMapping, SheetKind, SheetVerdict
from mappings.spreadsheets.looking import look_at
from tests.builders import make_console, make_credential
from tests.mappings.builders import SERVER, WORKSTATION, make_asset_type
from tests.mappings.sheets import applied, looked_at, rows_of, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    found = make_credential()
    make_asset_type(found, WORKSTATION, "Workstation")
    make_asset_type(found, SERVER, "Server")
    return found


@pytest.fixture
def console() -> Console:
    return make_console(name="Backup")


@pytest.fixture
def product(console: Console) -> Product:
    return Product.objects.create(console=console, name="Server Backup")


def rows(credential: HaloCredential, *told: dict[str, Any]) -> list[Any]:
    return rows_of(looked_at(credential, list(told), SheetKind.PRODUCTS))


def test_a_product_gets_the_type_that_is_named(credential: HaloCredential, product: Product) -> None:
    sheet = looked_at(credential, [{"Product": "server backup", "Asset type": "Server"}], SheetKind.PRODUCTS)
    assert not ProductMapping.objects.exists()

    applied(sheet)

    mapping = ProductMapping.objects.get()
    assert (mapping.product, mapping.console, mapping.asset_type) == (product, product.console, SERVER)


def test_another_type_is_a_change_and_the_same_is_none(
    credential: HaloCredential, product: Product, console: Console
) -> None:
    desktop = Product.objects.create(console=console, name="Desktop")
    set_default_types(credential, {product: WORKSTATION, desktop: WORKSTATION})

    (row,) = rows(
        credential,
        {"Product": "Server Backup", "Asset type ID": SERVER},
        {"Product": "Desktop", "Asset type ID": WORKSTATION},
    )

    assert (row.verdict, row.before["asset_type"]["name"], row.after["asset_type"]["name"]) == (
        SheetVerdict.CHANGES,
        "Workstation",
        "Server",
    )


def test_an_empty_type_leaves_the_product_as_it_is(credential: HaloCredential, product: Product) -> None:
    set_default_types(credential, {product: SERVER})

    assert rows(credential, {"Product": "Server Backup", "Asset type": ""}) == []


@pytest.mark.parametrize(
    ("told", "column", "reason"),
    [
        (
            {"Product": "Nothing", "Asset type": "Server"},
            "Product (column A)",
            "There is no product 'Nothing'.",
        ),
        (
            {"Product": "Server Backup", "Asset type": "Toaster"},
            "Asset type (column B)",
            "There is no asset type 'Toaster'.",
        ),
        (
            {"Product": "Server Backup", "Asset type": "Server", "Asset type ID": WORKSTATION},
            "Asset type (column B)",
            f"The asset type with the id {WORKSTATION} is called Workstation.",
        ),
    ],
)
def test_a_row_that_cannot_be_applied_says_why(
    credential: HaloCredential, product: Product, told: dict[str, Any], column: str, reason: str
) -> None:
    (row,) = rows(credential, told)

    assert (row.verdict, row.column, row.reason) == (SheetVerdict.REFUSED, column, reason)


def test_a_product_of_two_consoles_is_told_apart_by_the_console(
    credential: HaloCredential, product: Product
) -> None:
    Product.objects.create(console=make_console(name="RMM"), name="Server Backup")

    first, second = rows(
        credential,
        {"Product": "Server Backup", "Asset type": "Server", "Console": ""},
        {"Product": "Server Backup", "Asset type": "Server", "Console": "Backup"},
    )

    assert first.reason == "Several have the name 'Server Backup': name the console as well."
    assert (second.verdict, second.subject_id) == (SheetVerdict.CREATES, product.pk)


def test_a_type_that_is_gone_meanwhile_or_set_by_hand_refuses_its_row(
    credential: HaloCredential, product: Product, console: Console
) -> None:
    desktop = Product.objects.create(console=console, name="Desktop")
    told = [
        {"Product": "Server Backup", "Asset type": "Server"},
        {"Product": "Desktop", "Asset type": "Server"},
    ]
    sheet = looked_at(credential, told, SheetKind.PRODUCTS)
    HaloAssetType.objects.filter(halo_id=SERVER).update(active=False)
    set_default_types(credential, {desktop: WORKSTATION})

    applied(sheet)

    assert [row.outcome for row in rows_of(sheet)] == [Outcome.CHANGED_MEANWHILE] * 2
    assert ProductMapping.objects.get().asset_type == WORKSTATION


def test_looking_costs_the_same_statements_for_a_few_rows_as_for_hundreds(
    credential: HaloCredential, console: Console
) -> None:
    assert statements_to_look(credential, console, 3) == statements_to_look(credential, console, 300) <= 20


def statements_to_look(credential: HaloCredential, console: Console, number: int) -> int:
    have = Product.objects.count()
    names = [f"Product {have + n}" for n in range(number)]
    Product.objects.bulk_create(Product(console=console, name=name) for name in names)
    sheet = taken(
        credential, [{"Product": name, "Asset type": "Server"} for name in names], SheetKind.PRODUCTS
    )
    with CaptureQueriesContext(connection) as captured:
        assert look_at(sheet, None, lambda rows: None) == {"creates": number}
    return len(captured)
