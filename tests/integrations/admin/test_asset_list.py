"""Hardware assets as a list to look at: what each row tells, and the filters for a lifecycle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.models import HaloClient
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_credential,
    make_program,
    make_site,
)

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 15


@pytest.fixture
def customer() -> HaloClient:
    return make_client(make_credential(), "Alder Dental")


def address(**query: Any) -> str:
    return reverse("admin:integrations_haloasset_changelist", query=query)


def listed(browser: Client, **query: Any) -> list[str]:
    response = browser.get(address(**query))
    assert response.status_code == 200
    return sorted(row.name for row in response.context["cl"].result_list)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_a_row_tells_place_machine_dates_and_leads_to_halo(browser: Client, customer: HaloClient) -> None:
    kind = make_asset_type(customer.halo_credential, "Workstation")
    asset = make_asset(
        customer,
        "ALD-PC07",
        site=make_site(customer, "Upper floor"),
        asset_type=kind,
        inventory_number="TAG-7",
        serial_number="5CG1234XYZ",
        manufacturer="HP",
        model="EliteBook 840",
        purchased_on=in_days(-800),
        warranty_ends_on=in_days(30),
        updated_at=timezone.now(),
    )

    page = browser.get(address()).content.decode()

    for told in (
        *("ALD-PC07", "TAG-7", "Workstation", "Alder Dental", "Upper floor", "5CG1234XYZ", "HP"),
        *("EliteBook 840", in_days(-800).isoformat(), "2 y 2 m", in_days(30).isoformat()),
        *("Ends within 90 days", "Active", f"assets?id={asset.halo_id}"),
    ):
        assert told in page, told


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("in_warranty", ["later"]),
        ("ends_soon", ["in 90 days", "today"]),
        ("expired", ["yesterday"]),
        ("not_known", ["nobody knows"]),
        ("nonsense", ["in 90 days", "later", "nobody knows", "today", "yesterday"]),
    ],
)
def test_assets_are_filtered_by_their_warranty(
    browser: Client, customer: HaloClient, state: str, found: list[str]
) -> None:
    for name, days in (("yesterday", -1), ("today", 0), ("in 90 days", 90), ("later", 91)):
        make_asset(customer, name, warranty_ends_on=in_days(days))
    make_asset(customer, "nobody knows")

    assert listed(browser, warranty=state) == found


@pytest.mark.parametrize(
    ("age", "found"),
    [
        ("under_1", ["new"]),
        ("1_to_3", ["by its warranty", "two"]),
        ("3_to_5", ["four"]),
        ("over_5", ["six"]),
        ("not_known", ["nobody knows"]),
    ],
)
def test_an_age_counts_from_the_purchase_else_from_the_warranty(
    browser: Client, customer: HaloClient, age: str, found: list[str]
) -> None:
    for name, years in (("new", 0.5), ("two", 2), ("four", 4), ("six", 6)):
        make_asset(customer, name, purchased_on=in_days(-int(365.25 * years)), warranty_starts_on=in_days(0))
    make_asset(customer, "by its warranty", warranty_starts_on=in_days(-700))
    make_asset(customer, "nobody knows", warranty_ends_on=in_days(9))

    assert listed(browser, age=age) == found


def test_a_month_of_warranty_end_is_a_filter(browser: Client, customer: HaloClient) -> None:
    for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)):
        make_asset(customer, day.isoformat(), warranty_ends_on=day)

    assert listed(browser, warranty_month="2026-02") == ["2026-02-01", "2026-02-28"]
    assert len(listed(browser, warranty_month="2026-13")) == 4


def test_type_group_client_and_state_are_filters(browser: Client, customer: HaloClient) -> None:
    computers = make_asset_type(customer.halo_credential, "Server", group_name="Computers")
    network = make_asset_type(customer.halo_credential, "Switch", group_name="Network")
    make_asset(customer, "server", asset_type=computers)
    make_asset(customer, "switch", asset_type=network)
    make_asset(make_client(customer.halo_credential), "elsewhere", asset_type=network)
    make_asset(customer, "gone", active=False)

    assert listed(browser, asset_group="Network") == ["elsewhere", "switch"]
    assert listed(browser, asset_type__id__exact=computers.pk) == ["server"]
    assert listed(browser, client__id__exact=customer.pk, active__exact=1) == ["server", "switch"]
    assert listed(browser, halo_credential__id__exact=make_credential().pk) == []


def test_types_of_two_halopsa_are_told_apart_in_the_filter(browser: Client, customer: HaloClient) -> None:
    make_asset_type(customer.halo_credential, "Server")
    make_asset_type(make_credential("Second desk"), "Server")
    make_asset(customer)

    assert "Server (Second desk)" in browser.get(address()).content.decode()


def test_an_installed_program_and_its_version_are_filters(browser: Client, customer: HaloClient) -> None:
    old, new = make_asset(customer, "old"), make_asset(customer, "new")
    make_asset(customer, "bare")
    make_program(old, "Reader", "1.0")
    make_program(new, "Reader", "2.0")
    make_program(new, "Viewer", "1.0")

    assert listed(browser, software="Reader") == ["new", "old"]
    assert listed(browser, software="Reader", version="1.0") == ["old"]


@pytest.mark.parametrize("words", ["PC07", "tag-7", "5cg1234", "elitebook", "alder"])
def test_search_finds_name_tag_serial_model_and_client(
    browser: Client, customer: HaloClient, words: str
) -> None:
    make_asset(
        customer,
        "ALD-PC07",
        inventory_number="TAG-7",
        serial_number="5CG1234XYZ",
        model="EliteBook 840",
    )
    make_asset(make_client(customer.halo_credential, "Birch"), "BIR-1")

    assert listed(browser, q=words) == ["ALD-PC07"]


def test_every_filter_at_once_costs_a_constant_number_of_statements(
    browser: Client, customer: HaloClient
) -> None:
    def cost() -> int:
        wanted = address(q="a", warranty="expired", age="over_5", client__id__exact=customer.pk)
        browser.get(wanted)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(wanted).status_code == 200
        return len(captured)

    make_rows(customer, 2)
    few = cost()
    make_rows(customer, 40)

    assert cost() == few <= MOST_STATEMENTS


def make_rows(customer: HaloClient, count: int) -> None:
    for _ in range(count):
        make_asset(
            customer,
            site=make_site(customer),
            asset_type=make_asset_type(customer.halo_credential),
            warranty_ends_on=in_days(-5),
            purchased_on=in_days(-3000),
        )
