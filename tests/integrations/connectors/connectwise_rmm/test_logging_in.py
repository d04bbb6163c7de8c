"""Getting a token from ConnectWise RMM, and losing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.connectwise_rmm.client import AsioClient
from integrations.connectors.connectwise_rmm.connector import ConnectWiseRmmConnector
from integrations.net.errors import RateLimited, Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

TOKEN = "POST /v1/token"
EU = "https://openapi.service.euplatform.connectwise.com"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectwise_rmm") as found:
        yield found


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made


def refuse(console: RecordedConsole, status: int, body: str = "") -> None:
    console.faults.append(Fault("/v1/token", status=status, body=body, times=None))


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())

    assert console.calls.count(TOKEN) == 1


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", "` {} `", "  {}\n"])
def test_quotes_around_a_pasted_key_do_not_matter(console: RecordedConsole, quotes: str) -> None:
    keys = {"client_id": "0e30a1b2-halobridge", "client_secret": "marked-secret-password"}

    assert console.connector(**{name: quotes.format(key) for name, key in keys.items()}).check().ok


def test_a_key_of_another_region_is_told_with_its_region(console: RecordedConsole) -> None:
    result = console.connector(client_id="0e31-key-of-europe").check()

    assert not result.ok
    assert result.message.startswith("ConnectWise RMM does not accept the client ID and secret at 127.0.0.1")
    assert result.message.endswith(f"this one seems to belong to EU, {EU}.")


def test_a_key_that_tells_no_region_is_told_all_of_them(console: RecordedConsole) -> None:
    message = console.connector(client_id="some-key").check().message

    assert f"NA https://openapi.service.itsupport247.net, EU {EU}, AU https://" in message


@pytest.mark.parametrize("status", [400, 401, 403])
def test_scopes_that_are_refused_are_named(console: RecordedConsole, status: int) -> None:
    refuse(console, status, '{"error": "invalid_scope", "message": "The requested scope is unknown."}')
    message = console.connector(scopes=" platform.companies.read\n platform.devices.read ").check().message

    assert message.startswith(
        "ConnectWise RMM gives no token for the scopes platform.companies.read platform.devices.read: "
    )
    assert message.endswith("Tick them for the key, or enter those that it has.")


def test_a_locked_client_is_left_alone(console: RecordedConsole, pauses: list[float]) -> None:
    """Each further request for a token would make the lock longer."""
    refuse(console, 423, '{"message": "Locked"}')

    with pytest.raises(RateLimited, match="locked the client for a while") as raised:
        list(console.connector().fetch_companies())

    assert (raised.value.status, raised.value.retry_after) == (423, 300.0)
    assert (console.calls, pauses) == ([TOKEN], [])


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    refuse(console, 404)

    assert console.connector().check().message == f"There is no ConnectWise RMM API at {console.url} (404)."


def test_an_answer_without_a_token_is_said(console: RecordedConsole) -> None:
    refuse(console, 200, '{"token_type": "Bearer"}')

    assert console.connector().check().message.endswith("answered without a token.")


def test_a_token_of_another_spelling_is_understood(console: RecordedConsole) -> None:
    refuse(console, 200, '{"accessToken": "marked-secret-token-1", "expiresIn": "3600"}')

    assert console.connector().check().ok


@pytest.mark.parametrize("ending", ["/", "/v1/token", "/api", "/api/platform/v1/company/companies"])
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = console.access()

    assert ConnectWiseRmmConnector(replace(access, base_url=access.base_url + ending)).check().ok


def test_a_key_that_is_revoked_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    connector = console.connector()
    computers = connector.fetch_computers()
    next(computers)
    console.faults += [Fault("/api/", status=401, times=None), Fault("/v1/token", status=401, times=None)]

    with pytest.raises(Unauthorised, match="does not accept the client ID and secret"):
        list(computers)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/platform/v1/company", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(TOKEN) == 2


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/platform/v1/company/companies", "Companies"),
        ("/api/platform/v1/company/companies/50019/sites", "Sites"),
        ("/api/platform/v2/device", "Endpoints"),
    ],
)
def test_a_scope_that_is_missing_is_told_for_its_list(console: RecordedConsole, path: str, name: str) -> None:
    console.faults.append(Fault(path, status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith(f"{name} cannot be read: ")
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "read scope" in detail.grant) for detail in refused] == [(name, True)]


def test_an_account_without_companies_is_connected(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/platform/v1/company", body="[]"))
    result = console.connector().check()

    assert (result.ok, result.message) == (True, "Connected: 0 companies.")


# ---- what may be entered in place of what is guessed ------------------------------------------


@pytest.mark.parametrize("paths", ["nowhere=/x", "sites", "devices=api/x", "=/x"])
def test_a_path_that_is_none_is_said_without_a_call(console: RecordedConsole, paths: str) -> None:
    message = console.connector(paths=paths).check().message

    assert message.startswith("Paths: ")
    assert message.endswith("write name=/path with the names companies, devices, sites, token.")
    assert console.calls == []


def test_other_paths_are_called(console: RecordedConsole) -> None:
    client = AsioClient(console.access(paths="token=/v2/token companies=/v2/companies"), console.url)
    console.faults += [
        Fault("/v2/token", body='{"access_token": "marked-secret-token-1"}'),
        Fault("/v2/companies", body="[]"),
    ]

    assert client.fetch_companies() == []
    assert console.calls == ["POST /v2/token", "GET /v2/companies"]
