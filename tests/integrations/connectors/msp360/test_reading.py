"""Peculiarities of reading MSP360: its tokens, its paging, its second API."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from integrations.connectors import patience, turns
from integrations.connectors.msp360 import client
from integrations.connectors.msp360.client import BAD_LOGIN
from integrations.net.errors import BadAnswer, Forbidden, Refused, ServerFailed, Unauthorised
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console, sample

LOGIN = "POST /api/Provider/Login"
HOSTS = "/rmm/api/v1/computers/"
WITHOUT_AGENT = "c24f5da7-3f80-415a-8bd4-907e81021324"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("msp360") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses_and_no_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)
    monkeypatch.setattr(turns, "is_round", lambda number, now: False)


def computers_of(console: RecordedConsole, **changed: str) -> tuple[list[ComputerRecord], list[str]]:
    connector = console.connector(**changed)
    return list(connector.fetch_computers()), connector.warnings


# ---- logging in -----------------------------------------------------------------------------


def test_one_login_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert console.calls.count(LOGIN) == 1


def test_a_wrong_login_is_told_with_the_way_out(console: RecordedConsole) -> None:
    result = console.connector(password="wrong").check()

    assert (result.ok, result.message) == (False, BAD_LOGIN)


@pytest.mark.parametrize(
    ("login", "lifetime"),
    [("login.json", 1_209_599.0), ("login_bare.json", 3600.0)],
    ids=["said", "not said"],
)
def test_a_token_is_renewed_before_it_ends(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch, login: str, lifetime: float
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(client, "monotonic", lambda: clock[0])
    console.replaced[LOGIN] = login
    connector = console.connector()

    logins = []
    for seconds in (0.0, lifetime - 61, lifetime - 59):
        clock[0] = 1000.0 + seconds
        list(connector.fetch_events())
        logins.append(console.calls.count(LOGIN))

    assert logins == [1, 1, 2]


def test_a_revoked_token_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Companies", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(LOGIN) == 2


def test_a_login_without_token_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Provider", body='{"error": null}'))

    assert console.connector().check().message == "MSP360 answered the login without a token."


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Provider", status=404))

    assert console.connector().check().message == f"There is no MSP360 API at {console.url} (404)."


@pytest.mark.parametrize("ending", ["", "/", "/api", "/api/"])
def test_the_address_may_be_written_with_its_path(console: RecordedConsole, ending: str) -> None:
    access = console.access()
    connector = type(console.connector())(
        type(access)(f"{access.base_url}{ending}", access.credentials, allow_private=access.allow_private)
    )

    assert connector.check().ok


# ---- lists ----------------------------------------------------------------------------------


def test_pages_go_on_where_the_last_one_ended(console: RecordedConsole) -> None:
    computers_of(console, rmm_token="")
    pages = [call for call in console.calls if "/Computers/" in call]

    assert pages == ["GET /api/Computers/0/200", "GET /api/Computers/2/200", "GET /api/Computers/4/200"]


def test_a_provider_without_computers_has_an_empty_list(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Computers/", body='{"Count": 0, "Computers": []}', times=None))

    assert computers_of(console) == ([], [])


def test_companies_that_come_in_portions_are_read_to_the_end(console: RecordedConsole) -> None:
    first, *others = sample("msp360", "companies.json")
    console.faults += [
        Fault("/api/Companies?skip=0&", body=json.dumps([first]), times=None),
        Fault("/api/Companies?skip=1&", body=json.dumps(others), times=None),
        Fault("/api/Companies?skip=4&", body="[]", times=None),
    ]

    assert len(list(console.connector().fetch_companies())) == 4


def test_an_error_inside_a_good_answer_is_an_error(console: RecordedConsole) -> None:
    body = '{"Count": 0, "Message": "Access denied", "StatusCode": 403, "Computers": []}'
    console.faults.append(Fault("/api/Computers/", body=body, times=None))

    with pytest.raises(Forbidden, match='it said "Access denied"'):
        computers_of(console)


def test_companies_are_read_once_for_all_that_needs_them(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert sum("/api/Companies" in call for call in console.calls) == 2


def test_rows_that_make_no_sense_are_counted(console: RecordedConsole) -> None:
    rows = [{"ComputerName": "A"}, {"ComputerHID": "", "ComputerName": "B"}, {"ComputerHID": "c"}]
    console.faults.append(
        Fault("/api/Computers/", body=json.dumps({"Count": 3, "Computers": rows}), times=None)
    )
    console.faults.append(Fault("/api/Companies", body='[{"Name": "No id"}]', times=None))
    found, warnings = computers_of(console, rmm_token="")

    assert [record.external_id for record in found] == ["c"]
    assert warnings == [
        "1 companies without id or name were left out.",
        "2 computers without an id were left out.",
    ]


def test_a_plan_in_a_new_state_is_told_and_has_not_ended(console: RecordedConsole) -> None:
    connector = console.connector(rmm_token="")
    series = {event.series_key for event in connector.fetch_events()}
    new_state = next(key for key in connector.series_seen if key.endswith("11"))

    assert connector.warnings == ["Plans in a state that is not known were left out: Postponed."]
    assert new_state not in series


# ---- licences -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 406])
def test_refused_licences_cost_the_products_only(console: RecordedConsole, status: int) -> None:
    console.faults.append(Fault("/api/Licenses", status=status, times=None))
    found, warnings = computers_of(console)

    assert len(found) == 5
    assert {record.products for record in found} == {()}
    assert all("products" in record.raw["unread"] for record in found)
    assert len(warnings) == 1
    assert "Computers come without products" in warnings[0]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("/api/Licenses", status=500, times=None), ServerFailed),
        (Fault("/api/Licenses", body="null", times=None), BadAnswer),
    ],
)
def test_licences_that_fail_otherwise_break_the_read(
    console: RecordedConsole, fault: Fault, error: type[Exception]
) -> None:
    console.faults.append(Fault(**vars(fault)))

    with pytest.raises(error):
        computers_of(console)


def test_the_check_succeeds_without_licences_and_says_so(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Licenses", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert result.message.startswith("Connected: 4 companies, 5 computers. Licences cannot be read: ")
    assert [detail.name for detail in result.details if detail.state == "refused"] == ["Licences"]


def test_the_check_fails_without_computers(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/Computers/", status=400, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith("Computers cannot be read: ")
    assert {detail.state for detail in result.details} == {"works", "unknown"}


# ---- hardware -------------------------------------------------------------------------------


def test_without_a_token_the_rmm_api_is_not_called(console: RecordedConsole) -> None:
    found, warnings = computers_of(console, rmm_token=" ")

    assert not any(HOSTS in call for call in console.calls)
    assert warnings == []
    assert all("serial_number" in record.raw["unread"] for record in found)
    assert not any("os_name" in record.raw["unread"] for record in found)


def test_hardware_costs_one_call_for_each_computer_that_may_have_an_agent(console: RecordedConsole) -> None:
    computers_of(console)
    asked = [call.split("/")[5] for call in console.calls if HOSTS in call]

    assert len(asked) == 4
    assert WITHOUT_AGENT not in asked


def test_one_computers_failure_stays_its_own(console: RecordedConsole) -> None:
    console.faults.append(Fault(f"{HOSTS}a02d3b85", status=400, times=None))
    found, warnings = computers_of(console)

    assert [record.serial_number for record in found] == ["HV-9920-1187", None, None, None, None]
    assert "os_name" in found[1].raw["unread"]
    assert len(warnings) == 1
    assert warnings[0].startswith("Hardware data of 1 computers could not be read: ")


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        (Fault(HOSTS, status=401, times=None), 1),
        (Fault(HOSTS, status=403, times=None), 1),
        (Fault(HOSTS, status=429, headers={"Retry-After": "900"}, times=None), 1),
        (Fault(HOSTS, status=400, times=None), 3),
        (Fault(HOSTS, body="<html>", content_type="text/html", times=None), 3),
    ],
    ids=["401", "403", "429", "three refusals", "three web pages"],
)
def test_it_stops_asking_for_hardware_when_that_is_pointless(
    console: RecordedConsole, fault: Fault, calls: int
) -> None:
    console.faults.append(Fault(**vars(fault)))
    found, warnings = computers_of(console)

    assert len(found) == 5
    assert sum(HOSTS in call for call in console.calls) == calls
    assert warnings[0].startswith("Hardware data of 4 computers could not be read: ")


def test_the_check_tells_a_wrong_rmm_token_and_goes_on(console: RecordedConsole) -> None:
    result = console.connector(rmm_token="marked-secret-but-wrong").check()

    assert result.ok
    assert "Hardware (RMM API) cannot be read: " in result.message
    assert "marked-secret" not in result.message


def test_a_wrong_rmm_address_does_not_stop_the_computers(console: RecordedConsole) -> None:
    found, warnings = computers_of(console, rmm_base_url="not an address")

    assert len(found) == 5
    assert warnings[0].startswith("Hardware data of 4 computers could not be read: ")


def test_a_refused_list_of_computers_breaks_the_events(console: RecordedConsole) -> None:
    """Without it events would name no computer and look like new alerts."""
    console.faults.append(Fault("/api/Computers/", status=400, times=None))

    with pytest.raises(Refused):
        list(console.connector().fetch_events())
