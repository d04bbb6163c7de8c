from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.matching import (
    MOST_NAMED,
    AssetKeys,
    ComputerKeys,
    Doubt,
    Holder,
    Ignored,
    MatchResult,
    Side,
    Step,
    first_of_twins,
    link_key,
    mac_key,
    match_computers,
    match_consoles,
    serial_key,
)


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
@example(
    (
        [ComputerKeys(0, 2, "S1", ("00155d000001",)), ComputerKeys(1, 2, "S1", ("00155d000002",))],
        [AssetKeys(100, 2, "", ("00155d000001",)), AssetKeys(101, 2, "", ("00155d000001", "00155d000002"))],
        frozenset(),
        frozenset(),
    )
)
def test_matching_again_finds_nothing_new(world: tuple) -> None:
    """As it is done once the matches are stored: what is known of a computer is known of its asset."""
    computers, assets, refused, taken = world
    first = match_computers(computers, assets, refused, taken)
    asset_of = {match.computer_id: match.asset_id for match in first.matches}
    left = tuple(computer for computer in computers if computer.id not in asset_of)
    known = [(asset_of[one.id], one) for one in computers if one.id in asset_of]
    holders = dict.fromkeys(taken, Holder(0)) | {asset: Holder(one.id) for asset, one in known}
    again = match_consoles({0: Side(left, holders=holders)}, assets, refused, known=known)[0]
    assert again.matches == ()


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


# ---- HaloPSA's own links --------------------------------------------------------------------


def test_the_id_that_halopsa_holds_counts_before_everything() -> None:
    computer = ComputerKeys(1, 7, "", ("00155d000001",), "pc1", links=("ninjarmm_id:77",))
    assets = [
        AssetKeys(10, 7, "", ("00155d000001",)),
        AssetKeys(11, 7, host="renamed", links=("datto_id:x", "ninjarmm_id:77")),
    ]
    result = match_computers([computer], assets)
    assert pairs(result) == {(1, 11)}
    assert reasons(result)[1] == "Same ID in HaloPSA's own integration ninjarmm_id 77"


def test_a_link_that_the_serial_number_contradicts_is_left_to_staff() -> None:
    computer = ComputerKeys(1, 7, "5CG1", links=("ninjarmm_id:77",))
    linked = AssetKeys(10, 7, "5CG2", links=("ninjarmm_id:77",))
    result = match_computers([computer], [linked])
    assert (result.matches, result.ambiguous[0].kind) == ((), Doubt.CONTRADICTION)
    nameless = [AssetKeys(10, 7, links=("ninjarmm_id:77",)), AssetKeys(11, 7, "5CG1")]
    doubt = match_computers([computer], nameless).ambiguous[0]
    assert (doubt.kind, doubt.assets) == (Doubt.CONTRADICTION, (10, 11))


def test_the_id_of_another_kind_of_console_says_nothing() -> None:
    computer = ComputerKeys(1, 7, links=("ninjarmm_id:77",))
    assert match_computers([computer], [AssetKeys(10, 7, links=("datto_id:77",))]) == MatchResult((), ())


@pytest.mark.parametrize("value", ["", "0", "  "])
def test_no_id_is_no_link(value: str) -> None:
    assert link_key("ninjarmm_id", value) == ""


# ---- values that never count ----------------------------------------------------------------


def test_what_halopsa_itself_ignores_is_no_evidence() -> None:
    ignored = Ignored(["LOANER 1", "00:15:5D:00:00:01", "Reception"])
    computer = ComputerKeys(1, 7, "loaner-1", ("00155d000001",), "RECEPTION")
    assets = [
        AssetKeys(10, 7, "Loaner 1"),
        AssetKeys(11, 7, "", ("00155d000001",)),
        AssetKeys(12, 7, host="reception"),
    ]
    assert match_computers([computer], assets, ignored=ignored) == MatchResult((), ())
    assert match_computers([computer], assets).ambiguous == ()


