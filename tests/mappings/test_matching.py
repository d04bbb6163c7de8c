from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.matching import AssetKeys, ComputerKeys, MatchResult, mac_key, match_computers, serial_key


def pairs(result: MatchResult) -> set[tuple[int, int]]:
    return {(match.computer_id, match.asset_id) for match in result.matches}


def reasons(result: MatchResult) -> dict[int, str]:
    return {
        **{match.computer_id: match.reason for match in result.matches},
        **{doubt.computer_id: doubt.reason for doubt in result.ambiguous},
    }


# ---- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "0",
        "SystemSerialNumber",
        "System Serial Number",
        "To Be Filled By O.E.M.",
        "0123456789",
        "123456789",
        "............",
        "Default string",
        "None",
        "N/A",
        "Not Specified",
        "Chassis Serial Number",
        "XXXXXXXX",
        "00-00-00",
    ],
)
def test_it_takes_junk_for_no_serial_number(text: str) -> None:
    assert serial_key(text) == ""


def test_it_compares_serial_numbers_without_case_and_outer_blanks() -> None:
    assert serial_key(" 5cg1234XYZ ") == serial_key("5CG1234xyz") != ""
    assert serial_key("VMware-42 1d  0c") == "vmware-42 1d 0c"


@pytest.mark.parametrize("text", ["00155D0A0B0C", "00:15:5d:0a:0b:0c", "00-15-5D-0A-0B-0C", "0015.5d0a.0b0c"])
def test_it_reads_every_spelling_of_a_mac_address(text: str) -> None:
    assert mac_key(text) == "00155d0a0b0c"


@pytest.mark.parametrize(
    "text", ["", "00:00:00:00:00:00", "ff-ff-ff-ff-ff-ff", "00:15:5d", "not an address", "0" * 13]
)
def test_it_takes_nobodys_address_for_none(text: str) -> None:
    assert mac_key(text) == ""


# ---- steps ----------------------------------------------------------------------------------


def test_the_serial_number_counts_first() -> None:
    computer = ComputerKeys(1, 7, "5CG1", ("00155d000001",), "pc1")
    assets = [
        AssetKeys(10, 7, "5cg1"),
        AssetKeys(11, 7, "", ("00155d000001",)),
        AssetKeys(12, 7, "", (), "pc1"),
    ]
    result = match_computers([computer], assets)
    assert pairs(result) == {(1, 10)}
    assert reasons(result)[1] == "Same serial number 5CG1"


def test_the_mac_address_counts_before_the_host_name() -> None:
    computer = ComputerKeys(1, 7, "Default string", ("00-15-5D-00-00-01",), "pc1")
    assets = [AssetKeys(11, 7, "", ("00:15:5d:00:00:01",)), AssetKeys(12, 7, "", (), "pc1")]
    result = match_computers([computer], assets)
    assert pairs(result) == {(1, 11)}
    assert reasons(result)[1] == "Same MAC address 00:15:5D:00:00:01"


def test_the_host_name_counts_within_the_client_only() -> None:
    computer = ComputerKeys(1, 7, host="RECEPTION")
    assert pairs(match_computers([computer], [AssetKeys(12, 7, host="reception")])) == {(1, 12)}
    assert pairs(match_computers([computer], [AssetKeys(12, 8, host="reception")])) == set()


def test_a_serial_number_of_another_client_is_no_match() -> None:
    assert pairs(match_computers([ComputerKeys(1, 7, "5CG1")], [AssetKeys(10, 8, "5CG1")])) == set()


def test_two_assets_with_one_serial_number_are_left_to_staff() -> None:
    assets = [AssetKeys(10, 7, "5CG1"), AssetKeys(11, 7, "5CG1"), AssetKeys(12, 7, host="pc1")]
    result = match_computers([ComputerKeys(1, 7, "5CG1", host="pc1")], assets)
    assert pairs(result) == set()
    assert reasons(result)[1] == "2 assets of the client have the same serial number 5CG1."


def test_two_computers_with_one_serial_number_are_left_to_staff() -> None:
    computers = [ComputerKeys(1, 7, "5CG1", host="a"), ComputerKeys(2, 7, "5CG1", host="b")]
    result = match_computers(computers, [AssetKeys(10, 7, "5CG1")])
    assert pairs(result) == set()
    assert "Several computers of this console" in reasons(result)[1]
    assert "Several computers of this console" in reasons(result)[2]


