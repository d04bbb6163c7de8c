from __future__ import annotations

import pytest

from integrations.ingest import console_side, halo_side
from integrations.models import Company, Computer, HaloAsset, HaloSite, HaloUser, Location, Product
from integrations.records import CompanyRecord, LocationRecord
from tests.integrations.ingest import builders as make

pytestmark = pytest.mark.django_db


def test_halo_rows_find_what_they_point_to_within_their_credential() -> None:
    credential, other = make.make_credential("One"), make.make_credential("Two")
    for each in (other, credential):
        halo_side.store_clients(each, [make.make_clients(2)])
        halo_side.store_sites(each, [make.make_sites(2)])
        halo_side.store_asset_types(each, make.make_asset_types(1))
        halo_side.store_users(each, [make.make_users(2)])
        halo_side.store_assets(each, [make.make_assets(2)])
    site = HaloSite.objects.get(halo_credential=credential, halo_id=2)
    assert (site.client.halo_id, site.client.halo_credential) == (2, credential)  # type: ignore[union-attr]
    assert HaloUser.objects.get(halo_credential=credential, halo_id=2).site == site
    asset = HaloAsset.objects.get(halo_credential=credential, halo_id=2)
    assert (asset.client, asset.site) == (site.client, site)
    assert asset.asset_type.halo_id == 1  # type: ignore[union-attr]


def test_a_target_that_is_not_mirrored_yet_is_none_and_found_by_the_next_read() -> None:
    credential = make.make_credential()
    halo_side.store_sites(credential, [make.make_sites(1)])
    halo_side.store_assets(credential, [make.make_assets(1)])
    asset = HaloAsset.objects.get()
    assert (asset.client, asset.asset_type, asset.site) == (None, None, HaloSite.objects.get())
    assert HaloSite.objects.get().client is None

    halo_side.store_clients(credential, [make.make_clients(1)])
    assert halo_side.store_sites(credential, [make.make_sites(1)]).updated == 1
    assert halo_side.store_assets(credential, [make.make_assets(1)]).updated == 1
    asset.refresh_from_db()
    assert asset.client is not None
    assert asset.client == HaloSite.objects.get().client


def test_an_asset_is_called_by_its_first_key_field_else_by_its_tag() -> None:
    credential = make.make_credential()
    records = [*make.make_assets(1), *make.make_assets(2, key_field="")[1:]]
    records += make.make_assets(3, key_field="", inventory_number="")[2:]
    halo_side.store_assets(credential, [records])
    assert list(HaloAsset.objects.order_by("halo_id").values_list("name", flat=True)) == [
        "PC-1",
        "TAG-2",
        "Asset 3",
    ]


def test_a_computer_gets_its_company_location_and_products() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(2))
    console_side.store_computers(console, make.make_computers(2, companies=2))
    computer = Computer.objects.get(external_id="pc1")
    assert computer.company == Company.objects.get(external_id="c1")
    assert computer.location == Location.objects.get(company=computer.company)
    assert computer.product == Product.objects.get(name="Server")
    assert computer.products == ["Server", "Mail"]
    assert set(Product.objects.values_list("name", flat=True)) == {"Server", "Mail"}


def test_a_computer_without_a_known_company_is_stored_all_the_same() -> None:
    console = make.make_console()
    console_side.store_computers(
        console,
        [
            *make.make_computers(1, company_external_id="nobody"),
            *make.make_computers(2, company_external_id=None, products=())[1:],
        ],
    )
    assert list(Computer.objects.values_list("company", "location")) == [(None, None)] * 2
    assert Computer.objects.get(external_id="pc1").product is None


def test_consoles_do_not_see_each_others_companies_and_products() -> None:
    one, other = make.make_console("One"), make.make_console("Two")
    for console in (one, other):
        console_side.store_companies(console, make.make_companies(1))
        console_side.store_computers(console, make.make_computers(1))
    computer = Computer.objects.get(console=other)
    assert computer.company.console == computer.product.console == other  # type: ignore[union-attr]
    assert Computer.objects.count() == Company.objects.count() == 2


def test_two_companies_may_have_locations_of_the_same_id() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(3))
    assert Location.objects.filter(external_id="hq").count() == 3
    renamed = CompanyRecord("c1", "Company 1 Ltd", locations=(LocationRecord("hq", "Moved"),))
    console_side.store_companies(console, [renamed], seen=set())
    assert Location.objects.get(company__external_id="c1").name == "Moved"
    assert Location.objects.filter(name="Head office").count() == 2


def test_names_are_kept_in_their_comparable_form_too() -> None:
    credential, console = make.make_credential(), make.make_console()
    halo_side.store_clients(credential, [make.make_clients(1)])
    console_side.store_companies(console, make.make_companies(1))
    assert Company.objects.get().normalised_name == "company 0"
    assert credential.pk == halo_side.HaloClient.objects.get(normalised_name="client 1").halo_credential_id
