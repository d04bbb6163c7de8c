"""The connector reads the simulated server over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.tactical_rmm.connector import TacticalRmmConnector
from integrations.net.errors import ShortList, Unauthorised
from integrations.records import EventRecord
from integrations.sandbox.moments import later
from integrations.sandbox.server import Sandbox
from integrations.sandbox.tactical_rmm.constants import KEY
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row
from tests.integrations.net.server import receive


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


def url_of(sandbox: Sandbox) -> str:
    return sandbox.url("tactical_rmm")


def make_connector(sandbox: Sandbox, **changed: str) -> TacticalRmmConnector:
    credentials = {"api_key": KEY, **changed}
    return TacticalRmmConnector(ConsoleAccess(url_of(sandbox), credentials, allow_private=("127.0.0.1",)))


def read_events(sandbox: Sandbox, **changed: str) -> tuple[dict[str, EventRecord], set[str]]:
    connector = make_connector(sandbox, **changed)
    found = {event.external_id: event for event in connector.fetch_events()}
    assert connector.warnings == []
    return found, connector.series_seen


def an_agent(sandbox: Sandbox, fits: Callable[[Row], bool] = lambda row: True) -> Row:
    """A healthy one."""
    troubled = {alert["agent_id"] for alert in sandbox.world.of(TacticalWorld).alerts.values()}
    return next(
        row
        for key, row in sandbox.world.of(TacticalWorld).agents.items()
        if key not in troubled and fits(row)
    )


# ---- reading --------------------------------------------------------------------------------


def test_the_check_counts_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()
    tactical = sandbox.world.of(TacticalWorld)

    assert result.message == f"Connected: {len(tactical.clients)} clients, {len(tactical.agents)} agents."
    assert result.ok
    assert {detail.state for detail in result.details} == {"works"}


def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, api_key="wrong").check().ok


def test_every_company_comes_with_its_sites(sandbox: Sandbox) -> None:
    found = {record.external_id: record for record in make_connector(sandbox).fetch_companies()}
    tactical = sandbox.world.of(TacticalWorld)

    assert set(found) == set(tactical.clients)
    locations = {place.external_id for record in found.values() for place in record.locations}
    assert locations == set(tactical.sites)


def test_every_computer_comes_with_its_client_and_site(sandbox: Sandbox) -> None:
    connector = make_connector(sandbox, full_records="yes")
    found = {record.external_id: record for record in connector.fetch_computers()}
    tactical = sandbox.world.of(TacticalWorld)

    assert set(found) == set(tactical.agents)
    assert connector.warnings == []
    for key, record in found.items():
        site = tactical.sites[str(tactical.agents[key]["_site"])]
        assert record.location_external_id == str(site["id"])
        assert record.company_external_id == str(site["client"])
        assert record.device_class == tactical.agents[key]["monitoring_type"]


def test_the_same_machines_are_seen_by_both_consoles(sandbox: Sandbox) -> None:
    found = list(make_connector(sandbox, full_records="yes").fetch_computers())
    hosts = sandbox.world.console.hosts.values()
    serials = {host["serialNumber"] for host in hosts}
    addresses = {host["macAddress"].replace("-", ":").lower() for host in hosts}

    assert sum(record.serial_number in serials for record in found) > 100
    assert sum(bool(addresses & set(record.mac_addresses)) for record in found) > 80
    assert any(record.serial_number not in serials for record in found)


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()]

    assert read() == read()


def test_times_of_old_servers_are_read_to_the_minute(sandbox: Sandbox) -> None:
    exact = {record.external_id: record.last_seen for record in make_connector(sandbox).fetch_computers()}
    sandbox.switches.change(tactical_old_times=True)
    for record in make_connector(sandbox).fetch_computers():
        assert record.last_seen is not None
        assert record.last_seen == exact[record.external_id].replace(second=0, microsecond=0)  # type: ignore[union-attr]


def test_the_list_without_details_and_single_records_are_there_too(sandbox: Sandbox) -> None:
    """For other clients of this API; the connector has no use for them."""
    headers = {"X-API-KEY": KEY}
    (number, alert), *_ = sandbox.world.of(TacticalWorld).alerts.items()
    answers = {
        path: requests.get(f"{url_of(sandbox)}{path}", headers=headers, timeout=5)
        for path in (
            "/agents/?detail=false",
            "/clients/sites/",
            "/clients/4",
            f"/alerts/{number}/",
            "/beta/v1/",
        )
    }

    assert set(answers["/agents/?detail=false"].json()[0]) == {"id", "hostname", "agent_id", "client", "site"}
    assert len(answers["/clients/sites/"].json()) == len(sandbox.world.of(TacticalWorld).sites)
    assert answers["/clients/4"].json()["id"] == 4
    assert answers[f"/alerts/{number}/"].json()["message"] == alert["message"]
    assert answers["/beta/v1/"].status_code == 404


# ---- alerts ---------------------------------------------------------------------------------


def test_open_alerts_come_without_the_hidden_ones(sandbox: Sandbox) -> None:
    alerts = sandbox.world.of(TacticalWorld).alerts
    found, _ = read_events(sandbox)
    open_ids = {number for number, row in alerts.items() if not row["resolved"]}
    hidden = {number for number, row in alerts.items() if row["hidden"]}

    assert {key for key, event in found.items() if event.state == "open"} == open_ids - hidden
    assert read_events(sandbox, hidden_alerts="yes")[0].keys() == set(alerts)
    assert hidden & open_ids


@pytest.mark.parametrize(
    ("kind", "event_type"),
    [("availability", "device.offline"), ("cpuload", "device.cpu"), ("task", "device.script")],
)
def test_an_alert_opens_and_resolves(sandbox: Sandbox, kind: str, event_type: str) -> None:
    agent = an_agent(sandbox)
    told = sandbox.event("tactical-alert", computer=agent["agent_id"], alert=kind)
    opened = read_events(sandbox)[0][str(told["alert"])]
    sandbox.event("tactical-resolve", computer=agent["agent_id"])
    ended = read_events(sandbox)[0][str(told["alert"])]

    assert (opened.state, ended.state) == ("open", "resolved")
    assert opened.event_type == event_type
    assert opened.series_key == ended.series_key
    assert opened.computer_external_id == agent["agent_id"]
    assert opened.company_external_id == str(
        sandbox.world.of(TacticalWorld).sites[str(agent["_site"])]["client"]
    )
    assert opened.occurred_at is not None
    assert ended.occurred_at is not None
    assert ended.occurred_at > opened.occurred_at


def test_a_silent_agent_is_not_online_until_it_is_back(sandbox: Sandbox) -> None:
    key = an_agent(sandbox, lambda row: row["status"] == "online")["agent_id"]

    def is_online() -> bool | None:
        (found,) = (row for row in make_connector(sandbox).fetch_computers() if row.external_id == key)
        return found.online

    sandbox.event("tactical-alert", computer=key, alert="availability")
    assert is_online() is False
    sandbox.event("tactical-resolve", computer=key)
    assert is_online() is True


def test_what_comes_back_is_a_new_alert_of_the_same_series(sandbox: Sandbox) -> None:
    key = an_agent(sandbox)["agent_id"]
    first = sandbox.event("tactical-alert", computer=key, alert="memory")["alert"]
    sandbox.event("tactical-resolve", computer=key)
    again = sandbox.event("tactical-alert", computer=key, alert="memory")["alert"]
    found, _ = read_events(sandbox)

    assert first != again
    assert found[str(first)].series_key == found[str(again)].series_key
    assert [found[str(number)].state for number in (first, again)] == ["resolved", "open"]


def test_an_alert_of_long_ago_ends_by_leaving_the_list(sandbox: Sandbox) -> None:
    agent = an_agent(sandbox)
    told = sandbox.event("tactical-alert", computer=agent["agent_id"], alert="winsvc")
    alert = sandbox.world.of(TacticalWorld).alerts[str(told["alert"])]
    alert["alert_time"] = later(alert["alert_time"], days=-40)
    found, series = read_events(sandbox)
    key = found[str(told["alert"])].series_key
    assert key in series

    sandbox.event("tactical-resolve", computer=agent["agent_id"])
    assert key not in read_events(sandbox)[1]


def test_the_alerts_of_a_removed_agent_leave_the_list(sandbox: Sandbox) -> None:
    key = an_agent(sandbox)["agent_id"]
    sandbox.event("tactical-alert", computer=key, alert="ping")
    assert any(key in series for series in read_events(sandbox)[1])

    sandbox.event("tactical-remove-agent", computer=key)
    assert not any(key in series for series in read_events(sandbox)[1])


@pytest.mark.parametrize("kind", ["availability", "diskspace", "task", "custom"])
def test_what_is_posted_is_what_the_list_says(sandbox: Sandbox, kind: str) -> None:
    key = an_agent(sandbox)["agent_id"]
    with receive() as (url, posted):
        sandbox.switches.change(tactical_webhook_url=url)
        for event in ("tactical-alert", "tactical-resolve"):
            number = sandbox.event(event, computer=key, alert=kind)["alert"]
            (sent,) = make_connector(sandbox).parse_webhook(posted.get(timeout=5).body, {})
            read = read_events(sandbox)[0][str(number)]
            for name in (
                "external_id",
                "state",
                "occurred_at",
                "series_key",
                "event_type",
                "severity",
                "title",
            ):
                assert getattr(sent, name) == getattr(read, name), name
            assert sent.company_external_id == read.company_external_id
            assert sent.computer_external_id == read.computer_external_id


# ---- what goes wrong ------------------------------------------------------------------------


def test_a_list_of_agents_that_breaks_off_is_no_list(sandbox: Sandbox) -> None:
    sandbox.switches.change(tactical_cut_agents=2)

    with pytest.raises(ShortList, match="The list of computers ended"):
        list(make_connector(sandbox).fetch_computers())


def test_a_list_of_alerts_that_breaks_off_is_no_list(sandbox: Sandbox) -> None:
    sandbox.switches.change(tactical_cut_alerts=2)

    with pytest.raises(ShortList, match="The list of alerts ended"):
        list(make_connector(sandbox).fetch_events())


def test_a_key_that_is_revoked_in_mid_read_breaks_it(sandbox: Sandbox) -> None:
    reading = make_connector(sandbox).fetch_computers()
    assert next(reading)
    sandbox.switches.change(tactical_key_refused=True)

    with pytest.raises(Unauthorised, match="does not accept the API key"):
        list(reading)


def test_an_agent_that_slips_past_by_moving_makes_the_read_incomplete(sandbox: Sandbox) -> None:
    tactical = sandbox.world.of(TacticalWorld)
    reading = make_connector(sandbox).fetch_computers()
    first = next(reading)
    last = list(tactical.agents.values())[-4]
    assert str(tactical.sites[str(last["_site"])]["client"]) != first.company_external_id
    last["_site"] = int(first.location_external_id or 0)

    with pytest.raises(ShortList):
        list(reading)


def test_a_client_that_goes_while_it_is_read_does_not_break_the_read(sandbox: Sandbox) -> None:
    tactical = sandbox.world.of(TacticalWorld)
    reading = make_connector(sandbox).fetch_computers()
    first = next(reading)
    gone = next(
        row
        for row in list(tactical.clients.values())[1:]
        if any(
            tactical.sites[str(agent["_site"])]["client"] == row["id"] for agent in tactical.agents.values()
        )
    )
    sites = {site["id"] for site in tactical.sites.values() if site["client"] == gone["id"]}
    tactical.agents = {key: row for key, row in tactical.agents.items() if row["_site"] not in sites}
    tactical.alerts = {key: row for key, row in tactical.alerts.items() if row["agent_id"] in tactical.agents}
    tactical.sites = {key: row for key, row in tactical.sites.items() if row["id"] not in sites}
    del tactical.clients[str(gone["id"])]

    found = {first.external_id, *(record.external_id for record in reading)}
    assert found == set(tactical.agents)
