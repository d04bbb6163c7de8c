"""The three lists of mappings as CSV and XLSX: what is listed, of one HaloPSA credential, and harmless."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from integrations.models import Company, HaloCredential, HaloSite
from integrations.sync import sheets
from mappings.linking import edit_computer_mapping, map_company
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_product,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db

COMPANIES, PRODUCTS, COMPUTERS = (
    "mappings_companymapping",
    "mappings_productmapping",
    "integrations_computer",
)


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential("Desk")


def fetched(browser: Client, what: str, **query: Any) -> bytes:
    response = browser.get(reverse(f"admin:{what}_export", query=query))
    assert response.status_code == 200, response.content[:200]
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def table(browser: Client, what: str, **query: Any) -> list[dict[str, str]]:
    text = fetched(browser, what, format="csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---- companies ------------------------------------------------------------------------------


def test_a_mapped_company_is_told_with_client_site_and_switches(
    browser: Client, credential: HaloCredential
) -> None:
    client = make_client(credential, "Alder Group", halo_id=71)
    site = make_site(client, "Main", halo_id=81)
    company = make_company(make_console("Backup"), "Alder", external_id="007")
    map_company(company, client, halo_site=site, create_tickets=True, reason="The same name.")

    (row,) = table(browser, COMPANIES)

    assert row.pop("Mapped (UTC)")
    assert row == {
        "Console": "Backup",
        "Company ID": "007",
        "Company": "Alder",
        "State": "Mapped",
        "Halo client ID": "71",
        "Halo client": "Alder Group",
        "Default site ID": "81",
        "Default site": "Main",
        "Create tickets": "Yes",
        "No notification": "No",
        "Enable configuration": "No",
        "Reason": "The same name.",
        "Mapped by": "",
        "HaloPSA credential": "Desk",
    }


def test_companies_are_exported_as_they_are_filtered_on_all_pages(
    browser: Client, credential: HaloCredential
) -> None:
    console, client = make_console(), make_client(credential)
    for number in range(60):
        company = make_company(console, f"Alder {number:02}")
        if number % 2:
            map_company(company, client)
    make_company(console, "Birch")
    make_company(make_console(), "Alder elsewhere")

    rows = table(browser, COMPANIES, q="Alder", console=console.pk, state="unmapped", size="25", page="2")

    assert [row["Company"] for row in rows] == [f"Alder {number:02}" for number in range(0, 60, 2)]


def test_the_mapping_of_another_credential_is_not_told(browser: Client, credential: HaloCredential) -> None:
    other = make_credential("Elsewhere")
    map_company(make_company(make_console(), "Alder"), make_client(other, "Theirs"))

    (here,) = table(browser, COMPANIES, halo_credential=credential.pk)
    (there,) = table(browser, COMPANIES, halo_credential=other.pk)

    assert (here["State"], here["Halo client"]) == ("Unmapped", "")
    assert (there["State"], there["Halo client"]) == ("Mapped", "Theirs")


def test_a_formula_out_of_a_console_stays_a_text(browser: Client, credential: HaloCredential) -> None:
    make_company(make_console(), '=HYPERLINK("http://evil.example")', external_id="+1")

    (row,) = table(browser, COMPANIES)
    sheet = load_workbook(io.BytesIO(fetched(browser, COMPANIES, format="xlsx"))).active

    assert (row["Company"], row["Company ID"]) == ('\'=HYPERLINK("http://evil.example")', "'+1")
    assert sheet is not None
    assert "f" not in {cell.data_type for line in sheet.iter_rows() for cell in line}


# ---- products -------------------------------------------------------------------------------


def test_products_are_told_with_their_default_type_and_computers(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console("Backup")
    kind = make_asset_type(credential, "Server", halo_id=113)
    server = make_product(console, "Server")
    make_product(console, "Desktop")
    ProductMapping.objects.create(
        console=console, product=server, halo_credential=credential, asset_type=kind.halo_id
    )
    company = make_company(console)
    make_computer(company, product=server)
    make_computer(company, product=server, active=False)
    make_product(make_console("RMM"), "Elsewhere")

    rows = table(browser, PRODUCTS, console=console.pk)

    told = [[row[name] for name in ("Product", "Computers", "Asset type ID", "Asset type")] for row in rows]
    assert told == [["Desktop", "0", "", ""], ["Server", "1", "113", "Server"]]


# ---- computers ------------------------------------------------------------------------------


@pytest.fixture
def place(credential: HaloCredential) -> HaloSite:
    return make_site(make_client(credential, "Alder Group"), "Main", halo_id=81)


@pytest.fixture
def company(place: HaloSite) -> Company:
    assert place.client is not None
    found = make_company(make_console("Backup"), "Alder")
    map_company(found, place.client, halo_site=place)
    return found


def test_a_mapped_computer_is_told_with_its_asset_and_where_it_is(
    browser: Client, credential: HaloCredential, place: HaloSite, company: Company
) -> None:
    assert place.client is not None
    kind = make_asset_type(credential, "Server", halo_id=113)
    asset = make_asset(place.client, "SRV-1", halo_id=501, inventory_number="T1", site=place, asset_type=kind)
    edit_computer_mapping(make_computer(company, "SRV-1", external_id="d1"), credential, halo_asset=asset)

    (row,) = table(browser, COMPUTERS)

    assert (row["State"], row["Reason"]) == ("Mapped", "Chosen by hand.")
    names = ("Asset ID", "Asset", "Asset tag", "Site ID", "Site", "Asset type ID", "Asset type")
    assert [row[name] for name in names] == ["501", "SRV-1", "T1", "81", "Main", "113", "Server"]


def test_what_the_next_export_changes_is_told_as_it_will_be(
    browser: Client, credential: HaloCredential, place: HaloSite, company: Company
) -> None:
    assert place.client is not None
    make_asset_type(credential, "Server", halo_id=113)
    annex = make_site(place.client, "Annex")
    asset = make_asset(place.client, "PC-1", site=place, asset_type=make_asset_type(credential))
    edit_computer_mapping(
        make_computer(company, "PC-1"), credential, halo_asset=asset, wanted_site=annex, wanted_type=113
    )
    edit_computer_mapping(make_computer(company, "PC-2"), credential, halo_site=annex, asset_type=113)

    rows = table(browser, COMPUTERS)

    assert [(row["Site"], row["Asset type"]) for row in rows] == [("Annex", "Server")] * 2


def test_computers_are_exported_as_they_are_filtered(browser: Client, company: Company) -> None:
    make_computer(company, "PC-1")
    make_computer(company, "PC-2", active=False)
    make_computer(company, "SRV-1")

    rows = table(browser, COMPUTERS, q="PC", mapping_state="unmapped")

    assert [row["Computer"] for row in rows] == ["PC-1"]


# ---- all of them ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", [COMPANIES, PRODUCTS, COMPUTERS])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_more_rows_cost_no_more_statements(
    browser: Client, credential: HaloCredential, what: str, kind: str
) -> None:
    console = make_console()
    make_rows(credential, console, 2)
    few = statements(browser, what, kind)
    make_rows(credential, console, 60)

    assert statements(browser, what, kind) == few <= 12


def statements(browser: Client, what: str, kind: str) -> int:
    fetched(browser, what, format=kind)  # what is looked up once per process does not count
    with CaptureQueriesContext(connection) as captured:
        fetched(browser, what, format=kind)
    return len(captured)


def make_rows(credential: HaloCredential, console: Any, count: int) -> None:
    for _ in range(count):
        company, client = make_company(console), make_client(credential)
        computer = make_computer(company, product=make_product(console))
        CompanyMapping.objects.create(company=company, halo_client=client, halo_credential=credential)
        ComputerMapping.objects.create(
            computer=computer, halo_credential=credential, halo_asset=make_asset(client)
        )


@pytest.mark.parametrize(
    ("what", "right"),
    [
        (COMPANIES, "mappings.view_companymapping"),
        (PRODUCTS, "mappings.view_productmapping"),
        (COMPUTERS, "integrations.view_computer"),
    ],
)
def test_whoever_may_look_may_export_and_nobody_else(
    client: Client, credential: HaloCredential, what: str, right: str
) -> None:
    export = reverse(f"admin:{what}_export")
    client.force_login(make_staff("reader", right))
    assert client.get(export).status_code == 200
    assert client.post(export).status_code == 405
    assert client.get(export, {"format": "exe"}).status_code == 404

    client.force_login(make_staff("stranger", "integrations.view_haloclient"))
    assert client.get(export).status_code == 403


def test_more_rows_than_a_workbook_holds_are_refused_with_a_way_out(
    browser: Client, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    console = make_console()
    for _ in range(2):
        make_company(console)

    response = browser.get(
        reverse(f"admin:{COMPANIES}_export", query={"format": "xlsx", "state": "unmapped"})
    )

    assert response["Location"].endswith("/companymapping/?state=unmapped")
    (message,) = get_messages(response.wsgi_request)
    assert "Export them as CSV or filter the list." in str(message)


@pytest.mark.parametrize("what", [COMPANIES, PRODUCTS, COMPUTERS])
def test_the_buttons_of_a_list_carry_its_filters(
    browser: Client, credential: HaloCredential, what: str
) -> None:
    make_product(make_console())

    told = browser.get(reverse(f"admin:{what}_changelist", query={"q": "Alder"})).content.decode()

    assert f'action="{reverse(f"admin:{what}_export")}"' in told
    assert '<input type="hidden" name="q" value="Alder">' in told
