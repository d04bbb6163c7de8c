"""Pages of lists: exact counts, estimates, stable order."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations import listing
from integrations.models import Company
from tests.builders import make_console
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/companies/"


def make_companies(count: int, **values: object) -> None:
    console = make_console()
    Company.objects.bulk_create(
        Company(console=console, external_id=str(n), name=f"Same {n % 3}", **values) for n in range(count)
    )


def test_a_page_says_how_many_there_are_and_where_the_others_stand() -> None:
    make_companies(5)
    caller = make_caller()
    first = caller.get(f"{LIST}?page_size=2").json()
    assert (first["count"], first["count_exact"], first["previous"]) == (5, True, None)
    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    assert third["next"] is None
    assert caller.get(second["previous"]).json() == first
    assert [len(page["results"]) for page in (first, second, third)] == [2, 2, 1]


def test_pages_do_not_overlap_although_all_names_are_equal() -> None:
    make_companies(50)
    caller = make_caller()
    seen: list[int] = []
    url: str | None = f"{LIST}?page_size=7&ordering=name"
    while url:
        page = caller.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 50


def test_a_page_holds_a_thousand_rows_at_most() -> None:
    make_companies(1100)
    caller = make_caller()
    assert len(caller.get(LIST).json()["results"]) == 100
    assert len(caller.get(f"{LIST}?page_size=1000").json()["results"]) == 1000
    assert len(caller.get(f"{LIST}?page_size=100000").json()["results"]) == 1000


def test_an_empty_list_is_a_page() -> None:
    assert make_caller().get(LIST).json() == {
        "count": 0,
        "count_exact": True,
        "next": None,
        "previous": None,
        "results": [],
    }


def test_the_count_is_exact_up_to_the_limit_and_an_estimate_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 10)
    make_companies(10)
    caller = make_caller()
    page = caller.get(LIST).json()
    assert (page["count"], page["count_exact"]) == (10, True)
    make_companies(1)
    page = caller.get(LIST).json()
    assert page["count_exact"] is False
    assert page["count"] == 11
    make_companies(389)
    assert caller.get(LIST).json()["count"] == 400


def test_an_estimate_follows_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 10)
    make_companies(300)
    page = make_caller().get(f"{LIST}?name=Same 1").json()
    assert page["count_exact"] is False
    assert 80 <= page["count"] <= 120


def test_rows_behind_the_estimate_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate is too low where the later ids are denser; `next` must not believe it."""
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 2)
    make_companies(1)
    make_companies(60)
    caller, seen = make_caller(), 0
    url: str | None = f"{LIST}?page_size=20"
    while url:
        page = caller.get(url).json()
        seen += len(page["results"])
        url = page["next"]
    assert seen == 61


def test_counting_many_rows_reads_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_EXACTLY", 10)
    make_companies(100)
    with CaptureQueriesContext(connection) as queries:
        listing.count_rows(Company.objects.all())
    assert len(queries) == 1
    assert "LIMIT 11" in queries[0]["sql"]


def test_a_page_far_into_a_list_is_the_page_that_would_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    make_companies(60)
    caller = make_caller()
    near = [caller.get(f"{LIST}?page_size=7&ordering=-name&page={n}").json() for n in range(1, 10)]
    monkeypatch.setattr(listing, "SKIPPED_AS_THEY_ARE", 5)
    with CaptureQueriesContext(connection) as queries:
        far = [caller.get(f"{LIST}?page_size=7&ordering=-name&page={n}").json() for n in range(1, 10)]
    assert far == near
    assert any("OFFSET 7" in query["sql"] and " IN (SELECT" in query["sql"] for query in queries)
