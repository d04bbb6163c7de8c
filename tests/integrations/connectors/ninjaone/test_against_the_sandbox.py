"""The connector reads the simulated NinjaOne over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import requests

from integrations.connectors.base import SECRET_HEADER, ConsoleAccess
from integrations.connectors.ninjaone.connector import NinjaOneConnector
from integrations.records import EventRecord
from integrations.sandbox.ninjaone.console import NinjaOneApplication
from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import Row
from tests.integrations.net.server import receive


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The one sandbox of these tests, as it was at the start."""
    shared.reset()
    return shared


def make_connector(sandbox: Sandbox, **changed: str) -> NinjaOneConnector:
    credentials = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changed}
    return NinjaOneConnector(
        ConsoleAccess(sandbox.url("ninjaone"), credentials, allow_private=("127.0.0.1",))
    )


def approved(sandbox: Sandbox) -> dict[str, Row]:
    devices = sandbox.world.of(NinjaOneWorld).devices
    return {key: row for key, row in devices.items() if row["approvalStatus"] == "APPROVED"}


def read_events(sandbox: Sandbox, since: datetime | None = None) -> tuple[list[EventRecord], set[str]]:
    connector = make_connector(sandbox)
    return list(connector.fetch_events(since)), connector.series_seen


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()
    ninja = sandbox.world.of(NinjaOneWorld)

    assert result.ok
    assert result.message == (
        f"Connected: {len(ninja.organisations)} organisations and {len(approved(sandbox))} devices "
        "on the first page; 0 alerts are on."
    )


def test_a_wrong_secret_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, client_secret="wrong-word").check().ok


@pytest.mark.parametrize("most_rows", [1000, 7])
def test_every_organisation_and_approved_device_comes(sandbox: Sandbox, most_rows: int) -> None:
    sandbox.switches.change(ninjaone_most_rows=most_rows)
    connector = make_connector(sandbox)
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())
    ninja = sandbox.world.of(NinjaOneWorld)

    assert {record.external_id for record in companies} == set(ninja.organisations)
    assert {record.external_id for record in computers} == set(approved(sandbox))
    places = {place.external_id for record in companies for place in record.locations}
    assert {record.location_external_id for record in computers} <= places
    assert connector.warnings == []


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    found = [record.serial_number for record in make_connector(sandbox).fetch_computers()]

    assert sum(serial in hosts for serial in found if serial) > 100
    assert None in found, "and some that only it sees"


@pytest.mark.parametrize("iso", [False, True])
def test_times_come_in_either_spelling(sandbox: Sandbox, iso: bool) -> None:
    sandbox.switches.change(ninjaone_iso_times=iso)
    computer = next(iter(make_connector(sandbox).fetch_computers()))
    told = sandbox.world.of(NinjaOneWorld).devices[computer.external_id]["lastContact"]

    assert computer.last_seen is not None
    assert computer.last_seen.replace(microsecond=0).isoformat()[:19] == told[:19]


def test_an_alert_opens_and_is_resolved(sandbox: Sandbox) -> None:
    since = sandbox.clock.now()
    done = sandbox.event("ninjaone-alert", source="AGENT_OFFLINE")
    opened, seen = read_events(sandbox, since)
    assert [(event.state, event.event_type) for event in opened] == [("open", "device.offline")]
    assert opened[0].severity == "high", "the alert has none, its trigger has"
    assert seen == {done["alert"]}

    sandbox.event("ninjaone-reset")
    told, seen = read_events(sandbox, since)
    assert [(event.state, event.series_key) for event in told] == [
        ("open", done["alert"]),
        ("resolved", done["alert"]),
    ]
    assert told[0].external_id == opened[0].external_id
    assert seen == {done["alert"]}


def test_an_alert_that_ends_without_a_word_is_in_no_list(sandbox: Sandbox) -> None:
    since = sandbox.clock.now()
    done = sandbox.event("ninjaone-alert")
    with sandbox.lock:
        sandbox.console(NinjaOneApplication).happenings.reset_alert(done["alert"], silently=True)

    assert read_events(sandbox, since) == ([], set())


