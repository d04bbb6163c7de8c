"""What an administrator changes in HaloPSA is followed and told, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.choices import ChangeKind, Resource
from integrations.models import HaloAsset, HaloChange, HaloClient, HaloCredential, HaloSite
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo
from tests.integrations.sandbox.callers import HaloCaller

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    running.switches.change(rate_limit_calls=0)
    return running


@pytest.fixture
def credential(sandbox: Sandbox) -> HaloCredential:
    found = connect_halo(sandbox)
    read_halo(found)
    return found


@pytest.fixture
def administrator(sandbox: Sandbox) -> HaloCaller:
    return HaloCaller(sandbox)


def history(**filters: Any) -> list[tuple[Any, ...]]:
    rows = HaloChange.objects.filter(**filters).order_by("id")
    return list(rows.values_list("resource", "halo_id", "kind", "before", "after"))


def place_of(asset: dict[str, Any]) -> str:
    return f"{asset['client_name']} / {asset['site_name']}"


def an_owner(sandbox: Sandbox) -> tuple[int, int]:
    """A client that owns an asset and whose name nobody else has, and another client in use."""
    clients = sandbox.world.halo.clients
    names = [row["name"] for row in clients.values()]
    usual = [
        number
        for number, row in clients.items()
        if number > 2 and not row["inactive"] and names.count(row["name"]) == 1
    ]
    owner = next(row["client_id"] for row in sandbox.world.halo.assets.values() if row["client_id"] in usual)
    return owner, next(number for number in usual if number != owner)


def test_two_full_reads_of_an_unchanged_halo_tell_nothing(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    read_halo(credential)
    assert history() == []


def test_a_new_name_another_type_and_another_place_are_told_in_names(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    owner, other = an_owner(sandbox)
    number = next(
        number
        for number, row in sandbox.world.halo.assets.items()
        if row["client_id"] == owner and row["assettype_id"] in (112, 113, 114) and not row["inactive"]
    )
    before = administrator.read(f"Asset/{number}", includedetails=True)
    fields = [
        {"id": field["id"], "value": "NEW-NAME" if field["name"] == "Device Name" else field["value"]}
        for field in before["fields"]
    ]
    changes = {"client_id": other, "assettype_id": 115, "fields": fields, "inactive": True}
    after = administrator.write("Asset", {"id": number, **changes})
    read_halo(credential)
    assert set(history(halo_id=number, resource=Resource.ASSETS)) == {
        (Resource.ASSETS, number, ChangeKind.RENAMED, before["key_field"], "NEW-NAME"),
        (Resource.ASSETS, number, ChangeKind.MOVED, place_of(before), place_of(after)),
        (Resource.ASSETS, number, ChangeKind.RETYPED, before["assettype_name"], "Virtual Host"),
        (Resource.ASSETS, number, ChangeKind.DEACTIVATED, before["key_field"], ""),
    }
    administrator.write("Asset", {"id": number, "inactive": False})
    read_halo(credential)
    assert history(halo_id=number, kind=ChangeKind.REACTIVATED) == [
        (Resource.ASSETS, number, ChangeKind.REACTIVATED, "", "NEW-NAME")
    ]


def test_a_renamed_client_and_a_moved_site_are_told(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    owner, other = an_owner(sandbox)
    names = {number: row["name"] for number, row in sandbox.world.halo.clients.items()}
    site = administrator.write("Site", {"name": "Annex", "client_id": owner})["id"]
    read_halo(credential)
    assert history() == []
    administrator.write("Client", {"id": other, "name": "Renamed Ltd"})
    administrator.write("Site", {"id": site, "client_id": other})
    read_halo(credential)
    assert history() == [
        (Resource.CLIENTS, other, ChangeKind.RENAMED, names[other], "Renamed Ltd"),
        (Resource.SITES, site, ChangeKind.MOVED, names[owner], "Renamed Ltd"),
    ]


def test_a_merged_client_is_followed_to_the_one_that_took_it_over(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    owner, other = an_owner(sandbox)
    names = {number: row["name"] for number, row in sandbox.world.halo.clients.items()}
    owned = set(HaloAsset.objects.filter(client__halo_id=owner).values_list("halo_id", flat=True))
    administrator.write("Client", {"id": owner, "_merge_client_into": other})
    run = read_halo(credential)
    assert run.totals["merged"] == 1
    old = HaloClient.objects.get(halo_id=owner)
    assert old.merged_into == HaloClient.objects.get(halo_id=other)
    assert history(kind=ChangeKind.MERGED) == [
        (Resource.CLIENTS, owner, ChangeKind.MERGED, names[owner], names[other])
    ]
    assert {row[1] for row in history(kind=ChangeKind.MOVED, resource=Resource.ASSETS)} == owned
    assert not HaloSite.objects.filter(client=old).exists()


def test_a_merge_that_was_undone_is_forgotten(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    owner, other = an_owner(sandbox)
    administrator.write("Client", {"id": owner, "_merge_client_into": other})
    read_halo(credential)
    administrator.write("Client", {"id": owner, "inactive": False})
    read_halo(credential)
    assert HaloClient.objects.get(halo_id=owner).merged_into is None
    assert (Resource.CLIENTS, owner, ChangeKind.REACTIVATED) in {row[:3] for row in history()}


def test_a_client_that_is_only_made_inactive_is_merged_into_nobody(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    owner, _ = an_owner(sandbox)
    administrator.write("Client", {"id": owner, "inactive": True})
    read_halo(credential)
    assert HaloClient.objects.get(halo_id=owner).merged_into is None
    assert not history(kind=ChangeKind.MERGED)
