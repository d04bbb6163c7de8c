"""The simulated ConnectWise RMM: its tokens, its lists, its events, and how it is made awkward."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.connectwise_rmm.constants import CLIENT_ID, CLIENT_SECRET, SCOPES
from integrations.sandbox.connectwise_rmm.fleet import ONLY_HERE, add_fleet
from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.generation import make_world
from integrations.sandbox.moments import stamp
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
COMPANIES = "/api/platform/v1/company/companies"
BY_CATEGORY = "/api/platform/v2/device/categories/all/endpoints"
BY_CLIENT = "/api/platform/v1/device/endpoints"
BODY = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scope": " ".join(SCOPES),
}


class Caller:
    def __init__(self, sandbox: Sandbox, **changed: str) -> None:
        self.url = sandbox.url("connectwise_rmm")
        self.headers = {"Authorization": f"Bearer {self.ask_token(**changed).json()['access_token']}"}

    def ask_token(self, **changed: str) -> requests.Response:
        return requests.post(f"{self.url}/v1/token", json={**BODY, **changed}, timeout=5)

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers=self.headers, timeout=5, **more)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def endpoints(self, kind: str = "company", *ids: str, **query: Any) -> requests.Response:
        body = {"resourceType": kind, "resources": list(ids)}
        return self.call("POST", BY_CATEGORY, json=body, params=query)


@pytest.fixture
def asio(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def make_filled_world(seed: int) -> World:
    world = make_world(seed, NOW)
    add_fleet(world, stamp(NOW))
    return world


def company_called(sandbox: Sandbox, name: str) -> str:
    companies = sandbox.world.of(AsioWorld).companies.values()
    return str(next(row["id"] for row in companies if row["name"] == name))


# ---- what it holds ----------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_fleet_and_the_rest_of_the_world_stays_as_it_was() -> None:
    bare, filled = make_world(1, NOW), make_filled_world(1)

    assert to_data(filled) == to_data(make_filled_world(1))
    assert {**to_data(filled), "connectwise_rmm": None} == {**to_data(bare), "connectwise_rmm": None}


def test_it_shares_machines_with_the_other_console_and_has_odd_ones_of_its_own() -> None:
    world = make_filled_world(1)
    held = world.of(AsioWorld)
    hosts = {host["serialNumber"]: host for host in world.console.hosts.values()}
    own = [row for row in held.endpoints.values() if row["serialNumber"] not in hosts]

    assert 90 < len(held.endpoints) - len(own) < len(hosts)
    assert [(row["hostName"], row["serialNumber"]) for row in own] == [
        (None, None),
        ("CLONE-A", "VMW-CLONE-9"),
        ("CLONE-B", "VMW-CLONE-9"),
    ]
    assert {row["name"] for row in held.companies.values()} >= set(ONLY_HERE)


def test_a_world_that_was_saved_before_it_gets_a_fleet(tmp_path: Path) -> None:
    old = json.loads(json.dumps(to_data(make_world(1, NOW))))
    assert from_data(old).of(AsioWorld).endpoints == {}
    (tmp_path / "world.json").write_text(json.dumps(old))

    with Sandbox.start(tmp_path) as later:
        assert len(later.world.of(AsioWorld).endpoints) > 90
        assert len(later.world.console.computers) == 300


# ---- tokens and limits --------------------------------------------------------------------------


def test_a_token_is_given_for_json_and_ends(sandbox: Sandbox, asio: Caller) -> None:
    answer = asio.ask_token().json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert set(answer["scope"].split()) == set(SCOPES)
    assert asio.call("GET", COMPANIES).status_code == 200

    sandbox.clock.advance(3601)
    assert asio.call("GET", COMPANIES).status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "0e31-of-europe"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "platform.tickets.read"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
    ],
)
def test_a_bad_request_for_a_token_is_told(
    asio: Caller, changed: dict[str, str], status: int, error: str
) -> None:
    answer = asio.ask_token(**changed)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_form_is_no_json(asio: Caller) -> None:
    assert requests.post(f"{asio.url}/v1/token", data=BODY, timeout=5).status_code == 400


def test_too_many_tokens_lock_the_client(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(connectwise_rmm_most_tokens=3)
    assert [asio.ask_token().status_code for _ in range(3)] == [200, 200, 423]
    sandbox.clock.advance(200)
    locked = asio.ask_token()
    assert (locked.status_code, locked.headers["Retry-After"]) == (423, "300")
    sandbox.clock.advance(301)
    assert asio.ask_token().status_code == 200


def test_too_many_calls_are_told_how_long_to_wait(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(connectwise_rmm_most_calls=2)
    answers = [asio.call("GET", COMPANIES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 290 < int(answers[-1].headers["Retry-After"]) <= 300

    sandbox.clock.advance(301)
    assert asio.call("GET", COMPANIES).status_code == 200


def test_each_list_needs_its_scope(sandbox: Sandbox) -> None:
    narrow = Caller(sandbox, scope="platform.companies.read")

    assert narrow.call("GET", COMPANIES).status_code == 200
    assert narrow.call("GET", f"{COMPANIES}/50019/sites").status_code == 403
    assert narrow.endpoints("company", "50019").status_code == 403
    assert narrow.call("GET", BY_CLIENT).status_code == 403


def test_a_key_that_is_revoked_is_out_at_once(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(connectwise_rmm_key_revoked=True)

    assert asio.ask_token().status_code == 401
    assert asio.call("GET", COMPANIES).status_code == 401


# ---- lists ------------------------------------------------------------------------------------


def test_companies_and_sites_are_bare_lists(sandbox: Sandbox, asio: Caller) -> None:
    held = sandbox.world.of(AsioWorld)
    assert [row["id"] for row in asio.read(COMPANIES)] == list(held.companies)
    sites = asio.read(f"{COMPANIES}/50019/sites")
    assert [row["id"] for row in sites] == [
        key for key, row in held.sites.items() if row["_company"] == "50019"
    ]
    assert not [name for name in sites[0] if name.startswith("_")]
    assert asio.read(f"{COMPANIES}/50019")["id"] == "50019"
    assert asio.call("GET", f"{COMPANIES}/1/sites").status_code == 404


def test_endpoints_are_asked_for_by_company_or_site(sandbox: Sandbox, asio: Caller) -> None:
    rows = asio.endpoints("company", "50019", "50020", limit=500).json()["endpoints"]
    assert {row["companyId"] for row in rows} == {"50019", "50020"}
    assert asio.endpoints("client", "50019", "50020", limit=500).json()["endpoints"] == rows
    of_site = asio.endpoints("site", rows[0]["siteId"], limit=500).json()["endpoints"]
    assert {row["siteId"] for row in of_site} == {rows[0]["siteId"]}
    of_client = asio.read(BY_CLIENT, clientId="50019", limit=500)["endpoints"]
    assert {row["companyId"] for row in of_client} == {"50019"}
    of_all = asio.endpoints("partner", limit=500).json()["endpoints"]
    assert len(of_all) == len(sandbox.world.of(AsioWorld).endpoints)
    assert {"hostName", "osName", "ipAddress", "macAddress", "serialNumber"} <= set(of_all[0])


def test_pages_go_on_after_a_cursor(asio: Caller) -> None:
    whole = asio.endpoints("company", "50019", limit=500).json()
    assert whole["nextCursor"] == ""
    found, cursor = [], ""
    while True:
        page = asio.endpoints("company", "50019", limit=7, cursor=cursor).json()
        found += page["endpoints"]
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert found == whole["endpoints"]
    assert asio.endpoints("company", "50019", limit=7, cursor="7").json()["endpoints"] == found[7:14]


def test_no_endpoints_are_404(sandbox: Sandbox, asio: Caller) -> None:
    nothing = company_called(sandbox, ONLY_HERE[1])

    assert asio.endpoints("company", nothing).status_code == 404
    assert asio.endpoints("company", "50019", cursor="9999").status_code == 404


@pytest.mark.parametrize(("kind", "ids"), [("galaxy", ["50019"]), ("company", [])])
def test_a_question_that_is_none_is_refused(asio: Caller, kind: str, ids: list[str]) -> None:
    assert asio.endpoints(kind, *ids).status_code == 400


def test_alerts_are_nowhere(asio: Caller) -> None:
    assert asio.call("GET", "/api/platform/v1/alerts").status_code == 404


def test_it_is_awkward_when_told_to(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(
        connectwise_rmm_enveloped=True, connectwise_rmm_link_header=True, connectwise_rmm_most_rows=5
    )
    companies = asio.read(COMPANIES)
    assert companies["totalCount"] == len(companies["companies"])
    answer = asio.endpoints("company", "50019", limit=500)
    assert (len(answer.json()["endpoints"]), "nextCursor" in answer.json()) == (5, False)
    assert 'rel="next"' in answer.headers["Link"]

    sandbox.switches.change(connectwise_rmm_repeats=True)
    assert asio.endpoints("company", "50019", cursor="5").json() == answer.json()


def test_endpoints_come_under_other_names_and_in_groups(sandbox: Sandbox, asio: Caller) -> None:
    usual = asio.endpoints("company", "50019", limit=500).json()["endpoints"]
    sandbox.switches.change(connectwise_rmm_other_names=True)
    renamed = asio.endpoints("company", "50019", limit=500).json()["endpoints"]
    assert [row["deviceId"] for row in renamed] == [row["endpointId"] for row in usual]

    sandbox.switches.change(connectwise_rmm_grouped=True)
    grouped = asio.endpoints("company", "50019", limit=500).json()["platform"]
    assert {(group["companyID"], group["siteID"]) for group in grouped} == {
        (row["companyId"], row["siteId"]) for row in usual
    }
    serials = {row["system"]["serialNumber"] for group in grouped for row in group["endpoints"]}
    assert serials == {row["serialNumber"] for row in usual}


def test_it_may_neither_heed_nor_name_the_company(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(connectwise_rmm_company_not_heeded=True, connectwise_rmm_company_not_named=True)
    rows = asio.endpoints("company", "50019", limit=500).json()["endpoints"]

    assert len(rows) == len(sandbox.world.of(AsioWorld).endpoints)
    assert not any("companyId" in row for row in rows)


def test_a_short_token_and_a_lost_scope_are_told(sandbox: Sandbox, asio: Caller) -> None:
    sandbox.switches.change(
        connectwise_rmm_token_seconds=5, connectwise_rmm_scopes_lost=["platform.companies.read"]
    )
    assert asio.ask_token().json()["expires_in"] == 5
    assert asio.call("GET", COMPANIES).status_code == 403


# ---- events -----------------------------------------------------------------------------------


def test_an_endpoint_is_removed(sandbox: Sandbox, asio: Caller) -> None:
    done = sandbox.event("asio-remove", computer="clone-a")

    assert done["did"] == "ConnectWise RMM: CLONE-A has no agent any more."
    assert done["computer"] not in asio.endpoints("partner", limit=500).text


def test_an_endpoint_gets_another_name(sandbox: Sandbox, asio: Caller) -> None:
    done = sandbox.event("asio-rename", computer="CLONE-B")

    assert done["did"] == "ConnectWise RMM: CLONE-B is now called CLONE-B-NEW."
    assert "CLONE-B-NEW" in asio.endpoints("partner", limit=500).text


def test_what_cannot_happen_is_said(sandbox: Sandbox) -> None:
    asked = {"event": "asio-remove", "computer": "NOBODY"}
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)

    assert (answer.status_code, "no endpoint 'NOBODY'" in answer.json()["error"]) == (400, True)