@pytest.mark.parametrize("detailed", [False, True])
def test_either_place_of_the_state_is_understood(sandbox: Sandbox, detailed: bool) -> None:
    sandbox.switches.change(ninjaone_detailed_codes=detailed)
    since = sandbox.clock.now()
    sandbox.event("ninjaone-alert", source="CONDITION_AGENT_CPU")
    sandbox.event("ninjaone-reset")
    found, _ = read_events(sandbox, since)

    assert [(event.state, event.event_type) for event in found] == [
        ("open", "device.cpu"),
        ("resolved", "device.cpu"),
    ]


def test_a_long_history_is_read_back_to_the_last_read_and_no_further(sandbox: Sandbox) -> None:
    happenings = sandbox.console(NinjaOneApplication).happenings
    news = {"activityType": "SYSTEM", "statusCode": "POLICY_UPDATED", "status": "Policy updated"}
    with sandbox.lock:
        for _ in range(450):
            happenings.add_activity(None, **news, message="long ago")
        sandbox.clock.advance(7200)
        for number in range(250):
            happenings.add_activity(None, **news, message=f"news {number}")
    found, _ = read_events(sandbox, sandbox.clock.now())

    assert [event.title for event in found] == [f"news {number}" for number in range(250)]
    asked = [
        exchange for exchange in sandbox.fronts["ninjaone"].requests if exchange.path.endswith("/activities")
    ]
    assert len(asked) == 3, "250 new ones, and one page of which nothing is new"


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    sandbox.event("ninjaone-alert")

    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()]

    assert read() == read()


def test_a_token_that_ends_at_once_does_not_stop_a_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(ninjaone_most_rows=50)
    connector = make_connector(sandbox)
    computers = connector.fetch_computers()
    found = [next(computers)]
    sandbox.console(NinjaOneApplication).forget()
    found += computers

    assert len(found) == len(approved(sandbox))


def test_a_new_token_is_asked_for_when_the_old_one_has_run_out(sandbox: Sandbox) -> None:
    sandbox.switches.change(ninjaone_token_seconds=120)
    connector = make_connector(sandbox)
    first = list(connector.fetch_computers())
    sandbox.clock.advance(121)

    assert list(connector.fetch_computers()) == first


def test_a_console_that_is_down_for_a_moment_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.connectors.patience.sleep", lambda seconds: None)
    sandbox.fronts["ninjaone"].faults.add(path="devices-detailed", what="503", times=2)

    assert len(list(make_connector(sandbox).fetch_computers())) == len(approved(sandbox))


def test_the_webhook_tells_the_same_as_the_list(sandbox: Sandbox) -> None:
    with receive() as (url, arrived):
        register_webhook(sandbox, url)
        sandbox.event("ninjaone-alert")
        sent = arrived.get(timeout=5)
    (told,) = make_connector(sandbox, webhook_secret="our-word").parse_webhook(sent.body, sent.headers)
    (listed,), _ = read_events(sandbox)

    assert (told.external_id, told.state, told.series_key, told.event_type, told.occurred_at) == (
        listed.external_id,
        listed.state,
        listed.series_key,
        listed.event_type,
        listed.occurred_at,
    )
    assert told.company_external_id is not None


def register_webhook(sandbox: Sandbox, url: str) -> None:
    """As staff do it, with an app that has the scope `management`."""
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": "management",
    }
    token = requests.post(f"{sandbox.url('ninjaone')}/ws/oauth/token", data=form, timeout=5).json()
    wanted = {
        "url": url,
        "activities": {"CONDITION": ["TRIGGERED", "RESET"]},
        "expand": ["device"],
        "headers": [{"name": SECRET_HEADER, "value": "our-word"}],
    }
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.put(f"{sandbox.url('ninjaone')}/v2/webhook", json=wanted, headers=headers, timeout=5)
    assert answer.status_code == 204
