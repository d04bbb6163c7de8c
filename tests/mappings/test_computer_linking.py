from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Computer
from mappings.linking import (
    ComputerState,
    archive,
    computer_state,
    edit_computer_mapping,
    ignore_computers,
    in_computer_state,
    match_computers_for,
    remove_computer_mapping,
    with_states,
)
from mappings.models import ComputerMapping, ComputerReview, MappingOrigin, RefusedPair
from tests.builders import make_console
from tests.mappings.builders import (
    MAC,
    NAME,
    SERIAL,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
)

pytestmark = pytest.mark.django_db


# ---- matching -------------------------------------------------------------------------------


def test_it_links_a_computer_with_the_asset_of_its_serial_number() -> None:
    scene = Scene()
    computer = scene.computer("ALD-PC1", serial_number="5CG1")
    asset = make_asset(scene.client, {NAME: "something else", SERIAL: " 5cg1 "})
    assert match_computers_for(scene.credential) == {"linked": 1, "ambiguous": 0, "unmatched": 0}
    mapping = ComputerMapping.objects.get()
    assert (mapping.computer, mapping.halo_asset, mapping.console) == (computer, asset, scene.console)
    assert (mapping.origin, mapping.reason) == (MappingOrigin.MATCHED, "Same serial number 5CG1")
    assert mapping.created_by_us is False


def test_it_reads_mac_addresses_and_names_from_asset_fields() -> None:
    scene = Scene()
    by_mac = scene.computer("A", mac_addresses=["00-15-5D-00-00-01"])
    by_name = scene.computer("B", host_name="ald-b")
    first = make_asset(scene.client, {MAC: "00:15:5d:00:00:01, 00:15:5d:00:00:99"})
    second = make_asset(scene.client, {NAME: "ALD-B"})
    match_computers_for(scene.credential)
    assert by_mac.mappings.get().halo_asset == first
    assert by_name.mappings.get().halo_asset == second


def test_it_reads_key_fields_where_the_fields_were_not_read() -> None:
    scene = Scene()
    make_asset_type(scene.credential, 120, "Printer", key_field_ids=[SERIAL, NAME])
    computer = scene.computer("A", serial_number="PRN1")
    make_asset(
        scene.client,
        name="PRN1",
        key_field2="Printer A",
        fields=None,
        asset_type=scene.credential_types()[120],
    )
    match_computers_for(scene.credential)
    assert computer.mappings.get().reason == "Same serial number PRN1"


def test_a_second_matching_links_nothing_and_writes_nothing() -> None:
    scene = Scene(computers=5)
    for computer in Computer.objects.all()[:3]:
        make_asset(scene.client, {SERIAL: computer.serial_number})
    assert match_computers_for(scene.credential)["linked"] == 3
    with CaptureQueriesContext(connection) as queries:
        assert match_computers_for(scene.credential) == {"linked": 0, "ambiguous": 0, "unmatched": 2}
    # PostgreSQL streams through a declared cursor.
    assert {q["sql"].split()[0] for q in queries} <= {"SELECT", "DECLARE"}


@pytest.mark.parametrize(
    "values",
    [{"active": False}, {"eligible": False}, {"company": None}],
    ids=["gone", "not eligible", "without company"],
)
def test_it_leaves_computers_alone_that_may_have_no_asset(values: dict[str, object]) -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1", **values)
    make_asset(scene.client, {SERIAL: "5CG1"})
    assert match_computers_for(scene.credential)["linked"] == 0


def test_it_matches_neither_unmapped_companies_nor_other_clients_nor_inactive_assets() -> None:
    scene = Scene()
    make_computer(make_company(scene.console), "A", serial_number="5CG1")
    scene.computer("B", serial_number="5CG2")
    scene.computer("C", serial_number="5CG3")
    make_asset(scene.client, {SERIAL: "5CG1"})
    make_asset(make_client(scene.credential), {SERIAL: "5CG2"})
    make_asset(scene.client, {SERIAL: "5CG3"}, active=False)
    assert match_computers_for(scene.credential)["linked"] == 0


def test_two_consoles_meet_in_one_asset() -> None:
    scene = Scene()
    other = make_company(make_console(), "Alder")
    scene.map(other, scene.client, scene.site)
    scene.computer("A", serial_number="5CG1")
    make_computer(other, "A", serial_number="5CG1")
    asset = make_asset(scene.client, {SERIAL: "5CG1"})
    assert match_computers_for(scene.credential)["linked"] == 2
    assert asset.mappings.count() == 2


