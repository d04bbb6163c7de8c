"""A sheet of assets becomes a plan: looked at, ticked, applied and undone like an export."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Action, IntentionState, Outcome, PlanState, RunState, UploadState
from integrations.models import HaloAsset, HaloCredential, HaloField, Intention, Plan
from mappings.apply.lost import lost_creates
from mappings.models import SheetAsset, SheetKind
from mappings.planning import compute_changes, new_undo, plan_assets, tick, verify
from mappings.schedules import nightly
from mappings.spreadsheets.assets import plan_of
from mappings.spreadsheets.taking import take_sheet
from tests.mappings.builders import (
    NAME,
    RACK,
    SERVER,
    WORKSTATION,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_site,
    rows_of,
)
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off
from tests.mappings.sheets import looked_at, taken, xlsx_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

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
    HaloField.objects.create(
        halo_credential=found.credential, kind="custom", halo_id=231, name="CFrack", data_type=0
    )
    return found


def plan_from(scene: Scene, *rows: dict[str, Any]) -> Plan:
    sheet = looked_at(scene.credential, list(rows), SheetKind.ASSETS)
    assert (sheet.state, sheet.reason) == (UploadState.READY, "")
    assert sheet.plan is not None and sheet.plan.state == PlanState.READY
    return sheet.plan


def only_change(scene: Scene, **told: Any) -> Any:
    return plan_from(scene, told).changes.get()


def there(scene: Scene, **more: Any) -> HaloAsset:
    values = {"halo_id": 501, "inventory_number": "T1", "site": scene.site, "custom_fields": {}, **more}
    return make_asset(scene.client, {NAME: "PC-1", RACK: "R1"}, **values)


# ---- new assets -----------------------------------------------------------------------------


def test_a_row_that_is_no_asset_yet_creates_one_at_the_clients_main_site(scene: Scene) -> None:
    change = only_change(scene, **NEW, **{"$CFrack": "R7", "warranty_end": "2027-03-31"})

    assert (change.action, change.subject, change.selected) == (
        Action.CREATE,
        "ROUTER-1 (Alder Dental Group)",
        True,
    )
    assert (change.after["site_name"], change.after["inventory_number"]) == ("Main", "R-1")
    told = {key: row["value"] for key, row in change.after["fields"].items()}
    assert told == {str(NAME): "ROUTER-1", "custom:231": "R7", "property:warranty_end": "2027-03-31"}


@pytest.mark.parametrize("header", ["$CFrack", "CFrack"])
def test_custom_fields_are_known_in_either_spelling(scene: Scene, header: str) -> None:
    assert "custom:231" in only_change(scene, **NEW, **{header: "R7"}).after["fields"]


def test_a_day_in_a_workbook_is_a_day(scene: Scene) -> None:
    file = xlsx_file([{**NEW, "warranty_start": date(2026, 2, 1)}])
    plan = plan_of(take_sheet(scene.credential, "assets", file, "a.xlsx"), None, lambda rows: None)

    row = plan.changes.get().after["fields"]["property:warranty_start"]
    assert (row["value"], row["sent"]) == ("2026-02-01", "2026-02-01T00:00:00")


def test_applied_it_is_in_halo_and_known_as_made_here(scene: Scene) -> None:
    halo = FakeHalo()
    run = work_off(scene.run(plan_from(scene, NEW)), halo)

    assert (run.state, run.totals["created"]) == (RunState.SUCCEEDED, 1)
    (asset,) = halo.assets.values()
    assert (asset["inventory_number"], asset["fields"][str(NAME)]) == ("R-1", "ROUTER-1")
    row = SheetAsset.objects.get()
    assert row.halo_asset is not None and row.created_by_us
    assert row.halo_asset.client == scene.client


def test_the_same_sheet_again_is_an_empty_plan(scene: Scene) -> None:
    halo = FakeHalo()
    told = [{**NEW, "warranty_end": "2027-03-31"}, {**NEW, "inventory_number": "", "Device Name": "PRINTER"}]
    work_off(scene.run(plan_from(scene, *told)), halo)
    HaloAsset.objects.update(custom_fields={})

    again = plan_from(scene, *told)

    assert rows_of(again) == []
    assert again.counts["unchanged"] == 2


def test_an_answer_that_is_lost_makes_no_second_asset(scene: Scene) -> None:
    halo = FakeHalo()
    halo.faults = [lost_answer]
    run = work_off(scene.run(plan_from(scene, NEW)), halo)

    assert run.state == RunState.SUCCEEDED
    assert len(halo.assets) == 1


def test_a_row_of_a_sheet_is_not_taken_for_the_computer_of_the_same_number(scene: Scene) -> None:
    plan = plan_from(scene, NEW)
    row = SheetAsset.objects.get()
    scene.link(scene.computer("PC"), None, pk=row.pk)
    halo = FakeHalo()
    halo.faults = [lost_answer]
    run = scene.run(plan)
    work_off(run, halo)
    Intention.objects.filter(run=run).update(state=IntentionState.STAFF)

    assert not lost_creates().exists()


# ---- assets that are there ------------------------------------------------------------------


@pytest.mark.parametrize(
    "named",
    [
        {"id": "501"},
        {"client_name": "alder dental group", "inventory_number": "t1"},
        {"client_id": "", "client_name": "Alder Dental Group", "assettype_id": str(WORKSTATION)},
    ],
)
def test_an_asset_is_found_by_id_by_tag_or_by_name_and_only_what_differs_changes(
    scene: Scene, named: dict[str, str]
) -> None:
    there(scene)

    change = only_change(scene, **{**named, "Device Name": "PC-1", "Rack Position": "R9"})

    assert change.action == Action.UPDATE
    assert change.before["halo_id"] == 501
    assert {key: row["value"] for key, row in change.after["fields"].items()} == {str(RACK): "R9"}
    assert change.before["fields"][str(RACK)]["value"] == "R1"


def test_an_empty_cell_blanks_nothing(scene: Scene) -> None:
    there(scene)

    assert rows_of(plan_from(scene, {"id": "501", "Rack Position": "", "site_name": ""})) == []


def test_applied_only_what_the_row_says_changes_in_halo(scene: Scene) -> None:
    there(scene)
    halo = FakeHalo().adopt_mirror()
    work_off(scene.run(plan_from(scene, {"id": "501", "Rack Position": "R9"})), halo)

    assert halo.assets[501]["fields"] == {str(NAME): "PC-1", str(RACK): "R9"}
    assert HaloAsset.objects.get(halo_id=501).fields[str(RACK)] == "R9"


def test_another_site_client_and_type_move_the_asset(scene: Scene) -> None:
    there(scene)
    birch = make_client(scene.credential, "Birch")
    make_site(birch, "Birch main")

    change = only_change(scene, id="501", client_name="Birch", assettype_name="Server")

    told = [change.after[name] for name in ("client_name", "site_name", "asset_type_name")]
    assert told == ["Birch", "Birch main", "Server"]
    assert change.before["client_name"] == "Alder Dental Group"


def test_what_changed_after_the_preview_is_refused_as_of_an_export(scene: Scene) -> None:
    there(scene)
    halo = FakeHalo().adopt_mirror()
    plan = plan_from(scene, {"id": "501", "Rack Position": "R9"})
    halo.assets[501]["fields"][str(RACK)] = "R5"

    run = work_off(scene.run(plan), halo)

    assert run.entries.get().outcome == Outcome.CHANGED_MEANWHILE
    assert halo.assets[501]["fields"][str(RACK)] == "R5"


def test_rows_can_be_unticked(scene: Scene) -> None:
    halo = FakeHalo()
    plan = tick(plan_from(scene, NEW, {**NEW, "inventory_number": "R-2"}), [1], False)

    work_off(scene.run(plan), halo)

    assert [asset["inventory_number"] for asset in halo.assets.values()] == ["R-2"]


# ---- refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({**NEW, "client_name": "Nobody"}, "client_name (column C): There is no Halo client 'Nobody'."),
        (
            {**NEW, "site_name": "Moon"},
            "site_name (column E): There is no site 'Moon' of the client Alder Dental Group.",
        ),
        (
            {**NEW, "assettype_name": "Toaster"},
            "assettype_name (column B): There is no asset type 'Toaster'.",
        ),
        ({**NEW, "assettype_name": ""}, "assettype_name (column B): A new asset needs an asset type."),
        (
            {**NEW, "Device Name": ""},
            "Device Name (column D): This cell is empty, and names the assets of the type Workstation.",
        ),
        (
            {**NEW, "warranty_end": "soon"},
            "warranty_end (column E): This cell 'soon' is not a day.",
        ),
        ({"id": "999"}, "id (column A): There is no asset with the id '999'."),
        (
            {"inventory_number": "X", "Device Name": "Y"},
            "client_name: The row names neither an asset by its id nor a client.",
        ),
    ],
)
def test_a_row_that_cannot_be_planned_is_left_out_with_its_row_and_column(
    scene: Scene, told: dict[str, str], reason: str
) -> None:
    change = only_change(scene, **told)

    assert (change.action, change.selected, change.reason) == (Action.SKIP, False, f"Row 2, {reason}")


def test_a_field_that_the_type_lacks_is_refused(scene: Scene) -> None:
    scene.type.field_ids = [NAME]
    scene.type.save()

    change = only_change(scene, **{**NEW, "Rack Position": "R1"})

    assert change.reason.endswith("The asset type Workstation has no field “Rack Position”.")


def test_an_inactive_asset_or_client_is_left_alone(scene: Scene) -> None:
    there(scene, active=False)
    make_client(scene.credential, "Birch", active=False)

    plan = plan_from(scene, {"id": "501", "Rack Position": "R9"}, {**NEW, "client_name": "Birch"})

    reasons = {reason.partition(": ")[2] for _, _, reason in rows_of(plan)}
    assert reasons == {"The asset is inactive in HaloPSA.", "There is no Halo client 'Birch'."}


def test_two_rows_about_one_asset_are_one_too_many(scene: Scene) -> None:
    plan = plan_from(scene, NEW, NEW)

    assert sorted(action for action, _, _ in rows_of(plan)) == [Action.CREATE, Action.SKIP]


def test_the_bridge_reference_cannot_be_set_by_a_sheet(scene: Scene) -> None:
    assert "61" not in only_change(scene, **NEW, **{"Bridge Id": "HB-X"}).after["fields"]


def test_a_credential_of_one_company_touches_its_client_only(scene: Scene) -> None:
    make_site(make_client(scene.credential, "Birch"), "Main")
    scene.credential.associated_company = scene.company
    scene.credential.save()

    change = only_change(scene, **{**NEW, "client_name": "Birch"})

    assert change.action == Action.SKIP


# ---- the plan as any other ------------------------------------------------------------------


def test_nothing_is_written_in_observe_mode(scene: Scene) -> None:
    HaloCredential.objects.update(write_mode="observe")
    scene.credential.refresh_from_db()
    halo = FakeHalo()

    run = work_off(scene.run(plan_from(scene, NEW)), halo)

    assert halo.assets == {}
    assert run.entries.get().outcome == Outcome.OBSERVED


def test_a_plan_whose_world_has_changed_is_out_of_date(scene: Scene) -> None:
    plan = plan_from(scene, NEW)
    assert verify(plan) is None

    scene.client.active = False
    scene.client.save()

    assert "is out of date" in (verify(plan) or "")


def test_a_run_of_a_sheet_is_undone_like_an_export(scene: Scene) -> None:
    there(scene)
    halo = FakeHalo().adopt_mirror()
    run = work_off(scene.run(plan_from(scene, NEW, {"id": "501", "Rack Position": "R9"})), halo)

    undo = new_undo(run)
    plan_assets(undo)
    work_off(scene.run(undo), halo)

    assert halo.assets[501]["fields"][str(RACK)] == "R1"
    (made,) = (asset for number, asset in halo.assets.items() if number != 501)
    assert made["inactive"]


def test_previews_that_nobody_applied_are_forgotten_after_a_day_and_what_was_made_is_kept(
    scene: Scene,
) -> None:
    applied, forgotten = plan_from(scene, NEW), plan_from(scene, {**NEW, "inventory_number": "R-2"})
    work_off(scene.run(applied), FakeHalo())
    Plan.objects.update(created_at="2026-01-01T00:00:00Z")

    nightly()

    assert not Plan.objects.filter(pk=forgotten.pk).exists()
    row = SheetAsset.objects.get()
    assert (row.plan, row.told, row.created_by_us) == (applied, {}, True)


def test_planning_costs_one_statement_more_for_each_thousand_rows(scene: Scene) -> None:
    assert statements(scene, 1_500) - statements(scene, 5) <= 2


def statements(scene: Scene, number: int) -> int:
    rows = [{**NEW, "inventory_number": f"N-{n}"} for n in range(number)]
    plan = plan_of(taken(scene.credential, rows, SheetKind.ASSETS), None, lambda done: None)
    with CaptureQueriesContext(connection) as captured:
        computed = compute_changes(plan)
    assert computed.counts["create"] == number
    return len(captured)
