"""Into which client another one was merged is concluded where the evidence leaves one answer, else never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.choices import ChangeKind, Resource
from integrations.ingest import halo_side
from integrations.ingest.merges import conclude_merges
from integrations.models import HaloAsset, HaloChange, HaloClient, HaloCredential, HaloSite, HaloUser
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql, statements_of

pytestmark = pytest.mark.django_db


def make_mirror(count: int = 4) -> HaloCredential:
    """So many clients, each with a site, a Halo user and an asset."""
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(count)])
    halo_side.store_sites(credential, [make.make_sites(count)])
    halo_side.store_users(credential, [make.make_users(count)])
    halo_side.store_assets(credential, [make.make_assets(count)])
    return credential


def client(credential: HaloCredential, halo_id: int, **changes: Any) -> None:
    record = replace(make.make_clients(halo_id)[-1], **changes)
    halo_side.store_clients(credential, [[record]], set())


def site(credential: HaloCredential, halo_id: int, client_id: int, **changes: Any) -> None:
    record = replace(make.make_sites(halo_id)[-1], client_id=client_id, **changes)
    halo_side.store_sites(credential, [[record]], set())


def asset(credential: HaloCredential, halo_id: int, client_id: int, **changes: Any) -> None:
    record = replace(make.make_assets(halo_id)[-1], client_id=client_id, **changes)
    halo_side.store_assets(credential, [[record]], set())


def merge(credential: HaloCredential, old: int, new: int) -> None:
    """What a read sees of a merge."""
    client(credential, old, active=False)
    site(credential, old, new)
    asset(credential, old, new)


def merged() -> dict[int, int]:
    rows = HaloClient.objects.filter(merged_into__isnull=False)
    return dict(rows.values_list("halo_id", "merged_into__halo_id"))


def test_a_client_that_gave_everything_to_another_one_was_merged_into_it() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    assert conclude_merges(credential) == 1
    assert merged() == {2: 3}
    change = HaloChange.objects.get(kind=ChangeKind.MERGED)
    assert (change.resource, change.halo_id) == (Resource.CLIENTS, 2)
    assert (change.before, change.after) == ("Client 2 Ltd", "Client 3 Ltd")


def test_it_is_concluded_once() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    conclude_merges(credential)
    assert conclude_merges(credential) == 0
    assert HaloChange.objects.filter(kind=ChangeKind.MERGED).count() == 1


def test_a_client_that_is_gone_was_merged_as_well_as_one_that_is_inactive() -> None:
    credential = make_mirror()
    for _ in range(2):
        halo_side.store_clients(credential, [[row for row in make.make_clients(4) if row.halo_id != 2]])
    site(credential, 2, 3)
    asset(credential, 2, 3)
    assert conclude_merges(credential) == 1
    assert merged() == {2: 3}


def test_what_moved_may_have_been_seen_before_the_client_was_inactive() -> None:
    credential = make_mirror()
    site(credential, 2, 3)
    asset(credential, 2, 3)
    assert conclude_merges(credential) == 0
    client(credential, 2, active=False)
    assert conclude_merges(credential) == 1


def test_assets_alone_are_evidence_where_the_sites_are_gone() -> None:
    credential = make_mirror()
    client(credential, 2, active=False)
    asset(credential, 2, 3, site_id=3)
    halo_side.store_users(credential, [[replace(make.make_users(2)[-1], site_id=3)]], set())
    HaloSite.objects.filter(halo_id=2).update(active=False, missed_reads=2)
    assert conclude_merges(credential) == 1


def test_a_client_that_was_only_made_inactive_was_not_merged() -> None:
    credential = make_mirror()
    client(credential, 2, active=False)
    assert conclude_merges(credential) == 0
    HaloSite.objects.filter(halo_id=2).delete()
    HaloAsset.objects.filter(halo_id=2).delete()
    assert conclude_merges(credential) == 0, "nothing has moved"


def test_a_client_that_is_in_use_was_not_merged() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    client(credential, 2)
    assert conclude_merges(credential) == 0


@pytest.mark.parametrize("model", [HaloSite, HaloAsset, HaloUser])
def test_a_client_that_still_holds_something_was_not_merged(model: type[Any]) -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    old = HaloClient.objects.get(halo_id=2)
    place = HaloSite.objects.create(
        halo_credential=credential, halo_id=50, name="Left", client=old, active=False, missed_reads=2
    )
    rest = {"client": old} if model is not HaloUser else {"site": place}
    row = model.objects.create(halo_credential=credential, halo_id=51, name="Rest", active=False, **rest)
    assert conclude_merges(credential) == 0
    model.objects.filter(pk=row.pk).update(missed_reads=2)
    assert conclude_merges(credential) == 1, "what is gone is held by nobody"


@pytest.mark.parametrize("what", [site, asset])
def test_a_client_whose_things_went_to_two_others_was_not_merged(what: Any) -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    what(credential, 2, 4)
    assert conclude_merges(credential) == 0


def test_a_name_that_two_clients_bear_is_no_evidence() -> None:
    credential = make_mirror()
    client(credential, 4, name="Client 2 Ltd")
    merge(credential, 2, 3)
    assert conclude_merges(credential) == 0


@pytest.mark.parametrize("other", ["Client 2 Ltd / Annex", "Client 2 Ltd / Main / Roof"])
def test_a_name_that_could_be_read_as_a_client_with_its_site_is_no_evidence(other: str) -> None:
    credential = make_mirror()
    client(credential, 4, name=other)
    merge(credential, 2, 3)
    assert conclude_merges(credential) == 0


def test_a_client_is_never_merged_into_one_that_is_not_in_use() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    client(credential, 3, active=False)
    assert conclude_merges(credential) == 0


def test_a_client_that_is_in_use_again_is_not_merged_any_more() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    conclude_merges(credential)
    client(credential, 2)
    assert merged() == {2: 3}
    conclude_merges(credential)
    assert merged() == {}


def test_another_credential_is_left_alone() -> None:
    credential = make_mirror()
    merge(credential, 2, 3)
    assert conclude_merges(make.make_credential("Other")) == 0
    assert merged() == {}


def test_the_statements_do_not_grow_with_the_clients_and_an_unchanged_world_writes_no_row() -> None:
    credential = make_mirror(12)
    merge(credential, 2, 3)
    one = statements_of(lambda: conclude_merges(credential))
    for old in range(4, 12):
        merge(credential, old, 12)
    assert statements_of(lambda: conclude_merges(credential)) == one
    assert len(merged()) == 9
    with captured_sql() as sql:
        conclude_merges(credential)
    assert len(sql.statements) <= 2
    assert len([write for write in sql.writes if "INSERT" in write]) == 0
