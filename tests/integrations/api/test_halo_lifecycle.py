"""What a lifecycle tool reads: dates, serials and licences of HaloPSA, and what has changed there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from integrations.models import HaloChange, HaloClient, HaloLicence, HaloSoftware
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller, make_halo_asset, make_halo_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> HaloClient:
    return make_halo_client(make_credential())


def names(path: str) -> list[str]:
    answer = make_caller().get(path)
    assert answer.status_code == 200, answer.json()
    return sorted(row["name"] for row in answer.json()["results"])


def test_an_asset_tells_its_machine_dates_and_custom_fields(customer: HaloClient) -> None:
    asset = make_halo_asset(
        customer,
        serial_number="SN-1",
        manufacturer="Dell",
        model="R650",
        purchased_on=date(2024, 1, 2),
        warranty_starts_on=date(2024, 1, 3),
        warranty_ends_on=date(2027, 1, 2),
        custom_fields={"9": "East"},
    )

    told = make_caller().get(f"/api/v1/halo-assets/{asset.pk}/").json()

    wanted = {
        "serial_number": "SN-1",
        "manufacturer": "Dell",
        "model": "R650",
        "purchased_on": "2024-01-02",
        "warranty_starts_on": "2024-01-03",
        "warranty_ends_on": "2027-01-02",
        "custom_fields": {"9": "East"},
        "software_read_at": None,
    }
    assert {name: told[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("warranty_ends_on__gte=2026-01-01&warranty_ends_on__lt=2027-01-01", ["b"]),
        ("warranty_ends_on=2025-12-31", ["a"]),
        ("warranty_ends_on__isnull=true", ["c"]),
        ("purchased_on__lt=2021-01-01", ["a"]),
        ("serial_number=S-2", ["b"]),
        ("manufacturer=Dell&model=R650", ["b"]),
        ("search=s-2", ["b"]),
    ],
)
def test_assets_are_filtered_by_what_a_lifecycle_asks(
    customer: HaloClient, query: str, found: list[str]
) -> None:
    make_halo_asset(
        customer, name="a", purchased_on=date(2020, 1, 1), warranty_ends_on=date(2025, 12, 31), model="R650"
    )
    make_halo_asset(
        customer,
        name="b",
        purchased_on=date(2023, 1, 1),
        warranty_ends_on=date(2026, 1, 1),
        serial_number="S-2",
        manufacturer="Dell",
        model="R650",
    )
    make_halo_asset(customer, name="c", manufacturer="Dell")

    assert names(f"/api/v1/halo-assets/?{query}") == found


def test_a_day_that_is_none_is_told_so(customer: HaloClient) -> None:
    answer = make_caller().get("/api/v1/halo-assets/?warranty_ends_on__gte=soon")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["warranty_ends_on__gte"]


def test_a_client_tells_who_took_it_over(customer: HaloClient) -> None:
    merged = make_halo_client(customer.halo_credential, name="Old", merged_into=customer)

    assert make_caller().get(f"/api/v1/halo-clients/{merged.pk}/").json()["merged_into"] == customer.pk
    assert names(f"/api/v1/halo-clients/?merged_into={customer.pk}") == ["Old"]


def test_licences_tell_what_was_bought_and_what_is_in_use(customer: HaloClient) -> None:
    make_licence(customer, 1, "Office", count=5, in_use=7, vendor="Pax8", ends_on=date(2026, 5, 1))
    make_licence(customer, 2, "Scanner", ends_on=date(2027, 5, 1))

    (row,) = make_caller().get("/api/v1/halo-licences/?ends_on__lt=2027-01-01").json()["results"]

    assert (row["name"], row["count"], row["in_use"], row["vendor"]) == ("Office", 5, 7, "Pax8")
    assert (row["client"], row["ends_on"]) == (customer.pk, "2026-05-01")
    assert names(f"/api/v1/halo-licences/?client={customer.pk}&search=scan") == ["Scanner"]


def make_licence(customer: HaloClient, halo_id: int, name: str, **more: Any) -> HaloLicence:
    return HaloLicence.objects.create(
        halo_credential=customer.halo_credential, client=customer, halo_id=halo_id, name=name, **more
    )


def test_installed_software_is_read_under_its_asset(customer: HaloClient) -> None:
    asset, other = make_halo_asset(customer), make_halo_asset(customer)
    HaloSoftware.objects.create(asset=asset, halo_id=1, name="Reader", version="1.0")
    HaloSoftware.objects.create(asset=other, halo_id=1, name="Viewer")
    caller = make_caller()

    (row,) = caller.get(f"/api/v1/halo-assets/{asset.pk}/software/").json()["results"]

    assert (row["name"], row["version"], row["installed_on"]) == ("Reader", "1.0", None)
    assert caller.get("/api/v1/halo-assets/999999/software/").status_code == 404
    assert caller.post(f"/api/v1/halo-assets/{asset.pk}/software/", {}, format="json").status_code == 405


def test_changes_are_read_by_object_kind_and_time(customer: HaloClient) -> None:
    for number, kind in enumerate(("renamed", "moved", "gone"), 1):
        HaloChange.objects.create(
            halo_credential=customer.halo_credential,
            resource="assets",
            halo_id=number,
            kind=kind,
            before=f"Before {number}",
            after=f"After {number}",
            noticed_at=datetime(2026, 3, number, tzinfo=UTC),
        )
    caller = make_caller()

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in caller.get(f"/api/v1/halo-changes/?{query}").json()["results"]]

    assert kinds("") == ["gone", "moved", "renamed"]
    assert kinds("resource=assets&halo_id=2") == ["moved"]
    assert kinds("kind__in=gone,renamed&ordering=noticed_at") == ["renamed", "gone"]
    assert kinds("noticed_at__gte=2026-03-02T00:00:00Z&noticed_at__lt=2026-03-03T00:00:00Z") == ["moved"]
    assert kinds("search=after 1") == ["renamed"]


@pytest.mark.parametrize("path", ["halo-licences", "halo-changes"])
def test_nothing_of_it_is_written_by_programs(path: str) -> None:
    assert make_caller().post(f"/api/v1/{path}/", {}, format="json").status_code == 405
