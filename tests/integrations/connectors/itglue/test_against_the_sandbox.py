"""The connector reads the simulated account over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.itglue import client
from integrations.connectors.itglue.connector import ITGlueConnector
from integrations.net.errors import Forbidden, ShortList, Unauthorised
from integrations.records import ComputerRecord
from integrations.sandbox.itglue.constants import KEY
from integrations.sandbox.itglue.fleet import ONLY_HERE, UNNAMED, VENDOR
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.server import Sandbox


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


def make_connector(sandbox: Sandbox, key: str = KEY) -> ITGlueConnector:
    access = ConsoleAccess(sandbox.url("itglue"), {"api_key": key}, allow_private=("127.0.0.1",))
    return ITGlueConnector(access)


def glue_of(sandbox: Sandbox) -> ITGlueWorld:
    return sandbox.world.of(ITGlueWorld)


def read(sandbox: Sandbox) -> dict[str, ComputerRecord]:
    connector = make_connector(sandbox)
    found = {record.external_id: replace(record, raw={}) for record in connector.fetch_computers()}
    assert connector.warnings == []
    return found


def test_the_check_counts_what_is_there(sandbox: Sandbox) -> None:
    result, glue = make_connector(sandbox).check(), glue_of(sandbox)
    counts = f"{len(glue.organizations)} organisations and {len(glue.configurations)} configurations"

    assert (result.ok, result.message) == (True, f"Connected: {counts}.")
    assert {detail.state for detail in result.details} == {"works"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_refused_in_words(sandbox: Sandbox, status: int) -> None:
    sandbox.switches.change(itglue_wrong_key_status=status)
    result = make_connector(sandbox, "ITG.wrong").check()

    assert not result.ok
    assert "another region" in result.message
    assert "ITG.wrong" not in result.message


@pytest.mark.usefixtures("small_pages")
def test_every_organisation_comes_with_its_locations(sandbox: Sandbox) -> None:
    found = {record.external_id: record for record in make_connector(sandbox).fetch_companies()}
    glue = glue_of(sandbox)

    assert set(found) == set(glue.organizations)
    assert {record.name for record in found.values()} >= {ONLY_HERE.strip(), VENDOR, "株式会社さくら"}
    places = {(key, place.external_id) for key, record in found.items() for place in record.locations}
    assert places == {(str(row["organization-id"]), key) for key, row in glue.locations.items()}


@pytest.mark.usefixtures("small_pages")
def test_every_configuration_comes_with_its_dates_and_its_page(sandbox: Sandbox) -> None:
    found, glue = read(sandbox), glue_of(sandbox)

    assert set(found) == set(glue.configurations)
    for key, record in found.items():
        row = glue.configurations[key]
        days = (record.purchased_on, record.warranty_ends_on)
        assert [day and day.isoformat() for day in days] == [row["purchased-at"], row["warranty-expires-at"]]
        assert (
            record.console_url
            == f"https://sandbox.itglue.example/{row['organization-id']}/configurations/{key}"
        )
        assert record.products == (row["configuration-type-name"],)
        assert record.eligible is not row["archived"]


def test_the_same_machines_are_seen_by_both_consoles(sandbox: Sandbox) -> None:
    found, hosts = read(sandbox).values(), sandbox.world.console.hosts.values()
    serials = {host["serialNumber"] for host in hosts}
    addresses = {host["macAddress"].replace("-", ":").lower() for host in hosts}

    assert sum(record.serial_number in serials for record in found) > 80
    assert sum(bool(addresses & set(record.mac_addresses)) for record in found) > 80
    assert any(record.serial_number and record.serial_number not in serials for record in found)
    assert any((record.name, record.serial_number) == (UNNAMED, None) for record in found)


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    assert read(sandbox) == read(sandbox)


@pytest.mark.parametrize("switch", ["itglue_text_ids", "itglue_times_on_dates"])
def test_other_spellings_say_the_same(sandbox: Sandbox, switch: str) -> None:
    usual = read(sandbox)
    sandbox.switches.change(**{switch: True})

    assert read(sandbox) == usual


def test_archived_configurations_may_be_missing_from_the_list(sandbox: Sandbox) -> None:
    sandbox.switches.change(itglue_archived_hidden=True)
    found = read(sandbox)

    assert all(record.eligible for record in found.values())
    assert set(found) < set(glue_of(sandbox).configurations)


# ---- what happens ---------------------------------------------------------------------------


def test_what_is_archived_stays_and_is_not_eligible(sandbox: Sandbox) -> None:
    key = str(sandbox.event("itglue-archive")["configuration"])

    assert not read(sandbox)[key].eligible


def test_what_is_deleted_is_missing(sandbox: Sandbox) -> None:
    key = str(sandbox.event("itglue-delete")["configuration"])

    assert key not in read(sandbox)


def test_a_warranty_that_is_extended_ends_later(sandbox: Sandbox) -> None:
    key, before = next((key, record) for key, record in read(sandbox).items() if record.warranty_ends_on)
    sandbox.event("itglue-warranty", computer=key)
    after = read(sandbox)[key]

    assert before.warranty_ends_on is not None
    assert after.warranty_ends_on is not None
    assert (after.warranty_ends_on - before.warranty_ends_on).days == 365


# ---- what goes wrong ------------------------------------------------------------------------


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "awkward",
    [{"itglue_cut_lists": 30}, {"itglue_without_count": True}, {"itglue_first_page_only": True}],
    ids=["cut", "without a count", "always the first page"],
)
def test_a_list_that_is_not_whole_is_no_list(sandbox: Sandbox, awkward: dict[str, int]) -> None:
    sandbox.switches.change(**awkward)

    with pytest.raises(ShortList):
        list(make_connector(sandbox).fetch_computers())


def test_without_locations_the_rest_is_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(itglue_locations_refused=True)
    connector = make_connector(sandbox)
    found = list(connector.fetch_companies())

    assert len(found) == len(glue_of(sandbox).organizations)
    assert "not allowed to see locations" in connector.warnings[0]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(("status", "error"), [(401, Unauthorised), (403, Forbidden)])
def test_a_key_that_is_revoked_in_mid_read_breaks_it(
    sandbox: Sandbox, status: int, error: type[Exception]
) -> None:
    reading = make_connector(sandbox).fetch_computers()
    assert next(reading)
    sandbox.switches.change(itglue_key_revoked=True, itglue_wrong_key_status=status)

    with pytest.raises(error):
        list(reading)


@pytest.mark.usefixtures("small_pages")
def test_a_limit_is_waited_for(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: sandbox.clock.advance(300))
    sandbox.switches.change(itglue_calls=3)

    assert set(read(sandbox)) == set(glue_of(sandbox).configurations)
    assert [exchange.status for exchange in sandbox.fronts["itglue"].requests].count(429) >= 1


@pytest.mark.usefixtures("small_pages")
def test_an_organisation_that_is_deleted_in_mid_read_does_not_break_it(sandbox: Sandbox) -> None:
    reading = make_connector(sandbox).fetch_computers()
    first = next(reading)
    glue = glue_of(sandbox)
    last = list(glue.configurations)[-1]
    owner = glue.configurations[last]["organization-id"]
    assert str(owner) != first.company_external_id
    sandbox.event("itglue-delete-organization", computer=last)
    found = {first.external_id, *(record.external_id for record in reading)}

    assert found >= set(glue.configurations)
    assert last not in found


@pytest.mark.usefixtures("small_pages")
def test_what_is_deleted_from_a_page_that_was_read_makes_no_other_slip(sandbox: Sandbox) -> None:
    reading = make_connector(sandbox).fetch_computers()
    first = next(reading)
    sandbox.event("itglue-delete", computer=first.external_id)
    found = {record.external_id for record in reading}

    assert found >= set(glue_of(sandbox).configurations)
