"""Peculiarities of reading Tactical RMM: its key, its address, counts in the place of pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from integrations.connectors import patience
from integrations.connectors.tactical_rmm.client import BAD_KEY
from integrations.connectors.tactical_rmm.connector import NO_ADDRESS, NOWHERE, TacticalRmmConnector
from integrations.net.errors import BadAnswer, Forbidden, ShortList, Unauthorised
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console, sample

KIND = "tactical_rmm"


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedConsole]:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)
    with recorded_console(KIND) as found:
        yield found


def computers_of(console: RecordedConsole, **changed: str) -> tuple[list[ComputerRecord], list[str]]:
    connector = console.connector(**changed)
    return list(connector.fetch_computers()), connector.warnings


def serve(console: RecordedConsole, path: str, rows: Any, times: int | None = None) -> None:
    console.faults.append(Fault(path, body=json.dumps(rows), times=times))


# ---- key and address ------------------------------------------------------------------------


@pytest.mark.parametrize("pasted", ['"{}"', " '{}' ", "`{}`\n"])
def test_a_key_pasted_with_quotes_works(console: RecordedConsole, pasted: str) -> None:
    assert console.connector(api_key=pasted.format("marked-secret-token-1")).check().ok


def test_a_wrong_key_is_said_with_the_place_to_look(console: RecordedConsole) -> None:
    result = console.connector(api_key="marked-secret-but-wrong").check()

    assert not result.ok
    assert result.message == f"Clients cannot be read: {BAD_KEY}"
    assert [(detail.name, detail.state) for detail in result.details] == [("Clients", "refused")]


@pytest.mark.parametrize("address", ["", NOWHERE])
def test_an_address_that_was_not_entered_is_said_without_a_call(
    console: RecordedConsole, address: str
) -> None:
    result = TacticalRmmConnector(replace(console.access(), base_url=address)).check()

    assert (result.ok, result.message) == (False, NO_ADDRESS)


def test_the_address_of_the_dashboard_is_told_from_that_of_the_api(console: RecordedConsole) -> None:
    page = "<!DOCTYPE html><html><title>Tactical RMM</title></html>"
    console.faults.append(Fault("/", body=page, content_type="text/html", times=None))

    with pytest.raises(BadAnswer, match="not that of the dashboard"):
        list(console.connector().fetch_companies())


def test_the_address_may_end_with_a_slash(console: RecordedConsole) -> None:
    access = console.access()

    assert TacticalRmmConnector(replace(access, base_url=f" {access.base_url}/ ")).check().ok


def test_a_key_that_is_revoked_in_mid_read_breaks_it(console: RecordedConsole) -> None:
    console.faults.append(Fault("/agents/?detail=true&client=5", status=401, times=None))
    reading = console.connector().fetch_computers()
    before = list(islice(reading, 3))

    with pytest.raises(Unauthorised, match="does not accept the API key"):
        next(reading)

    assert {record.company_external_id for record in before} == {"4"}


def test_a_key_that_is_refused_stays_refused_after_two_tries(console: RecordedConsole) -> None:
    console.faults.append(Fault("/clients/", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())

    assert console.calls == ["GET /clients/"] * 2


def test_the_check_succeeds_without_alerts_and_says_so(console: RecordedConsole) -> None:
    console.faults.append(Fault("/alerts/", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert result.message.startswith("Connected: 4 clients, 5 agents. Alerts cannot be read: ")
    assert [detail.name for detail in result.details if detail.state == "refused"] == ["Alerts"]


def test_the_check_fails_without_agents(console: RecordedConsole) -> None:
    console.faults.append(Fault("/agents/", status=403, times=None))

    assert not console.connector().check().ok


def test_a_server_without_clients_is_connected(console: RecordedConsole) -> None:
    serve(console, "/clients/", [])

    assert console.connector().check().message == "Connected: 0 clients, 0 agents."
    assert computers_of(console) == ([], [])


# ---- computers ------------------------------------------------------------------------------


def test_agents_are_asked_for_by_client(console: RecordedConsole) -> None:
    computers_of(console, full_records="")

    assert console.calls == ["GET /clients/"] + [
        f"GET /agents/?detail=true&client={key}" for key in (4, 5, 6)
    ]


def test_clients_are_read_once_for_all_that_needs_them(console: RecordedConsole) -> None:
    connector = console.connector(full_records="")
    for reader in (connector.fetch_companies, connector.fetch_computers, connector.fetch_events):
        list(reader())

    assert console.calls.count("GET /clients/") == 1


def test_fewer_agents_than_the_sites_have_is_no_list(console: RecordedConsole) -> None:
    serve(console, "/agents/?detail=true&client=5", [])

    with pytest.raises(ShortList, match="ended after 3 of 5"):
        computers_of(console)


def test_agents_that_were_removed_while_reading_do_not_break_it(console: RecordedConsole) -> None:
    clients = sample(KIND, "clients.json")
    console.faults.append(Fault("/clients/", body=json.dumps(clients)))
    serve(
        console,
        "/clients/",
        [clients[0], {**clients[1], "sites": [{"id": 11, "name": "x", "agent_count": 0}]}],
    )
    serve(console, "/agents/?detail=true&client=5", [])

    assert len(computers_of(console)[0]) == 3


def test_a_client_that_was_deleted_while_reading_does_not_break_it(console: RecordedConsole) -> None:
    clients = sample(KIND, "clients.json")
    console.faults.append(Fault("/clients/", body=json.dumps(clients)))
    serve(console, "/clients/", clients[:1])
    serve(console, "/agents/?detail=true&client=5", [])

    assert {record.company_external_id for record in computers_of(console)[0]} == {"4"}


def test_a_server_that_counts_nothing_is_believed(console: RecordedConsole) -> None:
    serve(console, "/clients/", [{"id": 4, "name": "Harbour"}])

    assert len(computers_of(console)[0]) == 3


def test_an_agent_that_moves_while_reading_is_given_once(console: RecordedConsole) -> None:
    moved = sample(KIND, "agents_4.json")[0]
    serve(console, "/agents/?detail=true&client=5", [*sample(KIND, "agents_5.json"), moved])
    found, _ = computers_of(console)
    ids = [record.external_id for record in found]

    assert len(ids) == len(set(ids)) == 5


def test_two_agents_of_one_id_are_one_with_a_warning(console: RecordedConsole) -> None:
    first, second = sample(KIND, "agents_5.json")
    serve(console, "/agents/?detail=true&client=5", [first, {**second, "agent_id": first["agent_id"]}])
    found, warnings = computers_of(console)

    assert len(found) == 4
    assert "1 computers have the id of another one and were left out." in warnings


def test_agents_without_id_are_counted(console: RecordedConsole) -> None:
    first, second = sample(KIND, "agents_5.json")
    serve(console, "/agents/?detail=true&client=5", [first, {**second, "agent_id": None}])
    found, warnings = computers_of(console)

    assert len(found) == 4
    assert "1 computers without an id were left out." in warnings


# ---- full records ---------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["", "no", "0", "perhaps"])
def test_full_records_are_read_on_request_only(console: RecordedConsole, wanted: str) -> None:
    found, _ = computers_of(console, full_records=wanted)

    assert not [call for call in console.calls if "?" not in call and "/agents/" in call]
    assert all("mac_addresses" in record.raw["unread"] for record in found)


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        (Fault("/agents/", status=403, times=None), 1),
        (Fault("/agents/", status=429, headers={"Retry-After": "900"}, times=None), 1),
        (Fault("/agents/", status=400, times=None), 3),
        (Fault("/agents/", body="[]", times=None), 3),
    ],
    ids=["403", "429", "three refusals", "three odd answers"],
)
def test_it_stops_asking_for_full_records_when_that_is_pointless(
    console: RecordedConsole, fault: Fault, calls: int
) -> None:
    for row in [*sample(KIND, "agents_4.json"), *sample(KIND, "agents_5.json")]:
        console.faults.append(Fault(**{**vars(fault), "path": f"/agents/{row['agent_id']}"}))
    found, warnings = computers_of(console)

    assert len(found) == 5
    assert all("mac_addresses" in record.raw["unread"] for record in found)
    assert sum("/agents/" in call and "?" not in call for call in console.calls) == calls
    assert warnings[-1].startswith("MAC addresses of 5 computers could not be read: ")


# ---- alerts ---------------------------------------------------------------------------------


def events_of(console: RecordedConsole, since: datetime | None = None, **changed: str) -> dict[str, str]:
    return {event.external_id: event.state for event in console.connector(**changed).fetch_events(since)}


def test_hidden_alerts_come_on_request_only(console: RecordedConsole) -> None:
    usual, all_of_them = events_of(console), events_of(console, hidden_alerts="yes")

    assert all_of_them.keys() - usual.keys() == {"5124", "5103"}


def test_the_cause_of_a_hidden_alert_has_not_ended(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_events())

    assert any(key.startswith("check:") and key.endswith(":34") for key in connector.series_seen)


def test_the_end_of_an_alert_says_nothing_while_its_cause_has_a_newer_one(console: RecordedConsole) -> None:
    found = events_of(console)

    assert found["5120"] == "open"
    assert found["5100"] == "resolved"
    assert "5119" not in found


def test_an_alert_that_ends_between_the_lists_is_told_twice(console: RecordedConsole) -> None:
    """First open, then resolved: both are true, and the later one counts."""
    ended = {**sample(KIND, "alerts_open.json")[0], "resolved": True, "resolved_on": "2026-03-04T06:00:00Z"}
    console.replaced["alerts_recent.json"] = "agents_6.json"
    assert events_of(console)["5120"] == "open"

    bodies = [json.dumps(rows) for rows in ({"alerts_count": 1}, [{**ended, "resolved": False}], [ended])]
    console.faults += [Fault("/alerts/", body=body) for body in bodies]
    states = [event.state for event in console.connector().fetch_events()]
    assert states == ["open", "resolved"]


def test_fewer_open_alerts_than_counted_is_no_list(console: RecordedConsole) -> None:
    console.replaced["alerts_open.json"] = "alerts_open_cut.json"
    connector = console.connector()

    with pytest.raises(ShortList, match="alerts ended after 2 of 4"):
        list(connector.fetch_events())


def test_alerts_that_end_while_being_counted_do_not_break_the_read(console: RecordedConsole) -> None:
    counted = [{"alerts_count": 4}, sample(KIND, "alerts_open_cut.json"), {"alerts_count": 2}]
    console.faults += [Fault("/alerts/", body=json.dumps(body)) for body in counted]

    assert set(events_of(console)) >= {"5120", "5121"}


@pytest.mark.parametrize(("days", "asked"), [(0, 7), (3, 7), (20, 22), (-30, 7)])
def test_it_looks_back_a_week_or_as_long_as_it_was_away(
    console: RecordedConsole, days: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[int] = []
    connector = console.connector()

    def note(days: int) -> list[Any]:
        wanted.append(days)
        return []

    monkeypatch.setattr(connector._client, "fetch_recent_alerts", note)
    list(connector.fetch_events(datetime.now(UTC) - timedelta(days=days)))

    assert wanted == [asked]


def test_alerts_that_may_not_be_read_break_the_read_of_events(console: RecordedConsole) -> None:
    console.faults.append(Fault("/alerts/", status=403, times=None))

    with pytest.raises(Forbidden):
        events_of(console)
