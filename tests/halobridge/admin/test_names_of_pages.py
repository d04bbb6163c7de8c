"""A page is called the same in the navigation, in its own head and in the browser."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from halobridge.sidebar import NAVIGATION
from tests.integrations.admin.made import make_console, make_credential, make_heartbeat

pytestmark = pytest.mark.django_db

ITEMS: list[Any] = [item for group in NAVIGATION for item in group["items"]]


def heard(browser: Client, url: str) -> tuple[str, str]:
    """Of a page: its title in the browser, and what its head says last."""
    page = browser.get(url, follow=True).content.decode()
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    head = re.search(r"<h1.*?</h1>", page, re.DOTALL)
    assert title and head
    parts = re.findall(r'class="hb-title[^"]*">(.*?)</', head[0], re.DOTALL)
    return unescape(title[1]).strip(), unescape(parts[-1]).strip()


LISTS = [item for item in ITEMS if item["title"] != "Guide"]


def test_a_page_of_the_guide_has_its_own_name_within_the_guide(browser: Client) -> None:
    assert heard(browser, reverse("admin:guide")) == ("First steps | Guide | HaloBridge", "First steps")


@pytest.mark.parametrize("item", LISTS, ids=[item["title"] for item in LISTS])
def test_a_page_is_called_as_in_the_navigation(browser: Client, item: Any) -> None:
    make_credential()
    make_heartbeat()

    title, head = heard(browser, str(item["link"]))

    assert title.split(" | ")[0] == item["title"]
    assert title.endswith(" | HaloBridge")
    assert head == item["title"]


def test_a_row_comes_before_its_list(browser: Client) -> None:
    console = make_console("Backup")

    page = "admin:integrations_console_"
    assert heard(browser, reverse(f"{page}change", args=(console.pk,)))[0] == "Backup | Consoles | HaloBridge"
    assert heard(browser, reverse(f"{page}add"))[0] == "Add console | Consoles | HaloBridge"
    told = heard(browser, reverse(f"{page}history", args=(console.pk,)))[0]
    assert told == "History of Backup | Consoles | HaloBridge"
