"""The simulated ScalePad: what it holds, how its lists are asked for, what can be made to happen in it."""

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
from integrations.sandbox.scalepad.constants import KEY, PORT
from integrations.sandbox.scalepad.fleet import add_hardware
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.server import USUAL_PORTS, Sandbox
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
CLIENTS, HARDWARE = "/core/v1/clients", "/core/v1/assets/hardware"
LIFECYCLES = "/lifecycle-manager/v1/assets/hardware/lifecycles"


def make_filled_world(seed: int) -> World:
    world = make_world(seed, NOW)
    add_hardware(world, stamp(NOW))
    return world


def call(sandbox: Sandbox, path: str, key: str = KEY, method: str = "GET", **asked: Any) -> requests.Response:
    url = f"{sandbox.addresses()['scalepad_url']}{path}"
    return requests.request(method, url, params=asked, headers={"x-api-key": key}, timeout=5)


def rows(sandbox: Sandbox, path: str, **filters: str) -> list[dict[str, Any]]:
    asked = {f"filter[{name}]": value for name, value in filters.items()}
    found: list[dict[str, Any]] = call(sandbox, path, page_size=200, **asked).json()["data"]
    return found


def test_the_same_seed_makes_the_same_account_and_the_rest_of_the_world_stays_as_it_was() -> None:
    bare, filled = make_world(1, NOW), make_filled_world(1)

    assert to_data(filled) == to_data(make_filled_world(1))
    assert {**to_data(filled), "scalepad": None} == {**to_data(bare), "scalepad": None}
    assert to_data(make_filled_world(2))["scalepad"] != to_data(filled)["scalepad"]


def test_it_shares_companies_and_machines_with_the_other_console() -> None:
    world = make_filled_world(1)
    pad, hosts = world.of(ScalePadWorld), world.console.hosts.values()
    serials = [row["serial_number"] for row in pad.hardware.values()]

    assert {row["name"] for row in pad.clients.values()} > {
        row["Name"] for row in world.console.companies.values()
    }
    assert 120 < sum(serial in {host["serialNumber"] for host in hosts} for serial in serials) < len(hosts)
    assert any(serials.count(serial) > 1 for serial in serials if serial), "clones and unlabelled boards"
    assert any(not row["name"] and not row["serial_number"] for row in pad.hardware.values())
    assert any(row["client"] is None for row in pad.hardware.values())


