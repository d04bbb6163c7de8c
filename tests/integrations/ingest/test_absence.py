"""Gone means missing in two complete reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations.ingest import console_side, halo_side
from integrations.ingest.stored import Stored
from integrations.models import (
    Company,
    Computer,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloLicence,
    HaloOption,
    HaloSite,
    HaloUser,
    Location,
)
from integrations.records import CompanyRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


def by_halo_pages(store: Callable[..., Stored]) -> Callable[[Any, Any], Stored]:
    return lambda owner, records: store(owner, [records])


# what is stored, how, how records are made, how the owner is made, how the last one is found
RESOURCES: dict[str, tuple[Any, Callable[[Any, Any], Stored], Callable[[int], Any], Callable[[], Any]]] = {
    "companies": (Company, console_side.store_companies, make.make_companies, make.make_console),
    "computers": (Computer, console_side.store_computers, make.make_computers, make.make_console),
    "clients": (HaloClient, by_halo_pages(halo_side.store_clients), make.make_clients, make.make_credential),
    "sites": (HaloSite, by_halo_pages(halo_side.store_sites), make.make_sites, make.make_credential),
    "users": (HaloUser, by_halo_pages(halo_side.store_users), make.make_users, make.make_credential),
    "assets": (HaloAsset, by_halo_pages(halo_side.store_assets), make.make_assets, make.make_credential),
    "asset types": (
        HaloAssetType,
        halo_side.store_asset_types,
        make.make_asset_types,
        make.make_credential,
    ),
    "licences": (
        HaloLicence,
        by_halo_pages(halo_side.store_licences),
        make.make_licences,
        make.make_credential,
    ),
    "fields": (HaloField, halo_side.store_fields, make.make_fields, make.make_credential),
    "options": (
        HaloOption,
        lambda owner, records: halo_side.store_options(owner, "status", records),
        make.make_options,
        make.make_credential,
    ),
}
each_resource = pytest.mark.parametrize("resource", RESOURCES)


@each_resource
def test_a_row_that_two_complete_reads_miss_is_gone_and_keeps_its_content(resource: str) -> None:
    model, store, make_records, make_owner = RESOURCES[resource]
    owner = make_owner()
    store(owner, make_records(5))
    row = model.objects.latest("pk")

    assert store(owner, make_records(4)) == Stored(unchanged=4)
    missed = model.objects.get(pk=row.pk)
    assert (missed.active, missed.missed_reads, missed.gone_since) == (True, 1, None)
    assert missed.changed_at == row.changed_at

    assert store(owner, make_records(4)) == Stored(unchanged=4, gone=1)
    gone = model.objects.get(pk=row.pk)
    assert (gone.active, gone.missed_reads, gone.name) == (False, 2, row.name)
    assert gone.gone_since is not None
    assert gone.changed_at > row.changed_at
    assert model.objects.filter(active=True).count() == 4


@each_resource
def test_a_third_read_without_it_writes_nothing(resource: str) -> None:
    _, store, make_records, make_owner = RESOURCES[resource]
    owner = make_owner()
    for count in (5, 4, 4):
        store(owner, make_records(count))
    with captured_sql() as sql:
        assert store(owner, make_records(4)) == Stored(unchanged=4)
    assert sql.writes == []


@each_resource
def test_one_that_was_missed_once_and_came_back_starts_anew(resource: str) -> None:
    model, store, make_records, make_owner = RESOURCES[resource]
    owner = make_owner()
    for count in (5, 4):
        store(owner, make_records(count))
    changed_at = model.objects.latest("pk").changed_at
    assert store(owner, make_records(5)) == Stored(unchanged=5)
    assert store(owner, make_records(4)) == Stored(unchanged=4)
    row = model.objects.latest("pk")
    assert (row.active, row.missed_reads, row.changed_at) == (True, 1, changed_at)


@each_resource
def test_one_that_was_gone_and_is_back_is_active_again(resource: str) -> None:
    model, store, make_records, make_owner = RESOURCES[resource]
    owner = make_owner()
    for count in (5, 4, 4):
        store(owner, make_records(count))
    assert store(owner, make_records(5)) == Stored(updated=1, unchanged=4)
    row = model.objects.latest("pk")
    assert (row.active, row.missed_reads, row.gone_since) == (True, 0, None)


@pytest.mark.parametrize("resource", ["clients", "sites", "users", "assets", "options"])
def test_what_halo_calls_inactive_is_inactive_at_once(resource: str) -> None:
    model, store, make_records, make_owner = RESOURCES[resource]
    owner = make_owner()
    store(owner, make_records(3))
    inactive = make_records(2) + make_records(3, active=False)[2:]  # type: ignore[call-arg]
    assert store(owner, inactive) == Stored(updated=1, unchanged=2)
    row = model.objects.latest("pk")
    assert (row.active, row.missed_reads) == (False, 0)
    since = row.gone_since
    assert since is not None

    with captured_sql() as sql:
        assert store(owner, inactive) == Stored(unchanged=3)
    assert sql.writes == []
    assert store(owner, make_records(2)) == Stored(unchanged=2)
    assert model.objects.get(pk=row.pk).gone_since == since
    assert store(owner, make_records(3)) == Stored(updated=1, unchanged=2)
    assert model.objects.get(pk=row.pk).active


def test_a_location_that_its_company_no_longer_names_goes_the_same_way() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(4))
    bare = [*make.make_companies(3), CompanyRecord("c3", "Company 3 Ltd")]
    for _ in range(2):
        assert console_side.store_companies(console, bare) == Stored(unchanged=4)
    assert set(Location.objects.filter(active=False).values_list("company__external_id", flat=True)) == {"c3"}


def test_kinds_of_options_and_credentials_are_read_apart() -> None:
    credential, other = make.make_credential("One"), make.make_credential("Two")
    for each in (credential, other):
        halo_side.store_options(each, "status", make.make_options(3))
        halo_side.store_options(each, "team", make.make_options(3, "team"))
    for _ in range(2):
        halo_side.store_options(credential, "team", make.make_options(2, "team"))
    gone = HaloOption.objects.get(active=False)
    assert (gone.halo_credential, gone.kind, gone.halo_id) == (credential, "team", "3")


def test_priorities_of_two_slas_may_share_their_number() -> None:
    credential = make.make_credential()
    both = [
        *make.make_options(2, "priority", parent="1"),
        *make.make_options(2, "priority", parent="2"),
    ]
    assert halo_side.store_options(credential, "priority", both).created == 4
    for _ in range(2):
        halo_side.store_options(credential, "priority", both[:3])
    gone = HaloOption.objects.get(active=False)
    assert (gone.parent, gone.halo_id) == ("2", "2")


def test_an_option_in_the_list_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind team came in the list of kind status"):
        halo_side.store_options(make.make_credential(), "status", make.make_options(1, "team"))


def test_an_inactive_row_that_changes_stays_inactive_since_it_first_was() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(2, active=False)])
    since = HaloClient.objects.latest("pk").gone_since
    assert since is not None
    halo_side.store_clients(credential, [make.make_clients(2, active=False, reference="ACC-1")])
    row = HaloClient.objects.latest("pk")
    assert (row.reference, row.active, row.gone_since) == ("ACC-1", False, since)


def make_two_kinds_of_fields() -> Any:
    credential = make.make_credential()
    both = make.make_fields(4) + make.make_fields(4, "custom")
    halo_side.store_fields(credential, both, kinds=("asset", "custom"))
    return credential


def test_a_kind_of_field_that_could_not_be_read_keeps_all_its_fields() -> None:
    credential = make_two_kinds_of_fields()
    for _ in range(2):
        halo_side.store_fields(credential, make.make_fields(3), kinds=("asset",))
    left = set(HaloField.objects.filter(active=True).values_list("kind", "halo_id"))
    assert left == {("asset", number) for number in (1, 2, 3)} | {("custom", n) for n in (1, 2, 3, 4)}


def test_fields_of_one_kind_are_never_taken_for_those_of_another() -> None:
    credential = make_two_kinds_of_fields()
    stored = halo_side.store_fields(credential, make.make_fields(4, "ticket"), kinds=("ticket",))
    assert (stored.created, stored.gone) == (4, 0)
    assert HaloField.objects.filter(halo_id=1, active=True).count() == 3
    assert not HaloField.objects.filter(missed_reads__gt=0).exists()


def test_a_kind_of_which_nothing_came_is_judged_only_if_it_was_read() -> None:
    credential = make.make_credential()
    halo_side.store_fields(credential, make.make_fields(1, "site"), kinds=("site",))
    halo_side.store_fields(credential, make.make_fields(3), kinds=("asset",))
    assert HaloField.objects.get(kind="site").missed_reads == 0
    told = halo_side.store_fields(credential, [], kinds=("site",))
    assert "without any of the 1 known" in told.held_back
