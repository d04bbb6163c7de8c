"""Importing a sheet of mappings in the admin: choose a file, read each row's verdict, apply."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from integrations.choices import RunKind, UploadState
from integrations.models import Company, HaloClient, HaloCredential, HaloField, Plan, Product, Run
from mappings.linking import edit_computer_mapping, map_company, set_default_types
from mappings.models import CompanyMapping, MappingSheet
from tests.connected import execute_here
from tests.integrations.admin.made import make_console, make_credential, make_staff
from tests.mappings.builders import (
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_fields,
    make_site,
)
from tests.mappings.sheets import applied, csv_file, looked_at

pytestmark = pytest.mark.django_db

IMPORT = "admin:mappings_mappingsheet_import"
MAPPER = ("mappings.view_companymapping", "mappings.change_companymapping")


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential("Desk")


@pytest.fixture
def company(credential: HaloCredential) -> Company:
    make_site(make_client(credential, "Alder Group", halo_id=71))
    return make_company(make_console("Backup"), "Alder Dental", external_id="c1")


def row(**more: Any) -> dict[str, Any]:
    return {"Company ID": "c1", "Halo client": "Alder Group", **more}


def sent(browser: Client, rows: list[dict[str, Any]], name: str = "sheet.csv") -> Any:
    file = SimpleUploadedFile(name, csv_file(rows).getvalue())
    return browser.post(reverse(IMPORT), {"what": "companies", "file": file})


def page(browser: Client, sheet: MappingSheet, **query: Any) -> str:
    address = reverse("admin:mappings_mappingsheet_change", args=[sheet.pk])
    response = browser.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_file_is_looked_at_shown_and_applied(browser: Client, company: Company) -> None:
    response = sent(browser, [row()])
    sheet = MappingSheet.objects.get()
    assert response["Location"] == reverse("admin:mappings_mappingsheet_change", args=[sheet.pk])
    execute_here(Run.objects.get(kind=RunKind.LOOK_SHEET))
    sheet.refresh_from_db()

    told = page(browser, sheet)
    assert "Apply the 1 row" in told
    assert "Alder Dental" in told and "Alder Group" in told
    browser.post(reverse("admin:mappings_mappingsheet_apply", args=[sheet.pk]), {"checksum": sheet.checksum})
    execute_here(Run.objects.get(kind=RunKind.APPLY_SHEET))

    assert CompanyMapping.objects.get().company == company
    sheet.refresh_from_db()
    assert sheet.state == UploadState.APPLIED
    assert "What it did" in page(browser, sheet)


def test_a_refused_row_is_shown_with_its_column(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row(**{"Halo client": "Nobody"})])

    told = page(browser, sheet)

    assert "Halo client (column B):" in told
    assert "There is no Halo client &#x27;Nobody&#x27;." in told
    assert "Apply the" not in told


def test_a_sheet_with_nothing_to_apply_says_so_and_has_no_button(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row(**{"Halo client": "Nobody"})])
    list_ = reverse("admin:mappings_mappingsheet_changelist")

    told = page(browser, sheet)
    browser.post(reverse("admin:mappings_mappingsheet_apply", args=[sheet.pk]), {"checksum": sheet.checksum})

    assert "Nothing to apply: every row is refused, see the reasons." in told
    assert "Ready to apply" not in told and "Apply the" not in told
    assert not Run.objects.filter(kind=RunKind.APPLY_SHEET).exists()
    assert sheet.file_name in browser.get(list_, {"state": "nothing"}).content.decode()
    assert sheet.file_name not in browser.get(list_, {"state": "ready"}).content.decode()


def test_a_preview_of_assets_with_nothing_to_apply_has_no_button(
    browser: Client, credential: HaloCredential
) -> None:
    row_ = {"inventory_number": "R-1", "assettype_name": "Workstation", "client_name": "Nobody"}
    plan = looked_at(credential, [row_], "assets").plan
    assert plan is not None

    told = browser.get(reverse("admin:integrations_plan_change", args=[plan.pk])).content.decode()

    assert "Nothing to apply: every row is refused, see the reasons." in told
    assert "Apply the ticked changes" not in told and "Keep these ticks" not in told
    list_ = browser.get(reverse("admin:integrations_plan_changelist")).content.decode()
    assert "1 refused" in list_


def test_a_sheet_of_assets_that_changes_nothing_says_so(browser: Client, credential: HaloCredential) -> None:
    make_fields(credential)
    client = make_client(credential, "Alder Group")
    make_asset(client, {1: "PC-1"}, halo_id=501, site=make_site(client))
    row_ = {"id": "501", "Device Name": "PC-1", "$CFnone": "x"}
    plan = looked_at(credential, [row_, {"id": "999", "Device Name": "PC-9"}], "assets").plan
    assert plan is not None

    told = browser.get(reverse("admin:integrations_plan_change", args=[plan.pk])).content.decode()
    lists = [reverse("admin:integrations_plan_changelist"), reverse("admin:mappings_mappingsheet_changelist")]

    assert "HaloPSA holds already what it says: nothing to do, no change" in told
    assert "Refused" in told and ">Skip<" not in told
    assert "Columns left out" in told and "$CFnone" in told
    for list_ in lists:
        assert "1 unchanged, 1 refused" in browser.get(list_).content.decode()


def test_a_preview_that_is_older_than_the_mapping_says_so(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row()])
    map_company(company, make_client(credential, "Chosen by hand"))

    told = page(browser, sheet)

    assert "1 row of this page is about a mapping that was changed since the sheet was looked at" in told


def test_looking_again_sees_what_is_so_now(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row()])
    first = sheet.checksum
    map_company(company, make_client(credential, "Chosen by hand"))

    browser.post(reverse("admin:mappings_mappingsheet_look_again", args=[sheet.pk]))
    execute_here(Run.objects.filter(kind=RunKind.LOOK_SHEET).latest("pk"))

    sheet.refresh_from_db()
    assert sheet.counts == {"changes": 1}
    assert sheet.checksum != first
    assert "Chosen by hand → Alder Group" in page(browser, sheet)


def test_what_was_not_looked_at_is_not_applied(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row()])

    response = browser.post(
        reverse("admin:mappings_mappingsheet_apply", args=[sheet.pk]), {"checksum": "old"}, follow=True
    )

    assert "Nothing was changed. The checksum is not that of this sheet" in response.content.decode()
    assert not Run.objects.filter(kind=RunKind.APPLY_SHEET).exists()


def test_a_file_that_is_no_sheet_is_refused_beside_the_field(browser: Client, credential: Any) -> None:
    file = SimpleUploadedFile("list.pdf", b"%PDF-1.7")

    response = browser.post(reverse(IMPORT), {"what": "companies", "file": file})

    assert "This is a PDF. Export the list as XLSX or CSV" in response.content.decode()
    assert not MappingSheet.objects.exists()


def test_an_empty_sample_has_the_headers_that_are_understood(browser: Client, credential: Any) -> None:
    address = reverse("admin:mappings_mappingsheet_sample", args=["companies.xlsx"])

    content = b"".join(browser.get(address).streaming_content)  # type: ignore[attr-defined]

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:5] == [
        "Console",
        "Company ID",
        "Company",
        "Halo client ID",
        "Halo client",
    ]
    assert browser.get(reverse("admin:mappings_mappingsheet_sample", args=["x.csv"])).status_code == 404


def test_what_was_exported_can_be_imported_again_and_changes_nothing(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    map_company(company, make_client(credential, "=Birch"), create_tickets=True)
    make_company(company.console, "+Unmapped", external_id="-7")
    export = browser.get(reverse("admin:mappings_companymapping_export"))
    content = b"".join(export.streaming_content)  # type: ignore[attr-defined]

    browser.post(reverse(IMPORT), {"what": "companies", "file": SimpleUploadedFile("list.csv", content)})
    execute_here(Run.objects.get(kind=RunKind.LOOK_SHEET))

    assert MappingSheet.objects.get().counts == {"unchanged": 2}


def test_only_who_may_change_mappings_may_import_them(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("reader", "mappings.view_companymapping"))
    assert client.get(reverse(IMPORT)).status_code == 403
    assert sent(client, [row()]).status_code == 403

    client.force_login(make_staff("mapper", *MAPPER))
    assert client.get(reverse(IMPORT)).status_code == 200


def test_who_may_only_look_sees_no_buttons(
    client: Client, credential: HaloCredential, company: Company
) -> None:
    sheet = looked_at(credential, [row()])
    client.force_login(make_staff("auditor", "mappings.view_mappingsheet"))

    assert "Apply the" not in page(client, sheet)
    apply = reverse("admin:mappings_mappingsheet_apply", args=[sheet.pk])
    assert client.post(apply, {"checksum": sheet.checksum}).status_code == 403


def test_the_preview_costs_the_same_for_a_page_of_rows_as_for_one(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    rows = [
        {"Company ID": make_company(company.console).external_id, "Halo client ID": 71} for _ in range(60)
    ]
    few, many = looked_at(credential, rows[:1]), looked_at(credential, rows)

    assert statements(browser, few) == statements(browser, many) <= 20


def statements(browser: Client, sheet: MappingSheet) -> int:
    page(browser, sheet)
    with CaptureQueriesContext(connection) as captured:
        page(browser, sheet)
    return len(captured)


@pytest.mark.parametrize(
    ("list_", "right", "what"),
    [
        ("mappings_companymapping", "mappings.change_companymapping", "companies"),
        ("mappings_productmapping", "mappings.change_productmapping", "products"),
        ("integrations_computer", "mappings.change_computermapping", "computers"),
    ],
)
def test_each_list_leads_to_its_import_for_who_may(
    client: Client, company: Company, list_: str, right: str, what: str
) -> None:
    Product.objects.create(console=company.console, name="Desktop")
    view = f"{list_.replace('_', '.view_')}"
    address = reverse(f"admin:{list_}_changelist")
    link = f"{reverse(IMPORT)}?what={what}&amp;"

    client.force_login(make_staff("reader", view))
    assert link not in client.get(address).content.decode()
    client.force_login(make_staff("mapper", view, right))
    assert link in client.get(address).content.decode()
    assert f'value="{what}"' in client.get(reverse(IMPORT)).content.decode()


@pytest.mark.parametrize(
    ("list_", "what"), [("mappings_productmapping", "products"), ("integrations_computer", "computers")]
)
def test_exported_computers_and_products_change_nothing_either(
    browser: Client, credential: HaloCredential, company: Company, list_: str, what: str
) -> None:
    client = HaloClient.objects.get()
    map_company(company, client)
    make_asset_type(credential, 113, "Server")
    product = Product.objects.create(console=company.console, name="-Server")
    set_default_types(credential, {product: 113})
    there, new = make_computer(company, "=PC-1"), make_computer(company, "PC-2")
    make_computer(company, "PC-3", product=product)
    edit_computer_mapping(there, credential, halo_asset=make_asset(client, name="+PC"), wanted_type=113)
    edit_computer_mapping(new, credential, asset_type=113)
    content = b"".join(browser.get(reverse(f"admin:{list_}_export")).streaming_content)  # type: ignore[attr-defined]

    browser.post(reverse(IMPORT), {"what": what, "file": SimpleUploadedFile("list.csv", content)})
    execute_here(Run.objects.get(kind=RunKind.LOOK_SHEET))

    assert MappingSheet.objects.get().counts == {"unchanged": 1 if what == "products" else 3}


def test_a_sheet_of_assets_leads_to_its_preview(browser: Client, credential: HaloCredential) -> None:
    make_asset_type(credential, 112, "Workstation", key_field_ids=[], field_ids=[])
    make_site(make_client(credential, "Alder Group"))
    row_ = {"inventory_number": "R-1", "assettype_name": "Workstation", "client_name": "Alder Group"}
    file = SimpleUploadedFile("assets.csv", csv_file([row_, {**row_, "client_name": "?"}]).getvalue())

    browser.post(reverse(IMPORT), {"what": "assets", "file": file})
    execute_here(Run.objects.get(kind=RunKind.LOOK_SHEET))
    address = reverse("admin:mappings_mappingsheet_change", args=[MappingSheet.objects.get().pk])
    told = browser.get(address, follow=True).content.decode()

    assert "What the sheet assets.csv would do" in told
    assert "R-1 (Alder Group)" in told
    assert "client_name (column C): There is no Halo client &#x27;?&#x27;." in told


def test_the_sample_of_assets_has_the_fields_of_this_halo(
    browser: Client, credential: HaloCredential
) -> None:
    make_fields(credential)
    address = reverse("admin:mappings_mappingsheet_sample", args=["assets.csv"])

    text = b"".join(browser.get(address).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]

    names = text.strip().split(",")
    assert names[:2] == ["id", "inventory_number"]
    assert {"warranty_end", "status_id", "Serial Number"} <= set(names)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exported_assets_make_an_empty_preview(
    browser: Client, credential: HaloCredential, company: Company, kind: str
) -> None:
    make_fields(credential)
    HaloField.objects.create(
        halo_credential=credential, kind="custom", halo_id=231, name="CFdue", data_type=4
    )
    type_ = make_asset_type(credential)
    client = HaloClient.objects.get()
    values = {1: "-PC 1", 2: "0012", 3: "=Maker", 4: "", 5: "Windows\x0b 11", 21: "x" * 400}
    make_asset(
        client,
        values,
        halo_id=501,
        inventory_number="007",
        asset_type=type_,
        site=client.sites.get(),
        custom_fields={"231": "2026-03-01T00:00:00"},
        properties={"warranty_end": "2027-03-31T00:00:00", "supplier_purchasedate": "1900-01-01T00:00:00"},
    )
    export = browser.get(reverse("admin:integrations_haloasset_export"), {"columns": "$CF", "format": kind})
    content = b"".join(export.streaming_content)  # type: ignore[attr-defined]

    browser.post(reverse(IMPORT), {"what": "assets", "file": SimpleUploadedFile(f"a.{kind}", content)})
    execute_here(Run.objects.get(kind=RunKind.LOOK_SHEET))

    plan = Plan.objects.get()
    assert list(plan.changes.values_list("action", "reason")) == []
    assert plan.counts["unchanged"] == 1


def test_the_run_that_applied_a_sheet_tells_each_row(
    browser: Client, credential: HaloCredential, company: Company
) -> None:
    run = applied(looked_at(credential, [row()]))

    told = browser.get(reverse("admin:integrations_run_change", args=[run.pk])).content.decode()

    assert "Row 2: Alder Dental" in told


def test_unchanged_rows_are_among_all(browser: Client, credential: HaloCredential, company: Company) -> None:
    map_company(company, HaloClient.objects.get(name="Alder Group"))
    sheet = looked_at(credential, [row()])
    assert sheet.counts == {"unchanged": 1}
    answer = browser.get(reverse("admin:mappings_mappingsheet_change", args=[sheet.pk]))
    assert answer.context["verdicts"][0].count == 1


def test_the_title_of_a_sheet_spells_its_file_as_it_is_called(browser: Client, company: Company) -> None:
    sent(browser, [row()], "co2.csv")
    sheet = MappingSheet.objects.get()
    told = page(browser, sheet)
    assert "Company mappings of co2.csv" in told
    assert "Co2.csv" not in told
