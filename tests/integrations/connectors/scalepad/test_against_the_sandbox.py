"""The connector reads the simulated account over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.scalepad import client
from integrations.connectors.scalepad.connector import ScalePadConnector
from integrations.net.errors import ShortList, Unauthorised
from integrations.records import ComputerRecord
from integrations.sandbox.scalepad.constants import KEY
from integrations.sandbox.scalepad.fleet import ONLY_HERE
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import Row


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAGE_SIZE", 20)


def make_connector(sandbox: Sandbox, key: str = KEY) -> ScalePadConnector:
    access = ConsoleAccess(sandbox.url("scalepad"), {"api_key": key}, allow_private=("127.0.0.1",))
    return ScalePadConnector(access)


def pad_of(sandbox: Sandbox) -> ScalePadWorld:
    return sandbox.world.of(ScalePadWorld)


def read(sandbox: Sandbox) -> dict[str, ComputerRecord]:
    connector = make_connector(sandbox)
    found = {record.external_id: replace(record, raw={}) for record in connector.fetch_computers()}
    assert connector.warnings == []
    return found


def an_asset(sandbox: Sandbox) -> Row:
    """One whose serial number nobody else has and whose warranty is known."""
    pad = pad_of(sandbox)
    serials = [row["serial_number"] for row in pad.hardware.values()]
    return next(
        pad.hardware[key]
        for key, row in pad.lifecycles.items()
        if serials.count(row["serial_number"]) == 1 and row["warranty_expiry_date"]
    )


def test_the_check_counts_what_is_there(sandbox: Sandbox) -> None:
    result, pad = make_connector(sandbox).check(), pad_of(sandbox)
    told = f"Connected: {len(pad.clients)} clients and {len(pad.hardware)} hardware assets."

    assert (result.ok, result.message) == (True, told)
    assert {detail.state for detail in result.details} == {"works"}


def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, "wrong").check().ok


@pytest.mark.usefixtures("small_pages")
def test_every_client_is_read(sandbox: Sandbox) -> None:
    found = {record.external_id: record.name for record in make_connector(sandbox).fetch_companies()}

    assert set(found) == set(pad_of(sandbox).clients)
    assert {ONLY_HERE, "株式会社さくら", "Trailing Spaces Ltd"} <= set(found.values())


@pytest.mark.usefixtures("small_pages")
def test_every_asset_comes_with_its_client(sandbox: Sandbox) -> None:
    found, pad = read(sandbox), pad_of(sandbox)

    assert set(found) == set(pad.hardware)
    for key, record in found.items():
        owner = pad.hardware[key]["client"]
        assert record.company_external_id == (owner["id"] if owner else None)


def test_dates_are_those_of_its_lifecycle_or_none(sandbox: Sandbox) -> None:
    found, pad = read(sandbox), pad_of(sandbox)
    known = [record for record in found.values() if record.warranty_ends_on]
    ends = {
        key: row["warranty_expiry_date"] or row["manufacturer_expiry_date"]
        for key, row in pad.lifecycles.items()
    }

    assert len(known) > 80
    assert all(str(record.warranty_ends_on) == ends[record.external_id] for record in known)
    assert sum(bool(day) for day in ends.values()) > len(known), (
        "of clones nobody can tell whose dates they are"
    )


def test_the_same_machines_are_seen_by_both_consoles(sandbox: Sandbox) -> None:
    serials = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    found = read(sandbox).values()

    assert sum(record.serial_number in serials for record in found) > 120
    assert any(record.serial_number and record.serial_number not in serials for record in found)
    assert any((record.name, record.serial_number) == (record.external_id, None) for record in found)


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    assert read(sandbox) == read(sandbox)


@pytest.mark.parametrize("switch", ["scalepad_padded_types", "scalepad_plain_dates", "scalepad_page_counts"])
@pytest.mark.usefixtures("small_pages")
def test_other_spellings_say_the_same(sandbox: Sandbox, switch: str) -> None:
    usual = read(sandbox)
    sandbox.switches.change(**{switch: True})
    sandbox.clock.advance(5)

    assert read(sandbox) == usual


def test_lifecycles_that_name_their_asset_are_certain_for_clones_too(sandbox: Sandbox) -> None:
    sandbox.switches.change(scalepad_lifecycle_ids=True)
    found, pad = read(sandbox), pad_of(sandbox)

    for key, row in pad.lifecycles.items():
        ends = row["warranty_expiry_date"] or row["manufacturer_expiry_date"]
        assert str(found[key].warranty_ends_on or "") == (ends or "")


# ---- what happens ---------------------------------------------------------------------------


def test_a_longer_warranty_is_read(sandbox: Sandbox) -> None:
    key = an_asset(sandbox)["id"]
    before = read(sandbox)[key].warranty_ends_on
    sandbox.event("scalepad-warranty", computer=key)
    after = read(sandbox)[key].warranty_ends_on

    assert before is not None
    assert after is not None
    assert (after - before).days == 365


def test_what_has_left_the_list_is_missing(sandbox: Sandbox) -> None:
    assert sandbox.event("scalepad-remove")["asset"] not in read(sandbox)


# ---- what goes wrong ------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "awkward", [{"scalepad_cut_lists": 22}, {"scalepad_same_cursor": True}], ids=["cut", "same"]
)
def test_a_list_that_is_not_whole_is_no_list(sandbox: Sandbox, awkward: dict[str, int]) -> None:
    sandbox.switches.change(**awkward)

    with pytest.raises(ShortList):
        list(make_connector(sandbox).fetch_companies())
    with pytest.raises(ShortList):
        list(make_connector(sandbox).fetch_computers())


def test_without_lifecycle_manager_the_rest_is_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(scalepad_no_lifecycle_manager=True)
    connector = make_connector(sandbox)
    found = list(connector.fetch_computers())

    assert len(found) == len(pad_of(sandbox).hardware)
    assert {tuple(record.raw["unread"]) for record in found} == {("purchased_on", "warranty_ends_on")}
    assert "needs an active subscription" in connector.warnings[0]
    assert connector.check().ok


@pytest.mark.usefixtures("small_pages")
def test_a_key_that_is_revoked_in_mid_read_breaks_it(sandbox: Sandbox) -> None:
    reading = make_connector(sandbox).fetch_computers()
    assert next(reading)
    sandbox.switches.change(scalepad_key_revoked=True)

    with pytest.raises(Unauthorised, match="does not accept the API key"):
        list(reading)


@pytest.mark.usefixtures("small_pages")
def test_a_limit_is_waited_for_as_long_as_it_says(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        sandbox.clock.advance(seconds)

    monkeypatch.setattr(patience, "sleep", sleep)
    sandbox.switches.change(scalepad_calls=4)

    assert set(read(sandbox)) == set(pad_of(sandbox).hardware)
    assert waited
    assert set(waited) <= {4.0, 5.0}


@pytest.mark.usefixtures("small_pages")
def test_what_leaves_the_list_in_mid_read_does_not_hide_another(sandbox: Sandbox) -> None:
    """The cursor is a place in the list: one that goes in front of it makes another one slip past."""
    reading = make_connector(sandbox).fetch_computers()
    first = next(reading)
    sandbox.event("scalepad-remove", computer=first.external_id)

    with pytest.raises(ShortList):
        list(reading)
