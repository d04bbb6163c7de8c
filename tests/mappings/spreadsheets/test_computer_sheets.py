"""Computer mappings out of a sheet: by the rules of *Edit mapping*."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Outcome
from integrations.models import Computer, HaloAsset, HaloSite
from mappings.linking import edit_computer_mapping
from mappings.models import ComputerMapping, MappingOrigin, SheetKind, SheetVerdict
from mappings.spreadsheets.looking import look_at
from tests.integrations.admin.made import make_superuser
from tests.mappings.builders import (
    SERVER,
    WORKSTATION,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.sheets import applied, looked_at, rows_of, taken

pytestmark = pytest.mark.django_db


class Office(Scene):
    """One computer of a mapped company, and an asset of its client that nobody stands for."""

    def __init__(self) -> None:
        super().__init__()
        make_asset_type(self.credential, SERVER, "Server")
        self.annex: HaloSite = make_site(self.client, "Annex", halo_id=82)
        self.computer: Computer = make_computer(self.company, "PC-1", external_id="d1")
        self.asset: HaloAsset = make_asset(
            self.client, name="PC-1", halo_id=501, inventory_number="T1", site=self.site, asset_type=self.type
        )

    def rows(self, *told: dict[str, Any]) -> list[Any]:
        return rows_of(looked_at(self.credential, list(told), SheetKind.COMPUTERS))

    def row(self, **told: Any) -> Any:
        (row,) = self.rows({"Computer ID": "d1", **told})
        return row

    def apply(self, *told: dict[str, Any]) -> list[Any]:
        sheet = looked_at(self.credential, list(told), SheetKind.COMPUTERS)
        applied(sheet, make_superuser())
        return rows_of(sheet)

    @property
    def mapped(self) -> ComputerMapping:
        return ComputerMapping.objects.get(computer=self.computer)


@pytest.fixture
def office() -> Office:
    return Office()


# ---- an asset that is there -----------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [{"Asset ID": 501}, {"Asset tag": "t1"}, {"Asset": "pc-1"}, {"Asset tag": "T1", "Asset": "PC-1"}],
)
def test_an_asset_is_linked_by_id_tag_or_name(office: Office, told: dict[str, Any]) -> None:
    (row,) = office.apply({"Computer ID": "d1", **told})

    assert (row.verdict, row.outcome) == (SheetVerdict.CREATES, Outcome.DONE)
    assert (office.mapped.halo_asset, office.mapped.origin) == (office.asset, MappingOrigin.CHOSEN)
    assert (office.mapped.wanted_site, office.mapped.wanted_type) == (None, None)


def test_the_preview_tells_the_site_and_type_that_the_asset_keeps(office: Office) -> None:
    row = office.row(Asset="PC-1")

    told = [row.after[name]["name"] for name in ("halo_asset", "site", "asset_type")]
    assert told == [str(office.asset), "Main", "Workstation"]


def test_another_site_and_type_are_what_the_next_export_makes_of_it(office: Office) -> None:
    office.apply({"Computer ID": "d1", "Asset ID": 501, "Site": "Annex", "Asset type": "Server"})

    assert (office.mapped.wanted_site, office.mapped.wanted_type) == (office.annex, SERVER)


def test_a_site_alone_moves_the_asset_that_the_computer_has(office: Office) -> None:
    edit_computer_mapping(office.computer, office.credential, halo_asset=office.asset)

    office.apply({"Computer ID": "d1", "Site": "Annex"})

    assert (office.mapped.halo_asset, office.mapped.wanted_site) == (office.asset, office.annex)


def test_what_is_so_already_is_no_row(office: Office) -> None:
    edit_computer_mapping(
        office.computer, office.credential, halo_asset=office.asset, wanted_site=office.annex
    )

    same = {"Computer ID": "d1", "Asset ID": 501, "Site": "Annex", "Asset type ID": WORKSTATION}
    assert office.rows(same) == []
    assert office.rows({"Computer ID": "d1", "Asset": "", "Site": ""}) == []


# ---- a new asset ----------------------------------------------------------------------------


def test_without_an_asset_the_computer_is_to_be_exported_there(office: Office) -> None:
    office.apply({"Computer": "PC-1", "Site": "Annex", "Asset type ID": SERVER})

    mapped = office.mapped
    assert (mapped.halo_asset, mapped.halo_site, mapped.asset_type) == (None, office.annex, SERVER)


# ---- refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "column", "reason"),
    [
        ({"Asset ID": 999}, "Asset ID (column B)", "There is no asset with the id '999'."),
        ({"Asset": "PC-9"}, "Asset (column B)", "There is no asset 'PC-9'."),
        (
            {"Asset tag": "T9"},
            "Asset tag (column B)",
            "There is no asset with the tag 'T9' at the client Alder Dental Group.",
        ),
        (
            {"Asset ID": 501, "Asset": "Other"},
            "Asset (column C)",
            "The asset with the id 501 is called PC-1.",
        ),
        ({"Site": "Moon"}, "Site (column B)", "There is no site 'Moon' of the client Alder Dental Group."),
        ({"Asset type": "Toaster"}, "Asset type (column B)", "There is no asset type 'Toaster'."),
    ],
)
def test_a_row_that_cannot_be_applied_says_why(
    office: Office, told: dict[str, Any], column: str, reason: str
) -> None:
    row = office.row(**told)

    assert (row.verdict, row.column, row.reason) == (SheetVerdict.REFUSED, column, reason)


def test_an_asset_or_site_of_another_client_is_refused(office: Office) -> None:
    other = make_client(office.credential, "Birch")
    make_asset(other, halo_id=601)
    make_site(other, "Elsewhere", halo_id=99)

    told = [office.row(**{"Asset ID": 601}).reason, office.row(**{"Site ID": 99}).reason]

    assert told == [
        "This asset is not one of the client Alder Dental Group.",
        "This site is not one of the client Alder Dental Group.",
    ]


def test_an_asset_that_stands_for_another_computer_is_not_taken_from_it(office: Office) -> None:
    edit_computer_mapping(make_computer(office.company, "PC-2"), office.credential, halo_asset=office.asset)

    row = office.row(**{"Asset ID": 501})

    assert (row.column, row.reason) == (
        "Asset ID (column B)",
        "This asset already stands for the computer PC-2.",
    )


def test_one_asset_for_two_computers_of_a_console_is_refused_in_the_second_row(office: Office) -> None:
    make_computer(office.company, "PC-2", external_id="d2")

    first, second = office.rows(
        {"Computer ID": "d1", "Asset ID": 501}, {"Computer ID": "d2", "Asset ID": 501}
    )

    assert first.verdict == SheetVerdict.CREATES
    assert second.reason == "Row 2 gives this asset to another computer of the console."


def test_only_computers_of_mapped_companies_can_be_mapped(office: Office) -> None:
    make_computer(make_company(office.console, "Birch"), "PC-9", external_id="d9")

    (row,) = office.rows({"Computer ID": "d9", "Asset": "PC-1"})

    assert row.column == "Computer ID (column A)"
    assert row.reason.startswith("The company Birch is not mapped; only computers of mapped companies")


def test_a_computer_that_is_gone_is_refused(office: Office) -> None:
    Computer.objects.update(active=False)

    assert office.row(Asset="PC-1").reason == "The console no longer lists this computer."


def test_computers_of_one_name_are_told_apart_by_their_company(office: Office) -> None:
    make_computer(make_company(office.console, "Birch"), "PC-1")

    first, second = office.rows(
        {"Computer": "PC-1", "Company": "", "Asset ID": 501},
        {"Computer": "PC-1", "Company": "Alder Dental", "Asset ID": 501},
    )

    assert first.reason == "Several have the name 'PC-1': give the id of the computer."
    assert second.subject_id == office.computer.pk


# ---- applying -------------------------------------------------------------------------------


def test_what_was_mapped_meanwhile_is_not_overwritten(office: Office) -> None:
    sheet = looked_at(office.credential, [{"Computer ID": "d1", "Asset ID": 501}], SheetKind.COMPUTERS)
    other = make_asset(office.client)
    edit_computer_mapping(office.computer, office.credential, halo_asset=other)

    applied(sheet)

    (row,) = rows_of(sheet)
    assert row.outcome == Outcome.CHANGED_MEANWHILE
    assert office.mapped.halo_asset == other


def test_an_asset_that_was_given_away_meanwhile_refuses_its_row(office: Office) -> None:
    sheet = looked_at(office.credential, [{"Computer ID": "d1", "Asset ID": 501}], SheetKind.COMPUTERS)
    edit_computer_mapping(make_computer(office.company, "PC-2"), office.credential, halo_asset=office.asset)

    applied(sheet)

    (row,) = rows_of(sheet)
    assert (row.outcome, row.reason) == (
        Outcome.FAILED,
        "This asset already stands for the computer PC-2.",
    )


def test_looking_costs_the_same_statements_for_a_few_rows_as_for_hundreds(office: Office) -> None:
    assert statements_to_look(office, 3) == statements_to_look(office, 300) <= 25


def statements_to_look(office: Office, number: int) -> int:
    rows = []
    for _ in range(number):
        computer = make_computer(office.company)
        asset = make_asset(office.client, name=computer.name, site=office.site)
        rows.append({"Computer ID": computer.external_id, "Asset ID": asset.halo_id, "Site": "Annex"})
    sheet = taken(office.credential, rows, SheetKind.COMPUTERS)
    with CaptureQueriesContext(connection) as captured:
        assert look_at(sheet, None, lambda rows: None) == {"creates": number}
    return len(captured)
