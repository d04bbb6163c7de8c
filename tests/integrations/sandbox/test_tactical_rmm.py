"""The simulated Tactical RMM: what it holds, what can be made to happen in it, what it keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.sandbox.generation import make_world
from integrations.sandbox.life import NothingFound
from integrations.sandbox.moments import stamp
from integrations.sandbox.server import Sandbox
from integrations.sandbox.tactical_rmm.constants import KEY
from integrations.sandbox.tactical_rmm.fleet import OWN, add_fleet
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def make_filled_world(seed: int) -> World:
    world = make_world(seed, NOW)
    add_fleet(world, stamp(NOW))
    return world


def call(sandbox: Sandbox, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    url = sandbox.addresses()["tactical_rmm_url"]
    sent = {"X-API-KEY": KEY, **headers}
    return requests.request(method, f"{url}{path}", json=body, headers=sent, timeout=5)


def listed(sandbox: Sandbox, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(sandbox, "PATCH", "/alerts/", filters).json()
    return found


def test_the_same_seed_makes_the_same_fleet_and_the_rest_of_the_world_stays_as_it_was() -> None:
    bare, filled = make_world(1, NOW), make_filled_world(1)

    assert to_data(filled) == to_data(make_filled_world(1))
    assert {**to_data(filled), "tactical": None} == {**to_data(bare), "tactical": None}


def test_it_shares_companies_and_machines_with_the_other_console() -> None:
    world = make_filled_world(1)
    serials = {host["serialNumber"] for host in world.console.hosts.values()}
    agents = world.of(TacticalWorld).agents.values()

    assert len(world.of(TacticalWorld).clients) == len(world.console.companies) + 1
    assert {row["hostname"] for row in agents if row["serial_number"] not in serials} == set(OWN)
    assert 100 < len(world.of(TacticalWorld).agents) < len(world.console.computers)


def test_a_world_that_was_saved_before_it_gets_a_fleet(tmp_path: Path) -> None:
    old = to_data(make_world(1, NOW))
    assert "tactical" not in old
    (tmp_path / "world.json").write_text(json.dumps(old))
    with Sandbox.start(tmp_path) as sandbox:
        agents = set(sandbox.world.of(TacticalWorld).agents)
        number = sandbox.event("tactical-alert")["alert"]
    assert agents

    kept = from_data(json.loads((tmp_path / "world.json").read_text()))
    assert set(kept.of(TacticalWorld).agents) == agents
    assert str(number) in kept.of(TacticalWorld).alerts


@pytest.mark.parametrize("key", ["", "wrong"])
def test_it_wants_the_key(sandbox: Sandbox, key: str) -> None:
    assert call(sandbox, "GET", "/clients/", **{"X-API-KEY": key}).status_code == 401


def test_a_slash_is_added_to_what_is_read(sandbox: Sandbox) -> None:
    assert (
        call(sandbox, "GET", "/agents?detail=false").json()
        == call(sandbox, "GET", "/agents/?detail=false").json()
    )
    assert call(sandbox, "PATCH", "/alerts", {}).status_code == 404
    assert call(sandbox, "GET", "/alerts/").status_code == 405
    assert call(sandbox, "POST", "/agents/", {}).status_code == 405


def test_agents_can_be_asked_for_by_client_site_and_kind(sandbox: Sandbox) -> None:
    (site,) = [row for row in sandbox.world.of(TacticalWorld).sites.values() if row["id"] == 9]

    def ask(query: str) -> set[str]:
        return {row["agent_id"] for row in call(sandbox, "GET", f"/agents/?detail=true&{query}").json()}

    by_client, by_site = ask(f"client={site['client']}"), ask("site=9&client=0")
    servers = ask(f"client={site['client']}&monitoring_type=server")
    assert by_site
    assert by_site <= by_client
    assert servers < by_client
    assert ask("client=0") == set()


def test_filters_of_alerts_count_only_where_they_are_false(sandbox: Sandbox) -> None:
    everything = listed(sandbox)
    assert listed(sandbox, resolvedFilter=True) == everything
    assert listed(sandbox, snoozedFilter=True) == everything
    assert listed(sandbox, resolvedFilter=False) == [row for row in everything if not row["resolved"]]
    assert listed(sandbox, severityFilter=["error"]) == [
        row for row in everything if row["severity"] == "error"
    ]
    assert listed(sandbox, clientFilter=[]) == []
    sandbox.clock.advance(3 * 86400)
    assert listed(sandbox, timeFilter=1) == []


def test_an_alert_can_be_snoozed_and_resolved_by_its_api(sandbox: Sandbox) -> None:
    number = sandbox.event("tactical-alert")["alert"]
    before = call(sandbox, "PATCH", "/alerts/", {"top": 1}).json()
    assert call(sandbox, "PUT", f"/alerts/{number}/", {"type": "snooze", "snooze_days": 2}).ok
    during = call(sandbox, "PATCH", "/alerts/", {"top": 1}).json()
    assert call(sandbox, "PUT", f"/alerts/{number}/", {"type": "resolve"}).ok
    after = call(sandbox, "GET", f"/alerts/{number}/").json()

    assert (len(before["alerts"]), before["alerts_count"] - during["alerts_count"]) == (1, 1)
    assert (after["resolved"], after["snoozed"], after["snooze_until"]) == (True, False, None)
    assert call(sandbox, "PUT", f"/alerts/{number}/", {"type": "eat"}).status_code == 405
    assert call(sandbox, "GET", "/alerts/1/").status_code == 404


def test_a_cause_has_one_open_alert(sandbox: Sandbox) -> None:
    first, again = (sandbox.event("tactical-alert", computer=OWN[0], alert="ping")["alert"] for _ in range(2))

    assert first == again


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"event": "tactical-alert", "alert": "moon"}, "There is no alert 'moon'"),
        ({"event": "tactical-alert", "computer": "nobody"}, "no agent on a computer 'nobody'"),
        ({"event": "tactical-resolve", "computer": OWN[1], "alert": "ping"}, "no such open alert"),
    ],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, asked: dict[str, str], words: str) -> None:
    with pytest.raises(NothingFound, match=words):
        sandbox.event(**asked)


def test_a_webhook_that_nobody_takes_hurts_nothing(sandbox: Sandbox) -> None:
    sandbox.switches.change(tactical_webhook_url="http://127.0.0.1:9/")

    assert sandbox.event("tactical-alert")["alert"]


def test_faults_are_ordered_for_it_by_name(sandbox: Sandbox) -> None:
    order = {"system": "tactical_rmm", "path": "/clients/", "what": "503"}
    assert requests.post(f"{sandbox.halo_root}/_control/fault", json=order, timeout=5).ok

    assert [call(sandbox, "GET", "/clients/").status_code for _ in range(2)] == [503, 200]
