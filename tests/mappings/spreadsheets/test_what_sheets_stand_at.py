"""What an imported sheet stands at is judged by its rows: nothing to apply is never called ready."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import PlanState, RunKind
from integrations.models import HaloCredential, Plan, Run
from integrations.runs.uploads import CannotApply
from mappings.linking import map_company
from mappings.models import MappingSheet, SheetKind
from mappings.spreadsheets.asking import request_apply
from mappings.spreadsheets.standing import SheetState, counts_of, reason_of, with_state
from tests.mappings.builders import Scene, make_company
from tests.mappings.fake_halo import FakeHalo, work_off
from tests.mappings.sheets import applied, looked_at, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

UNKNOWN = {"Company ID": "?", "Halo client": "?"}
NEW = {"inventory_number": "R-1", "assettype_name": "Workstation", "client_name": "Alder Dental Group"}


@pytest.fixture
def scene() -> Scene:
    return Scene(marker=True)


def told(sheet: MappingSheet) -> tuple[str, str]:
    """(what it stands at, the reason)."""
    row: Any = with_state(MappingSheet.objects.all()).get(pk=sheet.pk)
    return row.stands, reason_of(row, row.stands)


def test_a_sheet_whose_rows_are_all_refused_has_nothing_to_apply(scene: Scene) -> None:
    sheet = looked_at(scene.credential, [UNKNOWN, UNKNOWN])

    assert told(sheet) == ("nothing", "Nothing to apply: every row is refused, see the reasons.")
    with pytest.raises(CannotApply, match="every row is refused"):
        request_apply(sheet, sheet.checksum)
    assert not Run.objects.filter(kind=RunKind.APPLY_SHEET).exists()


def test_a_sheet_that_says_what_is_so_has_nothing_to_apply(scene: Scene) -> None:
    known = {"Company ID": scene.company.external_id, "Halo client": scene.client.name}

    only = looked_at(scene.credential, [known])
    mixed = looked_at(scene.credential, [known, UNKNOWN])

    assert told(only) == ("nothing", "Nothing to apply: no row would change anything.")
    assert told(mixed)[1] == (
        "Nothing to apply: 1 row is refused, see the reasons; the others would change nothing."
    )


def test_one_good_row_makes_a_sheet_ready(scene: Scene) -> None:
    company = make_company(scene.console, "Birch")
    row = {"Company ID": company.external_id, "Halo client": scene.client.name}
    waiting = taken(scene.credential, [row])
    sheet = looked_at(scene.credential, [row, UNKNOWN])

    assert (told(waiting), told(sheet)) == (("looking", ""), ("ready", ""))
    applied(sheet)
    assert told(sheet)[0] == "applied"


def test_a_changed_row_alone_makes_a_sheet_ready(scene: Scene) -> None:
    map_company(scene.company, scene.client)
    row = {"Company ID": scene.company.external_id, "Create tickets": "yes"}

    assert told(looked_at(scene.credential, [row]))[0] == "ready"


@pytest.mark.parametrize(
    ("rows", "stands", "counts"),
    [
        ([NEW], "ready", {"creates": 1}),
        ([{**NEW, "client_name": "Nobody"}], "nothing", {"refused": 1}),
        ([NEW, {**NEW, "client_name": "Nobody"}], "ready", {"creates": 1, "refused": 1}),
    ],
)
def test_a_sheet_of_assets_stands_where_its_preview_does(
    scene: Scene, rows: list[dict[str, str]], stands: str, counts: dict[str, int]
) -> None:
    named = [{**row, "Device Name": "ROUTER"} for row in rows]

    sheet = looked_at(scene.credential, named, SheetKind.ASSETS)

    assert (told(sheet)[0], counts_of(sheet)) == (stands, counts)


@pytest.mark.parametrize(
    ("plan", "stands"),
    [
        (PlanState.PLANNING, SheetState.LOOKING),
        (PlanState.STALE, SheetState.STALE),
        (PlanState.FAILED, SheetState.FAILED),
        (PlanState.APPLIED, SheetState.APPLIED),
    ],
)
def test_a_preview_that_changes_its_state_takes_its_sheet_along(
    scene: Scene, plan: PlanState, stands: SheetState
) -> None:
    sheet = looked_at(scene.credential, [{**NEW, "Device Name": "ROUTER"}], SheetKind.ASSETS)
    Plan.objects.update(state=plan, error="It broke." if plan == PlanState.FAILED else "")

    assert told(sheet) == (stands, "It broke." if plan == PlanState.FAILED else "")


def test_a_preview_that_is_being_applied_and_then_is_says_so_of_its_sheet(scene: Scene) -> None:
    sheet = looked_at(scene.credential, [{**NEW, "Device Name": "ROUTER"}], SheetKind.ASSETS)
    assert sheet.plan is not None

    run = scene.run(sheet.plan)

    assert told(sheet)[0] == "applying"
    work_off(run, FakeHalo())
    assert told(sheet)[0] == "applied"


def test_a_preview_that_is_not_kept_any_more_is_told(scene: Scene) -> None:
    sheet = looked_at(scene.credential, [{**NEW, "Device Name": "ROUTER"}], SheetKind.ASSETS)
    Plan.objects.all().delete()

    assert told(sheet) == ("nothing", "Its preview is not kept any more; import the file again.")


def test_what_sheets_stand_at_costs_no_statement_of_its_own(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        looked_at(scene.credential, [{**NEW, "Device Name": "ROUTER"}], SheetKind.ASSETS)

    with django_assert_num_queries(1):
        rows: list[Any] = list(with_state(MappingSheet.objects.all()))
        assert [(row.stands, counts_of(row)) for row in rows] == [("ready", {"creates": 1})] * 3


def test_every_sheet_is_found_by_what_it_stands_at(scene: Scene) -> None:
    credential: HaloCredential = scene.credential
    refused = looked_at(credential, [UNKNOWN])
    ready = looked_at(credential, [{**NEW, "Device Name": "ROUTER"}], SheetKind.ASSETS)

    rows = with_state(MappingSheet.objects.all())

    assert list(rows.filter(stands=SheetState.NOTHING)) == [refused]
    assert list(rows.filter(stands=SheetState.READY)) == [ready]
