"""Importing a sheet as a person does: from the list, over each row's verdict, to what it did."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.models import Plan
from mappings.linking import map_company
from mappings.models import CompanyMapping, MappingSheet
from tests.browser.pictures import look_at
from tests.connected import execute_here
from tests.mappings.builders import Scene, make_client, make_company, make_site
from tests.mappings.sheets import Rows, csv_file, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose_file(page: Page, rows: Rows, name: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": csv_file(rows).getvalue()}
    page.get_by_label("File").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Show the preview").click()
    expect(page.get_by_text("This page shows the result as soon as it is there")).to_be_visible()


def newest() -> MappingSheet:
    return MappingSheet.objects.select_related("look_run", "apply_run", "plan").latest("pk")


def test_company_mappings_from_the_file_to_what_it_did(page: Page) -> None:
    scene = Scene()
    make_site(make_client(scene.credential, "Birch Legal"), "Main")
    birch = make_company(scene.console, "Birch Legal LLP")
    oak = make_company(scene.console, "Oak Bakery")
    rows = [
        {"Company": "Birch Legal LLP", "Halo client": "Birch Legal", "Create tickets": "yes"},
        {"Company": "Oak Bakery", "Halo client": "Birch Legal", "Create tickets": ""},
        {"Company": "Alder Dental", "Halo client": "Alder Dental Group", "Create tickets": "yes"},
        {"Company": "Elm", "Halo client": "Birch Legal", "Create tickets": ""},
    ]
    page.goto(reverse("admin:mappings_companymapping_changelist"))
    look_at(page, "sheet-companies")
    page.get_by_role("link", name="Import a sheet").click()
    look_at(page, "sheet-import")
    choose_file(page, rows, "companies.csv")

    look_run = newest().look_run
    assert look_run is not None
    execute_here(look_run)
    expect(page.get_by_role("button", name="Apply the 3 rows")).to_be_visible()
    expect(page.get_by_text("There is no company 'Elm'.")).to_be_visible()
    look_at(page, "sheet-preview")

    map_company(oak, make_client(scene.credential, "Chosen by hand"))
    page.reload()
    expect(page.get_by_text("1 row of this page is about a mapping that was changed")).to_be_visible()
    page.get_by_role("button", name="Apply the 3 rows").click()
    apply_run = newest().apply_run
    assert apply_run is not None
    execute_here(apply_run)

    expect(page.get_by_text("What it did")).to_be_visible()
    expect(page.get_by_text("1 row was refused; the others are applied.")).to_be_visible()
    look_at(page, "sheet-applied")
    assert CompanyMapping.objects.get(company=birch).halo_client.name == "Birch Legal"
    assert CompanyMapping.objects.get(company=oak).halo_client.name == "Chosen by hand"
    assert CompanyMapping.objects.get(company=scene.company).create_tickets


def test_a_sheet_of_assets_leads_to_a_preview(page: Page) -> None:
    scene = Scene()
    row = {"inventory_number": "R-1", "assettype_name": "Workstation", "Device Name": "ROUTER-1"}
    page.goto(reverse("admin:integrations_haloasset_changelist"))
    look_at(page, "sheet-assets")
    page.get_by_role("link", name="Import a sheet").click()
    choose_file(
        page, [{**row, "client_name": scene.client.name}, {**row, "client_name": "Nobody"}], "assets.csv"
    )

    look_run = newest().look_run
    assert look_run is not None
    execute_here(look_run)
    page.reload()
    expect(page.get_by_text("What the sheet assets.csv would do")).to_be_visible()
    expect(page.get_by_text("There is no Halo client 'Nobody'.")).to_be_visible()
    expect(page.get_by_role("button", name="Apply the ticked changes")).to_be_visible()
    look_at(page, "sheet-assets-preview")
    assert Plan.objects.get().counts["create"] == 1


def test_a_sheet_of_which_nothing_can_be_applied_says_why_and_offers_no_apply(page: Page) -> None:
    scene = Scene()
    told = {"Console": "Bakcup", "Company": "Elm", "Halo client": "Nobody", "Create tickets": "perhaps"}

    sheet = looked_at(scene.credential, [told])
    page.goto(reverse("admin:mappings_mappingsheet_change", args=[sheet.pk]))

    expect(page.get_by_text("Nothing to apply: every row is refused, see the reasons.")).to_be_visible()
    expect(page.get_by_text("Console (column A): There is no console 'Bakcup'.")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    look_at(page, "sheet-nothing")


def test_the_lists_of_computers_and_products_stay_as_wide_as_the_window(page: Page) -> None:
    Scene(computers=3)
    for name in ("integrations_computer", "mappings_productmapping", "mappings_mappingsheet"):
        page.goto(reverse(f"admin:{name}_changelist"))
        look_at(page, f"sheet-{name.partition('_')[2]}")
