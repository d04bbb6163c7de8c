"""What is mirrored besides names and places, read over real HTTP from the sandbox's HaloPSA."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from integrations.choices import OptionKind
from integrations.halo.reader import HaloReader
from integrations.net.errors import Forbidden
from integrations.records import AssetRecord
from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox
from tests.integrations.halo.test_against_sandbox import make_reader

SCOPES = f"{constants.HALO_SCOPES} read:software read:softwarelicensing"


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
def reader(sandbox: Sandbox) -> HaloReader:
    return make_reader(sandbox, scopes=SCOPES)


def assets(reader: HaloReader, **asked: Any) -> list[AssetRecord]:
    return [record for page in reader.fetch_assets(**asked) for record in page]


def day_of(stamp: str | None) -> str | None:
    return stamp[:10] if stamp else None


@pytest.mark.parametrize("omit_nulls", [False, True])
def test_a_list_tells_the_same_of_an_asset_as_the_asset_itself(
    sandbox: Sandbox, reader: HaloReader, omit_nulls: bool
) -> None:
    sandbox.switches.change(omit_nulls=omit_nulls)
    custom = [field.halo_id for field in reader.fetch_fields("custom")]
    for record in assets(reader, custom_fields=custom)[:20]:
        single = reader.fetch_asset(record.halo_id)
        assert single is not None
        for name in (
            "serial_number",
            "manufacturer",
            "model",
            "purchased_on",
            "warranty_starts_on",
            "warranty_ends_on",
            "custom_fields",
            "fields",
        ):
            assert getattr(single, name) == getattr(record, name), name


def test_serial_model_and_dates_are_those_that_halo_holds(sandbox: Sandbox, reader: HaloReader) -> None:
    held = sandbox.world.halo.assets
    for record in assets(reader):
        row = held[record.halo_id]
        assert record.serial_number == row["fields"].get(2, "").strip()
        assert record.model == row["fields"].get(4, "")
        told = (record.warranty_starts_on, record.warranty_ends_on, record.purchased_on)
        stamps = (row.get("warranty_start"), row["warranty_end"], row.get("supplier_purchasedate"))
        assert [day and day.isoformat() for day in told] == [day_of(stamp) for stamp in stamps]


def test_custom_fields_come_only_when_asked_for_and_as_they_are_shown(
    sandbox: Sandbox, reader: HaloReader
) -> None:
    assert {record.custom_fields for record in assets(reader)} == {None}
    record = next(record for record in assets(reader, custom_fields=(310, 311)) if record.active)
    row = sandbox.world.halo.assets[record.halo_id]["customfields"]
    assert record.custom_fields == {310: row[310], 311: {1: "In use", 2: "To replace"}[row[311]]}


def test_assets_of_some_types_or_groups_or_in_use_only(sandbox: Sandbox, reader: HaloReader) -> None:
    held = sandbox.world.halo.assets.values()
    found = {record.halo_id for record in assets(reader, types=(113, 121))}
    assert found == {row["id"] for row in held if row["assettype_id"] in (113, 121)}
    assert {record.asset_type_id for record in assets(reader, groups=(2, 3))} == {120, 121}
    in_use = {record.halo_id for record in assets(reader, inactive=False)}
    assert in_use == {row["id"] for row in held if not row["inactive"]}
    assert len(in_use) < len(held)


def test_licences_and_programs(sandbox: Sandbox, reader: HaloReader) -> None:
    held = sandbox.world.halo.licences
    licences = {record.halo_id: record for page in reader.fetch_licences() for record in page}
    assert set(licences) == set(held)
    assert [number for number, record in licences.items() if not record.active] == [
        number for number, row in held.items() if not row["is_active"]
    ]
    some = held[701]
    record = licences[701]
    assert (record.name, record.count, record.in_use) == (
        some["name"],
        some["count"],
        some["licences_in_use"],
    )
    device = next(iter(sandbox.world.halo.software.values()))["did"]
    programs = reader.fetch_software(device)
    names = [row["name"] for row in sandbox.world.halo.software.values() if row["did"] == device]
    assert [program.name for program in programs] == names
    assert reader.fetch_software(99999) == []


@pytest.mark.parametrize("page_size_cap", [7, 100])
def test_licences_are_whole_whatever_the_size_of_a_page(
    sandbox: Sandbox, reader: HaloReader, page_size_cap: int
) -> None:
    sandbox.switches.change(page_size_cap=page_size_cap)
    found = [record.halo_id for page in reader.fetch_licences() for record in page]
    assert found == sorted(sandbox.world.halo.licences)


def test_without_their_scopes_neither_is_given(sandbox: Sandbox) -> None:
    reader = make_reader(sandbox)
    with pytest.raises(Forbidden):
        list(reader.fetch_licences())
    with pytest.raises(Forbidden):
        reader.fetch_software(501)


@pytest.mark.parametrize("kind", ["asset", "custom", "ticket", "client", "site", "user"])
def test_every_kind_of_field_is_read_in_one_call(sandbox: Sandbox, reader: HaloReader, kind: str) -> None:
    reader.probe()
    before = reader.session.calls
    fields = reader.fetch_fields(kind)
    assert fields
    assert {field.kind for field in fields} == {kind}
    assert reader.session.calls == before + 1


def test_choices_of_fields_and_their_types(reader: HaloReader) -> None:
    custom = {field.halo_id: field for field in reader.fetch_fields("custom")}
    assert {number: field.data_type for number, field in custom.items()} == {310: 0, 311: 2, 312: 4, 313: 6}
    assert custom[311].values == (("1", "In use"), ("2", "To replace"), ("3", "Disposed"))
    environment = next(field for field in reader.fetch_fields("asset") if field.lookup_id)
    assert environment.values == (("1", "Production"), ("2", "Test"), ("3", "Spare"))


def test_lists_of_types_and_their_details_together_are_what_one_read_of_all_tells(
    sandbox: Sandbox, reader: HaloReader
) -> None:
    listed = reader.fetch_asset_type_list()
    assert {record.field_ids for record in listed} == {None}
    one_by_one = [reader.fetch_asset_type(record.halo_id) for record in listed]
    assert one_by_one == make_reader(sandbox).fetch_asset_types()
    kinds = reader.fetch_ticket_type_list()
    assert [reader.fetch_ticket_type(int(kind.halo_id)) for kind in kinds] == make_reader(
        sandbox
    ).fetch_options(OptionKind.TICKET_TYPE)


def test_categories_of_all_kinds_are_one_call_where_the_list_holds_more_than_one(reader: HaloReader) -> None:
    reader.probe()
    before = reader.session.calls
    assert {option.parent for option in reader.fetch_options(OptionKind.CATEGORY)} == {"1", "2"}
    assert reader.session.calls == before + 1


def test_values_that_are_never_used_for_matching_and_asset_groups_are_read(reader: HaloReader) -> None:
    ignored = [option.name for option in reader.fetch_options(OptionKind.IGNORED_VALUE)]
    assert "To Be Filled By O.E.M." in ignored
    groups = [option.name for option in reader.fetch_options(OptionKind.ASSET_GROUP)]
    assert groups == ["Hardware", "Network", "Peripherals"]


def test_choices_that_are_not_in_use_any_more_are_read_too_and_marked(reader: HaloReader) -> None:
    sources = {option.name: option.active for option in reader.fetch_options(OptionKind.SOURCE)}
    assert (sources["Monitoring"], sources["Fax"]) == (True, False)
    outcomes = {option.name: option.active for option in reader.fetch_options(OptionKind.OUTCOME)}
    assert (outcomes["Private Note"], outcomes["Engineer Note (old)"]) == (True, False)
    teams = {option.name: option.active for option in reader.fetch_options(OptionKind.TEAM)}
    assert teams["Night Shift (dissolved)"] is False
    agents = {option.name: option.active for option in reader.fetch_options(OptionKind.AGENT)}
    assert agents["Jan Novák (left)"] is False
    priorities = {option.name: option.active for option in reader.fetch_options(OptionKind.PRIORITY)}
    assert priorities["Old priority"] is False


def test_one_site_and_one_user(sandbox: Sandbox, reader: HaloReader) -> None:
    site, user = reader.fetch_site(31), reader.fetch_user(88)
    assert site is not None
    assert user is not None
    assert (site.client_id, site.updated_at is not None) == (sandbox.world.halo.sites[31]["client_id"], True)
    assert user.site_id == sandbox.world.halo.users[88]["site_id"]
    sandbox.switches.change(unknown_id_is_empty=True)
    assert (reader.fetch_site(99999), reader.fetch_user(99999)) == (None, None)


def test_the_time_is_halos_own(sandbox: Sandbox, reader: HaloReader) -> None:
    sandbox.clock.advance(3 * 86400)
    reader.probe()
    assert reader.halo_time is not None
    assert abs(reader.halo_time - sandbox.clock.now()) < timedelta(seconds=5)