def test_a_world_that_was_saved_before_it_gets_an_account(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text(json.dumps(to_data(make_world(1, NOW))))
    with Sandbox.start(tmp_path) as sandbox:
        gone = sandbox.event("scalepad-remove")["asset"]

    kept = from_data(json.loads((tmp_path / "world.json").read_text())).of(ScalePadWorld)
    assert kept.hardware
    assert gone not in kept.hardware


def test_it_has_a_port_of_its_own() -> None:
    assert USUAL_PORTS.of("scalepad") == PORT == 8100


# ---- asking ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "wrong"])
def test_it_wants_the_key(sandbox: Sandbox, key: str) -> None:
    answer = call(sandbox, CLIENTS, key)

    assert answer.status_code == 401
    assert set(answer.json()["errors"][0]) == {"code", "title", "detail"}


def test_pages_go_on_after_a_cursor_until_there_is_none(sandbox: Sandbox) -> None:
    found, cursor, sizes = [], None, []
    while cursor or not sizes:
        page = call(sandbox, HARDWARE, page_size=70, **({"cursor": cursor} if cursor else {})).json()
        assert page["total_count"] == len(sandbox.world.of(ScalePadWorld).hardware)
        found += [row["id"] for row in page["data"]]
        sizes.append(len(page["data"]))
        cursor = page["next_cursor"]

    assert found == list(sandbox.world.of(ScalePadWorld).hardware)
    assert sizes[:-1] == [70] * (len(sizes) - 1)
    assert len(call(sandbox, HARDWARE).json()["data"]) == 50


def test_filters_name_their_operator_and_reach_into_objects(sandbox: Sandbox) -> None:
    pad = sandbox.world.of(ScalePadWorld)
    owner = next(row["client"]["id"] for row in pad.hardware.values() if row["client"])
    mine = [key for key, row in pad.hardware.items() if row["client"] and row["client"]["id"] == owner]

    assert [row["id"] for row in rows(sandbox, HARDWARE, **{"client.id": f"eq:{owner}"})] == mine
    assert {row["type"] for row in rows(sandbox, HARDWARE, type="in:SERVER,VIRTUAL")} == {"SERVER", "VIRTUAL"}
    assert {row["client_id"] for row in rows(sandbox, LIFECYCLES, client_id=f"eq:{owner}")} == {owner}
    for row in rows(sandbox, CLIENTS, record_created_at="lt:2026-01-01"):
        assert row["record_created_at"] < "2026-01-01"


def test_lists_come_in_the_order_that_is_asked_for(sandbox: Sandbox) -> None:
    def names(order: str) -> list[str]:
        return [row["name"] for row in call(sandbox, CLIENTS, sort=order).json()["data"]]

    assert names("+name") == sorted(names("")) == names("-name")[::-1]


def test_a_client_counts_its_hardware(sandbox: Sandbox) -> None:
    hardware = sandbox.world.of(ScalePadWorld).hardware.values()
    for row in rows(sandbox, CLIENTS):
        owned = [one for one in hardware if one["client"] and one["client"]["id"] == row["id"]]
        assert row["num_hardware_assets"] == len(owned)
        assert row["record_lineage"]["integration_configuration"]["vendor"]["brand_name"] == "HaloPSA"


def test_dates_are_times_at_midnight(sandbox: Sandbox) -> None:
    dates = [row["warranty_expiry_date"] for row in rows(sandbox, LIFECYCLES)]

    assert all(date is None or date.endswith("T00:00:00Z") for date in dates)
    assert None in dates


def test_single_objects_are_there_too(sandbox: Sandbox) -> None:
    key = next(iter(sandbox.world.of(ScalePadWorld).hardware))

    assert call(sandbox, f"{HARDWARE}/{key}").json()["id"] == key
    assert call(sandbox, f"{LIFECYCLES}/{key}").status_code == 404


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/core/v1/tickets", "GET", 404),
        ("/", "GET", 404),
        (f"{CLIENTS}/none", "GET", 404),
        (f"{CLIENTS}?page_size=201", "GET", 400),
        (f"{CLIENTS}?page_size=many", "GET", 400),
        (f"{CLIENTS}?cursor=moon", "GET", 400),
        (f"{CLIENTS}?filter[name]=Harbour", "GET", 400),
        (CLIENTS, "POST", 405),
    ],
)
def test_what_it_does_not_do_is_told(sandbox: Sandbox, path: str, method: str, status: int) -> None:
    answer = call(sandbox, path, method=method)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["detail"]


def test_too_many_calls_are_told_how_long_to_wait(sandbox: Sandbox) -> None:
    sandbox.switches.change(scalepad_calls=2)
    answers = [call(sandbox, CLIENTS) for _ in range(3)]
    sandbox.clock.advance(5)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "5"
    assert call(sandbox, CLIENTS).ok


# ---- what happens ---------------------------------------------------------------------------


def test_what_leaves_takes_its_lifecycle_with_it(sandbox: Sandbox) -> None:
    key = sandbox.event("scalepad-remove")["asset"]
    pad = sandbox.world.of(ScalePadWorld)

    assert key not in pad.hardware
    assert key not in pad.lifecycles


def test_an_asset_is_found_by_id_name_or_serial_number(sandbox: Sandbox) -> None:
    pad = sandbox.world.of(ScalePadWorld)
    (row,) = [row for row in pad.hardware.values() if row["serial_number"] == "TB-0001"]

    for name in (row["id"], " LOANER tablet ", "tb-0001"):
        assert sandbox.event("scalepad-warranty", computer=name)["asset"] == row["id"]


@pytest.mark.parametrize(
    ("event", "words"),
    [("scalepad-remove", "no hardware asset 'nobody'"), ("scalepad-warranty", "no hardware")],
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, event: str, words: str) -> None:
    with pytest.raises(NothingFound, match=words):
        sandbox.event(event, computer="nobody")


def test_there_is_no_warranty_to_find_without_a_serial_number(sandbox: Sandbox) -> None:
    pad = sandbox.world.of(ScalePadWorld)
    bare = next(key for key, row in pad.hardware.items() if not row["serial_number"])

    with pytest.raises(NothingFound, match="finds no warranty"):
        sandbox.event("scalepad-warranty", computer=bare)


def test_faults_are_ordered_for_it_by_name(sandbox: Sandbox) -> None:
    order = {"system": "scalepad", "path": CLIENTS, "what": "503"}
    assert requests.post(f"{sandbox.halo_root}/_control/fault", json=order, timeout=5).ok

    assert [call(sandbox, CLIENTS).status_code for _ in range(2)] == [503, 200]
