"""Counts for billing: now and at months' ends, on a page and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.sync.lifecycle import first_of_month
from mappings.models import MonthCount, MonthEnd
from tests.mappings.builders import Scene, make_asset, make_client, make_company, make_computer

pytestmark = pytest.mark.django_db
PAGE = "/admin/mappings/monthcount/"


def page(browser: Client, **query: Any) -> str:
    return browser.get(PAGE, query).content.decode()


def table(browser: Client, **query: Any) -> list[dict[str, str]]:
    response = browser.get(f"{PAGE}export/", {"format": "csv", **query})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def ended(months: int) -> date:
    """The end of the month that ended so many months ago (1: the last one)."""
    return first_of_month(timezone.localdate(), 1 - months) - timedelta(days=1)


def counted(scene: Scene, ends_on: date, number: int = 7, **values: Any) -> MonthCount:
    month = MonthEnd.objects.create(halo_credential=scene.credential, ends_on=ends_on, **values)
    return MonthCount.objects.create(
        month_end=month,
        client=scene.client,
        client_halo_id=scene.client.halo_id,
        client_name="Alder as it was called",
        console_name="Backup",
        product="Desktop",
        asset_type_name="Workstation",
        number=number,
    )


def test_the_page_counts_what_is_there_now_and_says_what_is_left_out(browser: Client) -> None:
    scene = Scene(computers=3)
    scene.link(make_computer(scene.company, product=scene.product), make_asset(scene.client))
    make_computer(make_company(scene.console))

    shown = page(browser)

    assert ">4</strong> now" in shown
    assert "Not in HaloPSA" in shown
    assert "Workstation" in shown
    assert "Not counted: 1 computer of companies that are not mapped." in shown
    assert "The first month's end is counted on the first day of next month." in shown


def test_a_months_end_is_shown_as_it_was_kept(browser: Client) -> None:
    scene = Scene(computers=3)
    counted(scene, ended(1), stale_consoles=["Old backup"])

    shown = page(browser, month=f"{ended(1):%Y-%m}")

    assert "Alder as it was called" in shown
    assert ">7</strong> at the end of" in shown
    assert "older: Old backup." in shown


def test_a_missing_month_is_told_and_has_no_file(browser: Client) -> None:
    scene = Scene(computers=3)
    counted(scene, ended(3))
    key = f"{ended(2):%Y-%m}"

    assert f"{key} (not counted)" in page(browser)
    shown = page(browser, month=key)
    assert f"{key} was not counted" in shown
    assert "<table" not in shown.split('id="content"')[-1]
    assert browser.get(f"{PAGE}export/", {"month": key}).status_code == 404
    for never in (f"{ended(4):%Y-%m}", f"{ended(0):%Y-%m}", "nonsense"):
        assert browser.get(PAGE, {"month": never}).status_code == 404


def test_files_hold_what_the_page_shows(browser: Client) -> None:
    scene = Scene(computers=2)
    other = make_client(scene.credential, "=Birch")
    company = make_company(scene.console)
    scene.map(company, other, None)
    make_computer(company)
    counted(scene, ended(1))

    assert [(r["Client"], r["Asset type"], r["Computers"]) for r in table(browser)] == [
        ("'=Birch", "Not in HaloPSA", "1"),
        ("Alder Dental Group", "Not in HaloPSA", "2"),
    ]
    assert [r["Client"] for r in table(browser, q="alder")] == ["Alder Dental Group"]
    then = table(browser, month=f"{ended(1):%Y-%m}")
    assert [(r["Counted"], r["Computers"]) for r in then] == [(ended(1).isoformat(), "7")]
    workbook = browser.get(f"{PAGE}export/", {"format": "xlsx"})
    assert b"".join(workbook.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    workbook.close()


def test_the_page_costs_at_most_fifteen_statements_whatever_the_rows(browser: Client) -> None:
    scene, costs = Scene(), []
    for _ in range(2):
        for _ in range(60):
            company, client = make_company(scene.console), make_client(scene.credential)
            scene.map(company, client, None)
            make_computer(company)
        page(browser)
        with CaptureQueriesContext(connection) as captured:
            page(browser)
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 15


def test_a_preview_shows_the_counts_before_and_after(browser: Client) -> None:
    scene = Scene(computers=3)
    plan = scene.plan()

    shown = browser.get(f"/admin/integrations/plan/{plan.pk}/change/").content.decode()

    assert "0 → 3" in shown


@pytest.mark.parametrize(
    ("month", "told"),
    [
        (lambda: "nonsense", "“nonsense” is no month: write it like"),
        (lambda: "2026-13", "“2026-13” is no month"),
        (lambda: f"{ended(0):%Y-%m}", "has not ended yet"),
        (lambda: f"{ended(4):%Y-%m}", "lies before the first month that is shown here"),
    ],
)
def test_a_month_that_there_is_not_is_told_in_a_sentence_with_a_way_back(
    browser: Client, month: Callable[[], str], told: str
) -> None:
    counted(Scene(computers=3), ended(3))
    response = browser.get(PAGE, {"month": month()})
    shown = response.content.decode()
    assert told in shown
    assert f'href="?month={ended(3):%Y-%m}"' in shown
    assert "<table" not in shown.split('id="content"')[-1]
    assert browser.get(f"{PAGE}export/", {"month": month()}).status_code == 404


def test_where_nothing_was_counted_yet_a_month_says_so(browser: Client) -> None:
    Scene(computers=3)
    told = f"{ended(2):%Y-%m} was not counted: no month"
    assert told in browser.get(PAGE, {"month": f"{ended(2):%Y-%m}"}).content.decode()
