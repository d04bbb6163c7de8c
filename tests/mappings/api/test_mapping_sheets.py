"""Sheets by REST: export, sample, send, read each row's verdict, apply by checksum."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from integrations.choices import RunKind, TokenScope
from integrations.models import HaloField, Run
from mappings.api import sheets
from mappings.linking import set_default_types
from mappings.models import CompanyMapping, MappingSheet
from tests.connected import execute_here
from tests.integrations.api.clients import make_account, make_caller, make_token
from tests.mappings.builders import WORKSTATION, Scene, make_asset, make_company
from tests.mappings.sheets import csv_file

pytestmark = pytest.mark.django_db

LIST = "/api/v1/mapping-sheets/"


@pytest.fixture
def scene() -> Scene:
    return Scene(computers=1)


@pytest.fixture(autouse=True)
def queue_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue has done its work before anybody looks."""
    real: Callable[..., Run] = sheets.request_look

    def and_done(sheet: MappingSheet, **more: Any) -> Run:
        run = execute_here(real(sheet, **more))
        sheet.refresh_from_db()
        return run

    monkeypatch.setattr(sheets, "request_look", and_done)


def send(caller: APIClient, scene: Scene, *rows: dict[str, Any], what: str = "companies") -> Any:
    file = SimpleUploadedFile("sheet.csv", csv_file(list(rows)).getvalue())
    return caller.post(LIST, {"halo_credential": scene.credential.pk, "what": what, "file": file})


def new_row(scene: Scene) -> dict[str, Any]:
    company = make_company(scene.console, "Birch", external_id="c9")
    return {"Company ID": company.external_id, "Halo client": scene.client.name}


# ---- importing ------------------------------------------------------------------------------


def test_a_sheet_is_answered_with_its_counts_and_changes_nothing(scene: Scene) -> None:
    answer = send(make_caller(), scene, new_row(scene), {"Company ID": "?", "Halo client": "?"})
    told = answer.json()

    assert answer.status_code == 201
    assert answer["Location"].endswith(f"{LIST}{told['id']}/")
    assert (told["state"], told["counts"]) == ("ready", {"creates": 1, "refused": 1})
    assert told["columns"] == ["company_id", "client"]
    assert "content" not in told
    assert CompanyMapping.objects.count() == 1


def test_rows_tell_verdict_column_and_values(scene: Scene) -> None:
    caller = make_caller()
    number = send(caller, scene, new_row(scene), {"Company ID": "?", "Halo client": "?"}).json()["id"]

    (new,) = caller.get(f"{LIST}{number}/rows/?verdict=creates").json()["results"]
    (bad,) = caller.get(f"{LIST}{number}/rows/?verdict=refused").json()["results"]

    assert (new["number"], new["name"], new["before"]) == (2, "Birch", None)
    assert new["after"]["halo_client"] == {"id": scene.client.pk, "name": scene.client.name}
    assert (bad["column"], bad["reason"]) == (
        "Company ID (column A)",
        "There is no company with the id '?'. Halo client (column B): There is no Halo client '?'.",
    )


def test_it_is_applied_by_its_checksum_once(scene: Scene) -> None:
    caller = make_caller()
    told = send(caller, scene, new_row(scene)).json()
    address = f"{LIST}{told['id']}/apply/"

    assert caller.post(address, {"checksum": "other"}, format="json").status_code == 409
    first = caller.post(address, {"checksum": told["checksum"]}, format="json")
    again = caller.post(address, {"checksum": told["checksum"]}, format="json")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    execute_here(Run.objects.get(kind=RunKind.APPLY_SHEET))
    assert CompanyMapping.objects.count() == 2
    assert caller.get(f"{LIST}{told['id']}/").json()["state"] == "applied"
    assert caller.post(f"{LIST}{told['id']}/look/").status_code == 409


