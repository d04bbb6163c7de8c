"""Lists are exported as they are listed: filtered, searched, ordered, and harmless."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from integrations.models import HaloAsset, HaloClient
from integrations.sync import sheets
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_credential,
    make_end_user,
    make_field,
    make_licence,
    make_site,
    make_staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> HaloClient:
    return make_client(make_credential("Desk"), "Alder Dental")


def fetched(browser: Client, what: str = "haloasset", **query: Any) -> bytes:
    response = browser.get(reverse(f"admin:integrations_{what}_export", query=query))
    assert response.status_code == 200, response.content[:200]
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def table(browser: Client, what: str = "haloasset", **query: Any) -> list[dict[str, str]]:
    text = fetched(browser, what, format="csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_holds_what_the_list_shows_and_more(browser: Client, customer: HaloClient) -> None:
    kind = make_asset_type(customer.halo_credential, "Server", group_name="Computers")
    make_asset(
        customer,
        "SRV-1",
        halo_id=501,
        asset_type=kind,
        site=make_site(customer, "Main"),
        inventory_number="T1",
        serial_number="SN1",
        manufacturer="Dell",
        model="R650",
        purchased_on=date(2020, 5, 17),
        warranty_starts_on=date(2020, 5, 18),
        warranty_ends_on=date(2023, 5, 17),
        updated_at=datetime(2026, 3, 1, 10, 5, tzinfo=UTC),
    )

    (row,) = table(browser)

    age = row.pop("Age (months)")
    assert int(age) >= 66
    assert row == {
        "HaloPSA ID": "501",
        "Name": "SRV-1",
        "Asset tag": "T1",
        "Asset type": "Server",
        "Asset group": "Computers",
        "Client": "Alder Dental",
        "Site": "Main",
        "Serial number": "SN1",
        "Manufacturer": "Dell",
        "Model": "R650",
        "Purchased": "2020-05-17",
        "Warranty start": "2020-05-18",
        "Warranty end": "2023-05-17",
        "Warranty": "Expired",
        "Active": "Yes",
        "Changed in HaloPSA (UTC)": "2026-03-01 10:05:00",
        "HaloPSA credential": "Desk",
    }


def test_exactly_the_filtered_searched_and_ordered_rows_are_exported(
    browser: Client, customer: HaloClient
) -> None:
    for number in range(120):
        make_asset(customer, f"PC-{number:03}", active=number != 7, serial_number=f"S{120 - number:03}")
    make_asset(make_client(customer.halo_credential, "Birch"), "PC-elsewhere")
    query = {"q": "PC-0", "active__exact": 1, "client__id__exact": customer.pk, "o": "4", "p": "2"}

    names = [row["Name"] for row in table(browser, **query)]

    assert names == [f"PC-{number:03}" for number in reversed(range(100)) if number != 7]


def test_the_buttons_of_a_list_carry_its_filters_and_search(browser: Client, customer: HaloClient) -> None:
    make_asset(customer, "PC-1")

    page = browser.get(reverse("admin:integrations_haloasset_changelist", query={"q": "PC", "age": "over_5"}))

    told = page.content.decode()
    assert f'action="{reverse("admin:integrations_haloasset_export")}"' in told
    assert '<input type="hidden" name="q" value="PC">' in told
    assert '<input type="hidden" name="age" value="over_5">' in told


def test_a_formula_out_of_halo_stays_a_text(browser: Client, customer: HaloClient) -> None:
    make_asset(customer, '=cmd|"/c calc"!A1', fields={"1": "@SUM(1)"})
    make_field(customer.halo_credential, "+evil", halo_id=1)

    (row,) = table(browser, with_fields="on")
    sheet = load_workbook(io.BytesIO(fetched(browser, format="xlsx"))).active

    assert row["Name"] == '\'=cmd|"/c calc"!A1'
    assert row["'+evil"] == "'@SUM(1)"
    assert sheet is not None
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "d"}


def test_fields_are_columns_by_name_if_wanted_and_if_some_row_has_them(
    browser: Client, customer: HaloClient
) -> None:
    first, second = customer.halo_credential, make_credential("Other")
    make_field(first, "CPU", halo_id=4)
    make_field(first, "Never filled", halo_id=5)
    make_field(first, "Model", halo_id=6)
    make_field(first, "Cost centre", halo_id=4, kind="custom")
    make_field(second, "CPU", halo_id=88)
    make_asset(customer, "a", fields={"4": "i5", "5": "", "6": "X", "77": "?"}, custom_fields={"4": "East"})
    make_asset(make_client(second), "b", fields={"88": "i7"})

    plain, told = table(browser), table(browser, with_fields="on")

    assert "CPU" not in plain[0]
    added = [name for name in told[0] if name not in plain[0]]
    assert added == ["CPU", "Field 77", "Model (asset field)", "Cost centre"]
    assert [[row[name] for name in added] for row in told] == [["i5", "?", "X", "East"], ["i7", "", "", ""]]


def test_two_fields_of_one_name_are_two_columns(browser: Client, customer: HaloClient) -> None:
    for halo_id in (4, 5):
        make_field(customer.halo_credential, "Disk", halo_id=halo_id)
    make_asset(customer, fields={"4": "C", "5": "D"})

    (row,) = table(browser, with_fields="on")

    assert (row["Disk [4]"], row["Disk [5]"]) == ("C", "D")


def test_a_workbook_has_real_dates_and_a_name_that_says_what_and_when(
    browser: Client, customer: HaloClient
) -> None:
    make_asset(customer, "PC-1", purchased_on=date(2024, 2, 29))
    response = browser.get(reverse("admin:integrations_haloasset_export", query={"format": "xlsx"}))

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    response.close()

    assert sheet is not None
    by_name = dict(zip(*[[cell.value for cell in row] for row in sheet.iter_rows()], strict=True))
    assert by_name["Purchased"] == datetime.fromisoformat("2024-02-29")
    assert response["Content-Disposition"].startswith('attachment; filename="halopsa-assets-20')
    assert response["Content-Disposition"].endswith('.xlsx"')


def test_more_rows_than_a_sheet_holds_are_refused_with_a_way_out(
    browser: Client, customer: HaloClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    for _ in range(3):
        make_asset(customer)

    response = browser.get(
        reverse("admin:integrations_haloasset_export", query={"format": "xlsx", "active__exact": 1})
    )

    assert response.status_code == 302
    assert response["Location"].endswith("/haloasset/?active__exact=1")
    (message,) = get_messages(response.wsgi_request)
    assert str(message) == "These are 3 rows; an XLSX sheet holds 2. Export them as CSV or filter the list."
    assert len(table(browser)) == 3


@pytest.mark.parametrize(
    ("what", "column"),
    [("haloclient", "Domain"), ("halosite", "Client"), ("halouser", "Email"), ("halolicence", "Left")],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_other_lists_are_exported_the_same_way(
    browser: Client, customer: HaloClient, what: str, column: str, kind: str
) -> None:
    make_end_user(make_site(customer))
    make_licence(customer, count=3, in_use=5)

    content = fetched(browser, what, format=kind)

    if kind == "csv":
        assert column in content.decode("utf-8-sig").splitlines()[0].split(",")
        assert len(content.splitlines()) == 2
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert (sheet.max_row, column in [cell.value for cell in sheet[1]]) == (2, True)


def test_whoever_may_look_may_export_and_nobody_else(client: Client, customer: HaloClient) -> None:
    export = reverse("admin:integrations_haloasset_export")
    client.force_login(make_staff("reader", "integrations.view_haloasset"))
    assert client.get(export).status_code == 200
    assert client.post(export).status_code == 405

    client.force_login(make_staff("stranger", "integrations.view_haloclient"))
    assert client.get(export).status_code == 403


def test_a_kind_or_filter_that_does_not_exist_breaks_nothing(browser: Client) -> None:
    export = reverse("admin:integrations_haloasset_export")

    assert browser.get(export, {"format": "exe"}).status_code == 404
    assert browser.get(export, {"client__id__exact": "x"}).status_code == 302
    assert browser.get(export, {"no_such_field": "x"}).status_code == 302


@pytest.mark.parametrize("query", [{}, {"with_fields": "on"}])
def test_ten_thousand_rows_cost_the_same_statements_and_memory_as_a_few(
    browser: Client, customer: HaloClient, query: dict[str, str]
) -> None:
    make_many(customer, 500)
    few = cost(browser, query)
    make_many(customer, 10_000)
    many = cost(browser, query)

    assert many.statements == few.statements
    assert many.memory < few.memory + 3_000_000
    assert many.rows == 10_501


class cost:
    """What an export takes."""

    def __init__(self, browser: Client, query: dict[str, str]) -> None:
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(reverse("admin:integrations_haloasset_export", query=query))
            tracemalloc.start()
            self.rows = sum(piece.count(b"\r\n") for piece in response.streaming_content)  # type: ignore[attr-defined]
            self.memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        self.statements = len(captured)


def make_many(customer: HaloClient, count: int) -> None:
    have = HaloAsset.objects.count()
    HaloAsset.objects.bulk_create(
        HaloAsset(
            halo_credential=customer.halo_credential,
            client=customer,
            halo_id=number,
            name=f"PC-{number}",
            fields={"1": f"Value {number}"},
        )
        for number in range(have, have + count)
    )
