"""Staff write the texts of a profile's tickets and see what they become while they type."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.pictures import look_at
from tests.ticketing.world import World, route_all
from ticketing.models import IntegrationProfile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_preview_follows_what_is_typed(page: Page) -> None:
    world = World()
    world.opened(
        title="Update missing on ALD-SRV01",
        message="Line one\nLine two",
        findings=[
            {
                "product": "7-Zip",
                "installed_version": "19.00",
                "fixed_version": "24.09",
                "cve": "CVE-2024-11477",
            }
        ],
    )
    route_all()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(reverse("admin:ticketing_integrationprofile_change", args=[world.profile.pk]))
    page.get_by_role("link", name="Write it and see a preview").click()
    told = page.locator("#hb-told")
    expect(told).to_contain_text("Update missing on ALD-SRV01")
    look_at(page, "texts")
    page.get_by_label("Body (HTML)").press_sequentially("<h2>{{ event.titel }}</h2>")
    expect(told).to_contain_text("Line 1: There is no variable “event.titel”. Did you mean “event.title”?")
    page.get_by_label("Body (HTML)").fill("<h2>{{ event.title }}</h2>{{ findings.0.cve }}")
    expect(told.locator("h2").nth(1)).to_have_text("Update missing on ALD-SRV01")
    expect(told).to_contain_text("CVE-2024-11477")
    expect(told).not_to_contain_text("There is no variable")
    page.get_by_label("Show it with").select_option(label="a made example")
    expect(told).to_contain_text("Critical update missing: 7-Zip on ALD-SRV01")
    page.get_by_role("button", name="Start from the default text").click()
    expect(page.get_by_label("Summary")).to_have_value("{{ summary }}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("say this from now on")).to_be_visible()
    assert IntegrationProfile.objects.get(pk=world.profile.pk).summary_template == "{{ summary }}"
    assert said == []
