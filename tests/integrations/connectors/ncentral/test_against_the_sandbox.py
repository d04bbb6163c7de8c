"""The connector reads the simulated N-central over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ncentral.connector import NCentralConnector
from integrations.net.errors import ShortList, Unauthorised
from integrations.records import EventRecord
from integrations.sandbox.ncentral.console import NCentralApplication
from integrations.sandbox.ncentral.constants import USER_TOKEN
from integrations.sandbox.ncentral.world import NCentralWorld
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


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made


def make_connector(sandbox: Sandbox, **changed: str) -> NCentralConnector:
    """Without asset data, which cost a call for each device, unless they are asked for."""
    credentials = {"token": USER_TOKEN, "asset_data": "no", **changed}
    access = ConsoleAccess(sandbox.url("ncentral"), credentials, allow_private=("127.0.0.1",))
    return NCentralConnector(access)


def held(sandbox: Sandbox) -> NCentralWorld:
    return sandbox.world.of(NCentralWorld)


def read_events(sandbox: Sandbox) -> tuple[dict[str, EventRecord], set[str]]:
    connector = make_connector(sandbox)
    return {event.series_key: event for event in connector.fetch_events()}, connector.series_seen


def paths(sandbox: Sandbox) -> list[str]:
    return [exchange.path for exchange in sandbox.fronts["ncentral"].requests]


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox, asset_data="yes", lifecycle="yes").check()
    central = held(sandbox)

    assert result.ok
    assert result.message == (
        f"Connected: {len(central.customers)} customers, {len(central.devices)} devices."
    )
    assert {detail.state for detail in result.details} == {"works"}


def test_an_expired_password_is_said_in_words(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_user_refused=True)
    result = make_connector(sandbox).check()

    assert not result.ok
    assert "does not accept the JSON web token" in result.message


@pytest.mark.parametrize("text_ids", [False, True])
@pytest.mark.parametrize("most_rows", [1000, 7])
def test_every_customer_site_and_device_comes(sandbox: Sandbox, most_rows: int, text_ids: bool) -> None:
    sandbox.switches.change(ncentral_most_rows=most_rows, ncentral_text_ids=text_ids)
    connector = make_connector(sandbox)
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())
    central = held(sandbox)
    customers = {key for key, row in central.customers.items() if not row["system"]}

    assert {record.external_id for record in companies} == customers
    assert {place.external_id for record in companies for place in record.locations} == set(central.sites)
    assert {record.external_id for record in computers} == set(central.devices)
    places = {(record.external_id, place.external_id) for record in companies for place in record.locations}
    found = {(record.company_external_id, record.location_external_id) for record in computers}
    assert {pair for pair in found if pair[1]} <= places
    assert connector.warnings == []


def test_names_are_trimmed_and_otherwise_as_they_are(sandbox: Sandbox) -> None:
    names = {record.name for record in make_connector(sandbox).fetch_companies()}

    assert {"Żółw & Söhne – Ünïted Bakers", "株式会社さくら (N-central)"} <= names


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    computers = list(make_connector(sandbox, asset_data="").fetch_computers())
    found = [record.serial_number for record in computers]

    assert sum(serial in hosts for serial in found if serial) > 80
    assert None in found, "and some that only it sees"
    clones = [record for record in computers if record.name.endswith("(clone)")]
    assert [record.serial_number in found[:-1] for record in clones] == [True]


@pytest.mark.parametrize("cards", ["list", "wrapped", "one"])
def test_network_cards_come_in_any_shape(sandbox: Sandbox, cards: str) -> None:
    sandbox.switches.change(ncentral_cards=cards)
    computer = next(iter(make_connector(sandbox, asset_data="yes").fetch_computers()))
    known = held(sandbox).assets[computer.external_id]

    assert computer.ip_addresses == (known["ip"],)
    assert computer.mac_addresses == (known["mac"].lower(),)


def test_dates_of_purchase_and_warranty_are_read_where_they_are_wanted(sandbox: Sandbox) -> None:
    with_dates = list(make_connector(sandbox, lifecycle="yes").fetch_computers())
    bought = {key: row["bought"] for key, row in held(sandbox).assets.items() if row["bought"]}

    told = {record.external_id: str(record.purchased_on) for record in with_dates if record.purchased_on}
    assert told == bought
    assert all(record.warranty_ends_on is None for record in make_connector(sandbox).fetch_computers())


def test_asset_data_that_are_refused_stop_nothing_and_are_not_asked_for_again(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_assets_refused=True)
    connector = make_connector(sandbox, asset_data="yes")
    computers = list(connector.fetch_computers())

    assert len(computers) == len(held(sandbox).devices)
    assert all("serial_number" in record.raw["unread"] for record in computers)
    assert sum(path.endswith("/assets") for path in paths(sandbox)) == 1
    assert connector.warnings[0].startswith(f"Asset data of {len(computers)} computers could not be read: ")


def test_lists_in_a_changing_order_are_not_used(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_unsorted=True, ncentral_most_rows=20)

    with pytest.raises(ShortList, match="devices changed its order"):
        list(make_connector(sandbox).fetch_computers())


def test_a_token_that_ends_in_the_middle_is_got_anew(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_most_rows=20)
    computers = make_connector(sandbox).fetch_computers()
    found = [next(computers)]
    sandbox.console(NCentralApplication).forget()
    found += computers

    assert len(found) == len(held(sandbox).devices)
    assert paths(sandbox).count("/api/auth/authenticate") == 2


def test_a_user_who_is_revoked_in_the_middle_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_most_rows=20)
    computers = make_connector(sandbox).fetch_computers()
    next(computers)
    sandbox.switches.change(ncentral_user_refused=True)
    sandbox.console(NCentralApplication).forget()

    with pytest.raises(Unauthorised, match="JSON web token"):
        list(computers)


def test_too_many_calls_at_once_are_waited_for(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.fronts["ncentral"].faults.add(path="/api/customers", what="429", times=3)

    assert len(list(make_connector(sandbox).fetch_companies())) == len(held(sandbox).customers) - 1
    assert pauses == [1.0, 5.0, 10.0]


def test_one_run_never_has_two_calls_on_their_way(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.switches.change(ncentral_calls_at_once=1, ncentral_call_seconds=0.001, ncentral_most_rows=20)
    connector = make_connector(sandbox)
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert pauses == [], "no call met the one before it"


def test_a_console_that_is_down_for_a_moment_is_waited_for(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.fronts["ncentral"].faults.add(path="/api/devices", what="503", times=2)

    assert len(list(make_connector(sandbox).fetch_computers())) == len(held(sandbox).devices)


# ---- active issues --------------------------------------------------------------------------


def test_an_issue_begins_gets_worse_and_is_over(sandbox: Sandbox) -> None:
    before, _ = read_events(sandbox)
    troubled = {str(issue["device"]) for issue in held(sandbox).issues.values()}
    fine = next(number for number in held(sandbox).assets if number not in troubled)
    key = sandbox.event("ncentral-issue", alert="cpu", computer=fine, state=3)["issue"]
    opened, seen = read_events(sandbox)
    assert set(opened) - set(before) == {key}
    assert (opened[key].event_type, opened[key].severity) == ("device.cpu", "medium")

    sandbox.clock.advance(60)
    device = opened[key].computer_external_id
    sandbox.event("ncentral-issue", alert="cpu", computer=device, state=6)
    worse, seen = read_events(sandbox)
    assert (worse[key].severity, worse[key].external_id != opened[key].external_id) == ("critical", True)
    assert key in seen

    sandbox.event("ncentral-normal", alert="cpu", computer=device)
    over, seen = read_events(sandbox)
    assert key not in over
    assert key not in seen


def test_issues_name_the_customer_of_their_device_also_where_it_stands_at_a_site(sandbox: Sandbox) -> None:
    central = held(sandbox)
    device = next(row for row in central.devices.values() if row["_site"] and row["_customer"])
    key = sandbox.event("ncentral-issue", computer=str(device["deviceId"]))["issue"]
    found, _ = read_events(sandbox)

    assert found[key].company_external_id == str(device["_customer"])


def test_an_issue_of_a_device_that_is_not_monitored_is_alive_but_no_event(sandbox: Sandbox) -> None:
    silent = {key for key, row in held(sandbox).issues.items() if not row["monitored"]}
    found, seen = read_events(sandbox)

    assert silent
    assert silent <= seen
    assert not silent & set(found)


def test_all_issues_cost_one_call_for_each_page(sandbox: Sandbox) -> None:
    read_events(sandbox)

    assert [path for path in paths(sandbox) if "active-issues" in path] == ["/api/org-units/50/active-issues"]


def test_a_user_of_one_customer_sees_its_issues_by_customer(sandbox: Sandbox) -> None:
    sandbox.switches.change(ncentral_single_customer=True)
    companies = list(make_connector(sandbox).fetch_companies())
    device = next(iter(make_connector(sandbox).fetch_computers()))
    key = sandbox.event("ncentral-issue", computer=device.external_id)["issue"]
    found, _ = read_events(sandbox)

    assert len(companies) == 1
    assert key in found
    assert {event.company_external_id for event in found.values()} == {companies[0].external_id}


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()]

    assert read() == read()
