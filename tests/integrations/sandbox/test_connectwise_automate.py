"""The simulated ConnectWise Automate: its tokens, its lists, its events, and how it is made awkward."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.connectwise_automate.constants import CLIENT_ID, PASSWORD, USERNAME
from integrations.sandbox.connectwise_automate.fleet import ONLY_HERE, add_fleet
from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.generation import make_world
from integrations.sandbox.moments import stamp
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
LOGIN = {"username": USERNAME, "password": PASSWORD}


class Caller:
    def __init__(self, sandbox: Sandbox) -> None:
        self.root = f"{sandbox.url('connectwise_automate')}/cwa/api/v1"
        self.headers = {"clientId": CLIENT_ID}
        self.token: dict[str, Any] = self.log_in().json()
        self.take(self.token)

    def take(self, token: dict[str, Any]) -> None:
        self.headers["Authorization"] = f"Bearer {token.get('AccessToken')}"

    def log_in(self, **changed: str) -> requests.Response:
        return self.call("POST", "apitoken", json={**LOGIN, **changed})

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.root}/{path}", headers=self.headers, timeout=5, **more)

    def read(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def automate(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def make_filled_world(seed: int) -> World:
    world = make_world(seed, NOW)
    add_fleet(world, stamp(NOW))
    return world


# ---- what it holds ----------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_fleet_and_the_rest_of_the_world_stays_as_it_was() -> None:
    bare, filled = make_world(1, NOW), make_filled_world(1)

    assert to_data(filled) == to_data(make_filled_world(1))
    assert {**to_data(filled), "connectwise_automate": None} == {
        **to_data(bare),
        "connectwise_automate": None,
    }


def test_it_shares_machines_with_the_other_console_and_has_odd_ones_of_its_own() -> None:
    world = make_filled_world(1)
    held = world.of(AutomateWorld)
    hosts = {host["serialNumber"]: host for host in world.console.hosts.values()}
    *shared, nameless, one, other = held.computers.values()
    own = (nameless, one, other)

    assert 80 < len(shared) < len(hosts)
    assert {row["SerialNumber"] for row in shared} <= set(hosts)
    assert [(row["ComputerName"], row["SerialNumber"]) for row in own] == [
        ("", ""),
        ("CLONE-A", "VMW-CLONE-7"),
        ("CLONE-B", "VMW-CLONE-7"),
    ]
    assert {row["Name"] for row in held.clients.values()} >= set(ONLY_HERE)


def test_a_world_that_was_saved_before_it_gets_a_fleet(tmp_path: Path) -> None:
    old = json.loads(json.dumps(to_data(make_world(1, NOW))))
    assert from_data(old).of(AutomateWorld).computers == {}
    (tmp_path / "world.json").write_text(json.dumps(old))

    with Sandbox.start(tmp_path) as later:
        assert len(later.world.of(AutomateWorld).computers) > 80
        assert len(later.world.console.computers) == 300


# ---- tokens -----------------------------------------------------------------------------------


def test_a_token_tells_its_end_and_ends_then(sandbox: Sandbox, automate: Caller) -> None:
    assert (automate.token["TokenType"], automate.token["IsTwoFactorRequired"]) == ("bearer", False)
    until = datetime.fromisoformat(automate.token["ExpirationDate"])
    assert 3590 < (until - sandbox.clock.now()).total_seconds() <= 3600

    sandbox.clock.advance(3601)
    assert automate.call("GET", "Clients").status_code == 401


def test_a_token_is_renewed_by_itself(automate: Caller) -> None:
    old = automate.token["AccessToken"]
    renewed = automate.call("POST", "apitoken/refresh", json=old)
    assert renewed.status_code == 200
    assert automate.call("GET", "Clients").status_code == 401, "the old one has ended"

    automate.take(renewed.json())
    assert automate.call("GET", "Clients").status_code == 200


@pytest.mark.parametrize("changed", [{"username": "nobody"}, {"password": "wrong"}])
def test_a_wrong_login_is_refused(automate: Caller, changed: dict[str, str]) -> None:
    answer = automate.log_in(**changed)

    assert (answer.status_code, "incorrect" in answer.json()["Message"]) == (401, True)


def test_every_call_needs_the_client_id(automate: Caller) -> None:
    automate.headers["clientId"] = "another"

    assert automate.log_in().status_code == 401
    assert automate.call("GET", "Clients").status_code == 401


def test_a_user_with_a_second_factor_needs_its_code(sandbox: Sandbox, automate: Caller) -> None:
    sandbox.switches.change(connectwise_automate_second_factor=True)

    assert automate.log_in().json() == {"AccessToken": None, "TokenType": None, "IsTwoFactorRequired": True}
    assert automate.log_in(TwoFactorPasscode="123456").json()["AccessToken"]


def test_a_user_who_is_disabled_is_out_at_once(sandbox: Sandbox, automate: Caller) -> None:
    sandbox.switches.change(connectwise_automate_user_disabled=True)

    assert automate.log_in().status_code == 401
    assert automate.call("GET", "Clients").status_code == 401


def test_what_is_not_there_is_said(automate: Caller) -> None:
    assert automate.call("GET", "Nothing").status_code == 404
    assert automate.call("GET", "Computers/1").status_code == 404
    assert automate.call("DELETE", "Computers/1184").status_code == 405
    assert requests.get(automate.root.removesuffix("/cwa/api/v1"), timeout=5).status_code == 404


# ---- lists ------------------------------------------------------------------------------------


def test_lists_are_bare_arrays_in_pages(sandbox: Sandbox, automate: Caller) -> None:
    whole = automate.read("Computers", pagesize=1000, orderby="Id asc")
    assert [row["Id"] for row in whole] == list(sandbox.world.of(AutomateWorld).computers)
    pages = [automate.read("computers", page=n, pageSize=40, orderBy="Id asc") for n in (1, 2, 3, 4)]
    assert [row for page in pages for row in page] == whole
    assert [len(page) for page in pages[:2]] == [40, 40]
    assert automate.read("Computers", page=9, pagesize=1000) == []
    assert len(automate.read("Computers")) == 50

    sandbox.switches.change(connectwise_automate_most_rows=3)
    assert len(automate.read("Computers", pagesize=1000)) == 3


def test_a_computer_names_its_client_and_location(sandbox: Sandbox, automate: Caller) -> None:
    row = automate.read("Computers/1184")
    place = sandbox.world.of(AutomateWorld).locations[row["Location"]["Id"]]

    assert row["Client"]["Id"] == place["_client"]
    assert automate.read(f"Locations/{place['Id']}")["Client"] == row["Client"]
    assert row["RemoteAgentLastContact"].endswith("Z")
    assert not [name for name in row if name.startswith("_")]


@pytest.mark.parametrize(
    ("condition", "column", "wanted"),
    [
        ("Client.Id = 62", "Client", {"62"}),
        ("Client.Id eq '62'", "Client", {"62"}),
        ("(Id >= 1190 and Id <= 1191)", "Id", {"1190", "1191"}),
        ("Status = 'Offline' and Id < 1240", "Status", {"Offline"}),
        ("ComputerName contains 'clone'", "ComputerName", {"CLONE-A", "CLONE-B"}),
        ("ComputerName like 'CLONE-B%'", "ComputerName", {"CLONE-B"}),
    ],
)
def test_a_condition_chooses(automate: Caller, condition: str, column: str, wanted: set[str]) -> None:
    rows = automate.read("Computers", condition=condition, pagesize=1000)
    found = {row[column]["Id"] if column == "Client" else row[column] for row in rows}

    assert found == wanted


def test_ids_order_and_fields_are_chosen(automate: Caller) -> None:
    rows = automate.read("Computers", ids="1184,1190", orderby="Id desc", includefields="Id,ComputerName")
    assert [list(row) for row in rows] == [["Id", "ComputerName"]] * 2
    assert [row["Id"] for row in rows] == ["1190", "1184"]
    assert "Name" not in automate.read("Clients", excludefields="Name")[0]


@pytest.mark.parametrize("query", [{"condition": "colour"}, {"page": "0"}, {"pagesize": "many"}])
def test_a_question_that_is_none_is_refused(automate: Caller, query: dict[str, str]) -> None:
    assert automate.call("GET", "Computers", params=query).status_code == 400


def test_it_is_awkward_when_told_to(sandbox: Sandbox, automate: Caller) -> None:
    sandbox.switches.change(
        connectwise_automate_other_case=True,
        connectwise_automate_naive_times=True,
        connectwise_automate_cut_page=2,
        connectwise_automate_forbidden=["clients"],
    )
    row = automate.read("Computers")[0]
    assert {"MACAddress", "BiosManufacturer"} <= set(row)
    assert not row["RemoteAgentLastContact"].endswith("Z")
    assert [len(automate.read("Computers", page=n, pagesize=10)) for n in (1, 2, 3)] == [10, 9, 10]
    assert automate.call("GET", "Clients").status_code == 403

    sandbox.switches.change(connectwise_automate_same_page=True)
    assert automate.read("Locations", page=1) == automate.read("Locations", page=7)


def test_a_short_token_is_told(sandbox: Sandbox, automate: Caller) -> None:
    sandbox.switches.change(connectwise_automate_token_seconds=5)
    automate.take(automate.log_in().json())
    sandbox.clock.advance(6)

    assert automate.call("GET", "Clients").status_code == 401


# ---- events -----------------------------------------------------------------------------------


def test_a_computer_is_retired(sandbox: Sandbox, automate: Caller) -> None:
    done = sandbox.event("automate-retire", computer="clone-a")

    assert done["did"] == "ConnectWise Automate: CLONE-A is retired."
    assert automate.call("GET", f"Computers/{done['computer']}").status_code == 404


def test_a_computer_moves_to_another_client(sandbox: Sandbox, automate: Caller) -> None:
    before = automate.read("Computers/1184")["Client"]
    sandbox.event("automate-move", computer="1184")

    assert automate.read("Computers/1184")["Client"] != before


def test_what_cannot_happen_is_said(sandbox: Sandbox) -> None:
    asked = {"event": "automate-retire", "computer": "NOBODY"}
    answer = requests.post(f"{sandbox.halo_root}/_control/event", json=asked, timeout=5)

    assert (answer.status_code, "no computer 'NOBODY'" in answer.json()["error"]) == (400, True)
