"""What is wrong with a field is said below it when it is left, and is gone when it is put right."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.models import HaloCredential
from tests.halobridge.admin.rows import make_event_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_wrong_address_is_told_when_the_field_is_left(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}{reverse('admin:integrations_halocredential_add')}")
    server = page.locator("#id_resource_server")
    line = page.locator(".field-line", has=server)

    server.fill("no address")
    server.press("Tab")

    expect(line.get_by_role("alert")).to_be_visible()
    expect(server).to_have_attribute("aria-invalid", "true")
    assert "id_resource_server_error" in (server.get_attribute("aria-describedby") or "")
    # What nobody has filled in yet is not complained about.
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.locator("#id_name")).not_to_have_attribute("aria-invalid", "true")

    server.fill("https://example.halopsa.com/api")
    server.press("Tab")

    expect(page.get_by_role("alert")).to_have_count(0)
    expect(server).not_to_have_attribute("aria-invalid", "true")
    assert not HaloCredential.objects.exists()


def test_an_error_of_a_refused_save_goes_when_it_is_put_right(page: Page, live_server: str) -> None:
    make_event_set(name="Backups")
    page.goto(f"{live_server}{reverse('admin:ticketing_eventset_add')}")
    page.fill("#id_name", "Backups")
    page.get_by_role("button", name="Save", exact=True).click()
    line = page.locator(".field-line", has=page.locator("#id_name"))
    expect(line).to_contain_text("already exists")

    page.fill("#id_name", "Other backups")
    page.press("#id_name", "Tab")

    expect(line).not_to_contain_text("already exists")


def test_without_the_script_the_save_says_the_same(page: Page, live_server: str) -> None:
    page.route("**/checking*.js", lambda route: route.abort())
    page.goto(f"{live_server}{reverse('admin:integrations_halocredential_add')}")
    page.fill("#id_resource_server", "no address")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_resource_server")).to_have_attribute("aria-invalid", "true")
