"""A company is mapped without a mouse, by the keys that work on every page; one always sees where one is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from mappings.models import CompanyMapping
from tests.integrations.admin.made import make_client, make_company, make_console, make_credential, make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = """
    [document.activeElement].map(here => here.getAttribute("aria-label")
        || (here.labels && here.labels.length ? here.labels[0].innerText : here.innerText || "")).at(0).trim()
"""
SEEN = """
() => {
    const here = document.activeElement, box = here.getBoundingClientRect(), look = getComputedStyle(here);
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const marked = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0)
        || look.boxShadow !== "none";
    return inside && marked;
}
"""
"""Whether what has the focus lies in the window and is marked by a line around it."""


def tab_to(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Press Tab until this has the focus; each stop on the way has to be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        here = page.evaluate(NAME)
        assert page.evaluate(SEEN), f"“{here}” has the focus and does not show it"
        if name in here.splitlines():
            return
    raise AssertionError(f"{key} does not lead to “{name}”")


def test_a_company_is_mapped_by_tab_arrows_and_enter(page: Page) -> None:
    credential, console = make_credential(), make_console("Sandbox")
    make_company(console, "Cedar", normalised_name="cedar")
    for name in ("Quite Another Clinic", "Quite Another Practice"):
        make_site(make_client(credential, name), "Main")
    page.goto(reverse("admin:index"))

    tab_to(page, "Company mapping")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Cedar")).to_be_visible()
    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")
    tab_to(page, "Halo client for Cedar")
    page.keyboard.type("quite")
    offered = page.get_by_role("listbox", name="Halo clients").get_by_role("option")
    expect(offered).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(offered.and_(page.get_by_role("option", selected=True))).to_have_text("Quite Another Practice")
    page.keyboard.press("Enter")
    tab_to(page, "Map Cedar", most=1)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Cedar is Quite Another Practice from now on.")).to_be_visible()
    assert CompanyMapping.objects.get().halo_client.name == "Quite Another Practice"


def test_the_first_key_leads_past_the_navigation(page: Page) -> None:
    page.goto(reverse("admin:integrations_run_changelist"))
    tab_to(page, "Skip to content", most=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('content').contains(document.activeElement)")