def test_one_console_can_be_matched_alone() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1")
    make_asset(scene.client, {SERIAL: "5CG1"})
    assert match_computers_for(scene.credential, make_console())["linked"] == 0
    assert match_computers_for(scene.credential, scene.console)["linked"] == 1


def test_a_clone_does_not_take_an_asset_that_stands_for_its_twin() -> None:
    scene = Scene()
    asset = make_asset(scene.client, {SERIAL: "5CG1"})
    scene.link(scene.computer("A", serial_number="5CG1"), asset)
    scene.computer("B", serial_number="5CG1")
    assert match_computers_for(scene.credential) == {"linked": 0, "ambiguous": 1, "unmatched": 0}


def test_matching_takes_as_many_statements_for_many_as_for_few() -> None:
    def statements(number: int) -> int:
        scene = Scene(computers=number)
        for computer in Computer.objects.filter(console=scene.console):
            make_asset(scene.client, {SERIAL: computer.serial_number})
        with CaptureQueriesContext(connection) as queries:
            assert match_computers_for(scene.credential, scene.console)["linked"] == number
        return sum(not q["sql"].startswith("INSERT") for q in queries)

    assert statements(3) == statements(120)


# ---- one pair -------------------------------------------------------------------------------


def test_choosing_an_asset_by_hand() -> None:
    scene = Scene()
    computer, asset = scene.computer("A"), make_asset(scene.client)
    mapping = edit_computer_mapping(computer, scene.credential, halo_asset=asset)
    assert (mapping.halo_asset, mapping.origin, mapping.created_by_us) == (asset, MappingOrigin.CHOSEN, False)


def test_without_an_asset_it_is_to_be_exported() -> None:
    scene = Scene()
    mapping = edit_computer_mapping(
        scene.computer("A"), scene.credential, halo_site=scene.site, asset_type=scene.type.halo_id
    )
    assert (mapping.halo_asset, mapping.halo_site, mapping.asset_type) == (
        None,
        scene.site,
        scene.type.halo_id,
    )


def test_it_refuses_what_does_not_belong_together() -> None:
    scene = Scene()
    stranger = make_client(scene.credential)
    with pytest.raises(ValidationError) as caught:
        edit_computer_mapping(
            scene.computer("A"),
            scene.credential,
            halo_asset=make_asset(stranger),
            halo_site=make_site(stranger),
            asset_type=4711,
        )
    assert set(caught.value.message_dict) == {"halo_asset", "halo_site", "asset_type"}


def test_it_refuses_a_computer_of_an_unmapped_company() -> None:
    scene = Scene()
    computer = make_computer(make_company(scene.console, "Birch"), "A")
    with pytest.raises(ValidationError, match="The company Birch is not mapped"):
        edit_computer_mapping(computer, scene.credential)


def test_it_refuses_an_asset_of_another_computer_of_the_console() -> None:
    scene = Scene()
    asset = make_asset(scene.client)
    scene.link(scene.computer("A"), asset)
    with pytest.raises(ValidationError, match="already stands for the computer A"):
        edit_computer_mapping(scene.computer("B"), scene.credential, halo_asset=asset)


def test_a_removed_pair_is_not_matched_again() -> None:
    scene = Scene()
    computer = scene.computer("A", serial_number="5CG1")
    asset = make_asset(scene.client, {SERIAL: "5CG1"})
    match_computers_for(scene.credential)
    pair = remove_computer_mapping(computer.mappings.get())
    assert pair is not None
    assert (pair.computer, pair.halo_asset) == (computer, asset)
    assert match_computers_for(scene.credential)["linked"] == 0


@pytest.mark.parametrize("towards_one", [True, False], ids=["one credential", "any credential"])
def test_a_computer_says_that_it_was_taken_apart(towards_one: bool) -> None:
    scene = Scene()
    remove_computer_mapping(scene.link(scene.computer("A"), make_asset(scene.client)))
    scene.computer("B")
    told = with_states(Computer.objects.order_by("name"), scene.credential if towards_one else None)
    taken, other = (computer_state(row)[1] for row in told)
    assert taken.startswith("Taken apart from an asset by staff")
    assert other.startswith("No asset fits it")