# ---- one identity, several computers --------------------------------------------------------


def test_a_computer_under_a_new_id_takes_the_place_of_the_one_that_is_gone() -> None:
    held = {10: Holder(5, gone=True)}
    match = match_computers([ComputerKeys(6, 7, "5CG1")], [AssetKeys(10, 7, "5CG1")], taken=held).matches[0]
    assert (match.asset_id, match.takes_over) == (10, 5)


def test_while_the_old_one_is_there_it_is_a_clone() -> None:
    held = {10: Holder(5)}
    result = match_computers([ComputerKeys(6, 7, "5CG1")], [AssetKeys(10, 7, "5CG1")], taken=held)
    doubt = result.ambiguous[0]
    assert (result.matches, doubt.kind, doubt.assets, doubt.rivals) == ((), Doubt.CLONE, (10,), (5,))


def test_a_name_alone_takes_nobodys_place() -> None:
    held = {10: Holder(5, gone=True)}
    result = match_computers([ComputerKeys(6, 7, host="pc1")], [AssetKeys(10, 7, host="pc1")], taken=held)
    assert (result.matches, result.ambiguous[0].kind) == ((), Doubt.CLONE)


def test_a_namesake_with_a_serial_number_of_its_own_is_another_machine() -> None:
    held = {10: Holder(5)}
    asset = AssetKeys(10, 7, "5CG1", host="reception")
    computer = ComputerKeys(6, 7, "5CG2", host="RECEPTION")
    assert match_computers([computer], [asset], taken=held) == MatchResult((), ())


def test_two_computers_with_one_serial_number_are_clones_before_they_have_an_asset() -> None:
    result = match_computers([ComputerKeys(1, 7, "5CG1"), ComputerKeys(2, 7, "5cg1")], [])
    assert [(row.computer_id, row.kind, row.rivals) for row in result.ambiguous] == [
        (1, Doubt.CLONE, (2,)),
        (2, Doubt.CLONE, (1,)),
    ]
    elsewhere = [ComputerKeys(1, 7, "5CG1"), ComputerKeys(2, 8, "5CG1"), ComputerKeys(3, 7, "None")]
    assert match_computers(elsewhere, []) == MatchResult((), ())


def test_a_doubt_names_a_few_of_many() -> None:
    clones = [ComputerKeys(number, 7, "5CG1") for number in range(50)]
    result = match_computers(clones, [AssetKeys(100, 7, "5CG1")])
    assert max(len(row.rivals) for row in result.ambiguous) <= MOST_NAMED
    assert len(result.ambiguous) == 50


# ---- several consoles -----------------------------------------------------------------------


def test_what_one_console_knows_of_an_asset_leads_the_other_one_there() -> None:
    backup = Side((ComputerKeys(1, 7, "5CG1", ("00155d000001",)),))
    monitoring = Side((ComputerKeys(2, 7, "", ("00155d000001",)),))
    for sides in ({1: backup, 2: monitoring}, {1: monitoring, 2: backup}):
        found = match_consoles(sides, [AssetKeys(10, 7, "5CG1")])
        assert {match.asset_id for result in found.values() for match in result.matches} == {10}
        assert all(len(result.matches) == 1 for result in found.values())


def test_a_computer_that_was_linked_before_leads_there_too() -> None:
    known = [(10, ComputerKeys(1, 7, "5CG1"))]
    found = match_consoles({2: Side((ComputerKeys(2, 7, "5CG1"),))}, [AssetKeys(10, 7)], known=known)
    assert pairs(found[2]) == {(2, 10)}


_links = st.lists(st.sampled_from(["ninjarmm_id:1", "ninjarmm_id:2", "datto_id:1"]), max_size=2).map(tuple)
_values = st.tuples(st.integers(1, 2), _serials, _macs.map(tuple), _hosts, _links)
_holders = st.dictionaries(
    st.integers(100, 107), st.builds(Holder, st.integers(50, 59), st.booleans()), max_size=3
)


