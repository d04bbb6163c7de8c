"""Installed software: the whole list of one asset is replaced, and only what differs is written."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.models import HaloAsset, HaloSoftware
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db

MOST = 4


def make_asset(halo_id: int = 1) -> HaloAsset:
    credential = make.make_credential(f"Main {halo_id}")
    halo_side.store_assets(credential, [make.make_assets(1)])
    return HaloAsset.objects.get(halo_credential=credential)


def test_the_first_list_is_stored_and_the_asset_knows_when_it_was_read() -> None:
    asset = make_asset()
    before = timezone.now()
    assert halo_side.store_software(asset, make.make_software(3)) == Stored(created=3)
    assert asset.software.count() == 3
    asset.refresh_from_db()
    assert asset.software_read_at is not None
    assert asset.software_read_at >= before


def test_what_is_new_changed_or_gone_is_written_in_at_most_four_statements() -> None:
    asset = make_asset()
    halo_side.store_software(asset, make.make_software(60))
    changed = make.make_software(70, version="2.0")[10:40] + make.make_software(70)[40:]
    with captured_sql() as sql:
        stored = halo_side.store_software(asset, changed)
    assert stored == Stored(created=10, updated=30, unchanged=20, gone=10)
    assert len(sql.statements) <= MOST
    rows = dict(asset.software.values_list("halo_id", "version"))
    assert rows == {number: "2.0" if number <= 40 else "1.0" for number in range(11, 71)}


def test_an_unchanged_list_writes_nothing_but_when_it_was_read() -> None:
    asset = make_asset()
    halo_side.store_software(asset, make.make_software(60))
    ids = set(HaloSoftware.objects.values_list("pk", flat=True))
    with captured_sql() as sql:
        assert halo_side.store_software(asset, make.make_software(60)) == Stored(unchanged=60)
    (write,) = sql.writes
    assert "software_read_at" in write
    assert len(sql.statements) == 2
    assert set(HaloSoftware.objects.values_list("pk", flat=True)) == ids


def test_an_empty_list_means_that_nothing_is_installed() -> None:
    asset, other = make_asset(1), make_asset(2)
    for each in (asset, other):
        halo_side.store_software(each, make.make_software(2))
    assert halo_side.store_software(asset, []) == Stored(gone=2)
    assert (asset.software.count(), other.software.count()) == (0, 2)


def test_a_program_that_comes_twice_counts_once_and_odd_values_are_stored_as_they_can_be() -> None:
    asset = make_asset()
    odd = make.SoftwareRecord(1, "A\x00" + "b" * 400, version="1\ud800", installed_on=date(2026, 1, 1))
    twice = [odd, make.SoftwareRecord(1, "second")]
    assert halo_side.store_software(asset, twice) == Stored(created=1)
    row = HaloSoftware.objects.get()
    assert (row.name, row.version, row.installed_on) == ("A" + "b" * 254, "1?", date(2026, 1, 1))
    assert halo_side.store_software(asset, twice) == Stored(unchanged=1)
