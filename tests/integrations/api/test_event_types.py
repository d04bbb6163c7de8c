"""The catalogue of event types."""

from __future__ import annotations

import pytest

from integrations.catalogue import EVENT_TYPES
from tests.integrations.api.clients import make_account, make_caller, make_token

pytestmark = pytest.mark.django_db

LIST = "/api/v1/event-types/"


def test_everybody_who_is_logged_in_reads_it() -> None:
    caller = make_caller("integrations.view_run")
    caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(make_account())}")
    page = caller.get(f"{LIST}?page_size=1000").json()
    assert (page["count"], page["count_exact"], page["next"]) == (len(EVENT_TYPES), True, None)
    assert {"key", "category", "name"} <= set(page["results"][0])


def test_it_is_paged() -> None:
    caller = make_caller()
    page = caller.get(f"{LIST}?page_size=10").json()
    assert len(page["results"]) == 10
    following = caller.get(page["next"]).json()["results"]
    assert not {row["key"] for row in following} & {row["key"] for row in page["results"]}


def test_it_is_filtered_searched_and_ordered() -> None:
    caller = make_caller()
    backup = caller.get(f"{LIST}?category=Backup").json()["results"]
    assert {row["category"] for row in backup} == {"Backup"}
    found = caller.get(f"{LIST}?search=BACKUP.FAILED").json()["results"]
    assert "backup.failed" in [row["key"] for row in found]
    keys = [row["key"] for row in caller.get(f"{LIST}?ordering=-key&page_size=1000").json()["results"]]
    assert keys == sorted(keys, reverse=True)


def test_one_is_read_by_its_key() -> None:
    told = make_caller().get(f"{LIST}backup.failed/").json()
    assert (told["key"], told["category"]) == ("backup.failed", "Backup")
