"""Every page of the admin in a real Chromium: for everybody, in each colour and width, without complaint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from halobridge.guide.pages import BY_SLUG
from integrations.choices import Role
from tests.browser.axe import serious_findings
from tests.browser.chromium import without_a_past
from tests.browser.pictures import assert_fits, colour, look_at, take
from tests.halobridge.roles.admin_doors import all_doors, make_rows
from tests.halobridge.roles.matrix import expected_for, read_matrix

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILES: Final = {"export", "results_export", "sample"}
STILL: Final = """
const still = new CSSStyleSheet();
still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
document.adoptedStyleSheets = [still];
"""
"""Colours on their way from light to dark would be judged half-way."""


def pages() -> Iterator[tuple[str, str]]:
    """(name, address). One history stands for all: the theme's page with other rows."""
    yield "overview", reverse("admin:index")
    yield from ((f"guide-{slug}", reverse("admin:guide_page", args=[slug])) for slug in BY_SLUG)
    yield "password", reverse("admin:password_change")
    there = expected_for(read_matrix("admin.txt"), Role.ADMINISTRATOR)
    histories = 0
    for door in all_doors():
        histories += door.name == "history"
        if door.method != "get" or door.name in FILES or (door.name == "history" and histories > 1):
            continue
        if there[f"{door.block} {door.name}"]:
            yield f"{door.block}-{door.name}", door.url


def is_page(answer: Response | None) -> bool:
    """Some addresses give data, or a part of a page, to the script that asks for it."""
    if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
        return False
    assert answer.status == 200, f"{answer.url} answered {answer.status}"
    return "</html>" in answer.text()


def findings_on(page: Page, *, whole: bool) -> list[str]:
    """What stands around the page's own part is the same everywhere: it is looked at once."""
    place = "html" if whole else "#main"
    found = serious_findings(page, place)
    colour(page, "dark")
    found += serious_findings(page, place, contrast_only=True)
    colour(page, "light")
    return found


def test_the_log_in_page_is_for_everybody(live_server: Any, chromium_at_work: Browser) -> None:
    with without_a_past(chromium_at_work, live_server.url) as context:
        page = context.new_page()
        page.add_init_script(STILL)
        page.goto(reverse("admin:login"))
        assert findings_on(page, whole=True) == []
        look_at(page, "log-in")


def test_every_page_is_for_everybody_and_asks_for_nothing_forbidden(page: Page, staff: User) -> None:
    """Nothing serious for axe-core, light or dark; nothing too wide for a phone; nothing held off."""
    make_rows(staff)
    page.add_init_script(STILL)
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A part of a page, opened by itself, names no icon of ours, and the browser asks for the usual one.
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            said.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    found: list[str] = []
    seen = 0
    for name, address in pages():
        if is_page(page.goto(address)):
            found += findings_on(page, whole=not seen)
            assert_fits(page, name)
            take(page, name)
            seen += 1
    assert [*said, *found] == []
    assert seen > 180
