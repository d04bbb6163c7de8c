"""The header's control of writing by keyboard, with and without JavaScript: one stays where one was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import without_a_past
from tests.integrations.admin.made import make_credential, make_superuser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: Any, live_server: Any, chromium_at_work: Browser) -> Iterator[Page]:
    """Signed in by the log-in page, at a list that has nothing to do with writing."""
    make_superuser()
    with without_a_past(chromium_at_work, live_server.url, java_script_enabled=request.param) as context:
        opened = context.new_page()
        opened.goto(reverse("admin:integrations_run_changelist") + "?q=disk")
        opened.get_by_label("Username").fill("admin")
        opened.get_by_label("Password").fill("a long password")
        opened.get_by_role("button", name="Log in").click()
        # The list is there, not only on its way: a reload in between would have no page to reload.
        expect(opened.get_by_label("Password")).to_have_count(0)
        opened.wait_for_load_state("load")
        yield opened


def test_one_key_stops_all_writing_and_one_stays_there(page: Page) -> None:
    instance = make_credential(write_mode="write").instance
    page.reload()
    page.get_by_role("button", name="Stop all writing").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("?q=disk")
    expect(page.get_by_text("All writing to HaloPSA is stopped.").first).to_be_visible()
    expect(page.locator(".hb-writing summary")).to_contain_text("Stopped")
    instance.refresh_from_db()
    assert instance.writes_stopped


def test_a_credential_is_made_to_observe_from_the_menu(page: Page) -> None:
    first, second = (make_credential(name, write_mode="write") for name in ("Alder", "Birch"))
    page.reload()
    page.locator(".hb-writing summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".hb-writing__list")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("?q=disk")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.write_mode, second.write_mode) == ("observe", "write")
