"""Getting a token from ConnectWise Automate, and losing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.connectwise_automate.connector import (
    NO_ADDRESS,
    NOWHERE,
    ConnectWiseAutomateConnector,
)
from integrations.net.errors import Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

TOKEN = "POST /cwa/api/v1/apitoken"
TOKEN_PATH = "/cwa/api/v1/apitoken"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectwise_automate") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def answer_token(console: RecordedConsole, **fields: object) -> None:
    console.faults.append(Fault(TOKEN_PATH, body=json.dumps(fields), times=None))


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())

    assert console.calls.count(TOKEN) == 1


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", "` {} `", "  {}\n"])
def test_quotes_around_what_is_pasted_do_not_matter(console: RecordedConsole, quotes: str) -> None:
    keys = {"username": "halobridge", "password": "marked-secret-password"}

    assert console.connector(**{name: quotes.format(key) for name, key in keys.items()}).check().ok


@pytest.mark.parametrize("name", ["username", "password", "client_id"])
def test_whichever_is_wrong_is_said_with_where_to_look(console: RecordedConsole, name: str) -> None:
    result = console.connector(**{name: "something-else"}).check()

    assert not result.ok
    assert result.message.startswith(
        "ConnectWise Automate does not accept user name, password and client ID at 127.0.0.1"
    )
    assert "System > Users and Contacts" in result.message


def test_a_user_with_a_second_factor_is_told_the_way_out(console: RecordedConsole) -> None:
    answer_token(console, AccessToken=None, IsTwoFactorRequired=True)
    result = console.connector().check()

    assert not result.ok
    assert result.message == (
        "ConnectWise Automate asks halobridge for a second factor: take a user of the class Integrator, who "
        "logs in without one."
    )


def test_an_answer_without_a_token_is_said(console: RecordedConsole) -> None:
    answer_token(console, TokenType="bearer")

    assert console.connector().check().message.endswith("answered without a token.")


@pytest.mark.parametrize("until", ["2001-01-01T00:00:00Z", "soon", None])
def test_an_end_of_the_token_that_makes_no_sense_is_not_believed(
    console: RecordedConsole, until: str | None
) -> None:
    answer_token(console, AccessToken="marked-secret-token-1", ExpirationDate=until)
    connector = console.connector()

    assert len(list(connector.fetch_computers())) == 5
    assert console.calls.count(TOKEN) == 1


@pytest.mark.parametrize("ending", ["/", "/cwa/api/v1", "/cwa/api/v1/apitoken", "/automate/", "/Automate/x"])
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = console.access()

    assert ConnectWiseAutomateConnector(replace(access, base_url=access.base_url + ending)).check().ok


@pytest.mark.parametrize("address", ["", NOWHERE])
def test_without_an_address_of_ones_own_nothing_is_called(console: RecordedConsole, address: str) -> None:
    access = replace(console.access(), base_url=address)

    assert ConnectWiseAutomateConnector(access).check().message == NO_ADDRESS


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/cwa", status=404, times=None))

    assert console.connector().check().message == (
        f"There is no ConnectWise Automate API at {console.url}/cwa/api/v1 (404)."
    )


def test_a_user_who_is_disabled_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    connector = console.connector()
    computers = connector.fetch_computers()
    next(computers)
    console.faults.append(Fault("/cwa/", status=401, times=None))

    with pytest.raises(Unauthorised, match="does not accept user name, password and client ID"):
        list(computers)


@pytest.mark.parametrize("path", ["Clients", "Locations", "Computers"])
def test_a_right_that_is_missing_is_named(console: RecordedConsole, path: str) -> None:
    console.faults.append(Fault(f"/cwa/api/v1/{path}", status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith(f"{path} cannot be read: ")
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "user's class" in detail.grant) for detail in refused] == [(path, True)]