def test_choosing_the_refused_asset_by_hand_forgets_the_refusal() -> None:
    scene = Scene()
    computer, asset = scene.computer("A"), make_asset(scene.client)
    remove_computer_mapping(scene.link(computer, asset))
    edit_computer_mapping(computer, scene.credential, halo_asset=asset)
    assert not RefusedPair.objects.exists()


def test_an_asset_that_is_exchanged_is_refused_and_no_longer_ours() -> None:
    scene = Scene()
    computer, old, new = scene.computer("A"), make_asset(scene.client), make_asset(scene.client)
    scene.link(computer, old, created_by_us=True)
    mapping = edit_computer_mapping(computer, scene.credential, halo_asset=new)
    assert (mapping.halo_asset, mapping.created_by_us) == (new, False)
    assert RefusedPair.objects.get().halo_asset == old


def test_removing_what_has_no_asset_refuses_nothing() -> None:
    scene = Scene()
    assert remove_computer_mapping(scene.link(scene.computer("A"), None)) is None
    assert not ComputerMapping.objects.exists()


# ---- states ---------------------------------------------------------------------------------


def test_every_state_is_told_in_one_statement() -> None:
    scene = Scene()
    scene.link(scene.computer("mapped"), make_asset(scene.client), reason="Same serial number 5CG1")
    scene.link(scene.computer("held"), make_asset(scene.client), held=True)
    scene.link(scene.computer("inactive"), make_asset(scene.client, active=False))
    scene.link(scene.computer("to_export"), None)
    scene.computer("unmapped")
    scene.computer("not_eligible", eligible=False, ineligible_reason="Neither backup nor RMM agent.")
    scene.computer("gone", active=False)
    make_computer(make_company(scene.console), "company_unmapped")
    leaving = make_company(scene.console)
    archive(scene.map(leaving, scene.client, scene.site))
    make_computer(leaving, "offboarded")
    scene.computer("no_company", company=None)
    ignore_computers([scene.computer("ignored").pk], "Test bench.")
    doubtful = scene.computer("review")
    ComputerReview.objects.create(
        halo_credential=scene.credential, computer=doubtful, kind="clone", reason="Two have one serial."
    )
    with CaptureQueriesContext(connection) as queries:
        told = {
            row.name: computer_state(row) for row in with_states(Computer.objects.all(), scene.credential)
        }
    assert len(queries) == 1
    assert {name: state for name, (state, _) in told.items()} == {name: name for name in told}
    assert set(told) == set(ComputerState.values)
    assert told["mapped"][1] == "Same serial number 5CG1"
    assert told["not_eligible"][1] == "Neither backup nor RMM agent."
    assert told["ignored"][1] == "Test bench."
    assert told["review"][1] == "Two have one serial."
    assert all(reason for _, reason in told.values())


def test_what_is_dead_is_told_before_its_asset() -> None:
    """Gone, offboarded, held and inactive ones are not green; of several reasons the first counts."""
    scene = Scene()
    scene.link(scene.computer("gone", active=False), make_asset(scene.client, active=False))
    scene.link(scene.computer("in grace", active=False), make_asset(scene.client))
    scene.link(scene.computer("held"), make_asset(scene.client, active=False), held=True)
    scene.link(scene.computer("held, no asset"), None, held=True)
    leaving = make_company(scene.console)
    archive(scene.map(leaving, scene.client, scene.site))
    scene.link(make_computer(leaving, "offboarded"), make_asset(scene.client, active=False))

    rows = {row.name: row for row in with_states(Computer.objects.all(), scene.credential)}
    told = {name: computer_state(row) for name, row in rows.items()}

    assert {name: state for name, (state, _) in told.items()} == {
        "gone": "gone",
        "in grace": "gone",
        "held": "held",
        "held, no asset": "held",
        "offboarded": "offboarded",
    }
    assert told["gone"][1] == "The console no longer lists it; its asset is inactive in HaloPSA."
    assert told["in grace"][1] == "The console no longer lists it."
    for state in ComputerState.values:
        listed = in_computer_state(Computer.objects.all(), scene.credential, state)
        assert {row.name for row in listed} == {name for name, (found, _) in told.items() if found == state}


def test_one_computer_can_be_asked_for_alone() -> None:
    scene = Scene()
    assert computer_state(scene.computer("A"), scene.credential)[0] == ComputerState.UNMAPPED
