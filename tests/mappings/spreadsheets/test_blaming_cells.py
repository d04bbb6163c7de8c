"""A refused row says all that is wrong with it, each at its own column, and stands in no other row's way."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Action
from integrations.models import HaloField, Plan
from mappings.models import CompanyMapping, SheetKind, SheetRow, SheetVerdict
from mappings.spreadsheets.problems import Problems, packed, unpacked
from tests.builders import make_console
from tests.mappings.builders import (
    NAME,
    RACK,
    SERVER,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.builders import rows_of as changes_of
from tests.mappings.sheets import applied, looked_at, rows_of, verdicts

pytestmark = pytest.mark.django_db

NEW = {
    "inventory_number": "R-1",
    "assettype_name": "Workstation",
    "client_name": "Alder Dental Group",
    "Device Name": "ROUTER-1",
}


@pytest.fixture
def scene() -> Scene:
    found = Scene(marker=True)
    make_asset_type(found.credential, SERVER, "Server")
    return found


def rows(scene: Scene, *told: dict[str, Any], what: str = SheetKind.COMPANIES) -> list[SheetRow]:
    return rows_of(looked_at(scene.credential, list(told), what))


def plan_from(scene: Scene, *told: dict[str, Any]) -> Plan:
    plan = looked_at(scene.credential, list(told), SheetKind.ASSETS).plan
    assert plan is not None
    return plan


# ---- its own column -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (SheetKind.COMPANIES, {"Company": "Alder Dental", "Halo client": "Alder Dental Group"}),
        (SheetKind.COMPUTERS, {"Computer": "PC-1", "Asset type": "Server"}),
        (SheetKind.PRODUCTS, {"Product": "Desktop", "Asset type": "Server"}),
    ],
)
def test_a_console_that_is_unknown_is_told_at_its_own_column(
    scene: Scene, what: str, told: dict[str, str]
) -> None:
    make_computer(scene.company, "PC-1")

    (row,) = rows(scene, {**told, "Console": "Bakcup"}, what=what)

    assert (row.verdict, row.column, row.reason) == (
        SheetVerdict.REFUSED,
        "Console (column C)",
        "There is no console 'Bakcup'.",
    )


def test_what_another_console_holds_is_not_found_in_this_one(scene: Scene) -> None:
    make_console(name="RMM")

    (row,) = rows(scene, {"Company": "Alder Dental", "Console": "RMM", "Halo client": "Alder Dental Group"})

    assert (row.column, row.reason) == (
        "Company (column A)",
        "There is no company 'Alder Dental' in the console RMM.",
    )


def test_a_computer_of_another_company_is_told_at_the_company(scene: Scene) -> None:
    make_computer(scene.company, "PC-1")

    (row,) = rows(
        scene, {"Computer": "PC-1", "Company": "Alder Dentl", "Asset type": "Server"}, what="computers"
    )

    assert (row.column, row.reason) == (
        "Company (column B)",
        "The company 'Alder Dentl' has no computer 'PC-1'.",
    )


def test_a_second_row_is_told_at_the_column_that_names_it(scene: Scene) -> None:
    company = make_company(scene.console, "Birch")
    told = {"Company": company.name, "Halo client": scene.client.name}

    _, second = rows(scene, told, told)

    assert (second.column, second.reason) == (
        "Company (column A)",
        "Row 2 is about the same company; give it one row.",
    )


# ---- rows that are refused have nothing -----------------------------------------------------


def test_a_refused_row_does_not_keep_its_company_from_a_later_one(scene: Scene) -> None:
    company = make_company(scene.console, "Birch")
    good = {"Company ID": company.external_id, "Halo client": scene.client.name}
    sheet = looked_at(scene.credential, [{**good, "Halo client": "Nobody"}, good, good])

    assert verdicts(sheet) == [(2, "refused"), (3, "creates"), (4, "refused")]
    assert rows_of(sheet)[2].reason == "Row 3 is about the same company; give it one row."
    applied(sheet)
    assert CompanyMapping.objects.get(company=company).halo_client == scene.client


def test_a_refused_row_does_not_keep_its_asset_from_a_later_computer(scene: Scene) -> None:
    for number in (1, 2):
        make_computer(scene.company, f"PC-{number}", external_id=f"d{number}")
        make_asset(scene.client, halo_id=500 + number, site=scene.site)
    told = [
        {"Computer ID": "d1", "Asset ID": 501},
        {"Computer ID": "d1", "Asset ID": 502},
        {"Computer ID": "d2", "Asset ID": 502},
    ]

    found = rows(scene, *told, what=SheetKind.COMPUTERS)

    assert [row.verdict for row in found] == ["creates", "refused", "creates"]
    assert found[1].reason == "Row 2 is about the same computer; give it one row."


@pytest.mark.parametrize("bad", [{"site_name": "Moon"}, {"warranty_end": "soon"}, {"status_id": "Nowhere"}])
def test_a_refused_row_does_not_keep_its_asset_from_a_later_row(scene: Scene, bad: dict[str, str]) -> None:
    plan = plan_from(scene, {**NEW, **bad}, NEW, NEW)

    assert [action for action, _, _ in changes_of(plan)] == [Action.SKIP, Action.CREATE, Action.SKIP]
    assert plan.changes.get(position=3).reason.endswith("Row 3 is about the same asset; give it one row.")


def test_a_refused_row_does_not_keep_an_asset_that_is_there_from_a_later_row(scene: Scene) -> None:
    make_asset(scene.client, {NAME: "PC-1", RACK: "R1"}, halo_id=501, site=scene.site)
    told = {"id": "501", "Rack Position": "R9"}

    plan = plan_from(scene, {**told, "site_name": "Moon"}, told)

    assert [action for action, _, _ in changes_of(plan)] == [Action.SKIP, Action.UPDATE]


# ---- all of it ------------------------------------------------------------------------------


def test_all_that_is_wrong_with_a_company_is_told_at_once(scene: Scene) -> None:
    told = {
        "Console": "Bakcup",
        "Company": "Birch",
        "Halo client": "Nobody",
        "Create tickets": "perhaps",
        "No notification": "maybe",
    }

    (row,) = rows(scene, told)

    assert row.column == "Create tickets (column D)"
    assert row.reason == (
        "This cell 'perhaps' is neither yes nor no. "
        "No notification (column E): This cell 'maybe' is neither yes nor no. "
        "Console (column A): There is no console 'Bakcup'. "
        "Halo client (column C): There is no Halo client 'Nobody'."
    )


def test_all_that_is_wrong_with_a_computer_is_told_at_once(scene: Scene) -> None:
    make_computer(scene.company, "PC-1", external_id="d1", active=False)

    (row,) = rows(
        scene,
        {"Computer ID": "d1", "Asset": "PC-9", "Site": "Moon", "Asset type": "Toaster"},
        what=SheetKind.COMPUTERS,
    )

    assert (row.column, row.reason) == (
        "Asset type (column D)",
        "There is no asset type 'Toaster'. Asset (column B): There is no asset 'PC-9'. "
        "Site (column C): There is no site 'Moon' of the client Alder Dental Group. "
        "Computer ID (column A): The console no longer lists this computer.",
    )


def test_all_that_is_wrong_with_a_new_asset_is_told_at_once(scene: Scene) -> None:
    told = {**NEW, "assettype_name": "Toaster", "site_name": "Moon", "warranty_end": "soon"}

    (change,) = plan_from(scene, {**told, "warranty_start": "later"}).changes.all()

    assert change.reason == (
        "Row 2, warranty_end (column F): This cell 'soon' is not a day. "
        "warranty_start (column G): This cell 'later' is not a day. "
        "assettype_name (column B): There is no asset type 'Toaster'. "
        "site_name (column E): There is no site 'Moon' of the client Alder Dental Group."
    )


def test_an_unknown_client_hides_no_other_slip_and_blames_nothing_for_itself(scene: Scene) -> None:
    HaloField.objects.create(
        halo_credential=scene.credential, kind="custom", halo_id=231, name="CFdue", data_type=4
    )
    told = {**NEW, "client_name": "Nobody", "site_name": "Main", "$CFdue": "31.02.2026"}

    (change,) = plan_from(scene, told).changes.all()

    assert change.reason == (
        "Row 2, $CFdue (column F): This cell '31.02.2026' is not a day. "
        "client_name (column C): There is no Halo client 'Nobody'."
    )


def test_all_that_is_wrong_with_an_asset_that_is_there_is_told_at_once(scene: Scene) -> None:
    make_asset(scene.client, {NAME: "PC-1"}, halo_id=501, site=scene.site)
    told = {"id": "501", "site_name": "Moon", "assettype_name": "Toaster", "status_id": "Nowhere"}

    (change,) = plan_from(scene, told).changes.all()

    for words in (
        "assettype_name (column C): There is no asset type 'Toaster'.",
        "site_name (column B): There is no site 'Moon' of the client Alder Dental Group.",
        "status_id (column D): ",
    ):
        assert words in change.reason


def test_an_inactive_asset_of_which_nothing_would_change_is_unchanged(scene: Scene) -> None:
    make_asset(scene.client, {NAME: "PC-1", RACK: "R1"}, halo_id=501, site=scene.site, active=False)

    plan = plan_from(scene, {"id": "501", "Rack Position": "R1", "site_name": "Main"})

    assert (changes_of(plan), plan.counts["unchanged"]) == ([], 1)


# ---- in the order of the sheet --------------------------------------------------------------


def test_the_preview_of_a_sheet_of_assets_has_the_order_of_its_rows(scene: Scene) -> None:
    make_asset(scene.client, {NAME: "PC-1", RACK: "R1"}, halo_id=501, site=scene.site)
    make_site(make_client(scene.credential, "Birch"))
    told = [
        {"id": "501", "Rack Position": "R9"},
        {**NEW, "inventory_number": "Z-9"},
        {**NEW, "client_name": "Nobody"},
        {**NEW, "inventory_number": "A-1"},
    ]

    plan = plan_from(scene, *told)

    actions = list(plan.changes.order_by("position").values_list("action", flat=True))
    assert actions == [Action.UPDATE, Action.CREATE, Action.SKIP, Action.CREATE]
    tags = [row.after["inventory_number"] for row in plan.changes.filter(action=Action.CREATE)]
    assert tags == ["Z-9", "A-1"]


# ---- the sentences --------------------------------------------------------------------------


def test_what_there_is_no_room_for_is_counted() -> None:
    problems = Problems((f"c{number}", "x" * 90) for number in range(9))

    column, reason = problems.told(str.upper)

    assert column == "C0"
    assert len(reason) <= 500
    assert reason.endswith(" And 4 more.")


def test_cells_that_cannot_be_read_are_stored_and_read_again() -> None:
    found = [("warranty_end", "This cell 'so\non' is not a day."), ("custom:231", "It is #N/A.")]

    assert unpacked(*packed(found)) == [("warranty_end", "This cell 'so on' is not a day."), found[1]]
    assert unpacked(*packed([])) == []
    many = packed((f"property:{number:030}", "x" * 60) for number in range(20))
    assert max(map(len, many)) <= 500 and len(many[0]) <= 220
    assert len(unpacked(*many)) == len(many[0].split("\n"))


def test_a_sentence_that_ends_in_a_name_with_a_full_stop_has_only_that_one(scene: Scene) -> None:
    client = make_client(scene.credential, "Summit Physiotherapy Ltd.")
    make_site(client)
    plan = plan_from(scene, {**NEW, "client_name": client.name, "site_name": "Nowhere"})
    ((_, _, reason),) = changes_of(plan)
    assert reason.endswith("of the client Summit Physiotherapy Ltd.")
