"""What an administrator does to clients and sites in the simulated Halo: rename, move, merge."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, first_client


def held_by(sandbox: Sandbox, client: int) -> dict[str, set[int]]:
    world = sandbox.world.halo
    return {
        name: {row["id"] for row in getattr(world, name).values() if row["client_id"] == client}
        for name in ("sites", "users", "assets", "tickets", "licences")
    }


def two_clients(sandbox: Sandbox) -> tuple[int, int]:
    """One that owns an asset, and another one."""
    client = sandbox.world.halo.assets[501]["client_id"]
    other = next(number for number in sandbox.world.halo.clients if number not in (1, 2, client))
    return client, other


def test_a_client_is_renamed(sandbox: Sandbox, halo: HaloCaller) -> None:
    client = first_client(sandbox)
    before = client["_updated"]
    assert halo.write("Client", {"id": client["id"], "name": "New Name"})["name"] == "New Name"
    assert sandbox.world.halo.clients[client["id"]]["_updated"] > before
    assert sandbox.world.halo.clients[client["id"]]["main_site_id"] == client["main_site_id"]


def test_a_new_client_has_a_site_with_its_general_user(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Client", {"name": "Zebra Ltd", "newclient_sitename": "Stable"})
    assert made["main_site_name"] == "Stable"
    assert sandbox.world.halo.general_user(made["main_site_id"]) is not None


def test_a_site_that_moves_takes_its_people_and_assets_along(sandbox: Sandbox, halo: HaloCaller) -> None:
    _, other = two_clients(sandbox)
    site = sandbox.world.halo.assets[501]["site_id"]
    halo.write("Site", {"id": site, "client_id": other})
    assert sandbox.world.halo.assets[501]["client_id"] == other
    for row in sandbox.world.halo.users.values():
        assert row["client_id"] == sandbox.world.halo.sites[row["site_id"]]["client_id"]


def test_a_merged_client_is_inactive_and_the_other_one_holds_everything(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    client, other = two_clients(sandbox)
    before, there = held_by(sandbox, client), held_by(sandbox, other)
    answer = halo.write("Client", {"id": client, "_merge_client_into": other})
    assert answer["inactive"] is True
    assert "_merge_client_into" not in answer
    assert "merged" not in str(halo.read(f"Client/{client}", includedetails=True))
    assert held_by(sandbox, client) == {name: set() for name in before}
    assert held_by(sandbox, other) == {name: before[name] | there[name] for name in before}


@pytest.mark.parametrize("target", [99999, 12])
def test_a_merge_into_nothing_or_into_itself_is_refused_and_changes_nothing(
    sandbox: Sandbox, halo: HaloCaller, target: int
) -> None:
    before = held_by(sandbox, 12)
    assert halo.post("Client", [{"id": 12, "_merge_client_into": target}]).status_code == 400
    assert held_by(sandbox, 12) == before


@pytest.mark.parametrize("body", [{"name": " "}, {"name": ""}])
@pytest.mark.parametrize("path", ["Client", "Site"])
def test_a_nameless_one_is_refused(halo: HaloCaller, path: str, body: dict[str, Any]) -> None:
    assert halo.post(path, [{**body, **({"client_id": 12} if path == "Site" else {})}]).status_code == 400


def test_reading_customers_is_not_enough(sandbox: Sandbox) -> None:
    narrow = HaloCaller(sandbox, scope=constants.HALO_SCOPES)
    assert narrow.post("Client", [{"id": 12, "name": "x"}]).status_code == 403
