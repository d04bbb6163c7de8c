"""Assets as a sheet that HaloPSA takes: names of its API, custom fields as `$CFname` or `CFname`."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from integrations.models import HaloClient
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_credential,
    make_field,
    make_site,
)

pytestmark = pytest.mark.django_db

EXPORT = "admin:integrations_haloasset_export"


@pytest.fixture
def customer() -> HaloClient:
    return make_client(make_credential(), "Alder Dental")


def fetched(browser: Client, **query: Any) -> bytes:
    response = browser.get(reverse(EXPORT), {"columns": "$CF", **query})
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def table(browser: Client, **query: Any) -> list[dict[str, str]]:
    text = fetched(browser, **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_columns_have_the_names_of_halos_api_and_fields_follow(browser: Client, customer: HaloClient) -> None:
    make_field(customer.halo_credential, "Device Name", halo_id=1)
    make_field(customer.halo_credential, "CFrack", halo_id=231, kind="custom")
    make_asset(
        customer,
        "SRV-1",
        halo_id=501,
        inventory_number="T1",
        asset_type=make_asset_type(customer.halo_credential, "Server"),
        site=make_site(customer, "Main"),
        status_id=4,
        properties={"warranty_end": "2027-03-31T00:00:00"},
        fields={"1": "SRV-1"},
        custom_fields={"231": "R7"},
    )

    (row,) = table(browser)

    assert row == {
        "id": "501",
        "inventory_number": "T1",
        "assettype_name": "Server",
        "client_name": "Alder Dental",
        "site_name": "Main",
        "status_id": "4",
        "warranty_start": "",
        "warranty_end": "2027-03-31",
        "supplier_purchasedate": "",
        "Device Name": "SRV-1",
        "$CFrack": "R7",
    }


def test_custom_fields_are_spelled_as_it_is_chosen(browser: Client, customer: HaloClient) -> None:
    make_field(customer.halo_credential, "rack", halo_id=231, kind="custom")
    make_asset(customer, custom_fields={"231": "R7"})

    assert "CFrack" in table(browser, columns="CF")[0]
    assert "rack" in table(browser, columns="anything", with_fields="on")[0]


def test_days_are_days_in_a_workbook(browser: Client, customer: HaloClient) -> None:
    make_asset(customer, properties={"warranty_start": "2026-02-01T00:00:00"})

    sheet = load_workbook(io.BytesIO(fetched(browser, format="xlsx"))).active

    assert sheet is not None
    by_name = dict(zip(*[[cell.value for cell in row] for row in sheet.iter_rows()], strict=True))
    assert by_name["warranty_start"] == datetime.fromisoformat("2026-02-01")


def test_the_filters_of_the_list_hold(browser: Client, customer: HaloClient) -> None:
    make_asset(customer, "PC-1", inventory_number="A")
    make_asset(customer, "SRV-1", inventory_number="B")

    assert [row["inventory_number"] for row in table(browser, q="PC")] == ["A"]


def test_only_the_list_of_assets_offers_it(browser: Client, customer: HaloClient) -> None:
    make_asset(customer)

    pages = [
        browser.get(reverse(f"admin:integrations_{what}_changelist")).content.decode()
        for what in ("haloasset", "haloclient")
    ]

    assert ["for HaloPSA&#x27;s import" in page or "for HaloPSA's import" in page for page in pages] == [
        True,
        False,
    ]
