"""Getting a token from ConnectSecure, and losing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.connectors import patience
from integrations.connectors.connectsecure.connector import NOWHERE, ConnectSecureConnector
from integrations.connectors.connectsecure.parse.events import HISTORIES_OF, SYSTEM_EVENTS
from integrations.connectors.connectsecure.parse.products import BEGINNINGS
from integrations.net.errors import BadAnswer, Forbidden, Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, events_of, recorded_console

LOG_IN = "POST /w/authorize"
COPIED_ALONG = ["/", "/apidocs", "/apidocs/#/Asset", "/#/dashboard", "/w/authorize", "/r/"]


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectsecure") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def refuse(console: RecordedConsole, path: str, message: str, *, times: int | None = None) -> None:
    """With status 200, as the vendor may."""
    body = json.dumps({"status": False, "message": message})
    console.faults.append(Fault(path, body=body, times=times))


def test_one_token_serves_a_whole_run(console: RecordedConsole) -> None:
    connector = console.connector()
    list(connector.fetch_companies())
    list(connector.fetch_computers())
    list(connector.fetch_events())

    assert console.calls.count(LOG_IN) == 1


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", "` {} `", "  {}\n"])
def test_quotes_around_pasted_keys_do_not_matter(console: RecordedConsole, quotes: str) -> None:
    keys = {"tenant": "msp-demo", "client_id": "api-client", "client_secret": "marked-secret-password"}

    assert console.connector(**{name: quotes.format(key) for name, key in keys.items()}).check().ok


@pytest.mark.parametrize("changed", ["tenant", "client_id", "client_secret"])
def test_a_pair_of_another_pod_or_user_is_told_with_the_way_out(
    console: RecordedConsole, changed: str
) -> None:
    result = console.connector(**{changed: "another"}).check()

    assert not result.ok
    assert result.message.startswith(
        "ConnectSecure does not accept tenant, client ID and client secret at 127"
    )
    assert "the tenant's own pod only: Profile > API Documentation" in result.message


@pytest.mark.parametrize("status", [400, 401, 403])
def test_every_way_of_refusing_the_log_in_means_the_same(console: RecordedConsole, status: int) -> None:
    console.faults.append(Fault("/w/authorize", status=status, times=None))

    with pytest.raises(Unauthorised, match="does not accept tenant"):
        list(console.connector().fetch_companies())


def test_a_refusal_with_status_200_says_what_the_vendor_said(console: RecordedConsole) -> None:
    refuse(console, "/w/authorize", "No such tenant for marked-secret-password")
    result = console.connector().check()

    assert not result.ok
    assert result.message.endswith('It said: "No such tenant for ***".')


def test_the_token_may_stand_beside_the_status(console: RecordedConsole) -> None:
    body = '{"status": true, "access_token": "marked-secret-token-1", "user_id": 77}'
    console.faults.append(Fault("/w/authorize", body=body))

    assert console.connector().check().ok


@pytest.mark.parametrize("data", [None, {}, {"access_token": "t"}, {"user_id": 7}])
def test_a_log_in_without_token_or_user_is_a_wrong_answer(console: RecordedConsole, data: object) -> None:
    body = json.dumps({"status": True, "data": data})
    console.faults.append(Fault("/w/authorize", body=body, times=None))

    with pytest.raises(BadAnswer, match="without a token or without a user"):
        list(console.connector().fetch_companies())


@pytest.mark.parametrize("ending", COPIED_ALONG)
def test_what_is_copied_along_with_the_address_is_taken_off(console: RecordedConsole, ending: str) -> None:
    access = console.access()

    assert ConnectSecureConnector(replace(access, base_url=access.base_url + ending)).check().ok


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "address of your pod is missing"),
        (NOWHERE + "/", "address of your pod is missing"),
        ("https://portal.myconnectsecure.com", "address of the portal, which is no API"),
    ],
)
def test_an_address_that_is_no_pod_is_told_without_a_call(
    console: RecordedConsole, address: str, words: str
) -> None:
    result = ConnectSecureConnector(replace(console.access(), base_url=address)).check()

    assert not result.ok
    assert words in result.message
    assert console.calls == []


def test_another_server_at_the_address_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/w/authorize", status=404, times=None))

    assert (
        console.connector()
        .check()
        .message.startswith(
            f"There is no ConnectSecure API at {console.url} (404): enter the address of your pod"
        )
    )


def test_a_key_that_is_revoked_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    connector = console.connector()
    computers = connector.fetch_computers()
    next(computers)
    console.faults += [Fault("/r/", status=401, times=None), Fault("/w/authorize", status=401, times=None)]

    with pytest.raises(Unauthorised, match="does not accept tenant"):
        list(computers)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(console: RecordedConsole) -> None:
    console.faults.append(Fault("/r/company", status=401, times=None))

    with pytest.raises(Unauthorised):
        list(console.connector().fetch_companies())
    assert console.calls.count(LOG_IN) == 2


def test_a_token_that_is_refused_with_status_200_is_renewed_too(console: RecordedConsole) -> None:
    refuse(console, "/r/company", "Token has expired", times=1)

    assert len(list(console.connector().fetch_companies())) == 3
    assert console.calls.count(LOG_IN) == 2


def test_another_refusal_with_status_200_breaks_the_read(console: RecordedConsole) -> None:
    refuse(console, "/r/company", 'column "id" does not exist (marked-secret-token-1)')

    with pytest.raises(BadAnswer) as raised:
        list(console.connector().fetch_companies())
    assert raised.value.sentence == (
        'ConnectSecure refused to give /r/company/companies: it said "column "id" does not exist (***)".'
    )
    assert console.calls.count(LOG_IN) == 1


def test_a_right_that_is_missing_is_told_for_each_list(console: RecordedConsole) -> None:
    console.faults.append(Fault("/report_queries/adaudit", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert "AD audit cannot be read: " in result.message
    refused = [detail for detail in result.details if detail.state == "refused"]
    assert [(detail.name, "Settings > Users" in detail.grant) for detail in refused] == [("AD audit", True)]


@pytest.mark.parametrize("path", ["/r/company", "/r/asset"])
def test_the_check_fails_without_companies_or_assets(console: RecordedConsole, path: str) -> None:
    console.faults.append(Fault(path, status=403, times=None))

    assert not console.connector().check().ok


def test_a_missing_right_costs_its_own_list_only(console: RecordedConsole) -> None:
    console.faults.append(Fault("/r/report_queries/get_remediation", status=403, times=None))
    console.faults.append(Fault("/report_queries/system_events_view", status=403, times=None))
    connector = console.connector()

    kinds = {event.event_type.partition(".")[0] for event in events_of(connector)}

    assert {"vuln", "ad", "entra"} <= kinds
    assert "remediation" not in kinds
    assert connector.lists_unread == {*BEGINNINGS, *HISTORIES_OF[SYSTEM_EVENTS]}
    for name in ("Remediation", "System events"):
        assert any(sentence.startswith(f"{name} cannot be read: ") for sentence in connector.warnings)


def test_the_right_to_see_assets_is_needed_by_all_lists_of_events(console: RecordedConsole) -> None:
    console.faults.append(Fault("/r/asset/asset_view", status=403, times=None))

    with pytest.raises(Forbidden):
        list(console.connector().fetch_events())