def _made(kind: type[ComputerKeys] | type[AssetKeys], start: int, rows: list[tuple]) -> list:
    return [kind(start + place, *row) for place, row in enumerate(rows)]


@st.composite
def _consoles(draw: st.DrawFn) -> tuple:
    sides = {
        number: Side(
            tuple(_made(ComputerKeys, number * 10, draw(st.lists(_values, max_size=5)))),
            tuple(_made(ComputerKeys, number * 10 + 5, draw(st.lists(_values, max_size=2)))),
            draw(_holders),
        )
        for number in (1, 2)
    }
    assets = _made(AssetKeys, 100, draw(st.lists(_values, max_size=6)))
    return sides, assets, draw(_refused)


def _stored(sides: dict[int, Side], found: dict[int, MatchResult]) -> tuple[dict[int, Side], list]:
    """The world after the matches were stored."""
    after, known = {}, []
    for number, side in sides.items():
        won = {match.computer_id: match.asset_id for match in found[number].matches}
        known += [(won[computer.id], computer) for computer in side.computers if computer.id in won]
        left = tuple(computer for computer in side.computers if computer.id not in won)
        holders = dict(side.holders) | {asset: Holder(computer) for computer, asset in won.items()}
        after[number] = Side(left, side.to_export, holders)
    return after, known


@given(_consoles(), st.randoms(use_true_random=False))
def test_the_order_never_matters_with_several_consoles(world: tuple, chance: random.Random) -> None:
    sides, assets, refused = world
    mixed = {
        number: Side(
            tuple(chance.sample(sides[number].computers, len(sides[number].computers))),
            tuple(chance.sample(sides[number].to_export, len(sides[number].to_export))),
            sides[number].holders,
        )
        for number in chance.sample(sorted(sides), 2)
    }
    expected = match_consoles(sides, assets, refused)
    assert match_consoles(mixed, chance.sample(assets, len(assets)), refused) == expected


@given(_consoles())
def test_a_second_matching_says_the_same_with_several_consoles(world: tuple) -> None:
    sides, assets, refused = world
    first = match_consoles(sides, assets, refused)
    after, known = _stored(sides, first)
    second = match_consoles(after, assets, refused, known)
    assert all(result.matches == () for result in second.values())
    assert {n: r.ambiguous for n, r in second.items()} == {n: r.ambiguous for n, r in first.items()}


# ---- the same machine in two consoles, without an asset --------------------------------------


def test_the_later_of_two_consoles_joins_the_first() -> None:
    rows = [(2, ComputerKeys(9, 7, "5CG1")), (1, ComputerKeys(4, 7, "5cg1"))]
    assert first_of_twins(rows) == {9: (4, (Step.SERIAL, "5cg1"))}


def test_one_console_has_no_twins_and_serial_numbers_tell_apart() -> None:
    assert first_of_twins([(1, ComputerKeys(1, 7, "5CG1")), (1, ComputerKeys(2, 7, "5CG1"))]) == {}
    rows = [(1, ComputerKeys(1, 7, "5CG1", host="pc")), (2, ComputerKeys(2, 7, "5CG2", host="pc"))]
    assert first_of_twins(rows) == {}
    assert first_of_twins([(1, ComputerKeys(1, 7, host="pc")), (2, ComputerKeys(2, 8, host="pc"))]) == {}


@given(st.lists(st.tuples(st.integers(1, 3), _values), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_twins_never_matters(rows: list[tuple], chance: random.Random) -> None:
    things = [(console, ComputerKeys(place, *values)) for place, (console, values) in enumerate(rows)]
    found = first_of_twins(things)
    assert first_of_twins(chance.sample(things, len(things))) == found
    console_of = {computer.id: console for console, computer in things}
    for later, (first, _) in found.items():
        assert console_of[later] != console_of[first]
        assert first not in found
