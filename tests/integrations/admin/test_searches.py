"""Searches of lists that look into other tables as well."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.admin import searching
from integrations.models import Company, Computer
from tests.integrations.admin.made import make_console, make_event

pytestmark = pytest.mark.django_db

LIST = reverse("admin:integrations_event_changelist")


@pytest.fixture
def events() -> None:
    console = make_console()
    north = Company.objects.create(console=console, external_id="n", name="Northwind")
    south = Company.objects.create(console=console, external_id="s", name="Southridge")
    laptop = Computer.objects.create(console=console, company=north, external_id="1", name="LAPTOP-7")
    make_event(console, title="Backup failed", company=north, computer=laptop)
    make_event(console, title="Disk full", company=north)
    make_event(console, title="Backup late", company=south)


def found(browser: Client, words: str) -> set[str]:
    rows = browser.get(LIST, {"q": words}).context["cl"].result_list
    return {event.title for event in rows}


@pytest.mark.parametrize("most", [1000, 0], ids=["by id", "by join"])
@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("backup", {"Backup failed", "Backup late"}),
        ("northwind", {"Backup failed", "Disk full"}),
        ("laptop-7", {"Backup failed"}),
        ("backup northwind", {"Backup failed"}),
        ("south backup", {"Backup late"}),
        ('"backup failed"', {"Backup failed"}),
        ('"', set()),
        ("nothing", set()),
        ("backup nothing", set()),
        ("", {"Backup failed", "Backup late", "Disk full"}),
    ],
)
def test_each_word_is_found_in_the_event_its_company_or_its_computer(
    browser: Client, events: None, monkeypatch: pytest.MonkeyPatch, most: int, words: str, titles: set[str]
) -> None:
    monkeypatch.setattr(searching, "MOST_RESOLVED", most)
    assert found(browser, words) == titles


def test_the_number_of_words_adds_no_statement(browser: Client, events: None) -> None:
    found(browser, "backup")  # what is looked up once per process
    counts = []
    for words in ("backup", "backup northwind laptop failed"):
        with CaptureQueriesContext(connection) as queries:
            assert found(browser, words) & {"Backup failed"}
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_the_searched_table_is_not_joined_with_others_to_find_rows(browser: Client, events: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        found(browser, "northwind")
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"] and "event" in query["sql"]]
    assert counting
    assert all("JOIN" not in sql for sql in counting)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a setting of PostgreSQL")
def test_postgresql_compiles_no_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
