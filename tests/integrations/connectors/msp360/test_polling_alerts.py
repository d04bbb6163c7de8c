"""Alerts take one call for each computer: whose are read, and what the others' come to meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integrations.connectors import patience, turns
from integrations.connectors.msp360.connector import Msp360Connector
from integrations.net.errors import ServerFailed
from integrations.records import EventRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

SERVER, LAPTOP = "9f1c2a74-0c5d-4e27-b8a1-6d4b5e7f8091", "a02d3b85-1d6e-4f38-89b2-7e5c6f809102"
WITHOUT_AGENT, GONE = "c24f5da7-3f80-415a-8bd4-907e81021324", "00000000-0000-4000-8000-000000000001"
SUMMARY = "/rmm/api/v1/computers/"
SINCE = datetime(2025, 3, 4, 6, 0, tzinfo=UTC)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("msp360") as found:
        yield found


@pytest.fixture(autouse=True)
def an_hour_without_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "is_round", lambda number, now: False)
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def connector_of(console: RecordedConsole, *open_series: str, **changed: str) -> Msp360Connector:
    connector = console.connector(**changed)
    assert isinstance(connector, Msp360Connector)
    connector.open_series = frozenset(open_series)
    return connector


def asked_for(console: RecordedConsole) -> list[str]:
    return [call.split("/")[5] for call in console.calls if SUMMARY in call]


def alerts_in(events: list[EventRecord]) -> dict[str, str]:
    return {e.series_key: e.state for e in events if e.series_key.startswith("rmm:")}


# ---- a few computers ------------------------------------------------------------------------


def test_everybody_who_may_have_an_agent_is_asked(console: RecordedConsole) -> None:
    list(connector_of(console).fetch_events(SINCE))

    assert len(asked_for(console)) == 4
    assert WITHOUT_AGENT not in asked_for(console)


def test_a_computer_with_an_open_alert_is_asked_first_though_it_has_no_agent_now(
    console: RecordedConsole,
) -> None:
    list(connector_of(console, f"rmm:{WITHOUT_AGENT}:al-1").fetch_events(SINCE))

    assert asked_for(console)[0] == WITHOUT_AGENT


def test_without_a_token_nothing_is_asked_and_nothing_ends(console: RecordedConsole) -> None:
    connector = connector_of(console, f"rmm:{SERVER}:al-55210", rmm_token=" ")
    events = list(connector.fetch_events(SINCE))

    assert asked_for(console) == []
    assert alerts_in(events) == {}
    assert connector.series_unread == {f"rmm:{SERVER}:al-55210"}
    assert connector.warnings == ["Plans in a state that is not known were left out: Postponed."]


def test_an_alert_that_left_its_computers_list_is_neither_seen_nor_unread(console: RecordedConsole) -> None:
    connector = connector_of(console, f"rmm:{SERVER}:al-1", f"rmm:{LAPTOP}:al-2")
    list(connector.fetch_events(SINCE))

    assert {f"rmm:{SERVER}:al-1", f"rmm:{LAPTOP}:al-2"}.isdisjoint(
        connector.series_seen | connector.series_unread
    )


def test_the_alert_of_a_computer_that_is_in_no_list_any_more_has_ended(console: RecordedConsole) -> None:
    connector = connector_of(console, f"rmm:{GONE}:al-1")
    list(connector.fetch_events(SINCE))

    assert GONE not in asked_for(console)
    assert connector.series_unread == set()


def test_an_end_is_news_if_it_is_recent_or_was_waited_for(console: RecordedConsole) -> None:
    recent, old = f"rmm:{SERVER}:55212", f"rmm:{SERVER}:al-40001"
    first = alerts_in(list(connector_of(console).fetch_events()))
    later = alerts_in(list(connector_of(console).fetch_events(SINCE)))
    waited = alerts_in(list(connector_of(console, old).fetch_events(SINCE)))
    much_later = alerts_in(list(connector_of(console).fetch_events(SINCE + timedelta(days=1))))

    assert {recent, old}.isdisjoint(first)
    assert (later.get(recent), later.get(old)) == ("resolved", None)
    assert waited[old] == "resolved"
    assert set(first) == set(much_later) == {key for key, state in later.items() if state == "open"}


def test_alerts_without_an_id_are_told(console: RecordedConsole) -> None:
    connector = connector_of(console)
    list(connector.fetch_events(SINCE))

    assert "1 alerts of the RMM without an id were left out." in connector.warnings


# ---- what cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("", status=404),
        Fault("", status=400),
        Fault("", status=500),
        Fault("", body='{"data": [{"data": [{"computerState": "Healthy"}]}]}'),
        Fault("", body='{"data": [{"header": {"hid": "b"}, "data": [{"alerts": []}]}]}'),
        Fault("", body="null"),
        Fault("", body='{"data": ['),
        Fault("", body="<html>", content_type="text/html"),
        Fault("", status=0),
    ],
    ids=["404", "400", "500", "no alerts told", "another computer's", "null", "cut", "web page", "dropped"],
)
def test_what_could_not_be_read_ends_nothing(console: RecordedConsole, fault: Fault) -> None:
    key = f"rmm:{SERVER}:al-55210"
    console.faults.append(Fault(**{**vars(fault), "path": f"{SUMMARY}{SERVER}", "times": None}))
    connector = connector_of(console, key)
    events = list(connector.fetch_events(SINCE))

    assert connector.series_unread == {key}
    assert key not in alerts_in(events)
    assert asked_for(console).count(SERVER) == 1, "a poll asks once: the next one comes soon"


def test_a_single_404_is_no_failure_to_tell_of(console: RecordedConsole) -> None:
    console.faults.append(Fault(SUMMARY, status=404, times=None))
    connector = connector_of(console)
    list(connector.fetch_events(SINCE))

    assert len(asked_for(console)) == 4
    assert connector.warnings == ["Plans in a state that is not known were left out: Postponed."]


@pytest.mark.parametrize(("status", "asked"), [(401, 1), (403, 1), (429, 1), (400, 3), (500, 3)])
def test_a_token_that_is_refused_costs_one_warning_and_the_plans_come(
    console: RecordedConsole, status: int, asked: int
) -> None:
    console.faults.append(Fault(SUMMARY, status=status, times=None))
    connector = connector_of(console, f"rmm:{SERVER}:al-55210")
    events = list(connector.fetch_events(SINCE))

    assert sum(event.series_key.startswith("plan:") for event in events) == len(events) == 8
    assert len(asked_for(console)) == asked
    assert [told for told in connector.warnings if told.startswith("Alerts of 4 computers could not")]
    assert len(connector.warnings) == 2
    assert "marked-secret" not in " ".join(connector.warnings)


def test_a_token_that_is_refused_in_mid_read_keeps_what_was_read(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's summary comes first, for it has an open alert; then the token is revoked."""
    key, other = f"rmm:{SERVER}:al-55210", f"rmm:{LAPTOP}:al-2"
    monkeypatch.setattr(turns, "in_turn", lambda *_, **__: [SERVER, LAPTOP])
    console.faults.append(Fault(f"{SUMMARY}{LAPTOP}", status=401, times=None))
    connector = connector_of(console, key, other)
    events = list(connector.fetch_events(SINCE))

    assert alerts_in(events)[key] == "open"
    assert connector.series_unread == {other}
    assert [told for told in connector.warnings if "Alerts of 1 computers could not be read" in told]


