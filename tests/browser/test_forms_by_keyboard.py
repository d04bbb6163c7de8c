"""What is said of a field is tied to it; a refused save leads to the error; no focus behind the bar."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from integrations.choices import OptionKind
from tests.halobridge.admin.rows import make_alert, make_profile
from tests.integrations.admin.made import make_console, make_credential, make_option

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DANGLING = """
    () => [...document.querySelectorAll("#content [aria-describedby]")]
        .flatMap(field => field.getAttribute("aria-describedby").split(" ")
            .filter(id => !document.getElementById(id)).map(id => `${field.id}: ${id}`))
"""
COVERED = """
    () => {
        const here = document.activeElement, box = here.getBoundingClientRect();
        const bars = [...document.querySelectorAll("*")].filter(one => {
            const look = getComputedStyle(one);
            return look.position === "sticky" && look.bottom === "0px" && !one.contains(here)
                && here !== document.body && box.height < innerHeight / 2;
        });
        return bars.some(bar => box.bottom > bar.getBoundingClientRect().top + 1
            && box.top < bar.getBoundingClientRect().bottom) ? here.outerHTML.slice(0, 120) : "";
    }
"""
"""What has the focus, if a bar at the lower edge lies over it; a whole list does not fit above the bar."""


@pytest.mark.parametrize("refused", [False, True], ids=["untouched", "refused"])
def test_every_description_of_a_field_is_there(page: Page, refused: bool) -> None:
    credential = make_credential()
    for kind in (OptionKind.TICKET_TYPE, OptionKind.STATUS):
        make_option(credential, kind, "One")
    for name in (
        "integrations_halocredential",
        "ticketing_integrationprofile",
        "ticketing_maintenancewindow",
    ):
        page.goto(reverse(f"admin:{name}_add"))
        if refused:
            page.locator("#content form").first.evaluate("form => { form.noValidate = true; }")
            page.get_by_role("button", name="Save", exact=True).click()
            page.locator("#content [aria-invalid=true]").first.wait_for(state="attached")
        assert page.evaluate(DANGLING) == [], name


def test_a_refused_save_leads_to_the_first_error(page: Page) -> None:
    page.goto(reverse("admin:integrations_halocredential_add"))
    page.locator("#id_name").fill("Desk")
    page.locator("#content form").first.evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Save", exact=True).click()

    page.wait_for_function("document.activeElement?.getAttribute('aria-invalid') === 'true'")
    first = page.evaluate("document.querySelector('[aria-invalid=true]').id")
    assert page.evaluate("document.activeElement.id") == first != "id_name"


def test_no_stop_of_the_tab_key_lies_behind_the_bar(page: Page) -> None:
    credential = make_credential()
    profile = make_profile(credential)
    console = make_console()
    for _ in range(40):
        make_alert(credential, console)
    page.set_viewport_size({"width": 1280, "height": 700})
    addresses = (
        reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,)),
        reverse("admin:ticketing_alert_changelist"),
    )
    for address in addresses:
        page.goto(address)
        page.locator("#content").evaluate("content => { content.tabIndex = -1; content.focus(); }")
        for _ in range(50):
            page.keyboard.press("Tab")
            assert page.evaluate(COVERED) == "", address
