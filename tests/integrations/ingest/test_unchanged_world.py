"""A second identical read costs no row update, whatever was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from integrations.ingest import console_side, events, halo_side
from integrations.ingest.stored import Stored
from integrations.models import (
    Computer,
    Console,
    Event,
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    KnownSeries,
)
from integrations.records import ClientRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db

Ingest = Callable[[Any], Stored]

RESOURCES: dict[str, Ingest] = {
    "companies": lambda owner: console_side.store_companies(owner, make.make_companies(7)),
    "computers": lambda owner: console_side.store_computers(owner, make.make_computers(30, companies=7)),
    "clients": lambda owner: halo_side.store_clients(owner, [make.make_clients(7)]),
    "sites": lambda owner: halo_side.store_sites(owner, [make.make_sites(4), []]),
    "users": lambda owner: halo_side.store_users(owner, [make.make_users(7)]),
    "asset types": lambda owner: halo_side.store_asset_types(owner, make.make_asset_types(7)),
    "assets": lambda owner: halo_side.store_assets(owner, [make.make_assets(7)]),
    "licences": lambda owner: halo_side.store_licences(owner, [make.make_licences(7)]),
    "assets without custom fields": lambda owner: halo_side.store_assets(
        owner, [make.make_assets(7, custom_fields=None)]
    ),
    "fields of two kinds": lambda owner: halo_side.store_fields(
        owner, make.make_fields(7) + make.make_fields(4, "custom"), kinds=("asset", "custom")
    ),
    "assets without fields": lambda owner: halo_side.store_assets(owner, [make.make_assets(7, fields=None)]),
    "fields": lambda owner: halo_side.store_fields(owner, make.make_fields(7)),
    "options": lambda owner: halo_side.store_options(owner, "status", make.make_options(7)),
}


def make_owner(resource: str) -> Console | HaloCredential:
    """A console with its companies, or a credential with clients, sites and types to point at."""
    if resource in ("companies", "computers"):
        console = make.make_console()
        RESOURCES["companies"](console)
        return console
    credential = make.make_credential()
    for name in ("clients", "sites", "asset types"):
        RESOURCES[name](credential)
    return credential


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_second_identical_read_writes_nothing(resource: str) -> None:
    owner = make_owner(resource)
    first = RESOURCES[resource](owner)
    with captured_sql() as sql:
        second = RESOURCES[resource](owner)
    assert sql.writes == []
    assert sql.statements
    read = first.created + first.unchanged
    assert read
    assert second == Stored(unchanged=read)


def test_a_second_identical_read_of_events_writes_nothing_and_locks_nothing() -> None:
    console = make.make_console()
    records = [
        make.make_event("timed", occurred_at=make.MORNING, series_key="plan:1"),
        make.make_event("untimed", series_key="plan:2"),
    ]
    assert events.store_events(console, records) == ["stored", "stored"]
    with captured_sql() as sql:
        assert events.store_events(console, records) == ["duplicate", "duplicate"]
    assert sql.writes == []
    assert not [
        statement for statement in sql.statements if "integrations_console" in statement.split("WHERE")[0]
    ]
    assert Event.objects.count() == 2


def test_a_second_complete_list_of_series_writes_nothing() -> None:
    console = make.make_console()
    events.derived_resolves(console, {"plan:1", "plan:2"})
    with captured_sql() as sql:
        assert events.derived_resolves(console, {"plan:1", "plan:2"}) == []
    assert sql.writes == []
    assert KnownSeries.objects.count() == 2


def test_only_what_differs_is_written() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(1))
    console_side.store_computers(console, make.make_computers(50))
    before = dict(Computer.objects.values_list("external_id", "changed_at"))
    changed = make.make_computers(49) + make.make_computers(50, os_name="Windows 11")[49:]
    with captured_sql() as sql:
        assert console_side.store_computers(console, changed) == Stored(updated=1, unchanged=49)
    assert len(sql.writes) == 1
    moved = {
        key for key, at in Computer.objects.values_list("external_id", "changed_at") if at != before[key]
    }
    assert moved == {"pc49"}


def test_a_list_without_fields_keeps_the_fields_that_are_known() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(2)])
    assert halo_side.store_assets(credential, [make.make_assets(2, fields=None)]) == Stored(unchanged=2)
    halo_side.store_assets(credential, [make.make_assets(2, fields=None, key_field="Renamed")])
    rows = HaloAsset.objects.order_by("halo_id").values_list("name", "fields")
    assert list(rows) == [("Renamed", {"2": "SN1"}), ("Renamed", {"2": "SN2"})]


def test_a_list_without_fields_keeps_what_was_found_in_them_and_what_is_told_otherwise_is_taken() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(1, model="ThinkPad")])
    bare = make.make_assets(
        1, fields=None, serial_number="", model="", warranty_ends_on=None, purchased_on=date(2026, 1, 1)
    )
    halo_side.store_assets(credential, [bare])
    row = HaloAsset.objects.get()
    assert (row.serial_number, row.model) == ("SN1", "ThinkPad")
    assert (row.warranty_ends_on, row.purchased_on) == (date(2027, 3, 31), date(2026, 1, 1))
    halo_side.store_assets(credential, [make.make_assets(1, serial_number="", warranty_ends_on=None)])
    row = HaloAsset.objects.get()
    assert (row.serial_number, row.warranty_ends_on) == ("", None), "read with its fields, and not set"


def test_a_list_without_custom_fields_keeps_those_that_are_known() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(1)])
    halo_side.store_assets(credential, [make.make_assets(1, custom_fields=None, key_field="Renamed")])
    assert HaloAsset.objects.get().custom_fields == {"310": "PO-1"}
    halo_side.store_assets(credential, [make.make_assets(1, custom_fields={})])
    assert HaloAsset.objects.get().custom_fields == {}


def test_a_list_of_asset_types_without_their_fields_keeps_those_that_are_known() -> None:
    credential = make.make_credential()
    halo_side.store_asset_types(credential, make.make_asset_types(1))
    listed = [
        replace(record, field_ids=None, name=f"New {record.name}") for record in make.make_asset_types(2)
    ]
    halo_side.store_asset_types(credential, listed)
    rows = HaloAssetType.objects.order_by("halo_id").values_list("name", "field_ids")
    assert list(rows) == [("New Type 1", [1, 2]), ("New Type 2", [])]


def test_a_list_of_clients_without_custom_fields_keeps_those_that_are_known() -> None:
    credential = make.make_credential()
    known = ClientRecord(12, "Alder", custom_fields={231: "C-7"})
    halo_side.store_clients(credential, [[known]])
    halo_side.store_clients(credential, [[ClientRecord(12, "Renamed")]])
    row = HaloClient.objects.get()
    assert (row.name, row.custom_fields) == ("Renamed", {"231": "C-7"})
