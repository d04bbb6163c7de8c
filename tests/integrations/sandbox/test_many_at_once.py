"""Many callers at once, and settings that vanish while others still refer to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, make_asset, make_note, make_ticket

CALLERS = 12


def test_writes_at_the_same_time_each_take_effect_once(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = halo.write("Tickets", make_ticket(sandbox))["id"]
    with ThreadPoolExecutor(CALLERS) as pool:
        tickets = list(pool.map(lambda _: halo.write("Tickets", make_ticket(sandbox))["id"], range(CALLERS)))
        notes = list(pool.map(lambda _: halo.write("Actions", make_note(ticket))["id"], range(CALLERS)))
    assert sorted(tickets) == list(range(ticket + 1, ticket + 1 + CALLERS))
    assert sorted(notes) == list(range(2, 2 + CALLERS))


def test_a_fault_ordered_once_hits_one_of_many(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.halo.faults.add(path="/api/team", what="500")
    with ThreadPoolExecutor(CALLERS) as pool:
        statuses = list(pool.map(lambda _: halo.get("Team").status_code, range(CALLERS)))
    assert sorted(statuses) == [200] * (CALLERS - 1) + [500]


def test_the_limit_is_exact_under_load(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(rate_limit_calls=8)
    with ThreadPoolExecutor(CALLERS) as pool:
        statuses = list(pool.map(lambda _: halo.get("Team").status_code, range(CALLERS)))
    assert sorted(statuses) == [200] * 7 + [429] * 5


def test_an_asset_type_that_vanished_is_refused_and_its_assets_stay_readable(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    made = halo.write("Asset", make_asset(sandbox))
    del sandbox.world.halo.asset_types[112]
    assert halo.post("Asset", [make_asset(sandbox)]).status_code == 400
    assert halo.get("AssetType/112").status_code == 404
    assert halo.read(f"Asset/{made['id']}", includedetails=True)["assettype_name"] is None
    assert halo.write("Asset", {"id": made["id"], "inactive": True})["inactive"] is True


def test_a_status_that_vanished_is_refused_and_its_tickets_stay_readable(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    made = halo.write("Tickets", make_ticket(sandbox, status_id=9))
    del sandbox.world.halo.statuses[9]
    assert halo.post("Tickets", [make_ticket(sandbox, status_id=9)]).status_code == 400
    assert halo.read(f"Tickets/{made['id']}", includedetails=True)["status_name"] is None
    assert "9" in halo.get(f"Tickets/{made['id']}").text


def test_a_reset_makes_everything_as_new(sandbox: Sandbox, halo: HaloCaller) -> None:
    before = sandbox.assets()
    halo.write("Asset", make_asset(sandbox))
    sandbox.switches.change(down="503", rate_limit_calls=1)
    sandbox.halo.faults.add(path=".", what="500", times=None)
    sandbox.clock.advance(1000)
    sandbox.reset()
    assert sandbox.assets() == before
    assert halo.get("Team").status_code == 401
    assert HaloCaller(sandbox).get("Team").status_code == 200
    assert sandbox.halo.writes == []
