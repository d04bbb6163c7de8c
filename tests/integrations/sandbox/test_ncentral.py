"""The simulated N-central: its tokens, its pages, its issues, and how it is made awkward."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from integrations.sandbox.ncentral.constants import SERVICE_ORG, USER_TOKEN
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.server import Sandbox


def log_in(sandbox: Sandbox, token: str = USER_TOKEN, **headers: str) -> requests.Response:
    url = f"{sandbox.url('ncentral')}/api/auth/authenticate"
    return requests.post(url, headers={"Authorization": f"Bearer {token}", **headers}, timeout=5)


class Caller:
    def __init__(self, sandbox: Sandbox, **headers: str) -> None:
        self.url = sandbox.url("ncentral")
        self.tokens = log_in(sandbox, **headers).json()["tokens"]
        self._headers = {"Authorization": f"Bearer {self.tokens['access']['token']}"}

    def call(self, path: str, method: str = "GET", **query: Any) -> requests.Response:
        url = f"{self.url}/api/{path}"
        return requests.request(method, url, headers=self._headers, params=query, timeout=5)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read(path, pageSize=1000, **query)["data"]
        return found


@pytest.fixture
def central(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


# ---- tokens ---------------------------------------------------------------------------------


def test_the_users_token_is_exchanged_for_one_that_ends(sandbox: Sandbox, central: Caller) -> None:
    assert central.tokens["access"]["expirySeconds"] == 3600
    assert central.read("auth/validate")
    sandbox.clock.advance(3601)
    assert central.call("auth/validate").status_code == 401
    assert central.call("devices").status_code == 401


def test_how_long_a_token_lives_may_be_asked_for(sandbox: Sandbox) -> None:
    short = Caller(sandbox, **{"X-ACCESS-EXPIRY-OVERRIDE": "30m"})
    assert short.tokens["access"]["expirySeconds"] == 1800
    sandbox.switches.change(ncentral_token_seconds=60)
    assert Caller(sandbox).tokens["access"]["expirySeconds"] == 60


def test_a_wrong_or_revoked_token_gets_none(sandbox: Sandbox) -> None:
    assert log_in(sandbox, "wrong").status_code == 401
    sandbox.switches.change(ncentral_user_refused=True)
    assert log_in(sandbox).status_code == 401


@pytest.mark.parametrize("as_json", [False, True])
def test_a_refresh_takes_text_or_json_and_once_only(sandbox: Sandbox, central: Caller, as_json: bool) -> None:
    token, url = central.tokens["refresh"]["token"], f"{central.url}/api/auth/refresh"
    sent: dict[str, Any] = {"json": {"refresh_token": token}} if as_json else {"data": token}
    assert requests.post(url, timeout=5, **sent).json()["tokens"]["access"]["token"]
    assert requests.post(url, timeout=5, **sent).status_code == 401


def test_it_is_read_only_and_knows_its_paths(central: Caller) -> None:
    assert central.call("devices", "DELETE").status_code == 405
    assert central.call("nothing").status_code == 404
    assert central.call("devices/1").status_code == 404
    assert central.call("org-units/9/active-issues").status_code == 404
    assert requests.get(f"{central.url}/login", timeout=5).status_code == 404


# ---- pages ----------------------------------------------------------------------------------


def test_pages_are_numbered_from_one_and_hold_fifty(central: Caller) -> None:
    first, second = central.read("devices"), central.read("devices", pageNumber=2)
    assert (first["pageNumber"], first["pageSize"], first["itemCount"]) == (1, 50, 50)
    assert first["totalPages"] == -(-first["totalItems"] // 50)
    assert first["_links"]["nextPage"].startswith("/api/devices?pageNumber=2")
    ids = [row["deviceId"] for row in first["data"] + second["data"]]
    assert len(ids) == len(set(ids))
    assert central.read("devices", pageNumber=999)["data"] == []


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_a_page_that_cannot_be_is_refused(central: Caller, number: str) -> None:
    assert central.call("devices", pageNumber=number).status_code == 400


def test_larger_pages_are_cut_and_lists_may_be_sorted(sandbox: Sandbox, central: Caller) -> None:
    names = [
        row["customerName"] for row in central.rows("customers", sortBy="customerName", sortOrder="desc")
    ]
    assert names == sorted(names, reverse=True)
    sandbox.switches.change(ncentral_most_rows=3)
    assert central.read("customers", pageSize=500)["pageSize"] == 3


def test_each_page_may_come_from_another_order(sandbox: Sandbox, central: Caller) -> None:
    sandbox.switches.change(ncentral_unsorted=True)
    pages = [central.read("devices", pageNumber=number, pageSize=40) for number in (1, 2, 3)]
    ids = [row["deviceId"] for page in pages for row in page["data"]]
    assert len(set(ids)) < len(ids)


# ---- what it holds --------------------------------------------------------------------------


def test_units_stand_above_each_other(central: Caller) -> None:
    (organisation,) = central.rows("service-orgs")
    assert (organisation["soId"], organisation["isServiceOrg"]) == (SERVICE_ORG, True)
    customers = central.rows(f"service-orgs/{SERVICE_ORG}/customers")
    assert {row["parentId"] for row in customers} == {SERVICE_ORG}
    assert central.rows("customers") == customers
    site = central.rows("sites")[0]
    owner = site["parentId"]
    assert site in central.rows(f"customers/{owner}/sites")
    assert central.read(f"customers/{owner}")["customerId"] == owner
    assert site["siteId"] in {row["orgUnitId"] for row in central.rows(f"org-units/{owner}/children")}
    assert len(central.rows("org-units")) == 1 + len(customers) + len(central.rows("sites"))


def test_ids_may_be_text(sandbox: Sandbox, central: Caller) -> None:
    sandbox.switches.change(ncentral_text_ids=True)
    assert {type(row["customerId"]) for row in central.rows("customers")} == {str}


def test_a_user_of_one_customer_sees_no_other(sandbox: Sandbox, central: Caller) -> None:
    sandbox.switches.change(ncentral_single_customer=True)
    (customer,) = central.rows("customers")
    assert central.call("service-orgs").status_code == 403
    assert {row["customerId"] for row in central.rows("devices")} == {customer["customerId"]}
    assert {row["parentId"] for row in central.rows("sites")} <= {customer["customerId"]}


def test_devices_of_a_unit_are_those_below_it(sandbox: Sandbox, central: Caller) -> None:
    held = next(row for row in sandbox.world.of(NCentralWorld).devices.values() if row["_site"])
    for unit in (held["_site"], held["_customer"], SERVICE_ORG):
        found = {row["deviceId"] for row in central.rows(f"org-units/{unit}/devices")}
        assert held["deviceId"] in found
    assert central.read(f"devices/{held['deviceId']}")["orgUnitId"] == held["_site"]


@pytest.mark.parametrize(("cards", "shape"), [("list", list), ("wrapped", dict), ("one", dict)])
def test_asset_data_stand_behind_each_device(
    sandbox: Sandbox, central: Caller, cards: str, shape: type
) -> None:
    sandbox.switches.change(ncentral_cards=cards)
    number, held = next(iter(sandbox.world.of(NCentralWorld).assets.items()))
    found = central.read(f"devices/{number}/assets")["data"]
    assert found["computersystem"]["serialnumber"] == held["serialnumber"]
    assert isinstance(found["networkadapter"], shape)
    sandbox.switches.change(ncentral_assets_refused=True)
    assert central.call(f"devices/{number}/assets").status_code == 403


def test_it_shares_its_computers_with_the_other_console(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    world = sandbox.world.of(NCentralWorld)
    assert len(world.assets) > 80
    assert {row["serialnumber"] for row in world.assets.values()} <= hosts
    assert len(world.devices) > len(world.assets), "and it has some of its own"


# ---- issues ---------------------------------------------------------------------------------


def test_an_issue_is_listed_as_long_as_it_is_on(sandbox: Sandbox, central: Caller) -> None:
    path = f"org-units/{SERVICE_ORG}/active-issues"
    before = central.rows(path)
    done = sandbox.event("ncentral-issue", alert="backup")
    new = [row for row in central.rows(path) if row not in before]
    assert [f"{row['deviceId']}/{row['taskId']}/{row['serviceItemId']}" for row in new] == [done["issue"]]
    services = central.rows(f"devices/{done['device']}/service-monitor-status")
    assert {row["stateStatus"] for row in services if row["taskId"] == new[0]["taskId"]} == {"Failed"}
    assert new[0] in central.rows(f"org-units/{new[0]['orgUnitId']}/active-issues")

    sandbox.event("ncentral-normal", computer=done["device"], alert="backup")
    assert central.rows(path) == before


def test_the_same_state_again_changes_nothing_and_another_begins_anew(sandbox: Sandbox) -> None:
    world = sandbox.world.of(NCentralWorld)
    done = sandbox.event("ncentral-issue", alert="cpu")
    since = world.issues[done["issue"]]["since"]
    sandbox.clock.advance(60)
    sandbox.event("ncentral-issue", alert="cpu", computer=done["device"])
    assert world.issues[done["issue"]]["since"] == since
    sandbox.event("ncentral-issue", alert="cpu", computer=done["device"], state=6)
    assert world.issues[done["issue"]]["since"] > since


def test_a_device_is_removed_with_its_issues(sandbox: Sandbox, central: Caller) -> None:
    done = sandbox.event("ncentral-issue")
    sandbox.event("ncentral-remove-device", computer=done["device"])
    world = sandbox.world.of(NCentralWorld)
    assert done["device"] not in world.devices
    assert done["issue"] not in world.issues
    assert central.call(f"devices/{done['device']}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"event": "ncentral-issue", "computer": "NOBODY"}, "no device 'NOBODY'"),
        ({"event": "ncentral-issue", "alert": "moon"}, "no service 'moon'"),
        ({"event": "ncentral-normal", "computer": "PROBE"}, "no such active issue"),
    ],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, asked: dict[str, str], sentence: str) -> None:
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_calls_that_run_at_once_are_limited_for_each_endpoint(sandbox: Sandbox, central: Caller) -> None:
    sandbox.switches.change(ncentral_calls_at_once=1, ncentral_call_seconds=0.3)
    states: list[int] = []
    callers = [
        threading.Thread(target=lambda: states.append(central.call("devices", pageSize=1).status_code))
        for _ in range(3)
    ]
    for caller in callers:
        caller.start()
    other = central.call("customers").status_code
    for caller in callers:
        caller.join()

    assert sorted(states)[0] == 200
    assert sorted(states)[-1] == 429
    assert other == 200, "another endpoint has a limit of its own"
