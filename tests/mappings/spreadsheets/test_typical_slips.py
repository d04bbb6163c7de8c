"""Files as people have them: what is only untidy is understood, and what may be meant otherwise is told."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from integrations.choices import UploadState
from integrations.models import HaloField, Plan
from integrations.sync.tables.cells import BadFile
from mappings.models import MappingSheet, SheetKind, SheetRow
from mappings.spreadsheets.asking import request_look
from mappings.spreadsheets.columns import columns_of, read_line
from mappings.spreadsheets.kinds import table_of
from mappings.spreadsheets.taking import take_sheet
from tests.connected import execute_here
from tests.mappings.builders import NAME, RACK, Scene, make_asset, make_client, make_company, make_site
from tests.mappings.sheets import rows_of

pytestmark = pytest.mark.django_db

NEW = "inventory_number,assettype_name,client_name,Device Name"


@pytest.fixture
def scene() -> Scene:
    found = Scene(marker=True)
    make_company(found.console, "Birch Legal", external_id="c1")
    make_site(make_client(found.credential, "Birch", halo_id=77), "Elsewhere", halo_id=990)
    HaloField.objects.create(
        halo_credential=found.credential, kind="custom", halo_id=231, name="CFrack", data_type=0
    )
    return found


def looked(scene: Scene, content: bytes | str, what: str = SheetKind.COMPANIES) -> MappingSheet:
    raw = content if isinstance(content, bytes) else content.encode()
    sheet = take_sheet(scene.credential, what, io.BytesIO(raw), "list.csv")
    execute_here(request_look(sheet))
    sheet.refresh_from_db()
    return sheet


def only_row(scene: Scene, content: bytes | str, what: str = SheetKind.COMPANIES) -> SheetRow:
    (row,) = rows_of(looked(scene, content, what))
    return row


def plan_of(scene: Scene, content: bytes | str) -> Plan:
    plan = looked(scene, content, SheetKind.ASSETS).plan
    assert plan is not None
    return plan


def days_of(scene: Scene, *cells: str) -> list[str]:
    """What became of the cell `warranty_end` in rows of new assets: the day, or the reason."""
    lines = [f'R-{n},Workstation,Alder Dental Group,PC-{n},"{cell}"' for n, cell in enumerate(cells)]
    changes = plan_of(scene, "\n".join([f"{NEW},warranty_end", *lines])).changes.order_by("position")
    return [
        change.after["fields"]["property:warranty_end"]["value"] if change.after else change.reason
        for change in changes
    ]


def book(rows: list[list[Any]], *merged: str) -> bytes:
    workbook, file = Workbook(), io.BytesIO()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    workbook.save(file)
    return file.getvalue()


# ---- untidy ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffCompany ID,Halo client\nc1,Birch\n".encode(),
        b" COMPANY id , halo CLIENT \n c1 ,  birch \n",
        b"\n\nCompany ID;Halo client\n\n;;\nc1;Birch\n;;\n",
        b"sep=;\nCompany ID;Halo client\nc1;Birch\n",
        b'Company ID,Halo client ID\n="c1",77.0\n',
        "Company ID\tHalo client\r\nc1\tBirch\r\n".encode("utf-16"),
    ],
)
def test_what_is_only_untidy_is_understood(scene: Scene, content: bytes) -> None:
    row = only_row(scene, content)

    assert (row.verdict, row.name, row.after["halo_client"]["name"]) == ("creates", "Birch Legal", "Birch")


def test_letters_of_windows_are_read_as_they_were_written(scene: Scene) -> None:
    make_company(scene.console, "Müller & Söhne")

    row = only_row(scene, "Company;Halo client\nMüller & Söhne;Birch\n".encode("cp1252"))

    assert (row.verdict, row.name) == ("creates", "Müller & Söhne")


# ---- headers --------------------------------------------------------------------------------


def test_two_columns_for_one_thing_have_to_agree(scene: Scene) -> None:
    row = only_row(scene, "Company,Halo client,Customer\nBirch Legal,Birch,Alder Dental Group\n")

    assert (row.verdict, row.column, row.reason) == (
        "refused",
        "Halo client (column B)",
        "It says 'Birch', but Customer (column C) says 'Alder Dental Group': keep one of the two columns.",
    )


@pytest.mark.parametrize("cells", ["Birch,Birch", ",Birch", "Birch,", "Birch, birch "])
def test_two_columns_for_one_thing_may_say_the_same_or_one_of_them_nothing(scene: Scene, cells: str) -> None:
    row = only_row(scene, f"Company,Halo client,Halo client\nBirch Legal,{cells}\n")

    assert row.after["halo_client"]["name"] == "Birch"


def test_a_field_of_halopsa_goes_before_what_people_call_our_columns(scene: Scene) -> None:
    HaloField.objects.create(halo_credential=scene.credential, kind="asset", halo_id=57, name="Client")
    for number in (58, 59):
        HaloField.objects.create(
            halo_credential=scene.credential, kind="asset", halo_id=number, name="Licence"
        )
    table = table_of(SheetKind.ASSETS, scene.credential)

    assert columns_of(["client_name", "Client", "Licence", "Licence"], table) == [
        "client",
        "57",
        *[name for name in table.by_name if name in ("58", "59")],
    ]


def test_a_sheet_of_another_kind_is_recognised(scene: Scene) -> None:
    with pytest.raises(BadFile) as refused:
        looked(scene, f"{NEW}\nR-1,Server,Birch,X\n")
    assert refused.value.sentence.endswith(" It looks like a sheet of “Assets”: choose that instead.")

    with pytest.raises(BadFile) as refused:
        looked(scene, "Firm,Kunde\nBirch,Birch\n")
    assert "It looks like" not in refused.value.sentence


def test_the_preview_of_assets_names_the_columns_that_mean_nothing(scene: Scene) -> None:
    plan = plan_of(scene, f"{NEW},$CFrack,$CFnone,Colour,\nR-1,Workstation,Birch,PC-1,R7,x,red,y\n")

    assert plan.parameters["left_out"] == ["$CFnone", "Colour"]


# ---- cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ['=HYPERLINK(""http://x"",""c1"")', "=A1", "=$B$2&C3", "=sum(A1:A3)"])
def test_a_formula_in_a_text_file_is_never_taken_for_a_value(scene: Scene, cell: str) -> None:
    (change,) = plan_of(scene, f'{NEW}\nR-1,Workstation,Birch,"{cell}"\n').changes.all()

    assert change.reason.startswith("Row 2, Device Name (column D): This cell is a formula, '=")
    assert change.reason.endswith("; put its value in its place.")


def test_what_only_begins_like_a_formula_is_a_text(scene: Scene) -> None:
    table = table_of(SheetKind.ASSETS, scene.credential)

    line = read_line((2, ["=Maker", "'=A1", '="007"']), [str(NAME), str(RACK), "asset_tag"], ["A"] * 3, table)

    assert (line.told, line.problems) == ({str(NAME): "=Maker", str(RACK): "=A1", "asset_tag": "007"}, [])


def test_a_formula_that_no_program_has_computed_is_told_as_that_in_a_day_too(scene: Scene) -> None:
    rows = [[*NEW.split(","), "warranty_end"], ["R-1", "Workstation", "Birch", "PC-1", "=TODAY()"]]

    (change,) = plan_of(scene, book(rows)).changes.all()

    assert "warranty_end (column E): This cell is a formula that was never computed" in change.reason


def test_a_day_that_could_be_another_is_not_guessed(scene: Scene) -> None:
    clear, either = days_of(scene, "2027-03-31", "03/04/2027")

    assert clear == "2027-03-31"
    assert either == (
        "Row 3, warranty_end (column E): This cell '03/04/2027' may be one day or another, as the file does "
        "not tell whether the day or the month comes first; write it as 2027-03-31."
    )


def test_one_clear_day_tells_the_order_of_all_in_the_file(scene: Scene) -> None:
    assert days_of(scene, "03/04/2027", "31/03/2027") == ["2027-04-03", "2027-03-31"]
    assert days_of(scene, "03/04/2027", "03/31/2027", "03.04.2027")[:2] == ["2027-03-04", "2027-03-31"]


def test_in_a_file_that_contradicts_itself_only_clear_days_are_read(scene: Scene) -> None:
    british, american, either = days_of(scene, "31/03/2027", "03/31/2027", "03/04/2027")

    assert (british, american) == ("2027-03-31", "2027-03-31")
    assert "may be one day or another" in either


def test_lost_zeros_are_a_likely_reason_for_an_id_that_is_unknown(scene: Scene) -> None:
    make_company(scene.console, "Oak", external_id="007")

    row = only_row(scene, "Company ID,Halo client\n7,Birch\n")

    assert row.reason == (
        "There is no company with the id '7'. If it begins with zeros, they were lost: format the column "
        "as text."
    )


def test_an_asset_is_not_made_again_because_its_tag_lost_its_zeros(scene: Scene) -> None:
    make_asset(scene.client, {NAME: "PC-1"}, halo_id=501, inventory_number="0012", site=scene.site)
    rows = (
        "12,Workstation,Alder Dental Group,PC-1\n12,Workstation,Birch,PC-1\n0012,,Alder Dental Group,PC-9\n"
    )

    first, other, found = plan_of(scene, f"{NEW}\n{rows}").changes.order_by("position")

    assert first.reason == (
        "Row 2, inventory_number (column A): The tag of an asset of Alder Dental Group is 0012: its zeros "
        "were lost here. Format the column as text."
    )
    assert (other.action, found.action) == ("create", "update")


def test_tags_that_are_numbers_cost_one_statement_more_for_a_part(scene: Scene) -> None:
    def statements(tag: str) -> int:
        rows = "".join(f"{tag}{n},Workstation,Birch,PC-{n}\n" for n in range(30))
        sheet = take_sheet(scene.credential, "assets", io.BytesIO(f"{NEW}\n{rows}".encode()), "a.csv")
        with CaptureQueriesContext(connection) as captured:
            execute_here(request_look(sheet))
        return len(captured)

    statements("W-")
    assert statements("7") == statements("R-") + 1


@pytest.mark.parametrize(("merged", "state"), [("B3:B4", "failed"), ("A1:C1", "ready"), ("C3:C4", "ready")])
def test_merged_cells_are_told_where_rows_would_lack_their_value(
    scene: Scene, merged: str, state: str
) -> None:
    rows = [["Our list", None, None], ["Company ID", "Halo client", "Notes"], ["c1", "Birch", "x"]]
    sheet = looked(scene, book([*rows, ["c2", None, None]], merged))

    assert sheet.state == state
    told = (
        "The cells B3:B4 are merged, so that only row 3 has their value. Undo it, give each row its own value"
    )
    assert sheet.reason.startswith(told) is (state == UploadState.FAILED)


def test_long_and_broken_cells_are_told_in_few_words(scene: Scene) -> None:
    long = only_row(scene, f"Company ID,Halo client\nc1,{'x' * 700}\n")
    broken = only_row(scene, 'Company ID,Halo client\nc1,"Birch\nc2,Oak\n')

    assert long.reason == f"There is no Halo client '{'x' * 80}…'."
    assert broken.reason == (
        "There is no Halo client 'Birch c2,Oak' (over several lines: a quotation mark may be missing)."
    )
