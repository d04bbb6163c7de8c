"""Getting a token from Datto RMM, and losing it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.connectors.datto_rmm.connector import DattoRmmConnector
from integrations.net.errors import Unauthorised
from tests.contract.recorded import Fault, RecordedConsole

TOKEN = "POST /auth/oauth/token"


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert console.calls.count(TOKEN) == 1
    assert console.calls.count("GET /api/v2/account/sites?page=0&max=3") == 1, "sites are read once, too"


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", "` {} `", "  {}\n"])
def test_quotes_around_a_pasted_key_do_not_matter(console: RecordedConsole, quotes: str) -> None:
    keys = {"api_key": "API-KEY-7", "api_secret": "marked-secret-password"}

    assert console.connector(**{name: quotes.format(key) for name, key in keys.items()}).check().ok


@pytest.mark.parametrize("status", [400, 401])
def test_a_key_of_another_platform_is_told_with_the_way_out(console: RecordedConsole, status: int) -> None:
    console.faults.append(Fault("/auth", status=status, body='{"error": "invalid_grant"}', times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith("Datto RMM does not accept the API key and secret at 127.0.0.1")
    assert "pinotage, merlot, concord, vidal, zinfandel or syrah" in result.message


def test_an_address_that_is_blocked_is_told_at_the_login(console: RecordedConsole) -> None:
    console.faults.append(Fault("/auth", status=403, times=None))

    assert "too many calls have blocked" in console.connector().check().message


@pytest.mark.parametrize(
    "ending",
    [
        "/",
        "//",
        "/api",
        "/api/v2",
        "/api/v2/",
        "/api/v2/account/sites?page=0",
        "/api/swagger-ui/index.html",
        "/api/swagger-ui.html#/",
        "/auth/oauth/token",
        "/#/x",
    ],
)
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = console.access()

    assert DattoRmmConnector(replace(access, base_url=access.base_url + ending)).check().ok


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/auth", status=404, times=None))
    message = console.connector().check().message

    assert message.startswith(f"There is no Datto RMM API at {console.url} (404).")
    assert "https://<platform>-api.centrastage.net" in message


def test_an_answer_without_a_token_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/auth", body='{"hello": "world"}', times=None))

    assert "answered without a token" in console.connector().check().message


def test_a_token_without_a_lifetime_is_used(console: RecordedConsole) -> None:
    console.faults.append(Fault("/auth", body='{"access_token": "marked-secret-token-1"}', times=None))

    assert len(list(console.connector().fetch_companies())) == 3
    assert console.calls.count(TOKEN) == 1


def test_a_key_that_is_revoked_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    connector = console.connector()
    computers = connector.fetch_computers()
    next(computers)
    console.faults += [Fault("/api/v2/", status=401, times=None), Fault("/auth", status=400, times=None)]

    with pytest.raises(Unauthorised, match="does not accept the API key and secret"):
        list(computers)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/v2/account/sites", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(TOKEN) == 2


def test_a_missing_right_is_told_for_each_list(console: RecordedConsole) -> None:
    console.faults += [
        Fault("/api/v2/account/alerts", status=403, times=None),
        Fault("/api/v2/audit", status=403, times=None),
    ]
    result = console.connector().check()

    assert result.ok
    assert "Alerts cannot be read: Datto RMM refuses this (403)" in result.message
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "security level" in detail.grant) for detail in refused] == [
        ("Alerts", True),
        ("Audits", True),
    ]


@pytest.mark.parametrize("what", ["sites", "devices"])
def test_the_check_fails_without_sites_or_devices(console: RecordedConsole, what: str) -> None:
    console.faults.append(Fault(f"/api/v2/account/{what}", status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith(f"{what.capitalize()} cannot be read: ")
