"""Staff read the gap report: each row leads to what mends it, or is dismissed with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from mappings.gaps import look_at as look_at_gaps
from mappings.gaps import look_for
from mappings.models import ComputerMapping, Gap, GapKind
from tests.browser.pictures import look_at
from tests.browser.staff import Staff
from tests.mappings.builders import NAME, Scene, make_asset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene() -> Scene:
    """A computer without an asset, one that was away for long, and an asset without a computer."""
    made = Scene()
    made.computer("ALD-PC1")
    away = made.computer("ALD-OLD", last_seen=timezone.now() - timedelta(days=90))
    made.link(away, make_asset(made.client, {NAME: "ALD-OLD"}, site=made.site))
    make_asset(made.client, {NAME: "FIREWALL"}, site=made.site)
    looking = look_at_gaps(made.credential)
    for kind in GapKind:
        look_for(looking, kind)
    return made


def test_a_gap_leads_to_what_mends_it(page: Page, scene: Scene) -> None:
    staff = Staff(page)
    page.goto(reverse("admin:index"))
    staff.open("Gap report")
    look_at(page, "gaps")
    staff.follow("1 In a console, not in HaloPSA")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    staff.row("ALD-PC1").get_by_role("link", name="Edit mapping: ALD-PC1").click()
    page.locator(".select2-selection[aria-label='Halo asset']").click()
    page.keyboard.type("firew")
    page.get_by_role("option", name="FIREWALL").click()
    staff.press("Save")
    staff.sees("ALD-PC1 is FIREWALL from now on.", anywhere=True)
    assert ComputerMapping.objects.filter(computer__name="ALD-PC1").get().halo_asset.name == "FIREWALL"


def test_what_is_no_gap_is_dismissed_with_a_reason_and_taken_back(page: Page, scene: Scene) -> None:
    staff = Staff(page)
    page.goto(reverse("admin:mappings_gap_changelist"))
    staff.row("FIREWALL").get_by_role("link", name="Dismiss: FIREWALL").click()
    look_at(page, "gap-dismiss")
    staff.fill("Why is it none?", "Firewall, has no agent")
    staff.press("Dismiss")
    staff.sees("1 gap is dismissed until it changes.", anywhere=True)
    expect(staff.row("FIREWALL")).to_have_count(0)
    page.goto(reverse("admin:mappings_gap_changelist") + "?dismissed=yes")
    look_at(page, "gaps-dismissed")
    assert Gap.objects.get(name="FIREWALL").dismissed_because == "Firewall, has no agent"
    staff.row("FIREWALL").get_by_role("link", name="Take back: FIREWALL").click()
    staff.press("Take back")
    staff.sees("“FIREWALL” is in the report again.", anywhere=True)
    assert Gap.objects.open().filter(name="FIREWALL").exists()
