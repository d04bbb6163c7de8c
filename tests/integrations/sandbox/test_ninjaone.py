"""The simulated NinjaOne: its tokens, its lists, its alerts, and how it is made awkward."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.ninjaone import constants
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import from_data, to_data

FORM = {
    "grant_type": "client_credentials",
    "client_id": constants.CLIENT_ID,
    "client_secret": constants.CLIENT_SECRET,
    "scope": "monitoring",
}


class Caller:
    def __init__(self, sandbox: Sandbox, scope: str = "monitoring") -> None:
        self.url = sandbox.url("ninjaone")
        answer = requests.post(f"{self.url}/ws/oauth/token", data={**FORM, "scope": scope}, timeout=5)
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers=self._headers, timeout=5, **more)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def ninja(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def test_a_token_is_given_for_a_form_and_ends(sandbox: Sandbox, ninja: Caller) -> None:
    answer = requests.post(f"{ninja.url}/oauth/token", data=FORM, timeout=5).json()
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 3600, "monitoring")
    sandbox.clock.advance(3601)
    assert ninja.call("GET", "/v2/alerts").status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
    ],
)
def test_a_bad_request_for_a_token_is_told(
    sandbox: Sandbox, changed: dict[str, str], status: int, error: str
) -> None:
    answer = requests.post(f"{sandbox.url('ninjaone')}/ws/oauth/token", data={**FORM, **changed}, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_reading_and_managing_are_two_scopes(sandbox: Sandbox, ninja: Caller) -> None:
    assert Caller(sandbox, "management").call("GET", "/v2/alerts").status_code == 403
    assert ninja.call("DELETE", "/v2/webhook").status_code == 403
    assert ninja.call("GET", "/v2/nothing").status_code == 404
    assert requests.get(f"{ninja.url}/v2/alerts", timeout=5).status_code == 401


def test_lists_go_on_after_an_id(sandbox: Sandbox, ninja: Caller) -> None:
    whole = ninja.read("/v2/devices-detailed")
    first = ninja.read("/v2/devices", pageSize=5)
    second = ninja.read("/api/v2/devices", pageSize=5, after=first[-1]["id"])
    assert [row["id"] for row in first + second] == [row["id"] for row in whole[:10]]
    assert ninja.read("/v2/devices", after=whole[-1]["id"]) == []
    sandbox.switches.change(ninjaone_most_rows=3)
    assert len(ninja.read("/v2/devices-detailed", pageSize=500)) == 3


def test_the_detailed_lists_hold_more(ninja: Caller) -> None:
    assert "system" in ninja.read("/v2/devices-detailed", pageSize=1)[0]
    assert "system" not in ninja.read("/v2/devices", pageSize=1)[0]
    organisation = ninja.read("/v2/organizations-detailed", pageSize=1)[0]
    assert organisation["locations"]
    assert "locations" not in ninja.read("/v2/organizations", pageSize=1)[0]
    number = organisation["id"]
    assert ninja.read(f"/v2/organization/{number}/locations")[0]["organizationId"] == number
    assert len(ninja.read("/v2/locations")) >= 26
    assert {row["organizationId"] for row in ninja.read(f"/v2/organization/{number}/devices")} <= {number}


@pytest.mark.parametrize(
    ("text", "column", "values"),
    [
        ("status eq APPROVED", "approvalStatus", {"APPROVED"}),
        ("org = 17", "organizationId", {17}),
        ("organization in (17, 19) AND class in (NMS_PRINTER)", "nodeClass", {"NMS_PRINTER"}),
        ("offline", "offline", {True}),
    ],
)
def test_devices_are_filtered(ninja: Caller, text: str, column: str, values: set[Any]) -> None:
    assert {row[column] for row in ninja.read("/v2/devices", df=text)} == values


def test_a_filter_that_is_none_is_refused(ninja: Caller) -> None:
    assert ninja.call("GET", "/v2/devices", params={"df": "colour = red"}).status_code == 400


def test_an_alert_is_listed_while_it_is_on(sandbox: Sandbox, ninja: Caller) -> None:
    assert ninja.read("/v2/alerts") == []
    done = sandbox.event("ninjaone-alert", computer="Printer 17", message="Disk is full")
    (alert,) = ninja.read("/v2/alerts", sourceType="CONDITION_AGENT_DISK_FREE_SPACE")
    assert (alert["uid"], alert["message"]) == (done["alert"], "Disk is full")
    assert isinstance(alert["createTime"], float)
    assert ninja.read(f"/v2/device/{alert['deviceId']}/alerts") == [alert]
    sandbox.event("ninjaone-reset", computer="Printer 17")
    assert ninja.read("/v2/alerts") == []
    states = [row["statusCode"] for row in ninja.read("/v2/activities", seriesUid=alert["uid"])["activities"]]
    assert states == ["RESET", "TRIGGERED"]


def test_an_alert_is_reset_by_the_api(sandbox: Sandbox) -> None:
    manager = Caller(sandbox, "management monitoring")
    uids = [sandbox.event("ninjaone-alert")["alert"] for _ in range(2)]
    assert manager.call("DELETE", f"/v2/alert/{uids[0]}").status_code == 204
    assert manager.call("POST", f"/v2/alert/{uids[1]}/reset").status_code == 204
    assert manager.call("DELETE", f"/v2/alert/{uids[0]}").status_code == 404
    assert manager.read("/v2/alerts") == []


def test_the_history_comes_newest_first(sandbox: Sandbox, ninja: Caller) -> None:
    for _ in range(3):
        sandbox.event("ninjaone-alert")
    answer = ninja.read("/v2/activities", pageSize=2)
    ids = [row["id"] for row in answer["activities"]]
    assert ids == [answer["lastActivityId"], answer["lastActivityId"] - 1]
    older = ninja.read("/v2/activities", olderThan=ids[-1])["activities"]
    assert [row["id"] for row in older] == [ids[-1] - 1]
    assert ninja.read("/v2/activities", newerThan=ids[0])["activities"] == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"event": "ninjaone-alert", "computer": "NOBODY"}, "no device 'NOBODY'"),
        ({"event": "ninjaone-alert", "source": "CONDITION_MOON"}, "no source type"),
        ({"event": "ninjaone-reset"}, "no alert that is on"),
        ({"event": "ninjaone-reset", "computer": "Printer 17"}, "no alert that is on"),
    ],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, asked: dict[str, str], sentence: str) -> None:
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_it_shares_its_computers_with_the_other_console(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"]: host for host in sandbox.world.console.hosts.values()}
    shared = [row for row in sandbox.world.of(NinjaOneWorld).devices.values() if row["system"]]
    assert len(shared) > 100
    for row in shared:
        assert row["system"]["serialNumber"] in hosts
    assert any(row["system"] is None for row in sandbox.world.of(NinjaOneWorld).devices.values())


def test_a_world_saved_before_there_was_a_ninjaone_gets_one(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as first:
        data = json.loads(json.dumps(to_data(first.world)))
    del data["ninjaone"]
    assert from_data(data).of(NinjaOneWorld).devices == {}
    (tmp_path / "world.json").write_text(json.dumps(data))
    with Sandbox.start(tmp_path) as second:
        assert second.world.of(NinjaOneWorld).organisations == first.world.of(NinjaOneWorld).organisations
        assert len(second.world.console.computers) == 300
