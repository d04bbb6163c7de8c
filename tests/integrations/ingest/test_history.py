"""What was changed in HaloPSA is told in names, once; a first read tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import ChangeKind, Resource
from integrations.ingest import halo_side
from integrations.ingest.history import note_gone
from integrations.models import HaloAsset, HaloChange, HaloCredential
from tests.integrations.ingest import builders as make

pytestmark = pytest.mark.django_db

STORES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "clients": (halo_side.store_clients, make.make_clients),
    "sites": (halo_side.store_sites, make.make_sites),
    "users": (halo_side.store_users, make.make_users),
    "licences": (halo_side.store_licences, make.make_licences),
    "assets": (halo_side.store_assets, make.make_assets),
}
each_resource = pytest.mark.parametrize("resource", STORES)


def make_mirror() -> HaloCredential:
    """Three of each, each at its own client's site Main."""
    credential = make.make_credential()
    halo_side.store_asset_types(credential, make.make_asset_types(3))
    for resource in STORES:
        store(credential, resource)
    return credential


def store(credential: HaloCredential, resource: str, **changes: Any) -> None:
    """An increment that brings the second one of three, changed."""
    keep, make_rows = STORES[resource]
    rows = make_rows(3)
    rows[1] = replace(rows[1], **changes)
    keep(credential, [rows], set())


def history(*columns: str) -> list[tuple[Any, ...]]:
    return list(HaloChange.objects.order_by("id").values_list(*columns))


def told() -> list[tuple[str, str, str]]:
    return history("kind", "before", "after")  # type: ignore[return-value]


def test_a_first_read_tells_nothing_and_an_unchanged_one_neither() -> None:
    credential = make_mirror()
    for resource in STORES:
        store(credential, resource)
    assert told() == []


@each_resource
def test_a_new_name_is_told_with_the_old_one(resource: str) -> None:
    credential = make_mirror()
    before = {"clients": "Client 2 Ltd", "sites": "Main", "users": "Person 2", "licences": "Product 2"}
    name = "key_field" if resource == "assets" else "name"
    store(credential, resource, **{name: "New"})
    assert history("resource", "halo_id", "kind", "before", "after") == [
        (resource, 2, ChangeKind.RENAMED, before.get(resource, "PC-2"), "New")
    ]


def test_a_new_name_of_an_asset_type_is_told() -> None:
    credential = make_mirror()
    types = make.make_asset_types(3)
    halo_side.store_asset_types(credential, [replace(types[0], name="Laptop"), *types[1:]])
    assert history("resource", "kind", "before", "after") == [
        (Resource.ASSET_TYPES, ChangeKind.RENAMED, "Type 1", "Laptop")
    ]


@each_resource
def test_what_halo_makes_inactive_and_active_again_is_told(resource: str) -> None:
    credential = make_mirror()
    store(credential, resource, active=False)
    store(credential, resource, active=False)
    store(credential, resource)
    assert history("kind") == [(ChangeKind.DEACTIVATED,), (ChangeKind.REACTIVATED,)]


@each_resource
def test_what_was_gone_is_back_and_may_be_inactive(resource: str) -> None:
    credential = make_mirror()
    keep, make_rows = STORES[resource]
    rows = make_rows(3)
    for _ in range(2):
        keep(credential, [rows[:2]])
    keep(credential, [rows])
    assert history("kind", "before") == [(ChangeKind.BACK, "")]
    for _ in range(2):
        keep(credential, [rows[:2]])
    keep(credential, [[*rows[:2], replace(rows[2], active=False)]])
    assert history("kind")[1:] == [(ChangeKind.BACK,), (ChangeKind.DEACTIVATED,)]


def test_missing_once_is_no_news() -> None:
    credential = make_mirror()
    halo_side.store_clients(credential, [make.make_clients(2)])
    halo_side.store_clients(credential, [make.make_clients(3)])
    assert told() == []


def test_a_site_that_moves_is_told_by_its_clients() -> None:
    credential = make_mirror()
    store(credential, "sites", client_id=3)
    assert told() == [(ChangeKind.MOVED, "Client 2 Ltd", "Client 3 Ltd")]


def test_a_person_who_moves_is_told_by_client_and_site() -> None:
    credential = make_mirror()
    store(credential, "users", site_id=3)
    assert told() == [(ChangeKind.MOVED, "Client 2 Ltd / Main", "Client 3 Ltd / Main")]


@pytest.mark.parametrize(
    ("place", "after"),
    [
        ({"client_id": 3}, "Client 3 Ltd / Main"),
        ({"site_id": 3}, "Client 2 Ltd / Main"),
        ({"client_id": 3, "site_id": 3}, "Client 3 Ltd / Main"),
    ],
)
def test_an_asset_that_moves_is_told_by_client_and_site(place: dict[str, int], after: str) -> None:
    credential = make_mirror()
    store(credential, "assets", **place)
    assert told() == [(ChangeKind.MOVED, "Client 2 Ltd / Main", after)]


def test_another_type_of_an_asset_is_told_by_the_types_names() -> None:
    credential = make_mirror()
    store(credential, "assets", asset_type_id=3)
    assert told() == [(ChangeKind.RETYPED, "Type 1", "Type 3")]


def test_several_changes_of_one_object_are_told_one_by_one() -> None:
    credential = make_mirror()
    store(credential, "assets", asset_type_id=3, client_id=1, key_field="New", active=False)
    assert [kind for kind, _, _ in told()] == [
        ChangeKind.DEACTIVATED,
        ChangeKind.RENAMED,
        ChangeKind.MOVED,
        ChangeKind.RETYPED,
    ]


def test_a_place_that_becomes_known_later_is_no_move_and_one_that_is_hidden_neither() -> None:
    credential = make.make_credential()
    store(credential, "assets")
    halo_side.store_clients(credential, [make.make_clients(3)])
    halo_side.store_sites(credential, [make.make_sites(3)])
    store(credential, "assets")
    assert HaloAsset.objects.get(halo_id=2).client is not None
    store(credential, "assets", client_id=99, site_id=None)
    assert told() == []


def test_what_does_not_matter_is_not_told() -> None:
    credential = make_mirror()
    store(credential, "assets", status_id=4, users=(7,), fields=(), updated_at=timezone.now())
    assert told() == []


def test_names_are_cut_to_what_the_history_holds() -> None:
    credential = make_mirror()
    store(credential, "clients", name="C" * 255)
    store(credential, "sites", name="S" * 255)
    store(credential, "assets", client_id=3)
    assert max(len(before) for _, before, _ in told()) == 255


def test_the_history_is_kept_for_each_credential_by_itself() -> None:
    credential, other = make_mirror(), make.make_credential("Other")
    halo_side.store_clients(other, [make.make_clients(3)])
    store(credential, "clients", name="New")
    assert history("halo_credential") == [(credential.pk,)]


def test_a_page_whose_history_cannot_be_written_is_not_written_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credential = make_mirror()

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(HaloChange.objects, "bulk_create", broken)
    with pytest.raises(OSError, match="full"):
        store(credential, "assets", key_field="New")
    assert HaloAsset.objects.get(halo_id=2).name == "PC-2"


def test_what_has_gone_is_noted_with_its_name() -> None:
    credential, now = make_mirror(), timezone.now()
    note_gone(credential, Resource.SITES, [(1, "Main"), (2, "x" * 300)], now)
    note_gone(credential, Resource.SITES, [], now)
    assert history("resource", "halo_id", "kind", "before", "noticed_at") == [
        (Resource.SITES, 1, ChangeKind.GONE, "Main", now),
        (Resource.SITES, 2, ChangeKind.GONE, "x" * 255, now),
    ]
