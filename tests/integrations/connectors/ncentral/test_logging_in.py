"""Exchanging the user's JSON web token for an access token, and losing that again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ncentral.client import server_of
from integrations.connectors.ncentral.connector import NCentralConnector
from integrations.net.errors import Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

LOG_IN = "POST /api/auth/authenticate"
KEY = "marked-secret-password"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("ncentral") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def tokens(seconds: object, token: object = "marked-secret-token-1") -> Fault:
    body = {"tokens": {"access": {"token": token, "type": "Bearer", "expirySeconds": seconds}}}
    return Fault("/api/auth", body=json.dumps(body), times=None)


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert console.calls.count(LOG_IN) == 1


@pytest.mark.parametrize(
    "pasted",
    ["{}", ' "{}" ', "'{}'", "` {} `", "Bearer {}", '"bearer  {}"', "Authorization: Bearer {}", "  {}\n"],
)
def test_what_is_around_a_pasted_token_does_not_matter(console: RecordedConsole, pasted: str) -> None:
    assert console.connector(token=pasted.format(KEY)).check().ok


def test_a_token_that_was_broken_into_lines_is_put_together(console: RecordedConsole) -> None:
    assert console.connector(token=f"{KEY[:8]}\n  {KEY[8:]}").check().ok


def test_a_token_that_is_not_accepted_is_told_with_the_reasons(console: RecordedConsole) -> None:
    result = console.connector(token="marked-secret-of-another-server").check()

    assert not result.ok
    assert result.message.startswith("N-central does not accept the JSON web token at 127.0.0.1")
    assert "password of its user has expired" in result.message


@pytest.mark.parametrize(
    "ending",
    [
        "/",
        "/api",
        "/api/",
        "/api-explorer",
        "/api/auth/authenticate",
        "/login",
        "/#/devices?id=1",
        "/dms2/x ",
    ],
)
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = replace(console.access(), base_url=console.url + ending)

    assert NCentralConnector(access).check().ok


@pytest.mark.parametrize(
    ("entered", "server"),
    [
        ("ncentral.msp.example", "ncentral.msp.example"),
        (" HTTPS://ncentral.msp.example:8443/login.jsp ", "HTTPS://ncentral.msp.example:8443"),
        ("ncentral.msp.example/api", "ncentral.msp.example"),
        ("", ""),
        ("no address at all", "no address at all"),
    ],
)
def test_the_server_is_what_counts(entered: str, server: str) -> None:
    assert server_of(entered) == server


@pytest.mark.parametrize("address", ["", "https://ncentral.your-domain.example"])
def test_an_address_that_was_not_entered_is_told_without_a_call(address: str) -> None:
    result = NCentralConnector(ConsoleAccess(address, {"token": KEY})).check()

    assert not result.ok
    assert result.message.startswith("The address is missing: ")


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/auth", status=404, times=None))

    assert console.connector().check().message.startswith(f"There is no N-central API at {console.url} (404)")


@pytest.mark.parametrize("body", ["{}", "[]", '"ok"', "null", '{"tokens": []}', '{"tokens": {"access": 7}}'])
def test_an_answer_without_a_token_is_told(console: RecordedConsole, body: str) -> None:
    console.faults.append(Fault("/api/auth", body=body, times=None))
    result = console.connector().check()

    assert not result.ok
    assert "answered the log-in without a token" in result.message


@pytest.mark.parametrize(("seconds", "log_ins"), [(3600, 1), ("3600", 1), (None, 1), (0, 1), (-5, 6)])
def test_a_token_is_used_as_long_as_it_lives(console: RecordedConsole, seconds: object, log_ins: int) -> None:
    """Nothing and nought say nothing; a token that is over already is got anew for each call."""
    console.faults.append(tokens(seconds))
    connector = console.connector(asset_data="no", lifecycle="no")
    list(connector.fetch_companies())
    list(connector.fetch_events())

    assert console.calls.count(LOG_IN) == log_ins


def test_a_token_that_is_refused_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/customers", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(LOG_IN) == 2


def test_a_list_that_may_not_be_read_is_told_with_what_to_grant(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/org-units", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert "Active issues cannot be read: " in result.message
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "API-only user a role" in detail.grant) for detail in refused] == [
        ("Active issues", True)
    ]


@pytest.mark.parametrize(("path", "name"), [("/api/devices", "Devices"), ("/api/customers", "Customers")])
def test_the_check_fails_without_devices_or_customers(console: RecordedConsole, path: str, name: str) -> None:
    console.faults.append(Fault(path, status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith(f"{name} cannot be read: ")


def test_a_severity_that_makes_no_sense_is_told(console: RecordedConsole) -> None:
    result = console.connector(severities="5=high, 6=worst; seven").check()

    assert result.message == (
        "'6=worst' is no severity of a state; write 5=high. 'seven' is no severity of a state; write 5=high."
    )
    assert console.calls == []
