"""Getting a token from NinjaOne, and losing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.ninjaone.connector import NinjaOneConnector
from integrations.net.errors import Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

TOKEN = "POST /ws/oauth/token"
BEYOND_RECOGNITION = [
    "/",
    "/v2",
    "/v2/",
    "/api/v2",
    "/api",
    "/ws/oauth/token",
    "/#/deviceDashboard/12/overview",
]


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("ninjaone") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert console.calls.count(TOKEN) == 1


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", "` {} `", "  {}\n"])
def test_quotes_around_a_pasted_key_do_not_matter(console: RecordedConsole, quotes: str) -> None:
    keys = {"client_id": "api-client", "client_secret": "marked-secret-password"}

    assert console.connector(**{name: quotes.format(key) for name, key in keys.items()}).check().ok


def test_a_key_of_another_region_is_told_with_the_way_out(console: RecordedConsole) -> None:
    result = console.connector(client_id="app-of-eu").check()

    assert not result.ok
    assert result.message.startswith("NinjaOne does not accept the client ID and secret at 127.0.0.1")
    assert "region only: app, us2, ca, eu, oc or fed" in result.message


@pytest.mark.parametrize("ending", BEYOND_RECOGNITION)
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = console.access()

    assert NinjaOneConnector(replace(access, base_url=access.base_url + ending)).check().ok


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults += [Fault("/ws/oauth", status=404, times=None), Fault("/oauth", status=404, times=None)]

    assert console.connector().check().message == f"There is no NinjaOne API at {console.url} (404)."


def test_the_other_address_of_tokens_is_tried(console: RecordedConsole) -> None:
    body = '{"access_token": "marked-secret-token-1", "expires_in": 3600}'
    console.faults += [Fault("/ws/oauth", status=404, times=None), Fault("/oauth/token", body=body)]

    assert console.connector().check().ok


def test_a_key_that_is_revoked_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    connector = console.connector()
    computers = connector.fetch_computers()
    next(computers)
    console.faults += [Fault("/v2/", status=401, times=None), Fault("/ws/oauth", status=401, times=None)]

    with pytest.raises(Unauthorised, match="does not accept the client ID and secret"):
        list(computers)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/v2/organizations", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(TOKEN) == 2


def test_a_scope_that_is_missing_is_told_for_each_list(console: RecordedConsole) -> None:
    console.faults.append(Fault("/v2/alerts", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert "Alerts cannot be read: " in result.message
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "scope Monitoring" in detail.grant) for detail in refused] == [("Alerts", True)]


def test_the_check_fails_without_devices(console: RecordedConsole) -> None:
    console.faults.append(Fault("/v2/devices", status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith("Devices cannot be read: ")
