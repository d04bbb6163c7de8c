"""The test of a credential: each mistake has one clear sentence, each missing permission its row."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from integrations.halo.permissions import NEEDS, holds, state_of_write
from integrations.halo.reader import HaloReader
from integrations.records import CheckResult
from integrations.sync.safety import BudgetExhausted
from tests.integrations.halo.builders import (
    API,
    SECRET,
    TOKEN_URL,
    MemoryTokens,
    OpenGate,
    give_token,
    make_session,
)

ROWS: dict[str, list[dict[str, Any]]] = {
    "/Client": [{"id": 1}],
    "/Site": [{"id": 2}],
    "/Users": [],
    "/Asset": [{"id": 3}],
    "/Tickets": [],
    "/Team": [{"id": 5}],
    "/FieldInfo": [],
    "/SoftwareLicence": [],
    "/AssetSoftware": [],
}
READ_KEYS = (
    "read_customers",
    "read_assets",
    "read_tickets",
    "read_teams",
    "read_custom_fields",
    "read_licences",
    "read_software",
)
WRITE_KEYS = ("edit_assets", "edit_tickets", "add_notes")
AGENT = {"id": 24, "name": "Bridge API", "isapiagent": True, "is_admin": False}


def give_halo(scope: str = "edit:tickets edit:assets read:customers", **status: int) -> None:
    """A HaloPSA that answers everything; `client=403` makes one resource refuse."""
    responses.get(f"{API}/authinfo", json={"auth_url": TOKEN_URL, "tenant_id": "acme"})
    give_token(scope=scope)
    for path, rows in ROWS.items():
        body: Any = {"record_count": len(rows), "rows": rows}
        responses.get(f"{API}{path}", json=body, status=status.get(path.strip("/").lower(), 200))
    responses.get(f"{API}/Agent/me", json=AGENT, status=status.get("agent", 200))


def check(gate: OpenGate | None = None, **access: Any) -> CheckResult:
    return HaloReader(make_session(MemoryTokens(), gate, **access)).fetch_check()


def states(result: CheckResult) -> dict[str, str]:
    return {row.key: row.state for row in result.details}


@responses.activate
def test_all_is_well() -> None:
    give_halo()
    result = check()
    assert result.ok
    assert result.message == "Connected to HaloPSA as Bridge API."
    assert result.agent_name == "Bridge API"
    assert result.scopes == "edit:tickets edit:assets read:customers"
    works = dict.fromkeys(("reachable", "token", *READ_KEYS), "works")
    assert states(result) == works | dict.fromkeys(WRITE_KEYS, "unknown")
    assert result.advice == ()
    assert result.listed == {"clients": 1, "sites": 1, "users": 0, "assets": 1, "licences": 0}


@responses.activate
def test_it_only_reads_and_costs_twelve_calls() -> None:
    give_halo()
    gate = OpenGate(stop="observing")
    check(gate)
    assert {call.request.method for call in responses.calls if "token" not in str(call.request.url)} == {
        "GET"
    }
    assert gate.taken == len(responses.calls) == 12
    assert "writes" not in gate.asked


@responses.activate
def test_the_server_is_looked_at_without_a_token_first() -> None:
    give_halo()
    check()
    assert str(responses.calls[0].request.url) == f"{API}/authinfo"
    assert "Authorization" not in responses.calls[0].request.headers


@responses.activate
def test_the_secret_is_proven_by_a_new_token_though_one_is_stored() -> None:
    give_halo()
    HaloReader(make_session()).fetch_check()
    assert TOKEN_URL in str(responses.calls[1].request.url)


@pytest.mark.parametrize("status", [401, 403])
@responses.activate
def test_a_missing_scope_is_named_with_what_to_grant(status: int) -> None:
    give_halo(asset=status)
    if status == 401:
        give_token("second")
    result = check()
    assert result.ok, "tickets need no assets"
    assert states(result)["read_assets"] == "refused"
    assert states(result)["read_customers"] == "works"
    assert (
        "a permission is missing: 'Read assets' needs scope read:assets on the application" in result.message
    )
    assert all(row.grant and row.needed_for for row in result.details)


@responses.activate
def test_a_missing_right_to_write_is_named_but_reading_goes_on() -> None:
    give_halo(scope="read:tickets read:assets read:customers")
    result = check()
    assert result.ok
    assert {states(result)[key] for key in WRITE_KEYS} == {"refused"}
    assert "scope edit:assets" in result.message


@responses.activate
def test_a_token_without_any_scope_is_refused_everywhere() -> None:
    """HaloPSA API: such a token is given and then fails with 401 on every call."""
    give_halo(**dict.fromkeys((path.strip("/").lower() for path in ROWS), 401), agent=401)
    give_token("second")
    result = check()
    assert not result.ok
    assert {states(result)[key] for key in READ_KEYS if key != "read_software"} == {"refused"}
    assert states(result)["read_software"] == "unknown", "no asset is known of which to read it"
    assert len(responses.calls) == 11, "one renewal in all, not one for each call"


@responses.activate
def test_an_empty_list_of_clients_means_that_none_may_be_seen() -> None:
    give_halo()
    responses.replace(responses.GET, f"{API}/Client", json={"record_count": 0, "clients": []})
    result = check()
    assert not result.ok
    assert "allow use of all customers" in result.message


@responses.activate
def test_missing_teams_stop_nothing() -> None:
    give_halo(team=403)
    result = check()
    assert result.ok
    assert states(result)["read_teams"] == "refused"
    assert result.message == "Connected to HaloPSA as Bridge API."


@responses.activate
def test_what_could_not_be_read_for_other_reasons_is_unknown() -> None:
    give_halo(asset=500, agent=404)
    result = check()
    assert not result.ok
    assert states(result)["read_assets"] == "unknown"
    assert "HaloPSA, but this could not be read: Read assets (HaloPSA at" in result.message


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 401},
        {"status": 403},
        {"status": 400},
        {"body": "<html>Welcome</html>"},
        {"body": ""},
        {"json": {"version": 1}},
        {"json": []},
        {"status": 302, "headers": {"Location": "https://elsewhere.example"}},
    ],
)
@responses.activate
def test_a_server_that_is_no_halo(answer: dict[str, Any]) -> None:
    responses.get(f"{API}/authinfo", **answer)
    result = check()
    assert not result.ok
    assert "is not a HaloPSA API: check the resource server" in result.message
    assert len(responses.calls) == 1, "no secret goes to a stranger"


@responses.activate
def test_a_server_that_cant_be_reached() -> None:
    responses.get(f"{API}/authinfo", body=requests.ConnectTimeout())
    result = check()
    assert not result.ok
    assert result.message.startswith("acme.halopsa.example does not answer")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, {"error": "invalid_client"}, "does not accept this client ID and secret"),
        (400, {"error": "invalid_scope"}, "one of the scopes"),
        (
            500,
            {},
            "check the tenant 'acne', a wrong one has this effect. HaloPSA itself names the tenant 'acme'.",
        ),
        (404, {}, "check the authorisation server"),
    ],
)
@responses.activate
def test_signing_in_fails_with_a_sentence(status: int, body: dict[str, str], sentence: str) -> None:
    responses.get(f"{API}/authinfo", json={"AUTH_URL": TOKEN_URL, "tenant_id": "acme"})
    responses.post(TOKEN_URL, json=body, status=status)
    result = check(tenant="acne")
    assert not result.ok
    assert sentence in result.message
    assert SECRET not in result.message


@responses.activate
def test_a_429_in_the_middle_is_told_and_blocks_the_instance() -> None:
    give_halo(tickets=429)
    gate = OpenGate()
    result = check(gate)
    assert not result.ok
    assert "API limit is used up" in result.message
    assert gate.blocks == [None]


@responses.activate
def test_a_full_budget_is_not_a_result_of_the_test() -> None:
    class FullGate(OpenGate):
        def take(self) -> None:
            raise BudgetExhausted(30)

    with pytest.raises(BudgetExhausted):
        check(FullGate())


@pytest.mark.parametrize(
    ("granted", "wanted", "held"),
    [
        ("read:assets", "read:assets", True),
        ("edit:assets", "read:assets", True),
        ("read:assets", "edit:assets", False),
        ("all", "edit:assets", True),
        ("all:standard", "read:tickets", True),
        ("all:teams", "read:tickets", False),
        ("", "read:tickets", False),
    ],
)
def test_what_scopes_include(granted: str, wanted: str, held: bool) -> None:
    assert holds(granted.split(), wanted) is held


def test_the_right_to_write_is_unknown_where_the_token_names_no_scopes() -> None:
    for need in NEEDS:
        assert state_of_write(need, "") == "unknown"
