"""Computers and assets by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import Company, Computer, HaloClient
from mappings.models import CompanyMapping, ComputerMapping, RefusedPair
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import (
    make_asset_type,
    make_caller,
    make_company,
    make_computer,
    make_halo_asset,
    make_halo_client,
    make_halo_site,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/computer-mappings/"


def make_pair(company: Company | None = None) -> tuple[Computer, HaloClient]:
    """A computer of a company that is mapped to the client."""
    company = company or make_company(make_console())
    client = make_halo_client(make_credential())
    CompanyMapping.objects.create(company=company, halo_credential=client.halo_credential, halo_client=client)
    return make_computer(company), client


def post(**body: Any) -> Any:
    return make_caller().post(LIST, body, format="json")


def test_an_asset_is_chosen_by_hand() -> None:
    computer, client = make_pair()
    asset = make_halo_asset(client)
    answer = post(computer=computer.pk, halo_asset=asset.pk)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["halo_asset"], told["halo_credential"]) == (asset.pk, client.halo_credential_id)
    assert (told["console"], told["origin"]) == (computer.console_id, "chosen")


def test_without_an_asset_it_is_to_be_exported() -> None:
    computer, client = make_pair()
    site = make_halo_site(client)
    make_asset_type(client.halo_credential, 31)
    answer = post(computer=computer.pk, halo_site=site.pk, asset_type=31)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["halo_asset"], told["halo_site"], told["asset_type"]) == (None, site.pk, 31)


def test_only_a_part_of_it_can_be_changed() -> None:
    computer, client = make_pair()
    make_asset_type(client.halo_credential, 31)
    number = post(computer=computer.pk, asset_type=31).json()["id"]
    site = make_halo_site(client)
    told = make_caller().patch(f"{LIST}{number}/", {"halo_site": site.pk}, format="json").json()
    assert (told["asset_type"], told["halo_site"]) == (31, site.pk)


def test_another_asset_remembers_the_first_as_refused() -> None:
    computer, client = make_pair()
    first, second = make_halo_asset(client), make_halo_asset(client)
    number = post(computer=computer.pk, halo_asset=first.pk).json()["id"]
    make_caller().patch(f"{LIST}{number}/", {"halo_asset": second.pk}, format="json")
    assert RefusedPair.objects.get().halo_asset == first


def test_a_removed_pair_is_remembered_as_refused() -> None:
    computer, client = make_pair()
    asset = make_halo_asset(client)
    number = post(computer=computer.pk, halo_asset=asset.pk).json()["id"]
    assert make_caller().delete(f"{LIST}{number}/").status_code == 204
    assert not ComputerMapping.objects.exists()
    assert RefusedPair.objects.get().refused_by is not None


def test_a_computer_has_one_mapping_per_credential() -> None:
    computer, client = make_pair()
    number = post(computer=computer.pk, halo_asset=make_halo_asset(client).pk).json()["id"]
    answer = post(computer=computer.pk, halo_asset=make_halo_asset(client).pk)
    assert answer.status_code == 409
    assert str(number) in answer.json()["detail"]


def test_a_company_that_is_not_mapped_is_told() -> None:
    answer = post(computer=make_computer(make_company(make_console())).pk)
    assert answer.status_code == 400
    assert "not mapped" in answer.json()["errors"]["computer"][0]


def test_where_two_credentials_fit_one_has_to_be_named() -> None:
    company = make_company(make_console())
    computer, _ = make_pair(company)
    _, client = make_pair(company)
    assert "halo_credential" in post(computer=computer.pk).json()["errors"]
    answer = post(computer=computer.pk, halo_credential=client.halo_credential_id)
    assert answer.json()["halo_credential"] == client.halo_credential_id


def test_what_does_not_belong_together_is_told_at_its_field() -> None:
    computer, client = make_pair()
    make_asset_type(client.halo_credential, 31)
    other = make_halo_client(client.halo_credential)
    foreign = make_halo_client(make_credential())
    taken = make_halo_asset(client)
    neighbour = make_computer(computer.company)  # type: ignore[arg-type]
    post(computer=neighbour.pk, halo_asset=taken.pk)
    for body, field in (
        ({"halo_asset": make_halo_asset(other).pk}, "halo_asset"),
        ({"halo_asset": taken.pk}, "halo_asset"),
        ({"halo_site": make_halo_site(other).pk}, "halo_site"),
        ({"asset_type": 99}, "asset_type"),
        ({"asset_type": 10**30}, "asset_type"),
        (
            {"halo_asset": make_halo_asset(client).pk, "halo_site": make_halo_site(foreign).pk},
            "halo_site",
        ),
        ({"halo_asset": 4711}, "halo_asset"),
    ):
        answer = post(computer=computer.pk, **body)
        assert answer.status_code == 400, body
        assert field in answer.json()["errors"], (body, answer.json())


def test_the_computer_of_a_mapping_stays() -> None:
    computer, client = make_pair()
    number = post(computer=computer.pk, halo_asset=make_halo_asset(client).pk).json()["id"]
    body = {"computer": make_computer(computer.company).pk}  # type: ignore[arg-type]
    answer = make_caller().patch(f"{LIST}{number}/", body, format="json")
    assert "computer" in answer.json()["errors"]


def test_those_to_be_exported_are_filtered() -> None:
    computer, client = make_pair()
    post(computer=computer.pk, halo_asset=make_halo_asset(client).pk)
    waiting = make_computer(computer.company)  # type: ignore[arg-type]
    post(computer=waiting.pk)
    rows = make_caller().get(f"{LIST}?halo_asset__isnull=true").json()["results"]
    assert [row["computer"] for row in rows] == [waiting.pk]