def test_stronger_evidence_wins_an_asset() -> None:
    computers = [ComputerKeys(1, 7, "", ("00155d000001",), "a"), ComputerKeys(2, 7, "5CG1", host="b")]
    asset = AssetKeys(10, 7, "5CG1", ("00155d000001",))
    assert pairs(match_computers(computers, [asset])) == {(2, 10)}


def test_the_address_of_a_docking_station_proves_nothing() -> None:
    dock = "00155d0000dd"
    computer = ComputerKeys(1, 7, "5CG1", (dock,), "pc1")
    other = AssetKeys(10, 7, "5CG2", (dock,), "pc2")
    assert match_computers([computer], [other]) == MatchResult((), ())


def test_one_name_with_two_serial_numbers_is_left_to_staff() -> None:
    result = match_computers([ComputerKeys(1, 7, "5CG1", host="pc1")], [AssetKeys(10, 7, "5CG2", host="PC1")])
    assert pairs(result) == set()
    assert "another serial number (5CG2)" in reasons(result)[1]


def test_a_taken_asset_is_not_given_away_twice() -> None:
    result = match_computers([ComputerKeys(1, 7, "5CG1")], [AssetKeys(10, 7, "5CG1")], taken={10})
    assert pairs(result) == set()
    assert "already stands for another computer" in reasons(result)[1]


def test_a_refused_pair_leaves_room_for_the_next_candidate() -> None:
    assets = [AssetKeys(10, 7, "5CG1"), AssetKeys(11, 7, host="pc1")]
    result = match_computers([ComputerKeys(1, 7, "5CG1", host="pc1")], assets, refused={(1, 10)})
    assert pairs(result) == {(1, 11)}


# ---- for all inputs -------------------------------------------------------------------------

_serials = st.sampled_from(["", "0", "S1", "s1", "S2", "S3", "None"])
_macs = st.lists(
    st.sampled_from(["00155d000001", "00155d000002", "000000000000", "00155d000003"]), max_size=2
)
_hosts = st.sampled_from(["", "a", "A", "b", "c"])


def _things(kind: type[ComputerKeys] | type[AssetKeys], start: int) -> st.SearchStrategy[list[object]]:
    values = st.tuples(st.integers(1, 2), _serials, _macs.map(tuple), _hosts)
    return st.lists(values, max_size=8).map(
        lambda rows: [kind(start + place, *row) for place, row in enumerate(rows)]
    )


_refused = st.frozensets(st.tuples(st.integers(0, 7), st.integers(100, 107)), max_size=5)
_worlds = st.tuples(
    _things(ComputerKeys, 0),
    _things(AssetKeys, 100),
    _refused,
    st.frozensets(st.integers(100, 107), max_size=3),
)


@given(_worlds, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(world: tuple, chance: random.Random) -> None:
    computers, assets, refused, taken = world
    expected = match_computers(computers, assets, refused, taken)
    mixed = chance.sample(computers, len(computers)), chance.sample(assets, len(assets))
    assert match_computers(*mixed, refused, taken) == expected


@given(_worlds)
def test_matching_again_finds_nothing_new(world: tuple) -> None:
    computers, assets, refused, taken = world
    first = match_computers(computers, assets, refused, taken)
    matched = {match.computer_id for match in first.matches}
    left = [computer for computer in computers if computer.id not in matched]
    given_away = taken | {match.asset_id for match in first.matches}
    assert match_computers(left, assets, refused, given_away).matches == ()


@given(_worlds)
def test_no_pair_breaks_a_rule(world: tuple) -> None:
    computers, assets, refused, taken = world
    result = match_computers(computers, assets, refused, taken)
    found = pairs(result)
    client_of = {thing.id: thing.client_id for thing in [*computers, *assets]}
    assert not found & refused
    assert len({asset for _, asset in found}) == len({computer for computer, _ in found}) == len(found)
    assert not {asset for _, asset in found} & taken
    assert all(client_of[computer] == client_of[asset] for computer, asset in found)
    assert not {computer for computer, _ in found} & {doubt.computer_id for doubt in result.ambiguous}
