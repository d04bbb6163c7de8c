"""Lists of the admin that are too long to be counted."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations import listing
from integrations.models import Event
from tests.integrations.admin.made import make_console, make_event, make_superuser

pytestmark = pytest.mark.django_db

LIST = reverse("admin:integrations_event_changelist")
ROWS = 120


@pytest.fixture
def browser(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 40)
    client.force_login(make_superuser())
    return client


@pytest.fixture
def console() -> object:
    return make_console()


def make_events(console: object, number: int) -> None:
    for place in range(number):
        make_event(console, title=f"Event number {place:03}")


def titles(page: str) -> list[str]:
    return re.findall(r"Event number \d{3}", page)


def test_a_list_that_is_counted_says_how_many_rows_it_has(browser: Client, console: object) -> None:
    make_events(console, 40)
    page = browser.get(LIST).content.decode()
    assert "40 events" in page
    assert "about 40" not in page


def test_a_longer_one_says_about_how_many(browser: Client, console: object) -> None:
    make_events(console, ROWS)
    assert f"about {ROWS} events" in browser.get(LIST).content.decode()


def test_no_statement_counts_the_whole_table(browser: Client, console: object) -> None:
    make_events(console, ROWS)
    with CaptureQueriesContext(connection) as queries:
        browser.get(LIST)
    counting = [
        query["sql"] for query in queries if "COUNT(" in query["sql"] and "integrations_event" in query["sql"]
    ]
    assert counting
    assert all("LIMIT 41" in sql for sql in counting)


def test_its_pages_hold_each_row_once(
    browser: Client, console: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_events(console, ROWS)
    monkeypatch.setattr(listing, "SKIPPED_AS_THEY_ARE", 5)
    seen = [
        title for page in (1, 2, 3) for title in set(titles(browser.get(LIST, {"p": page}).content.decode()))
    ]
    assert sorted(seen) == [f"Event number {place:03}" for place in range(ROWS)]


def test_the_last_page_is_not_cut_where_the_estimate_is_too_low(browser: Client, console: object) -> None:
    make_events(console, ROWS)
    rows = listing.LongPaginator(Event.objects.order_by("pk"), 50, counted=(110, False))
    assert len(rows.page(3).object_list) == 20
