"""Figures of very many rows are kept for some seconds, with their time and a way to count them now."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count as numbers
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from integrations.sync import kept_figures
from integrations.sync.kept_figures import kept
from mappings.linking import map_company
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_superuser,
)

pytestmark = pytest.mark.django_db
COUNTED = "These figures were counted at"


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {**settings.CACHES, "figures": {"BACKEND": backend, "LOCATION": "kept"}}
    yield
    caches["figures"].clear()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row is as much as very many, and everything takes long."""
    monkeypatch.setattr(kept_figures, "MANY", 1)
    monkeypatch.setattr(kept_figures, "SHARE", 1e12)


def test_what_is_counted_of_few_rows_is_counted_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_figures, "SHARE", 1e12)
    number = numbers()
    few = [kept(("x",), lambda: next(number), lambda _: kept_figures.MANY - 1) for _ in range(3)]
    assert [(one.value, one.at) for one in few] == [(0, None), (1, None), (2, None)]


def test_what_is_counted_of_many_rows_is_kept_with_its_time_until_it_is_counted_anew(many: None) -> None:
    number = numbers(1)
    first, second = (kept(("x",), lambda: next(number), int) for _ in range(2))
    anew = kept(("x",), lambda: next(number), int, anew=True)
    third = kept(("x",), lambda: next(number), int)
    assert [one.value for one in (first, second, anew, third)] == [1, 1, 2, 2]
    assert [bool(one.at) for one in (first, second, anew, third)] == [False, True, False, True]


def test_each_name_has_figures_of_its_own(many: None) -> None:
    assert kept(("x", 1, "a b"), lambda: 1, int).value == 1
    assert kept(("x", 1, "ü" * 300), lambda: 2, int).value == 2


def test_what_has_become_few_is_not_kept_any_more(many: None) -> None:
    kept(("x",), lambda: 5, int)
    kept(("x",), lambda: 0, int, anew=True)
    assert kept(("x",), lambda: 3, int).value == 3


def test_it_is_kept_for_a_minute_at_most_and_a_quick_count_not_at_all(
    monkeypatch: pytest.MonkeyPatch, many: None
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(caches["figures"], "set", lambda key, value, seconds: asked.append(seconds))
    kept(("x",), lambda: 1, int)
    monkeypatch.setattr(kept_figures, "SHARE", 0)
    kept(("x",), lambda: 1, int)
    assert asked == [kept_figures.LONGEST]


def test_the_overview_says_when_it_has_counted_and_counts_on_demand(client: Client, many: None) -> None:
    client.force_login(make_superuser())
    make_credential()
    console = make_console()
    index = reverse("admin:index")
    make_company(console)

    def companies() -> int:
        return sum(sum(row.companies.values()) for row in client.get(index).context["coverage"])

    assert (companies(), COUNTED in client.get(index).content.decode()) == (1, True)
    make_company(console)
    assert companies() == 1
    page = client.get(f"{index}?count=now")
    assert COUNTED not in page.content.decode()
    assert companies() == 2


def test_a_console_that_is_new_or_gone_since_hurts_nothing(client: Client, many: None) -> None:
    client.force_login(make_superuser())
    make_credential()
    console = make_console()
    make_company(console)
    index = reverse("admin:index")
    client.get(index)
    console.delete()
    newer = make_console()
    shown = client.get(index).context["coverage"]
    assert [(row.console, row.companies) for row in shown] == [(newer, {})]


def test_asset_charts_are_kept_for_each_choice_apart(client: Client, many: None) -> None:
    client.force_login(make_superuser())
    credential = make_credential()
    make_asset(make_client(credential))
    charts = reverse("admin:integrations_haloasset_charts")
    client.get(charts)
    make_asset(make_client(credential))
    kept_ones = client.get(charts)
    of_one = client.get(f"{charts}?halo_credential={credential.pk}")
    now = client.get(f"{charts}?count=now")
    assert [page.context["total"] for page in (kept_ones, of_one, now)] == [1, 2, 2]
    assert [COUNTED in page.content.decode() for page in (kept_ones, of_one, now)] == [True, False, False]
    assert "?count=now" in kept_ones.content.decode()


def test_sums_of_counts_are_kept_for_each_search_apart(client: Client, many: None) -> None:
    client.force_login(make_superuser())
    credential = make_credential()
    company = make_company(make_console())
    map_company(company, make_client(credential, "Birch"))
    make_computer(company)
    page = reverse("admin:mappings_monthcount_changelist")
    client.get(page)
    make_computer(company)
    totals = [client.get(f"{page}{query}").context["total"] for query in ("", "?q=birch", "?count=now")]
    assert totals == [1, 2, 2]
