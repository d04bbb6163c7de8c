"""The simulated Datto RMM: its token, its pages, its alerts, its limit, and how it is made awkward."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.datto_rmm import constants
from integrations.sandbox.datto_rmm.rows import NONE
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import from_data, to_data
from tests.integrations.net.server import receive

FORM = {"grant_type": "password", "username": constants.API_KEY, "password": constants.API_SECRET}


def ask_token(
    sandbox: Sandbox, client: tuple[str, str] = constants.PUBLIC_CLIENT, **changed: str
) -> requests.Response:
    url = f"{sandbox.url('datto_rmm')}/auth/oauth/token"
    return requests.post(url, data={**FORM, **changed}, auth=client, timeout=5)


class Caller:
    def __init__(self, sandbox: Sandbox) -> None:
        self.url = f"{sandbox.url('datto_rmm')}/api/v2"
        self._headers = {"Authorization": f"Bearer {ask_token(sandbox).json()['access_token']}"}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers=self._headers, timeout=5, **more)

    def status(self, path: str) -> int:
        return self.call("GET", path).status_code

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def datto(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def test_a_token_is_given_to_the_public_client_and_ends(sandbox: Sandbox, datto: Caller) -> None:
    answer = ask_token(sandbox).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 360_000)
    sandbox.clock.advance(360_001)
    assert datto.status("/account/sites") == 401


@pytest.mark.parametrize(
    ("client", "changed", "status", "error"),
    [
        (constants.PUBLIC_CLIENT, {"password": "wrong"}, 400, "invalid_grant"),
        (constants.PUBLIC_CLIENT, {"username": "wrong"}, 400, "invalid_grant"),
        (constants.PUBLIC_CLIENT, {"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        (("somebody", "else"), {}, 401, "unauthorized"),
    ],
)
def test_a_bad_request_for_a_token_is_told(
    sandbox: Sandbox, client: tuple[str, str], changed: dict[str, str], status: int, error: str
) -> None:
    answer = ask_token(sandbox, client, **changed)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_refused_key_gets_no_token_and_those_that_are_out_go_on(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_key_refused=True)
    assert ask_token(sandbox).status_code == 400
    assert datto.status("/account/sites") == 200


def test_what_is_not_there_is_not_found(datto: Caller) -> None:
    for path in ("", "/nothing", "/account/nothing", "/device/nobody", "/audit/printer/x", "/system/x"):
        assert datto.status(path) == 404
    assert requests.get(f"{datto.url}/account/sites", timeout=5).status_code == 401
    assert datto.call("DELETE", "/account/sites").status_code == 405


def test_pages_are_counted_from_nought_and_name_their_neighbours(datto: Caller) -> None:
    whole = datto.read("/account/devices")
    first, second = (datto.read("/account/devices", page=page, max=5) for page in (0, 1))
    assert first["devices"] + second["devices"] == whole["devices"][:10]
    assert first["pageDetails"]["prevPageUrl"] is None
    assert (first["pageDetails"]["count"], first["pageDetails"]["totalCount"]) == (5, len(whole["devices"]))
    following = first["pageDetails"]["nextPageUrl"]
    assert following == f"{datto.url}/account/devices?max=5&page=1"
    beyond = datto.read("/account/devices", page=999)
    assert (beyond["devices"], beyond["pageDetails"]["nextPageUrl"]) == ([], None)


def test_larger_pages_than_allowed_are_cut(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_most_rows=3)
    assert datto.read("/system/pagination") == {"max": 3}
    assert len(datto.read("/account/sites", max=250)["sites"]) == 3
    sandbox.switches.change(datto_tells_most_rows=False)
    assert datto.status("/system/pagination") == 404


def test_a_list_that_breaks_off_goes_on_counting_all(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_cut_devices=4)
    page = datto.read("/account/devices")
    assert (len(page["devices"]), page["pageDetails"]["nextPageUrl"]) == (4, None)
    assert page["pageDetails"]["totalCount"] > 100


def test_sites_devices_and_audits_hang_together(sandbox: Sandbox, datto: Caller) -> None:
    site = datto.read("/account/sites", siteName="harbour")["sites"][0]
    own = datto.read(f"/site/{site['uid']}/devices")["devices"]
    assert site["devicesStatus"]["numberOfDevices"] == len(own) > 5
    assert datto.read(f"/site/{site['uid']}") == site
    device = next(row for row in own if row["uid"] in sandbox.world.of(DattoWorld).audits)
    assert datto.read(f"/device/{device['uid']}") == datto.read(f"/device/id/{device['id']}") == device
    assert datto.read("/account/devices", hostname=device["hostname"])["devices"] == [device]
    assert datto.read(f"/audit/device/{device['uid']}")["bios"]["serialNumber"]
    printer = next(
        row for row in sandbox.world.of(DattoWorld).devices.values() if row["deviceClass"] == "printer"
    )
    assert datto.status(f"/audit/device/{printer['uid']}") == 404


@pytest.mark.parametrize(("spelling", "expected"), [("milliseconds", int), ("seconds", int), ("iso", str)])
def test_times_are_milliseconds_or_what_is_asked_for(
    sandbox: Sandbox, datto: Caller, spelling: str, expected: type
) -> None:
    sandbox.switches.change(datto_times=spelling)
    row = datto.read("/account/devices", max=1)["devices"][0]
    assert isinstance(row["lastSeen"], expected)
    if expected is int:
        assert (row["lastSeen"] > 10**12) is (spelling == "milliseconds")


def test_no_time_is_the_year_one(sandbox: Sandbox, datto: Caller) -> None:
    device = next(iter(sandbox.world.of(DattoWorld).devices.values()))
    device["lastAuditDate"] = None
    assert datto.read(f"/device/{device['uid']}")["lastAuditDate"] == NONE


def test_an_alert_is_open_and_then_resolved(sandbox: Sandbox, datto: Caller) -> None:
    assert datto.read("/account/alerts/open")["alerts"] == []
    uid = sandbox.event("datto-alert", alert="disk", message="Exit code 1")["alert"]
    (alert,) = datto.read("/account/alerts/open")["alerts"]
    assert (alert["alertUid"], alert["resolved"], alert["diagnostics"]) == (uid, False, "Exit code 1")
    assert alert["alertContext"]["@class"] == "perf_disk_usage_ctx"
    source = alert["alertSourceInfo"]
    assert datto.read(f"/device/{source['deviceUid']}/alerts/open")["alerts"] == [alert]
    assert datto.read(f"/site/{source['siteUid']}/alerts/open")["alerts"] == [alert]
    sandbox.event("datto-resolve")
    assert datto.read("/account/alerts/open")["alerts"] == []
    newest = datto.read("/account/alerts/resolved", max=1)["alerts"][0]
    assert (newest["alertUid"], newest["resolved"]) == (uid, True)
    assert newest["resolvedOn"] >= newest["timestamp"]


def test_an_alert_is_resolved_by_the_api(sandbox: Sandbox, datto: Caller) -> None:
    uid = sandbox.event("datto-alert")["alert"]
    assert datto.call("POST", f"/alert/{uid}/resolve").status_code == 204
    assert datto.call("POST", f"/alert/{uid}/resolve").status_code == 404
    assert datto.read(f"/alert/{uid}")["resolvedBy"] == constants.API_KEY


def test_resolved_alerts_can_come_oldest_first(sandbox: Sandbox, datto: Caller) -> None:
    newest = [row["resolvedOn"] for row in datto.read("/account/alerts/resolved")["alerts"]]
    sandbox.switches.change(datto_resolved_oldest_first=True)
    oldest = [row["resolvedOn"] for row in datto.read("/account/alerts/resolved")["alerts"]]
    assert oldest == sorted(newest)
    assert newest == oldest[::-1]


def test_a_removed_device_takes_its_alerts_along(sandbox: Sandbox, datto: Caller) -> None:
    done = sandbox.event("datto-alert")
    device = datto.read("/account/alerts/open")["alerts"][0]["alertSourceInfo"]["deviceUid"]
    assert sandbox.event("datto-remove-device", computer=device)["device"] == device
    assert datto.status(f"/device/{device}") == 404
    assert datto.status(f"/alert/{done['alert']}") == 404


def test_a_right_that_is_missing_is_403(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_refused=["alerts"])
    assert datto.status("/account/alerts/open") == 403
    assert datto.status("/account/devices") == 200


def test_beyond_the_limit_comes_429_and_for_who_goes_on_a_block(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_rate_limit=4, datto_block_after=2, datto_delay_seconds=0.0)
    assert [datto.status("/account/sites") for _ in range(8)] == [200] * 4 + [429] * 2 + [403] * 2
    sandbox.clock.advance(61)
    assert datto.status("/account/sites") == 403
    sandbox.clock.advance(300)
    rate = datto.read("/system/request_rate")
    assert (rate["accountCount"], rate["accountRateLimit"], rate["accountCutOffRatio"]) == (1, 4, 0.9)


def test_close_to_the_limit_each_call_takes_longer(sandbox: Sandbox, datto: Caller) -> None:
    sandbox.switches.change(datto_rate_limit=10, datto_delay_seconds=0.3)
    for _ in range(10):
        datto.status("/system/pagination")
    times = [row.seconds for row in sandbox.fronts["datto_rmm"].requests if row.path.endswith("pagination")]
    assert max(times[:9]) < 0.3 <= times[9]


def test_the_webhook_posts_the_body_that_an_administrator_wrote(sandbox: Sandbox) -> None:
    body = '{"id": "[alert_uid]", "on": "[platform]", "says": "[alert_message]", "other": "[unknown]"}'
    with receive() as (url, arrived):
        sandbox.switches.change(datto_webhook_url=url, datto_webhook_body=body, datto_webhook_secret="word")
        uid = sandbox.event("datto-alert")["alert"]
        first = arrived.get(timeout=5)
        sandbox.event("datto-resolve")
        second = arrived.get(timeout=5)
    told = json.loads(first.body)
    assert (told["id"], told["on"], told["other"]) == (uid, "merlot", "[unknown]")
    assert told["says"].startswith("perf_disk_usage_ctx on ")
    assert first.headers["X-HaloBridge-Secret"] == "word"
    assert json.loads(second.body)["id"] == uid


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"event": "datto-alert", "computer": "NOBODY"}, "no device 'NOBODY'"),
        ({"event": "datto-alert", "alert": "moon"}, "no alert 'moon'; there are: disk, offline"),
        ({"event": "datto-resolve"}, "no such open alert"),
    ],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, asked: dict[str, str], sentence: str) -> None:
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_it_shares_its_computers_with_the_other_console(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"]: host for host in sandbox.world.console.hosts.values()}
    audits = sandbox.world.of(DattoWorld).audits
    assert len(audits) > 100
    for audit in audits.values():
        assert audit["bios"]["serialNumber"] in hosts
    names = {row["Name"] for row in sandbox.world.console.companies.values()}
    assert names < {row["name"] for row in sandbox.world.of(DattoWorld).sites.values()}


def test_a_world_saved_before_there_was_a_datto_rmm_gets_one(tmp_path: Path) -> None:
    with Sandbox.start(tmp_path) as first:
        data = json.loads(json.dumps(to_data(first.world)))
    del data["datto_rmm"]
    assert from_data(data).of(DattoWorld).devices == {}
    (tmp_path / "world.json").write_text(json.dumps(data))
    with Sandbox.start(tmp_path) as second:
        assert second.world.of(DattoWorld).sites == first.world.of(DattoWorld).sites
        assert len(second.world.console.computers) == 300
