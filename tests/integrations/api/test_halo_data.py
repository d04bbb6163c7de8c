"""Halo data as programs see it."""

from __future__ import annotations

import pytest

from integrations.models import HaloOption, HaloUser
from tests.builders import make_credential
from tests.integrations.api.clients import (
    make_asset_type,
    make_caller,
    make_halo_asset,
    make_halo_client,
    make_halo_site,
)

pytestmark = pytest.mark.django_db


def test_an_asset_tells_its_type_by_halos_own_id_and_its_fields() -> None:
    client = make_halo_client(make_credential())
    kind = make_asset_type(client.halo_credential, 31)
    asset = make_halo_asset(client, asset_type=kind, fields={"7": "SN-1"}, inventory_number="PC-1")
    plain = make_halo_asset(client, fields=None)
    caller = make_caller()
    told = caller.get(f"/api/v1/halo-assets/{asset.pk}/").json()
    assert (told["asset_type"], told["fields"], told["client"]) == (31, {"7": "SN-1"}, client.pk)
    assert (told["halo_id"], told["halo_credential"], told["active"]) == (
        asset.halo_id,
        client.halo_credential_id,
        True,
    )
    assert caller.get(f"/api/v1/halo-assets/{plain.pk}/").json()["asset_type"] is None
    found = caller.get("/api/v1/halo-assets/?asset_type=31").json()["results"]
    assert [row["id"] for row in found] == [asset.pk]
    assert caller.get("/api/v1/halo-assets/?search=PC-1").json()["count"] == 1


def test_options_are_filtered_by_kind_and_parent() -> None:
    credential = make_credential()
    for sla in ("1", "2"):
        HaloOption.objects.create(
            halo_credential=credential, kind="priority", halo_id="4", parent=sla, name=f"Low in {sla}"
        )
    HaloOption.objects.create(halo_credential=credential, kind="status", halo_id="1", name="New")
    rows = make_caller().get("/api/v1/halo-options/?kind=priority&parent=2").json()["results"]
    assert [(row["halo_id"], row["name"], row["parent"], row["kind"]) for row in rows] == [
        ("4", "Low in 2", "2", "priority")
    ]


def test_an_end_user_is_found_by_client() -> None:
    client = make_halo_client(make_credential())
    site = make_halo_site(client)
    HaloUser.objects.create(halo_credential=client.halo_credential, halo_id=1, name="Ann", site=site)
    HaloUser.objects.create(halo_credential=client.halo_credential, halo_id=2, name="Bob")
    caller = make_caller()
    rows = caller.get(f"/api/v1/halo-users/?client={client.pk}").json()["results"]
    assert [(row["name"], row["client"], row["site"]) for row in rows] == [("Ann", client.pk, site.pk)]
    assert caller.get("/api/v1/halo-users/?search=Bob").json()["results"][0]["client"] is None


def test_gone_rows_stay_and_can_be_left_out() -> None:
    client = make_halo_client(make_credential(), active=False)
    caller = make_caller()
    assert caller.get("/api/v1/halo-clients/").json()["results"][0]["id"] == client.pk
    assert caller.get("/api/v1/halo-clients/?active=true").json()["count"] == 0


@pytest.mark.parametrize("name", ["clients", "sites", "users", "assets", "fields", "options"])
def test_the_mirror_is_read_only(name: str) -> None:
    caller = make_caller()
    assert caller.post(f"/api/v1/halo-{name}/", {}, format="json").status_code == 405
