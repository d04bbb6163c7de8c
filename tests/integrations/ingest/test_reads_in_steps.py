"""A read may be cut into steps: each stores, the last one closes."""

from __future__ import annotations

import pytest

from integrations.choices import ChangeKind
from integrations.ingest import console_side, halo_side
from integrations.ingest.stored import Stored
from integrations.models import Company, Computer, HaloAsset, HaloChange, HaloClient
from integrations.net.errors import ShortList
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql
from tests.integrations.ingest.test_broken_reads import broken

pytestmark = pytest.mark.django_db


def test_steps_store_and_add_to_what_was_seen_and_miss_nothing() -> None:
    credential, seen = make.make_credential(), {99}
    halo_side.store_assets(credential, [make.make_assets(6)])
    assets = make.make_assets(5)
    assert halo_side.store_assets(credential, [assets[:2]], seen) == Stored(unchanged=2)
    assert halo_side.store_assets(credential, [assets[2:4], assets[4:]], seen) == Stored(unchanged=3)
    assert seen == {1, 2, 3, 4, 5, 99}
    assert not HaloAsset.objects.filter(missed_reads__gt=0).exists()


def test_closing_does_what_one_complete_read_does() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(6)])
    seen = {1, 2, 3, 4, 5}
    assert halo_side.close_read(credential, HaloAsset, seen) == Stored()
    assert halo_side.close_read(credential, HaloAsset, seen) == Stored(gone=1)
    assert HaloAsset.objects.get(active=False).halo_id == 6


def test_closing_guards_against_loss_and_does_not_count_what_the_read_brought() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(20)])
    seen: set[int] = set()
    created = halo_side.store_clients(credential, [make.make_clients(200)[15:]], seen).created
    assert created == 180
    with captured_sql() as sql:
        closed = halo_side.close_read(credential, HaloClient, seen, created=created)
    assert "15 of 20 Halo clients" in closed.held_back
    (remembered,) = sql.writes
    assert "heldloss" in remembered


def test_a_step_that_breaks_off_has_noted_what_it_stored() -> None:
    credential, seen = make.make_credential(), set[int]()
    with pytest.raises(ShortList):
        halo_side.store_clients(credential, broken([make.make_clients(3)], ShortList("too short")), seen)
    assert seen == {1, 2, 3}


def test_a_step_repeated_after_a_crash_changes_nothing() -> None:
    credential, seen = make.make_credential(), set[int]()
    for _ in range(2):
        halo_side.store_clients(credential, [make.make_clients(3)], seen)
    assert seen == {1, 2, 3}
    assert HaloClient.objects.count() == 3


def test_computers_and_companies_can_be_read_in_steps_too() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(5))
    console_side.store_computers(console, make.make_computers(5))
    companies, computers = set[str](), set[str]()
    console_side.store_companies(console, make.make_companies(4), companies)
    with pytest.raises(ShortList):
        console_side.store_computers(
            console, broken(make.make_computers(4), ShortList("too short")), computers
        )
    assert companies == {"c0", "c1", "c2", "c3"}
    assert computers == {"pc0", "pc1", "pc2", "pc3"}
    for gone in (0, 1):
        assert console_side.close_read(console, Company, companies) == Stored(gone=gone)
        assert console_side.close_read(console, Computer, computers) == Stored(gone=gone)


def test_what_a_console_pushes_makes_nothing_else_missing() -> None:
    console = make.make_console()
    console_side.store_computers(console, make.make_computers(3))
    for _ in range(3):
        console_side.store_computers(console, make.make_computers(1), seen=set())
    assert Computer.objects.filter(active=True, missed_reads=0).count() == 3


def test_what_several_steps_changed_adds_up() -> None:
    steps = [Stored(1, 2, 3, 4, "Held."), Stored(unchanged=1), Stored(gone=1, held_back="Too.")]
    assert sum(steps, Stored()) == Stored(1, 2, 4, 5, "Held. Too.")


def test_a_limited_read_judges_only_what_it_asked_for() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(6)])
    within = {"halo_id__lte": 3}
    assert halo_side.missing_from(credential, HaloClient, {1, 2}, within=within) == [3]
    for gone in (0, 1):
        closed = halo_side.close_read(credential, HaloClient, {1, 2}, within=within)
        assert closed == Stored(gone=gone)
    assert list(HaloClient.objects.filter(active=True).values_list("halo_id", flat=True)) == [1, 2, 4, 5, 6]


def test_what_halo_says_is_no_more_is_gone_at_once_and_noted() -> None:
    credential, seen = make.make_credential(), {1, 2, 3, 4}
    halo_side.store_clients(credential, [make.make_clients(6)])
    assert halo_side.close_read(credential, HaloClient, seen, absent=[5]) == Stored(gone=1)
    assert HaloClient.objects.get(active=False).halo_id == 5
    assert HaloClient.objects.get(halo_id=6).missed_reads == 1
    (told,) = HaloChange.objects.all()
    assert (told.kind, told.halo_id, told.before) == (ChangeKind.GONE, 5, "Client 5 Ltd")


def test_a_loss_that_is_held_back_holds_what_was_asked_for_by_itself_too() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(6)])
    closed = halo_side.close_read(credential, HaloClient, set(), absent=[1, 2, 3, 4, 5, 6])
    assert "without any of the 6" in closed.held_back
    assert HaloClient.objects.filter(active=True).count() == 6
