"""One row with an odd value costs neither its page nor itself."""

from __future__ import annotations

import pytest

from integrations.ingest import console_side, halo_side
from integrations.models import Company, Computer, HaloAsset, HaloClient, HaloOption, Product
from integrations.records import AssetFieldValue, CompanyRecord, ComputerRecord
from tests.integrations.ingest import builders as make

pytestmark = pytest.mark.django_db


def test_null_characters_and_long_texts_are_cut_and_stay_unchanged() -> None:
    console = make.make_console()
    awkward = make.make_computers(
        1, name="PC\x00" + "x" * 400, os_name="\ud83d", agent_version="9" * 300, products=("P\x00" * 300,)
    )
    console_side.store_computers(console, awkward)
    computer = Computer.objects.get()
    assert computer.name == ("PC" + "x" * 400)[:255]
    assert (computer.os_name, len(computer.agent_version)) == ("?", 100)
    assert computer.product == Product.objects.get(name="P" * 200)
    assert console_side.store_computers(console, awkward).unchanged == 1


def test_ids_that_are_longer_than_their_column_stay_apart_and_are_found() -> None:
    console = make.make_console()
    ids = ["x" * 250 + end for end in "ab"]
    console_side.store_companies(console, [CompanyRecord(id_, f"Company {id_[-1]}") for id_ in ids])
    console_side.store_computers(console, make.make_computers(1, company_external_id=ids[1]))
    assert Company.objects.count() == 2
    assert Computer.objects.get().company.name == "Company b"  # type: ignore[union-attr]


def test_names_that_are_missing_are_filled_from_what_there_is() -> None:
    console = make.make_console()
    console_side.store_companies(console, [CompanyRecord("c9", "")])
    console_side.store_computers(console, [ComputerRecord("pc9", "", host_name="HOST")])
    assert Company.objects.get().name == "c9"
    assert Computer.objects.get().name == "HOST"


def test_json_of_halo_is_made_storable() -> None:
    credential = make.make_credential()
    halo_side.store_clients(
        credential, [make.make_clients(1, links={"ninja\x00": float("nan"), "ids": (1, 2)})]
    )
    halo_side.store_assets(credential, [make.make_assets(1, fields=(AssetFieldValue(7, "Note", "a\x00b"),))])
    halo_side.store_options(credential, "status", make.make_options(1, extra={"ticket_types": {3}}))
    assert HaloClient.objects.get().links == {"ninja": "nan", "ids": [1, 2]}
    assert HaloAsset.objects.get().fields == {"7": "ab"}
    assert HaloOption.objects.get().extra == {"ticket_types": [3]}


def test_the_same_row_twice_in_a_list_is_one_row_as_it_came_first() -> None:
    console = make.make_console()
    twice = make.make_computers(3) + make.make_computers(2, os_name="Other")
    assert console_side.store_computers(console, twice).created == 3
    assert not Computer.objects.filter(os_name="Other").exists()
    assert console_side.store_computers(console, twice).unchanged == 3


def test_the_same_row_on_two_pages_is_one_row_as_it_came_first() -> None:
    credential = make.make_credential()
    pages = [make.make_clients(2), make.make_clients(3, reference="later")]
    assert halo_side.store_clients(credential, pages).created == 3
    assert halo_side.store_clients(credential, pages).unchanged == 3
    assert list(HaloClient.objects.order_by("halo_id").values_list("reference", flat=True)) == [
        "",
        "",
        "later",
    ]


def test_lists_of_nothing_in_an_empty_world_are_no_problem() -> None:
    console, credential = make.make_console(), make.make_credential()
    assert console_side.store_companies(console, []) == console_side.store_computers(console, [])
    assert halo_side.store_clients(credential, [[], []]) == halo_side.store_fields(credential, [])


def test_only_whole_web_addresses_are_stored_as_links() -> None:
    good = "https://console.example/devices/7"
    addresses = [good, "javascript:alert(1)", f"{good}?{'x' * 1000}", "  ", "\\\\server\\share"]
    records = [ComputerRecord(str(n), "PC", console_url=url) for n, url in enumerate(addresses)]

    console_side.store_computers(make.make_console(), records)

    assert list(Computer.objects.order_by("external_id").values_list("console_url", flat=True)) == [
        good,
        *[""] * 4,
    ]
