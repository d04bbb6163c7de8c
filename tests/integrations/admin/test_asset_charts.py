"""The page of charts counts active assets, and every bar leads to the list of what it counts."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.models import HaloClient
from integrations.sync.lifecycle import first_of_month
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_credential,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:integrations_haloasset_charts"


@pytest.fixture
def customer() -> HaloClient:
    return make_client(make_credential("Desk"), "Alder Dental")


def charts(browser: Client, **query: Any) -> dict[str, Any]:
    response = browser.get(reverse(PAGE, query=query))
    assert response.status_code == 200
    return {chart.key: chart for chart in response.context["charts"]}


def figures(chart: Any) -> dict[str, int]:
    return {bar.label: bar.count for bar in chart.bars if bar.count}


def test_assets_are_counted_by_type_age_month_and_client(browser: Client, customer: HaloClient) -> None:
    today = timezone.localdate()
    server = make_asset_type(customer.halo_credential, "Server")
    make_asset(customer, asset_type=server, purchased_on=today - timedelta(days=30), warranty_ends_on=today)
    make_asset(customer, asset_type=server, warranty_starts_on=today - timedelta(days=2500))
    make_asset(make_client(customer.halo_credential, "Birch"))
    make_asset(customer, active=False)

    told = charts(browser)

    assert figures(told["type"]) == {"Server": 2, "No asset type": 1}
    assert figures(told["age"]) == {"Under 1 year": 1, "5 years and more": 1, "Not known": 1}
    assert figures(told["month"]) == {today.strftime("%Y-%m"): 1}
    assert figures(told["client"]) == {"Alder Dental": 2, "Birch": 1}


def test_the_months_reach_from_a_year_ago_to_two_years_ahead_and_the_rest_is_told(
    browser: Client, customer: HaloClient
) -> None:
    today = timezone.localdate()
    ends = [first_of_month(today, -12), first_of_month(today, 25) - timedelta(days=1)]
    outside = [first_of_month(today, -12) - timedelta(days=1), first_of_month(today, 25), None]
    for end in [*ends, *outside]:
        make_asset(customer, warranty_ends_on=end)

    chart = charts(browser)["month"]

    assert len(chart.bars) == 37
    assert (chart.bars[0].count, chart.bars[-1].count, chart.total) == (1, 1, 2)
    assert (
        chart.note == "Not shown: 1 that ended before, 1 that end later, 1 whose warranty end is not known."
    )


def test_every_bar_leads_to_as_many_assets_as_it_counts(browser: Client, customer: HaloClient) -> None:
    make_spread(customer)
    make_spread(make_client(make_credential("Second desk"), "Birch"))
    bars = [bar for chart in charts(browser).values() for bar in chart.bars]
    bars += browser.get(reverse(PAGE)).context["states"]

    for bar in bars:
        found = browser.get(bar.url).context["cl"].result_count
        assert (bar.label, found) == (bar.label, bar.count)
    assert sum(bar.count for bar in bars) > 100


def make_spread(customer: HaloClient) -> None:
    today = timezone.localdate()
    kinds = [None, make_asset_type(customer.halo_credential, "Server")]
    for number in range(24):
        bought = today - timedelta(days=number * 110)
        make_asset(
            customer,
            asset_type=kinds[number % 2],
            purchased_on=bought if number % 5 else None,
            warranty_ends_on=bought + timedelta(days=1000) if number % 7 else None,
            active=number != 3,
        )


def test_credential_and_client_narrow_every_chart_and_every_link(
    browser: Client, customer: HaloClient
) -> None:
    make_asset(customer)
    make_asset(make_client(customer.halo_credential, "Birch"))
    make_asset(make_client(make_credential("Second desk"), "Cedar"))

    of_credential = charts(browser, halo_credential=customer.halo_credential_id)
    of_client = charts(browser, client=customer.pk)

    assert figures(of_credential["client"]) == {"Alder Dental": 1, "Birch": 1}
    assert f"halo_credential__id__exact={customer.halo_credential_id}" in of_credential["age"].bars[0].url
    assert figures(of_client["type"]) == {"No asset type": 1}
    assert "client" not in of_client
    assert figures(charts(browser, client="nonsense", halo_credential="9" * 30)["age"]) == {"Not known": 3}


def test_beyond_twenty_clients_the_rest_is_one_bar(browser: Client, customer: HaloClient) -> None:
    for number in range(23):
        client = make_client(customer.halo_credential, f"Client {number:02}")
        for _ in range(2 if number < 20 else 1):
            make_asset(client)

    bars = charts(browser)["client"].bars

    assert len(bars) == 21
    assert (bars[-1].label, bars[-1].count, bars[-1].url) == ("3 others", 3, "")


def test_each_chart_has_its_figures_as_a_table_and_needs_no_script_in_the_page(
    browser: Client, customer: HaloClient
) -> None:
    make_asset(customer, asset_type=make_asset_type(customer.halo_credential, "</script>Server"))
    page = browser.get(reverse(PAGE)).content.decode()

    assert page.count("<canvas") == page.count('<details class="hb-details"') == 4
    assert "&lt;/script&gt;Server</a></th>" in page
    own = page[page.index('id="main"') :] if 'id="main"' in page else page
    assert "integrations/charts.js" in page
    data = re.findall(r'data-value="([^"]+)"', own)
    assert [len(json.loads(value.replace("&quot;", '"'))["labels"]) for value in data] == [1, 5, 37, 1]


def test_without_assets_the_page_says_where_they_come_from(browser: Client) -> None:
    page = browser.get(reverse(PAGE)).content.decode()

    assert "counted here after the first sync" in page
    assert "<canvas" not in page


def test_whoever_may_not_see_assets_sees_no_charts(client: Client) -> None:
    client.force_login(make_staff("stranger", "integrations.view_haloclient"))

    assert client.get(reverse(PAGE)).status_code == 403


def test_the_database_counts_in_a_constant_number_of_statements(
    browser: Client, customer: HaloClient
) -> None:
    def cost() -> int:
        browser.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse(PAGE))
        return len(captured)

    make_asset(customer, warranty_ends_on=date(2026, 1, 1))
    few = cost()
    for _ in range(5):
        make_spread(make_client(customer.halo_credential))

    # Eight for the page, one for the numbers beside the navigation.
    assert cost() == few <= 9
