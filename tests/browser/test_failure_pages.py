"""Pages of a refusal and of a failure can be read and left by everybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from halobridge.refused_pages import failed_page
from tests.browser.axe import serious_findings
from tests.browser.pictures import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refusal_is_for_everybody(page: Page, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_superuser=False)

    page.goto(reverse("admin:integrations_console_add"))

    expect(page.get_by_text("Your account may not do this.")).to_be_visible()
    assert serious_findings(page, "html") == []
    look_at(page, "refused-page")
    page.get_by_role("link", name="Overview", exact=True).last.click()
    page.wait_for_url(f"**{reverse('admin:index')}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failure_is_for_everybody(page: Page, scheme: str) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=200, body=failed_page().content.decode(), content_type="text/html")

    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    address = reverse("admin:integrations_console_changelist")
    page.route(f"**{address}", fail)

    page.goto(address)

    expect(page.get_by_role("heading", name="The bridge has failed")).to_be_visible()
    assert serious_findings(page, "html") == []
    page.get_by_role("link", name="Overview").click()
    page.wait_for_url(f"**{reverse('admin:index')}")
