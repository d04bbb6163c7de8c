"""Any order and any repetition of the same records leaves the same snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.ingest import console_side, halo_side
from integrations.models import Company, Computer, HaloAsset, Location
from tests.integrations.ingest import builders as make

COMPANIES = make.make_companies(3)
COMPUTERS = (
    make.make_computers(3, companies=3)
    + make.make_computers(6, companies=3, os_name="Linux", online=None)[3:]
)
ASSETS = make.make_assets(3) + make.make_assets(6, active=False, fields=())[3:]

settings.register_profile(
    "database", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
several_orders = settings(settings.get_profile("database"), max_examples=40)


def shuffled(records: list[Any]) -> st.SearchStrategy[list[Any]]:
    """All records at least once, in any order, some of them several times."""
    return st.lists(st.sampled_from(records), max_size=6).flatmap(
        lambda more: st.permutations([*records, *more])
    )


def snapshot(model: Any, *columns: str) -> list[Any]:
    return list(model.objects.order_by(*columns[:2]).values_list(*columns))


def undone(work: Any) -> Any:
    """Do it and take it back, so that each example begins with an empty database."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


def console_snapshot(companies: Iterable[Any], computers: Iterable[Any]) -> list[Any]:
    console = make.make_console()
    console_side.store_companies(console, companies)
    console_side.store_computers(console, computers)
    return [
        snapshot(Company, "external_id", "name", "normalised_name", "active"),
        snapshot(Location, "company__external_id", "external_id", "name"),
        snapshot(
            Computer,
            *("external_id", "name", "company__external_id", "location__name", "product__name", "products"),
            *("os_name", "last_seen", "online", "active", "missed_reads", "gone_since"),
        ),
    ]


def halo_snapshot(assets: list[Any]) -> list[Any]:
    credential = make.make_credential()
    half = len(assets) // 2
    halo_side.store_assets(credential, [assets[:half], assets[half:]])
    return snapshot(HaloAsset, "halo_id", "name", "fields", "users", "active", "missed_reads", "updated_at")


@pytest.mark.django_db
@several_orders
@given(shuffled(COMPANIES), shuffled(COMPUTERS))
def test_of_a_console(companies: list[Any], computers: list[Any]) -> None:
    expected = undone(lambda: console_snapshot(COMPANIES, COMPUTERS))
    assert undone(lambda: console_snapshot(companies, computers)) == expected


@pytest.mark.django_db
@several_orders
@given(shuffled(ASSETS))
def test_of_halo(assets: list[Any]) -> None:
    expected = undone(lambda: halo_snapshot(ASSETS))
    assert undone(lambda: halo_snapshot(assets)) == expected


@pytest.mark.django_db
@several_orders
@given(st.lists(st.tuples(shuffled(COMPUTERS), st.integers(1, 6)), min_size=1, max_size=4))
def test_of_several_reads_that_all_hold_everything(reads: list[Any]) -> None:
    def store() -> list[Any]:
        console_snapshot(COMPANIES, COMPUTERS)
        console = make.Console.objects.get()
        before = snapshot(Computer, "external_id", "changed_at", "digest", "missed_reads")
        for computers, _ in reads:
            console_side.store_computers(console, computers)
        assert snapshot(Computer, "external_id", "changed_at", "digest", "missed_reads") == before
        return before

    assert len(undone(store)) == len(COMPUTERS)
