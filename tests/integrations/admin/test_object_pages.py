"""The page of one object of HaloPSA: what it is, what belongs to it, and what has happened to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.choices import ChangeKind, Resource
from integrations.models import HaloChange
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_credential,
    make_end_user,
    make_field,
    make_halo_change,
    make_licence,
    make_site,
)

pytestmark = pytest.mark.django_db


def open_page(browser: Client, row: Any) -> str:
    response = browser.get(reverse(f"admin:integrations_{row._meta.model_name}_change", args=(row.pk,)))
    assert response.status_code == 200
    return response.content.decode()


def make_one_of_each() -> list[tuple[Any, str]]:
    client = make_client(make_credential(), "Alder Dental")
    site = make_site(client, "Main")
    return [
        (client, Resource.CLIENTS),
        (site, Resource.SITES),
        (make_end_user(site, "Ann"), Resource.USERS),
        (make_asset_type(client.halo_credential, "Server"), Resource.ASSET_TYPES),
        (make_asset(client, "SRV-1"), Resource.ASSETS),
        (make_licence(client, "Office"), Resource.LICENCES),
    ]


def test_every_kind_of_object_tells_its_own_history(browser: Client) -> None:
    for row, resource in make_one_of_each():
        make_halo_change(row, resource, before=f"Old {resource}", after=row.name)
        make_halo_change(row, resource, before="Elsewhere", halo_id=row.halo_id + 100_000)

        page = open_page(browser, row)

        assert f"Old {resource}" in page
        assert "Renamed" in page
        assert "Elsewhere" not in page


def test_the_newest_fifty_changes_are_told_and_the_list_holds_all(browser: Client) -> None:
    client = make_client(make_credential())
    for number in range(53):
        at = timezone.now() - timedelta(hours=number)
        make_halo_change(client, Resource.CLIENTS, before=f"Name-{number:02}.", noticed_at=at)

    page = open_page(browser, client)
    query = {
        "halo_credential__id__exact": client.halo_credential_id,
        "resource__exact": Resource.CLIENTS,
        "halo_id": client.halo_id,
    }
    all_of_them = browser.get(reverse("admin:integrations_halochange_changelist", query=query))

    assert ("Name-49." in page, "Name-50." in page, "Older ones, too" in page) == (True, False, True)
    assert f"halo_id={client.halo_id}" in page
    assert all_of_them.context["cl"].result_count == 53


def test_an_object_without_changes_says_so(browser: Client) -> None:
    assert "Nothing has been renamed, moved" in open_page(browser, make_client(make_credential()))


def test_a_client_tells_what_it_has_and_who_took_it_over(browser: Client) -> None:
    credential = make_credential()
    heir = make_client(credential, "Birch")
    client = make_client(credential, "Alder", merged_into=heir)
    sites = [make_site(client, name) for name in ("Main", "Yard")]
    make_end_user(sites[0])
    for _ in range(3):
        make_asset(client)
    make_asset(client, active=False)
    make_licence(client)

    page = browser.get(reverse("admin:integrations_haloclient_change", args=(client.pk,)))

    belongings = page.context["belongings"]
    assert [item["count"] for item in belongings] == [2, 1, 3, 1]
    for item in belongings:
        assert browser.get(item["url"]).context["cl"].result_count == item["count"]
    assert reverse("admin:integrations_haloclient_change", args=(heir.pk,)) in page.content.decode()


def test_an_asset_tells_its_dates_fields_and_users_by_name(browser: Client) -> None:
    client = make_client(make_credential())
    user = make_end_user(make_site(client), "Ann Archer")
    make_field(client.halo_credential, "Processor", halo_id=4)
    make_field(client.halo_credential, "Cost centre", halo_id=9, kind="custom")
    asset = make_asset(
        client,
        purchased_on=date(2024, 1, 2),
        warranty_starts_on=date(2024, 1, 3),
        warranty_ends_on=date(2024, 12, 31),
        fields={"4": "i5", "77": "odd"},
        custom_fields={"9": "East"},
        users=[user.halo_id, 999_999],
        links={"ninjarmm_id": "12"},
        software_read_at=timezone.now(),
    )

    page = open_page(browser, asset)

    for told in (
        *("2024-01-02", "2024-01-03", "2024-12-31", "Expired", "Processor", "i5", "Field 77", "odd"),
        *("Cost centre", "East", "Ann Archer", "ninjarmm_id: 12"),
    ):
        assert told in page, told


def test_an_age_that_only_the_warranty_tells_says_so(browser: Client) -> None:
    asset = make_asset(make_client(make_credential()), warranty_starts_on=timezone.localdate())

    assert "0 months (by its warranty)" in open_page(browser, asset)


def test_a_page_costs_the_same_for_any_number_of_changes(browser: Client) -> None:
    def costs() -> list[int]:
        found = []
        for row, _ in rows:
            open_page(browser, row)
            with CaptureQueriesContext(connection) as captured:
                open_page(browser, row)
            found.append(len(captured))
        return found

    rows = make_one_of_each()
    few = costs()
    for row, resource in rows:
        for kind in list(ChangeKind) * 8:
            make_halo_change(row, resource, kind)

    assert costs() == few
    assert max(few) <= 15


def test_looking_at_an_object_changes_nothing(browser: Client) -> None:
    for row, _ in make_one_of_each()[:4]:
        page = reverse(f"admin:integrations_{row._meta.model_name}_change", args=(row.pk,))
        assert browser.post(page, {"name": "Mine"}).status_code == 403
        row.refresh_from_db()
        assert row.name != "Mine"
    assert not HaloChange.objects.exists()
