"""A page costs the same few statements however many rows stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from integrations.ingest import console_side, events, halo_side
from integrations.ingest.stored import Stored
from integrations.models import Computer, Console, Event, HaloAsset, HaloChange, HaloCredential
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql, statements_of

pytestmark = pytest.mark.django_db

MOST = 6
"""Statements of a page of 100 rows."""

HALO_PAGES: dict[str, tuple[Callable[..., Stored], Callable[[int], Any]]] = {
    "clients": (halo_side.store_clients, make.make_clients),
    "sites": (halo_side.store_sites, make.make_sites),
    "users": (halo_side.store_users, make.make_users),
    "licences": (halo_side.store_licences, make.make_licences),
    "assets": (halo_side.store_assets, make.make_assets),
}
ELSEWHERE: dict[str, dict[str, int]] = {
    "clients": {},
    "sites": {"client_id": 7},
    "users": {"site_id": 7},
    "licences": {"client_id": 7},
    "assets": {"client_id": 7, "site_id": 8, "asset_type_id": 2},
}
"""Where rows move to that all change at once."""


def make_mirror() -> HaloCredential:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(100)])
    halo_side.store_sites(credential, [make.make_sites(100)])
    halo_side.store_asset_types(credential, make.make_asset_types(3))
    return credential


@pytest.mark.parametrize("resource", HALO_PAGES)
def test_a_page_of_halo_rows_takes_at_most_six_statements(resource: str) -> None:
    credential = make_mirror()
    store, make_rows = HALO_PAGES[resource]
    page, seen = make_rows(100), set[int]()
    assert statements_of(lambda: store(credential, [page], seen)) <= MOST
    assert statements_of(lambda: store(credential, [page], seen)) <= MOST
    assert len(seen) == 100


@pytest.mark.parametrize("resource", HALO_PAGES)
def test_a_page_of_which_every_row_was_renamed_moved_and_made_inactive_takes_at_most_six_too(
    resource: str,
) -> None:
    credential = make_mirror()
    store, make_rows = HALO_PAGES[resource]
    store(credential, [make_rows(100)], set())
    name = "key_field" if resource == "assets" else "name"
    changed = [
        replace(record, active=False, **{name: f"New {record.halo_id}"}, **ELSEWHERE[resource])
        for record in make_rows(100)
    ]
    with captured_sql() as sql:
        store(credential, [changed], set())
    assert len(sql.statements) <= MOST
    assert len(sql.writes) == 2, "the rows and their history"
    # Row 7 of sites and users is where the others move to: it stays.
    told = {"clients": 200, "sites": 299, "users": 299, "licences": 200, "assets": 400}
    assert HaloChange.objects.count() == told[resource]


@pytest.mark.parametrize("resource", HALO_PAGES)
def test_an_unchanged_page_takes_as_many_statements_for_one_row_as_for_a_hundred(resource: str) -> None:
    credential = make_mirror()
    store, make_rows = HALO_PAGES[resource]
    store(credential, [make_rows(100)], set())
    one = statements_of(lambda: store(credential, [make_rows(1)], set()))
    assert statements_of(lambda: store(credential, [make_rows(100)], set())) == one


def test_what_rows_point_to_is_asked_for_once_a_read() -> None:
    credential = make_mirror()
    page = make.make_assets(100)
    once = statements_of(lambda: halo_side.store_assets(credential, [page], set()))
    thrice = statements_of(lambda: halo_side.store_assets(credential, [page, page, page], set()))
    assert thrice == once - len(insert_parts(HaloAsset, 100))


def insert_parts(model: Any, rows: int) -> range:
    """The statements that one insert of `rows` takes: SQLite gets many columns in parts."""
    columns = len(model._meta.concrete_fields) - 1
    whole = connection.vendor != "sqlite"
    return range(1 if whole else -(-rows // (connection.features.max_query_params // columns)))


def test_a_page_of_a_hundred_assets_is_one_statement_on_every_database() -> None:
    assert len(insert_parts(HaloAsset, 100)) == 1


def make_inhabited_console() -> Console:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(20))
    console_side.store_computers(console, make.make_computers(1))
    return console


def test_a_page_of_computers_takes_at_most_six_statements() -> None:
    console = make_inhabited_console()
    records = make.make_computers(100, companies=20)
    with captured_sql() as sql:
        console_side.store_computers(console, records, set())
    assert len(sql.writes) == len(insert_parts(Computer, 100))
    assert len(sql.statements) - len(sql.writes) == 3  # places, products, what is stored
    assert len(sql.statements) <= MOST
    assert statements_of(lambda: console_side.store_computers(console, records, set())) == 3


def test_a_thousand_unchanged_computers_cost_five_statements() -> None:
    console = make_inhabited_console()
    records = make.make_computers(1000, companies=20)
    console_side.store_computers(console, records)
    assert statements_of(lambda: console_side.store_computers(console, records)) == 5


def test_a_page_of_companies_with_locations_takes_at_most_six_statements_and_four_for_what_is_missing() -> (
    None
):
    console = make.make_console()
    records = make.make_companies(100)
    assert statements_of(lambda: console_side.store_companies(console, records, set())) <= MOST
    assert statements_of(lambda: console_side.store_companies(console, records)) == 2 + 4


def test_a_thousand_missing_rows_cost_one_reading_and_one_writing_statement() -> None:
    console = make_inhabited_console()
    console_side.store_computers(console, make.make_computers(1500, companies=20))
    with captured_sql() as sql:
        console_side.store_computers(console, make.make_computers(1100, companies=20))
    assert len(sql.writes) == 1
    assert Computer.objects.filter(missed_reads=1).count() == 400


def make_events(count: int, **values: Any) -> list[Any]:
    return [
        make.make_event(
            f"e{number}",
            **{
                "occurred_at": make.MORNING if number % 2 else None,
                "series_key": f"plan:{number}",
                "company_external_id": f"c{number % 20}",
                "computer_external_id": f"pc{number}",
                **values,
            },
        )
        for number in range(count)
    ]


def test_a_thousand_events_take_eight_statements_and_the_insert() -> None:
    console = make_inhabited_console()
    with captured_sql() as sql:
        assert set(events.store_events(console, make_events(1000))) == {"stored"}
    # ended series; fingerprints and last events, twice; the lock; companies; computers
    assert len(sql.statements) - len(sql.writes) == 1 + 2 * 2 + 1 + 2
    assert len(sql.writes) == len(insert_parts(Event, 1000))


def test_a_thousand_repeated_events_take_three_statements() -> None:
    console = make_inhabited_console()
    events.store_events(console, make_events(1000))
    assert statements_of(lambda: events.store_events(console, make_events(1000))) == 3
