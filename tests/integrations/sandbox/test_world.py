"""The generated world: as large and as awkward as promised, the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from integrations.sandbox.generation import make_world
from integrations.sandbox.generation.names import JUNK_SERIALS
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1, NOW)


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    assert to_data(make_world(1, NOW)) == to_data(world)
    assert to_data(make_world(2, NOW)) != to_data(world)


def test_it_has_the_promised_size(world: World) -> None:
    assert len(world.console.companies) == 25
    assert len(world.console.computers) == 300
    assert len(world.halo.assets) == 84
    assert len(world.halo.tickets) == 12


def test_names_are_awkward(world: World) -> None:
    names = [row["ComputerName"] for row in world.console.computers.values()]
    for sign in ("Ü", "'", "&", '"', "<"):
        assert any(sign in name for name in names), sign
    assert any(name != name.strip() for name in names)
    assert max(map(len, names)) > 200
    within = Counter((row["CompanyName"], row["ComputerName"]) for row in world.console.computers.values())
    assert 2 in within.values()
    assert len({company for company, name in within if name == "RECEPTION"}) == 2


def test_serials_are_partly_junk_and_one_is_shared(world: World) -> None:
    serials = Counter(host["serialNumber"] for host in world.console.hosts.values())
    assert {"To Be Filled By O.E.M.", "Default string", "0", ""} <= set(serials)
    shared = [serial for serial, count in serials.items() if count > 1 and serial not in JUNK_SERIALS]
    assert len(shared) == 1
    assert "00-00-00-00-00-00" in {host["macAddress"] for host in world.console.hosts.values()}


def test_companies_and_clients_differ_as_in_life(world: World) -> None:
    companies = {row["Name"] for row in world.console.companies.values()}
    clients = Counter(row["name"] for row in world.halo.clients.values())
    assert {"Harbour Dental Group", "Müller & Söhne GmbH", "Quokka Pop-up Stores"} <= companies
    assert {"Harbour Dental Group Ltd", "Mueller & Soehne GmbH"} <= set(clients)
    assert "Quokka Pop-up Stores" not in clients
    assert clients["Northwind Traders"] == 2
    assert sum(row["inactive"] for row in world.halo.clients.values()) == 3


def test_every_site_has_a_general_user(world: World) -> None:
    for number in world.halo.sites:
        general = world.halo.general_user(number)
        assert general is not None
        assert general["name"] == "General User"


def test_some_assets_stand_for_computers_and_others_for_none(world: World) -> None:
    types = Counter(row["assettype_id"] for row in world.halo.assets.values())
    assert types[120] + types[121] == 24
    serials = {host["serialNumber"].lower() for host in world.console.hosts.values()} - {
        junk.lower() for junk in JUNK_SERIALS
    }
    known = [
        row for row in world.halo.assets.values() if str(row["fields"].get(2, "")).strip().lower() in serials
    ]
    assert len(known) >= 20
    assert any(22 in row["fields"] for row in known)


def test_every_reference_inside_the_halo_leads_somewhere(world: World) -> None:
    halo = world.halo
    for site in halo.sites.values():
        assert site["client_id"] in halo.clients
    for asset in halo.assets.values():
        assert halo.sites[asset["site_id"]]["client_id"] == asset["client_id"]
        assert set(asset["fields"]) <= set(halo.asset_types[asset["assettype_id"]]["fields"])
    for kind in halo.asset_types.values():
        assert set(kind["fields"]) <= set(halo.fields)
    for ticket in halo.tickets.values():
        assert halo.users[ticket["user_id"]]["site_id"] == ticket["site_id"]


def test_the_world_survives_being_written_down(world: World) -> None:
    again = from_data(json.loads(json.dumps(to_data(world))))
    assert to_data(again) == to_data(world)
    assert again.halo.assets[501]["fields"] == world.halo.assets[501]["fields"]
    assert again.halo.actions == world.halo.actions


def test_a_state_of_another_version_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="version 2"):
        from_data({**to_data(world), "version": 2})