def test_a_sheet_with_nothing_to_apply_is_never_ready(scene: Scene) -> None:
    caller = make_caller()
    told = send(caller, scene, {"Company ID": "?", "Halo client": "?"}).json()

    answer = caller.post(f"{LIST}{told['id']}/apply/", {"checksum": told["checksum"]}, format="json")

    assert (told["state"], told["counts"]) == ("nothing", {"refused": 1})
    assert told["reason"] == "Nothing to apply: every row is refused, see the reasons."
    assert answer.status_code == 409
    assert answer.json()["detail"] == told["reason"]
    assert caller.get(LIST, {"state": "nothing"}).json()["count"] == 1
    assert caller.get(LIST, {"state": "ready"}).json()["count"] == 0
    assert caller.get(LIST, {"state": "happy"}).status_code == 400


def test_looking_again_gives_another_checksum(scene: Scene) -> None:
    caller = make_caller()
    told = send(caller, scene, new_row(scene)).json()

    again = caller.post(f"{LIST}{told['id']}/look/")

    assert again.status_code == 200
    assert again.json()["checksum"] != told["checksum"]


def test_a_file_that_is_no_sheet_is_refused_in_words(scene: Scene) -> None:
    answer = make_caller().post(
        LIST,
        {
            "halo_credential": scene.credential.pk,
            "what": "companies",
            "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7"),
        },
    )

    assert answer.status_code == 400
    assert "This is a PDF" in str(answer.json())


def test_a_sheet_of_assets_is_a_plan(scene: Scene) -> None:
    caller = make_caller()
    row = {
        "inventory_number": "R-1",
        "assettype_name": "Workstation",
        "client_name": scene.client.name,
        "Device Name": "ROUTER",
    }
    told = send(caller, scene, row, what="assets").json()

    plan = caller.get(f"/api/v1/plans/{told['plan']}/").json()
    (change,) = caller.get(f"/api/v1/plans/{told['plan']}/changes/").json()["results"]

    assert (plan["kind"], plan["state"], plan["counts"]["create"]) == ("asset_sheet", "ready", 1)
    assert (change["action"], change["after"]["inventory_number"]) == ("create", "R-1")
    answer = caller.post(f"{LIST}{told['id']}/apply/", {"checksum": "x"}, format="json")
    assert answer.status_code == 409
    assert f"by its plan ({told['plan']})" in answer.json()["detail"]


def test_a_sheet_of_assets_tells_state_and_counts_as_other_sheets_do(scene: Scene) -> None:
    caller = make_caller()
    make_asset(scene.client, {1: "PC-1"}, halo_id=501, site=scene.site)
    same, other = {"id": "501", "Device Name": "PC-1"}, {"id": "501", "Device Name": "PC-2"}
    wrong = {"id": "999", "Device Name": "PC-3"}

    unchanged = send(caller, scene, same, what="assets").json()
    mixed = send(caller, scene, other, wrong, what="assets").json()
    refused = send(caller, scene, wrong, what="assets").json()

    told = [(sheet["state"], sheet["counts"]) for sheet in (unchanged, mixed, refused)]
    assert told == [
        ("nothing", {"unchanged": 1}),
        ("ready", {"changes": 1, "refused": 1}),
        ("nothing", {"refused": 1}),
    ]
    assert unchanged["reason"] == "Nothing to apply: no row would change anything."
    assert caller.get(LIST, {"state": "nothing"}).json()["count"] == 2


def test_each_kind_needs_the_right_to_change_what_it_holds(scene: Scene) -> None:
    mapper = make_caller("mappings.change_companymapping")
    row = new_row(scene)

    assert send(mapper, scene, row).status_code == 201
    refused = send(mapper, scene, {"Product": "Desktop", "Asset type": "Workstation"}, what="products")
    assert refused.status_code == 403
    assert send(make_caller("mappings.view_mappingsheet"), scene, row).status_code == 403

    other = make_caller("mappings.change_productmapping")
    assert other.get(LIST).json()["count"] == 0
    assert other.get(f"{LIST}{MappingSheet.objects.get().pk}/rows/").status_code == 404
    assert mapper.get(LIST).json()["count"] == 1


