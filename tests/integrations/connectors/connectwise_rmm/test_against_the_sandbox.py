"""The connector reads the simulated ConnectWise RMM over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectwise_rmm.connector import ConnectWiseRmmConnector
from integrations.net.errors import RateLimited, ShortList, Unauthorised
from integrations.sandbox.connectwise_rmm.console import AsioApplication
from integrations.sandbox.connectwise_rmm.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The one sandbox of these tests, as it was at the start."""
    shared.reset()
    return shared


def make_connector(sandbox: Sandbox, **changed: str) -> ConnectWiseRmmConnector:
    credentials = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changed}
    url = sandbox.url("connectwise_rmm")
    return ConnectWiseRmmConnector(ConsoleAccess(url, credentials, allow_private=("127.0.0.1",)))


def world_of(sandbox: Sandbox) -> AsioWorld:
    return sandbox.world.of(AsioWorld)


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()
    held = world_of(sandbox)
    first = next(iter(held.companies))
    of_first = [row for row in held.endpoints.values() if row["companyId"] == first]

    assert result.ok
    assert result.message == (
        f"Connected: {len(held.companies)} companies; "
        f"the first has {len(of_first)} endpoints on the first page."
    )


def test_a_wrong_secret_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, client_secret="wrong-word").check().ok


def test_scopes_that_the_key_lacks_are_named(sandbox: Sandbox) -> None:
    message = make_connector(sandbox, scopes="platform.companies.read platform.tickets.read").check().message

    assert "no token for the scopes platform.companies.read platform.tickets.read" in message


@pytest.mark.parametrize("link_header", [False, True])
@pytest.mark.parametrize("most_rows", [500, 3])
def test_every_company_site_and_endpoint_comes(sandbox: Sandbox, most_rows: int, link_header: bool) -> None:
    sandbox.switches.change(connectwise_rmm_most_rows=most_rows, connectwise_rmm_link_header=link_header)
    connector = make_connector(sandbox)
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())
    held = world_of(sandbox)

    assert {record.external_id for record in computers} == set(held.endpoints)
    assert {record.external_id for record in companies} == set(held.companies)
    places = {place.external_id: record for record in companies for place in record.locations}
    assert set(places) == set(held.sites)
    for record in computers:
        assert places[record.location_external_id or ""].external_id == record.company_external_id
    assert connector.warnings == []


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    found = [record.serial_number for record in make_connector(sandbox).fetch_computers()]

    assert sum(serial in hosts for serial in found if serial) > 90
    assert None in found, "and one without a serial number"
    assert found.count("VMW-CLONE-9") == 2, "and two that share theirs"


@pytest.mark.parametrize(
    "switch", ["connectwise_rmm_enveloped", "connectwise_rmm_grouped", "connectwise_rmm_other_names"]
)
def test_other_forms_are_the_same_records(sandbox: Sandbox, switch: str) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        computers = sorted(connector.fetch_computers(), key=lambda record: record.external_id)
        return [*connector.fetch_companies(), *computers]

    usual = read()
    sandbox.switches.change(**{switch: True})

    assert read() == usual


def test_the_other_list_of_endpoints_gives_the_same_records(sandbox: Sandbox) -> None:
    usual = list(make_connector(sandbox).fetch_computers())
    other = make_connector(sandbox, paths="devices=/api/platform/v1/device/endpoints")

    assert list(other.fetch_computers()) == usual


@pytest.mark.parametrize("changed", [{"resource_type": "client"}, {"companies_at_once": "4"}])
def test_other_questions_give_the_same_records(sandbox: Sandbox, changed: dict[str, str]) -> None:
    usual = {record.external_id: record for record in make_connector(sandbox).fetch_computers()}
    other = {record.external_id: record for record in make_connector(sandbox, **changed).fetch_computers()}

    assert other == usual


def test_endpoints_that_do_not_say_whose_they_are_belong_to_whom_was_asked_for(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_company_not_named=True)
    found = {record.external_id: record for record in make_connector(sandbox).fetch_computers()}
    held = world_of(sandbox).endpoints

    assert {key: record.company_external_id for key, record in found.items()} == {
        key: row["companyId"] for key, row in held.items()
    }


