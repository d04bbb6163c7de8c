"""The connector reads the simulated Automate over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectwise_automate.connector import ConnectWiseAutomateConnector
from integrations.net.errors import ShortList, Unauthorised
from integrations.sandbox.connectwise_automate.console import AutomateApplication
from integrations.sandbox.connectwise_automate.constants import CLIENT_ID, PASSWORD, USERNAME
from integrations.sandbox.connectwise_automate.world import AutomateWorld
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


def make_connector(sandbox: Sandbox, **changed: str) -> ConnectWiseAutomateConnector:
    credentials = {"username": USERNAME, "password": PASSWORD, "client_id": CLIENT_ID, **changed}
    url = sandbox.url("connectwise_automate")
    return ConnectWiseAutomateConnector(ConsoleAccess(url, credentials, allow_private=("127.0.0.1",)))


def world_of(sandbox: Sandbox) -> AutomateWorld:
    return sandbox.world.of(AutomateWorld)


def ids_of(sandbox: Sandbox) -> set[str]:
    return {record.external_id for record in make_connector(sandbox).fetch_computers()}


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()
    held = world_of(sandbox)

    assert result.ok
    assert result.message == (
        f"Connected: {len(held.clients)} clients, {len(held.locations)} locations and "
        f"{len(held.computers)} computers on the first page."
    )


@pytest.mark.parametrize("name", ["username", "password", "client_id"])
def test_a_wrong_key_is_refused(sandbox: Sandbox, name: str) -> None:
    assert not make_connector(sandbox, **{name: "wrong-word"}).check().ok


@pytest.mark.parametrize("most_rows", [1000, 7])
def test_every_client_location_and_computer_comes(sandbox: Sandbox, most_rows: int) -> None:
    sandbox.switches.change(connectwise_automate_most_rows=most_rows)
    connector = make_connector(sandbox)
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())
    held = world_of(sandbox)

    assert [record.external_id for record in computers] == list(held.computers), "in the order of their ids"
    assert {record.external_id for record in companies} == set(held.clients)
    places = {place.external_id: record for record in companies for place in record.locations}
    assert set(places) == set(held.locations)
    for record in computers:
        assert places[record.location_external_id or ""].external_id == record.company_external_id
    assert connector.warnings == []


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    found = [record.serial_number for record in make_connector(sandbox).fetch_computers()]

    assert sum(serial in hosts for serial in found if serial) > 80
    assert None in found, "and one without a serial number"
    assert found.count("VMW-CLONE-7") == 2, "and two that share theirs"


def test_a_computer_comes_with_all_that_is_known_of_it(sandbox: Sandbox) -> None:
    found = next(iter(make_connector(sandbox).fetch_computers()))
    held = world_of(sandbox).computers[found.external_id]

    assert (found.host_name, found.serial_number) == (held["ComputerName"], held["SerialNumber"])
    assert (found.manufacturer, found.os_name) == (held["BIOSManufacturer"], held["OperatingSystemName"])
    assert (found.ip_addresses, found.agent_version) == (
        (held["LocalIPAddress"],),
        held["RemoteAgentVersion"],
    )
    assert found.mac_addresses == (held["MacAddress"].replace("-", ":").lower(),)
    assert found.online is (held["Status"] == "Online")
    assert found.last_seen is not None
    assert found.last_seen.isoformat()[:19] == held["RemoteAgentLastContact"][:19]


@pytest.mark.parametrize("switch", ["connectwise_automate_other_case", "connectwise_automate_naive_times"])
def test_other_spellings_are_the_same_records(sandbox: Sandbox, switch: str) -> None:
    usual = list(make_connector(sandbox).fetch_computers())
    sandbox.switches.change(**{switch: True})

    assert list(make_connector(sandbox).fetch_computers()) == usual


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers()]

    assert read() == read()


def test_a_retired_computer_is_in_no_list(sandbox: Sandbox) -> None:
    before = ids_of(sandbox)
    done = sandbox.event("automate-retire")

    assert ids_of(sandbox) == before - {done["computer"]}


def test_a_computer_that_moves_belongs_to_the_other_client(sandbox: Sandbox) -> None:
    owner = {record.external_id: record for record in make_connector(sandbox).fetch_computers()}
    done = sandbox.event("automate-move")
    moved = {record.external_id: record for record in make_connector(sandbox).fetch_computers()}

    changed = {
        number
        for number, record in moved.items()
        if record.company_external_id != owner[number].company_external_id
    }
    assert changed == {done["computer"]}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_that_lost_a_row_breaks_the_read(sandbox: Sandbox, number: int) -> None:
    sandbox.switches.change(connectwise_automate_most_rows=10, connectwise_automate_cut_page=number)

    with pytest.raises(ShortList, match="a page that was cut"):
        ids_of(sandbox)


def test_a_server_that_does_not_heed_the_page_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_same_page=True)

    with pytest.raises(ShortList, match="repeats itself"):
        ids_of(sandbox)


def test_a_token_that_ends_in_between_does_not_stop_a_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_most_rows=20)
    computers = make_connector(sandbox).fetch_computers()
    found = [next(computers)]
    sandbox.console(AutomateApplication).forget()
    found += computers

    assert len(found) == len(world_of(sandbox).computers)


def test_short_tokens_are_renewed_as_often_as_needed(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_token_seconds=1, connectwise_automate_most_rows=20)
    computers = make_connector(sandbox).fetch_computers()
    found = []
    for record in computers:
        found.append(record)
        sandbox.clock.advance(1)

    assert len(found) == len(world_of(sandbox).computers)


def test_a_user_who_is_disabled_in_mid_read_breaks_it(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_most_rows=20)
    computers = make_connector(sandbox).fetch_computers()
    next(computers)
    sandbox.switches.change(connectwise_automate_user_disabled=True)

    with pytest.raises(Unauthorised, match="does not accept user name, password and client ID"):
        list(computers)


def test_a_user_with_a_second_factor_is_told(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_second_factor=True)

    assert "asks halobridge for a second factor" in make_connector(sandbox).check().message


def test_a_list_that_may_not_be_read_is_named(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectwise_automate_forbidden=["locations"])
    result = make_connector(sandbox).check()

    assert not result.ok
    assert result.message.startswith("Locations cannot be read: ")


def test_a_server_that_is_down_for_a_moment_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.connectors.patience.sleep", lambda seconds: None)
    sandbox.fronts["connectwise_automate"].faults.add(path="Computers", what="503", times=2)

    assert len(ids_of(sandbox)) == len(world_of(sandbox).computers)