# ---- files ----------------------------------------------------------------------------------


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_mappings_are_exported_by_console_and_state(scene: Scene) -> None:
    caller = make_caller()
    make_company(scene.console, "Birch")
    query = {"halo_credential": scene.credential.pk, "console": scene.console.pk}

    rows = table(caller.get(f"{LIST}export/", {**query, "what": "companies", "state": "mapped"}))
    computers = table(caller.get(f"{LIST}export/", {**query, "what": "computers"}))
    products = table(caller.get(f"{LIST}export/", {**query, "what": "products"}))

    assert [(row["Company"], row["Halo client"]) for row in rows] == [("Alder Dental", "Alder Dental Group")]
    assert [(row["Company"], row["State"]) for row in computers] == [("Alder Dental", "Unmapped")]
    assert [(row["Product"], row["Asset type ID"]) for row in products] == [("Desktop", str(WORKSTATION))]


@pytest.mark.parametrize("prefix", ["$CF", "CF"])
def test_assets_are_exported_as_halos_import_takes_them_and_come_back_as_no_change(
    scene: Scene, prefix: str
) -> None:
    caller = make_caller()
    HaloField.objects.create(
        halo_credential=scene.credential, kind="custom", halo_id=231, name="rack", data_type=0
    )
    asset = make_asset(
        scene.client,
        {1: "PC-1", 2: "=1+1"},
        site=scene.site,
        custom_fields={"231": "R7"},
        properties={"warranty_end": "2027-03-31T00:00:00"},
    )
    make_asset(scene.client, active=False)
    query = {"halo_credential": scene.credential.pk, "what": "assets", "custom_prefix": prefix}

    (row,) = table(caller.get(f"{LIST}export/", query))
    told = send(caller, scene, row, what="assets").json()

    assert (row["id"], row["client_name"], row["site_name"]) == (
        str(asset.halo_id),
        "Alder Dental Group",
        "Main",
    )
    assert (row[f"{prefix}rack"], row["warranty_end"], row["Serial Number"]) == ("R7", "2027-03-31", "'=1+1")
    assert caller.get(f"/api/v1/plans/{told['plan']}/changes/").json()["count"] == 0


def test_an_export_costs_the_same_statements_for_many_rows(scene: Scene) -> None:
    caller = make_caller()
    query = {"halo_credential": scene.credential.pk, "what": "companies"}

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            table(caller.get(f"{LIST}export/", query))
        return len(captured)

    cost()  # the first call of a token is noted with it
    few = cost()
    for _ in range(50):
        make_company(scene.console)
    assert cost() == few <= 8


def test_a_sample_is_empty_and_has_the_headers(scene: Scene) -> None:
    query = {"halo_credential": scene.credential.pk, "what": "assets", "file_format": "xlsx"}

    answer = make_caller().get(f"{LIST}sample/", query)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    assert sheet is not None
    assert sheet.max_row == 1
    assert [cell.value for cell in sheet[1]][:2] == ["id", "inventory_number"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"halo_credential": ""}, "halo_credential"),
        ({"what": "tickets"}, "what"),
        ({"what": "assets", "custom_prefix": "X"}, "custom_prefix"),
        ({"what": "companies", "file_format": "exe"}, "file_format"),
        ({"what": "companies", "state": "happy"}, "state"),
    ],
)
def test_an_export_that_is_not_clear_is_refused_with_the_field(
    scene: Scene, query: dict[str, str], field: str
) -> None:
    asked = {"halo_credential": scene.credential.pk, "what": "companies", **query}

    answer = make_caller().get(f"{LIST}export/", asked)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_who_may_not_see_mappings_may_not_export_them(scene: Scene) -> None:
    set_default_types(scene.credential, {scene.product: WORKSTATION})
    caller = make_caller("mappings.view_mappingsheet")
    query = {"halo_credential": scene.credential.pk, "what": "products"}

    assert caller.get(f"{LIST}export/", query).status_code == 403


def test_a_token_may_do_no_more_than_its_scope(scene: Scene) -> None:
    caller = APIClient()
    token = make_token(make_account(is_superuser=True), scope=TokenScope.READ)
    caller.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    query = {"halo_credential": scene.credential.pk, "what": "companies"}

    assert len(table(caller.get(f"{LIST}export/", query))) == 1
    assert send(caller, scene, new_row(scene)).status_code == 403
