"""Software licences and installed programs as lists."""

from __future__ import annotations

from datetime import timedelta
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
    make_client,
    make_credential,
    make_licence,
    make_program,
    make_staff,
)

pytestmark = pytest.mark.django_db

PROGRAMS = "admin:integrations_halosoftware_changelist"


@pytest.fixture
def customer() -> HaloClient:
    return make_client(make_credential(), "Alder Dental")


# ---- licences -------------------------------------------------------------------------------


def licences(browser: Client, **query: Any) -> list[str]:
    response = browser.get(reverse("admin:integrations_halolicence_changelist", query=query))
    assert response.status_code == 200
    return sorted(row.name for row in response.context["cl"].result_list)


def test_a_licence_tells_what_is_left_and_when_it_ends(browser: Client, customer: HaloClient) -> None:
    soon = timezone.localdate() + timedelta(days=9)
    make_licence(customer, "Office", vendor="Pax8", product_sku="SKU-1", count=10, in_use=12, ends_on=soon)

    page = browser.get(reverse("admin:integrations_halolicence_changelist")).content.decode()

    for told in ("Alder Dental", "Pax8", "SKU-1", "2 too many", soon.isoformat(), "Ends within 90 days"):
        assert told in page, told


@pytest.mark.parametrize(
    ("use", "found"), [("over", ["over"]), ("full", ["full"]), ("left", ["left"]), ("x", None)]
)
def test_licences_are_filtered_by_their_use(
    browser: Client, customer: HaloClient, use: str, found: list[str] | None
) -> None:
    for name, in_use in (("over", 6), ("full", 5), ("left", 4), ("nobody counts", None)):
        make_licence(customer, name, count=5, in_use=in_use)

    assert licences(browser, use=use) == (found or ["full", "left", "nobody counts", "over"])


@pytest.mark.parametrize(
    ("ends", "found"),
    [("ends_soon", ["soon"]), ("expired", ["gone"]), ("in_warranty", ["later"]), ("not_known", ["endless"])],
)
def test_licences_are_filtered_by_their_end(
    browser: Client, customer: HaloClient, ends: str, found: list[str]
) -> None:
    for name, days in (("soon", 90), ("gone", -1), ("later", 91)):
        make_licence(customer, name, ends_on=timezone.localdate() + timedelta(days=days))
    make_licence(customer, "endless")

    assert licences(browser, ends=ends) == found


@pytest.mark.parametrize("words", ["office", "pax8", "microsoft", "sku-1", "alder"])
def test_licences_are_found_by_name_vendor_maker_sku_and_client(
    browser: Client, customer: HaloClient, words: str
) -> None:
    make_licence(customer, "Office", vendor="Pax8", manufacturer="Microsoft", product_sku="SKU-1")
    make_licence(make_client(customer.halo_credential, "Birch"), "Scanner")

    assert licences(browser, q=words) == ["Office"]


# ---- installed programs ---------------------------------------------------------------------


def programs(browser: Client, **query: Any) -> list[tuple[str, int, list[tuple[str, int]]]]:
    response = browser.get(reverse(PROGRAMS, query=query))
    assert response.status_code == 200
    return [
        (row.name, row.assets, [(version.version, version.assets) for version in row.versions])
        for row in response.context["programs"]
    ]


def test_each_program_is_told_once_with_its_assets_and_versions(
    browser: Client, customer: HaloClient
) -> None:
    one, two = make_asset(customer), make_asset(customer)
    make_program(one, "Reader", "2.0")
    make_program(two, "Reader", "2.0")
    make_program(two, "Reader", "1.0")
    make_program(one, "Agent", "")
    make_program(make_asset(customer, active=False), "Reader", "0.1")

    assert programs(browser) == [("Reader", 2, [("2.0", 2), ("1.0", 1)]), ("Agent", 1, [("not told", 1)])]
    assert [name for name, *_ in programs(browser, order="name")] == ["Agent", "Reader"]


def test_the_figures_lead_to_the_assets(browser: Client, customer: HaloClient) -> None:
    one, two = make_asset(customer), make_asset(customer)
    make_program(one, "C++ & more", "2.0")
    make_program(two, "C++ & more", "1.0")

    (row,) = browser.get(reverse(PROGRAMS)).context["programs"]

    assert browser.get(row.url).context["cl"].result_count == 2
    assert [browser.get(version.url).context["cl"].result_count for version in row.versions] == [1, 1]


def test_programs_are_searched_and_narrowed_to_a_credential(browser: Client, customer: HaloClient) -> None:
    make_program(make_asset(customer), "Acme Reader Pro")
    make_program(make_asset(customer), "Acme Viewer")
    make_program(make_asset(make_client(make_credential())), "Acme Reader Free")

    assert [row[0] for row in programs(browser, q="reader acme")] == ["Acme Reader Free", "Acme Reader Pro"]
    narrowed = programs(browser, q="reader", halo_credential=customer.halo_credential_id)
    assert [row[0] for row in narrowed] == ["Acme Reader Pro"]
    assert len(programs(browser, halo_credential="nonsense", order="nonsense", page="x")) == 3


def test_many_programs_and_versions_come_in_pages_at_a_constant_cost(
    browser: Client, customer: HaloClient
) -> None:
    def cost() -> int:
        browser.get(reverse(PROGRAMS))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse(PROGRAMS))
        return len(captured)

    asset = make_asset(customer)
    make_program(asset, "Program 000")
    few = cost()
    for number in range(60):
        make_program(asset, f"Program {number:03}", "1.0")
    for number in range(9):
        make_program(make_asset(customer), "Program 000", f"2.{number}")

    first = browser.get(reverse(PROGRAMS)).context
    assert cost() == few
    assert (len(first["programs"]), first["page"].paginator.count) == (50, 60)
    assert (first["programs"][0].name, first["programs"][0].more) == ("Program 000", 4)
    assert len(programs(browser, page=2)) == 10


def test_whoever_may_not_see_software_is_refused(client: Client) -> None:
    client.force_login(make_staff("stranger", "integrations.view_haloasset"))

    assert client.get(reverse(PROGRAMS)).status_code == 403