def test_a_console_that_does_not_heed_the_company_is_understood_while_endpoints_name_it(
    sandbox: Sandbox,
) -> None:
    usual = {record.external_id: record for record in make_connector(sandbox).fetch_computers()}
    sandbox.switches.change(connectwise_rmm_company_not_heeded=True)
    connector = make_connector(sandbox)

    assert {record.external_id: record for record in connector.fetch_computers()} == usual
    assert len(connector.warnings) == 1


def test_one_that_neither_heeds_nor_names_the_company_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_company_not_heeded=True, connectwise_rmm_company_not_named=True)

    with pytest.raises(ShortList, match="the same endpoints for several companies"):
        list(make_connector(sandbox).fetch_computers())


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers()]

    assert read() == read()


def test_a_removed_endpoint_is_in_no_list(sandbox: Sandbox) -> None:
    before = {record.external_id for record in make_connector(sandbox).fetch_computers()}
    done = sandbox.event("asio-remove")

    assert {record.external_id for record in make_connector(sandbox).fetch_computers()} == before - {
        done["computer"]
    }


def test_a_renamed_endpoint_keeps_its_id(sandbox: Sandbox) -> None:
    done = sandbox.event("asio-rename", message="NEW-NAME")
    found = {record.external_id: record.name for record in make_connector(sandbox).fetch_computers()}

    assert found[done["computer"]] == "NEW-NAME"


def test_a_cursor_that_leads_nowhere_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_most_rows=3, connectwise_rmm_repeats=True)

    with pytest.raises(ShortList, match="repeats itself"):
        list(make_connector(sandbox).fetch_computers())


def test_a_token_that_ends_in_between_does_not_stop_a_read(sandbox: Sandbox) -> None:
    computers = make_connector(sandbox).fetch_computers()
    found = [next(computers)]
    sandbox.console(AsioApplication).tokens.revoke()
    found += computers

    assert len(found) == len(world_of(sandbox).endpoints)


def test_a_key_that_is_revoked_in_mid_read_breaks_it(sandbox: Sandbox) -> None:
    computers = make_connector(sandbox).fetch_computers()
    next(computers)
    sandbox.switches.change(connectwise_rmm_key_revoked=True)

    with pytest.raises(Unauthorised, match="does not accept the client ID and secret"):
        list(computers)


def test_a_client_that_asked_for_too_many_tokens_is_told_and_works_again_later(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_most_tokens=2)
    for _ in range(2):
        assert make_connector(sandbox).check().ok
    assert "has locked the client for a while" in make_connector(sandbox).check().message

    sandbox.clock.advance(301)
    assert make_connector(sandbox).check().ok


def test_too_many_calls_break_the_read_where_the_wait_is_long(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_most_calls=5)

    with pytest.raises(RateLimited) as raised:
        list(make_connector(sandbox).fetch_computers())
    assert raised.value.retry_after
    assert raised.value.retry_after > 200


def test_short_tokens_are_renewed_as_often_as_needed(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_token_seconds=60, connectwise_rmm_most_tokens=0)
    connector = make_connector(sandbox)
    companies = []
    for record in connector.fetch_companies():
        companies.append(record)
        sandbox.clock.advance(61)

    assert len(companies) == len(world_of(sandbox).companies)


def test_a_right_that_is_lost_is_named(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_rmm_scopes_lost=["platform.devices.read"])
    result = make_connector(sandbox).check()

    assert not result.ok
    assert result.message.startswith("Endpoints cannot be read: ")
    assert "platform.devices.read" in result.message


def test_a_console_that_is_down_for_a_moment_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.connectors.patience.sleep", lambda seconds: None)
    sandbox.fronts["connectwise_rmm"].faults.add(method="POST", path="endpoints", what="503", times=2)

    assert len(list(make_connector(sandbox).fetch_computers())) == len(world_of(sandbox).endpoints)
