"""What staff untick in a preview stays unticked, whatever page they look at; what is applied is just that."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from integrations.models import Plan
from mappings.planning import tick
from tests.browser.pictures import look_at
from tests.browser.queue_beside import queue
from tests.mappings.builders import Scene
from tests.mappings.fake_halo import FakeHalo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = "Apply: Create ALD-PC00000", "Apply: Create ALD-PC00001"
KEEPING = re.compile("/keep.ticks/")
LAST = "Apply: Create ALD-PC00100"


@pytest.fixture
def plan() -> Plan:
    """101 new assets: two pages."""
    return Scene(computers=101).plan()


def open_preview(page: Page, plan: Plan) -> None:
    page.goto(reverse("admin:integrations_plan_change", args=(plan.pk,)))
    expect(page.get_by_text("101 changes ticked in all.")).to_be_visible()


def test_what_is_unticked_stays_so_over_pages_and_is_not_written(page: Page, plan: Plan) -> None:
    halo = FakeHalo()
    open_preview(page, plan)

    page.get_by_label(FIRST).uncheck()
    page.get_by_label(SECOND).uncheck()
    expect(page.get_by_text("99 changes ticked in all.")).to_be_visible()
    page.get_by_role("button", name="Next →").click()
    expect(page.get_by_label(LAST)).to_be_checked()
    page.get_by_role("button", name="← Previous").click()
    expect(page.get_by_label(FIRST)).not_to_be_checked()
    expect(page.get_by_label(SECOND)).not_to_be_checked()
    expect(page.get_by_text("99 changes ticked in all.")).to_be_visible()
    look_at(page, "preview-ticks")

    page.get_by_role("button", name="Apply the ticked changes").click()
    expect(page).to_have_url(re.compile("/run/"))
    queue(halo)
    names = {asset["inventory_number"] for asset in halo.assets.values()}
    assert len(names) == 99
    assert not names & {"ALD-PC00000", "ALD-PC00001"}


def test_what_is_unticked_stays_so_after_a_reload_and_after_going_back(page: Page, plan: Plan) -> None:
    open_preview(page, plan)

    page.get_by_label(FIRST).uncheck()
    expect(page.get_by_text("100 changes ticked in all.")).to_be_visible()
    page.reload()
    expect(page.get_by_label(FIRST)).not_to_be_checked()
    page.goto(reverse("admin:index"))
    page.go_back()
    expect(page.get_by_label(FIRST)).not_to_be_checked()
    expect(page.get_by_text("100 changes ticked in all.")).to_be_visible()


def test_a_button_waits_for_the_ticks_that_are_on_their_way(page: Page, plan: Plan) -> None:
    def slowly(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            page.wait_for_timeout(300)
        route.continue_()

    open_preview(page, plan)
    page.route(KEEPING, slowly)

    page.get_by_label(FIRST).uncheck()
    page.get_by_label(SECOND).uncheck()
    page.get_by_role("button", name="Next →").click()

    expect(page.get_by_label(LAST)).to_be_checked()
    expect(page.get_by_text("99 changes ticked in all.")).to_be_visible()
    expect(page.get_by_text("has changed since")).to_have_count(0)


def test_all_boxes_of_a_page_and_a_search_are_kept_as_well(page: Page, plan: Plan) -> None:
    open_preview(page, plan)

    page.get_by_label("Tick all changes of this page").uncheck()
    expect(page.get_by_text("1 change ticked in all.")).to_be_visible()
    page.get_by_label("Computer or company").fill("pc0010")
    page.keyboard.press("Enter")
    expect(page.get_by_label(LAST)).to_be_checked()
    page.get_by_role("button", name="Untick all 1 of this filter").click()
    expect(page.get_by_text("0 changes ticked in all.")).to_be_visible()
    look_at(page, "preview-search")


def test_ticks_that_get_no_answer_are_told_and_sent_again(page: Page, plan: Plan) -> None:
    open_preview(page, plan)

    page.route(KEEPING, lambda route: route.abort())
    page.get_by_label(FIRST).uncheck()
    expect(page.get_by_text("Your last ticks could not be kept")).to_be_visible()
    page.unroute(KEEPING)
    page.get_by_label(SECOND).uncheck()
    expect(page.get_by_text("99 changes ticked in all.")).to_be_visible()
    expect(page.get_by_text("Your last ticks could not be kept")).to_be_hidden()


def test_a_colleagues_ticks_are_shown_before_anything_is_kept(page: Page, plan: Plan) -> None:
    open_preview(page, plan)
    tick(plan, [3], False)

    page.get_by_label(FIRST).uncheck()

    expect(page.get_by_text("has changed since you opened it").first).to_be_visible()
    expect(page.get_by_text("100 changes ticked in all.")).to_be_visible()
    expect(page.get_by_label(FIRST)).to_be_checked()
    expect(page.get_by_label("Apply: Create ALD-PC00002")).not_to_be_checked()