def test_plans_that_can_not_be_read_break_the_read_although_alerts_could(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Monitoring", status=500, times=None))

    with pytest.raises(ServerFailed):
        list(connector_of(console).fetch_events(SINCE))
    assert asked_for(console) == []


# ---- the test of the connection -------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["/nowhere", "/rmm/api"])
def test_the_check_tells_a_wrong_address_of_the_rmm(console: RecordedConsole, wrong: str) -> None:
    result = connector_of(console, rmm_base_url=f"{console.url}{wrong}").check()

    assert result.ok
    assert f"Alerts (RMM API) cannot be read: There is no RMM API at {console.url}{wrong} (404)." in (
        result.message
    )


def test_the_check_tells_a_revoked_token_and_takes_a_pasted_one(console: RecordedConsole) -> None:
    good = connector_of(console, rmm_token='  "marked-secret-rmm" ').check()
    bad = connector_of(console, rmm_token="marked-secret-revoked").check()

    assert (good.ok, good.message) == (True, "Connected: 4 companies, 5 computers.")
    assert "Alerts (RMM API) cannot be read: " in bad.message
    assert "marked-secret" not in bad.message


@pytest.mark.parametrize("body", ["{}", "[]", '{"items": null}'])
def test_the_check_tells_an_rmm_that_shows_no_list(console: RecordedConsole, body: str) -> None:
    console.faults.append(Fault(f"{SUMMARY}stat/summary", body=body, times=None))

    assert "The RMM API gave no list of summaries." in connector_of(console).check().message


def test_unread_fields_of_rows_do_not_matter(console: RecordedConsole) -> None:
    body = json.dumps({"Count": 2, "Computers": [{"ComputerName": "no id"}, {"ComputerHID": SERVER}]})
    console.faults.append(Fault("/api/Computers/", body=body, times=None))
    events = list(connector_of(console).fetch_events(SINCE))

    assert {e.title for e in events if e.series_key == f"rmm:{SERVER}:al-55210"} == {"Disk C: almost full"}
