"""The simulated ConnectSecure: its log-in, its lists, its events, and how it is made awkward."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.connectsecure import constants
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import from_data, to_data

KEY = f"{constants.TENANT}+{constants.CLIENT_ID}:{constants.CLIENT_SECRET}"
REMEDIATION = "/r/report_queries/get_remediation"
EVENTS = "/report_queries/system_events_view"


def log_in(sandbox: Sandbox, key: str = KEY) -> requests.Response:
    headers = {"Client-Auth-Token": base64.b64encode(key.encode()).decode()}
    return requests.post(f"{sandbox.url('connectsecure')}/w/authorize", headers=headers, timeout=5)


class Caller:
    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.url("connectsecure")
        granted = log_in(sandbox).json()["data"]
        self.headers = {"Authorization": f"Bearer {granted['access_token']}", "X-USER-ID": granted["user_id"]}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers=self.headers, timeout=5, **more)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] is True
        return answer.json()["data"]


@pytest.fixture
def secure(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def held(sandbox: Sandbox) -> ConnectSecureWorld:
    return sandbox.world.of(ConnectSecureWorld)


def test_a_token_is_given_for_one_header_and_ends(sandbox: Sandbox, secure: Caller) -> None:
    assert log_in(sandbox).json()["data"]["user_id"] == constants.USER_ID
    sandbox.switches.change(connectsecure_flat_token=True)
    assert log_in(sandbox).json()["access_token"]
    sandbox.clock.advance(3601)
    assert secure.call("GET", "/r/company/companies").status_code == 401


@pytest.mark.parametrize("key", ["", "x", KEY.replace("+", ":"), KEY.replace(constants.TENANT, "other")])
def test_another_header_is_refused(sandbox: Sandbox, key: str) -> None:
    answer = log_in(sandbox, key)
    assert (answer.status_code, answer.json()["status"]) == (401, False)
    sandbox.switches.change(connectsecure_polite_refusals=True)
    answer = log_in(sandbox, key)
    assert (answer.status_code, answer.json()["status"]) == (200, False)


@pytest.mark.parametrize("name", ["Authorization", "X-USER-ID"])
def test_both_headers_are_needed(secure: Caller, name: str) -> None:
    secure.headers.pop(name)
    assert secure.call("GET", "/r/company/companies").status_code == 401


def test_only_reading_is_simulated(secure: Caller) -> None:
    assert secure.call("POST", "/w/company/companies", json={}).status_code == 405
    assert secure.call("GET", "/r/nothing").status_code == 404
    assert secure.call("GET", "/r/company/companies/1").status_code == 404


def test_lists_go_on_by_skip_and_limit(sandbox: Sandbox, secure: Caller) -> None:
    whole = secure.read("/r/asset/asset_view", limit=1000, order_by="id")
    second = secure.read("/r/asset/asset_view", skip=5, limit=5, order_by="id")
    assert [row["id"] for row in second] == [row["id"] for row in whole[5:10]]
    assert len(secure.read("/r/asset/asset_view")) == 100
    assert secure.read("/r/asset/asset_view", skip=len(whole)) == []
    sandbox.switches.change(connectsecure_most_rows=3)
    assert len(secure.read("/r/asset/asset_view", limit=1000)) == 3
    sandbox.switches.change(connectsecure_skip_ignored=True)
    assert secure.read("/r/asset/asset_view", skip=3)[0]["id"] == whole[0]["id"]


def test_rows_are_ordered_as_asked(sandbox: Sandbox, secure: Caller) -> None:
    times = [row["updated"] for row in secure.read(EVENTS, order_by="updated desc")]
    assert times == sorted(times, reverse=True)
    pairs = [
        (row["asset_id"], row["severity"]) for row in secure.read(REMEDIATION, order_by="asset_id, severity")
    ]
    assert pairs == sorted(pairs)
    assert secure.call("GET", EVENTS, params={"order_by": "colour"}).status_code == 400
    sandbox.switches.change(connectsecure_order_ignored=True)
    assert [row["updated"] for row in secure.read(EVENTS, order_by="updated desc")] != times


def test_rows_are_filtered_as_asked_and_counted(sandbox: Sandbox, secure: Caller) -> None:
    company = next(iter(held(sandbox).fixes.values()))["company_id"]
    own = secure.read(REMEDIATION, condition=f"company_id={company} and is_suppressed=false", limit=2)
    assert {row["company_id"] for row in own} == {company}
    assert own[0]["total_count"] == len(
        [row for row in held(sandbox).fixes.values() if row["company_id"] == company]
    )
    assert (
        secure.read("/r/company/companies", condition="name='Birch Logistics'")[0]["name"]
        == "Birch Logistics"
    )
    assert secure.call("GET", REMEDIATION, params={"condition": "drop table"}).status_code == 400
    sandbox.switches.change(connectsecure_no_totals=True, connectsecure_condition_ignored=True)
    loose = secure.read(REMEDIATION, condition=f"company_id={company}", limit=1000)
    assert len(loose) == len(held(sandbox).fixes)
    assert "total_count" not in loose[0]


def test_the_view_of_assets_holds_more_than_the_list(secure: Caller) -> None:
    seen = secure.read("/r/asset/asset_view", condition="agent_type='LIGHTWEIGHT'", limit=1)[0]
    assert {"critical", "online_status", "company_name"} <= seen.keys()
    assert "critical" not in secure.read("/r/asset/assets", limit=1)[0]
    assert secure.read(f"/r/asset/asset_view/{seen['id']}") == seen


def test_what_a_probe_found_was_never_scanned(secure: Caller) -> None:
    found = secure.read("/r/asset/asset_view", condition="agent_type=PROBE", limit=1000)
    assert found
    assert {(row["critical"], row["serial_number"], row["host_name"]) for row in found} == {
        (None, None, None)
    }


def test_times_come_in_two_spellings(sandbox: Sandbox, secure: Caller) -> None:
    usual = secure.read(EVENTS)[0]["created"]
    sandbox.switches.change(connectsecure_bare_times=True)
    assert secure.read(EVENTS)[0]["created"] == usual[:19].replace("T", " ")


def test_an_event_has_a_ticket_and_is_closed(sandbox: Sandbox, secure: Caller) -> None:
    done = sandbox.event("connectsecure-event", computer="HDG-SRV08", alert="agent", message="No answer")
    row = next(row for row in secure.read(EVENTS) if row["id"] == done["event"])
    (ticket,) = secure.read("/report_queries/event_tickets", condition=f"ticket_id={row['tickets'][0]}")
    assert (row["status"], row["description"], ticket["event_ids"]) == ("open", "No answer", [row["id"]])
    assert ticket["asset_ids"] == [done["asset"]]
    assert secure.read(f"/r/asset/asset_view/{done['asset']}")["online_status"] is False
    while sandbox.event("connectsecure-end", computer="HDG-SRV08")["event"] != done["event"]:
        continue
    closed = next(row for row in secure.read(EVENTS) if row["id"] == done["event"])
    assert closed["status"] == "closed"
    assert secure.read(f"/r/asset/asset_view/{done['asset']}")["online_status"] is True
    sandbox.switches.change(connectsecure_opaque_events=True)
    assert ":" not in secure.read(EVENTS)[0]["event_id"]


def test_what_is_found_is_counted_and_is_gone_when_it_is_remedied(sandbox: Sandbox, secure: Caller) -> None:
    name = {"computer": "HDG-SRV08"}
    asset = sandbox.event("connectsecure-find", **name)["asset"]
    assert sandbox.event("connectsecure-find", **name)["asset"] == asset, "it needs that only once"
    own = secure.read(REMEDIATION, condition=f"asset_id={asset}")
    seen = secure.read(f"/r/asset/asset_view/{asset}")
    assert seen["critical"] == sum(row["critical_vuls_count"] for row in own) == 3
    sandbox.switches.change(connectsecure_cut_remediation=1)
    assert len(secure.read(REMEDIATION)) == 1
    sandbox.event("connectsecure-remedy", **name)
    assert secure.read(f"/r/asset/asset_view/{asset}")["critical"] == 0
    assert secure.read(REMEDIATION, condition=f"asset_id={asset}") == []


def test_audits_may_be_refused(sandbox: Sandbox, secure: Caller) -> None:
    entry = sandbox.event("connectsecure-audit", alert="4726")["entry"]
    newest = secure.read("/report_queries/adaudit", order_by="created desc", limit=1)[0]
    assert (newest["id"], newest["event_id"]) == (entry, "4726")
    assert newest["total_records"] == len(held(sandbox).ad_audit)
    assert secure.read("/report_queries/azure_ad_logs")[0]["category"] == "RoleManagement"
    sandbox.switches.change(connectsecure_audits_refused=True)
    assert secure.call("GET", "/report_queries/adaudit").status_code == 403


def test_a_removed_asset_takes_what_it_needed_with_it(sandbox: Sandbox, secure: Caller) -> None:
    sandbox.event("connectsecure-event", computer="HDG-SRV08")
    asset = sandbox.event("connectsecure-remove-asset", computer="HDG-SRV08")["asset"]
    assert secure.call("GET", f"/r/asset/asset_view/{asset}").status_code == 404
    assert secure.read(REMEDIATION, condition=f"asset_id={asset}") == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"event": "connectsecure-event", "computer": "NOBODY"}, "no asset 'NOBODY'"),
        ({"event": "connectsecure-event", "alert": "moon"}, "no event 'moon'"),
        ({"event": "connectsecure-find", "alert": "moon"}, "no program 'moon'"),
        ({"event": "connectsecure-audit", "alert": "1"}, "no Windows event '1'"),
    ],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, asked: dict[str, str], sentence: str) -> None:
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_what_is_over_cannot_end_again(sandbox: Sandbox) -> None:
    held(sandbox).events.clear()
    held(sandbox).fixes.clear()
    for name in ("connectsecure-end", "connectsecure-remedy"):
        answer = requests.post(f"{sandbox.halo_root}/_control/event", json={"event": name}, timeout=5)
        assert answer.status_code == 400


def test_it_shares_its_computers_with_the_other_console(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    shared = [row for row in held(sandbox).assets.values() if row["agent_type"] == "LIGHTWEIGHT"]
    assert len(shared) > 100
    assert {row["serial_number"] for row in shared} <= hosts
    assert len({row["serial_number"] for row in shared}) < len(shared), "clones and labels of nobody"
    names = {row["name"] for row in held(sandbox).companies.values()}
    assert {"株式会社さくら", "  Trailing Spaces Ltd "} <= names


def test_a_world_saved_before_there_was_a_connectsecure_gets_one(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as first:
        data = json.loads(json.dumps(to_data(first.world)))
    del data["connectsecure"]
    assert from_data(data).of(ConnectSecureWorld).assets == {}
    (tmp_path / "world.json").write_text(json.dumps(data))
    with Sandbox.start(tmp_path) as second:
        names = [[row["name"] for row in held(one).companies.values()] for one in (first, second)]
        assert names[0] == names[1]
        assert len(second.world.console.computers) == 300
