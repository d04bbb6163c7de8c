"""*Edit mapping* of a computer: what does not apply to the chosen way is left alone, and says why."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from mappings.models import ComputerMapping
from tests.browser.pictures import look_at
from tests.mappings.builders import Scene, make_asset, make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_ASSET = "No asset is chosen above, so that there is none to move or to change."
NO_NEW_ONE = "An asset that is there is chosen above, so that no new one is made."


def is_inert(field: Locator) -> bool:
    return bool(field.evaluate("field => field.closest('[inert]') !== null"))


def choose(page: Page, field: str, name: str) -> None:
    page.locator(f"#{field} + .select2").click()
    page.get_by_role("option", name=name).click()


def test_fields_follow_the_chosen_way_and_what_is_left_alone_is_not_sent(page: Page) -> None:
    scene = Scene()
    make_site(scene.client, "Branch")
    asset = make_asset(scene.client, name="SRV-1", inventory_number="T1")
    computer = scene.computer("PC-1")
    page.goto(reverse("admin:integrations_computer_edit_mapping", args=(scene.credential.pk, computer.pk)))
    moved, of_new = page.locator("#id_wanted_site"), page.locator("#id_halo_site")
    expect(page.get_by_text(NO_ASSET)).to_be_visible()
    expect(page.get_by_text(NO_NEW_ONE)).to_be_hidden()
    assert (is_inert(moved), is_inert(of_new)) == (True, False)
    look_at(page, "edit-mapping-new-asset")

    choose(page, "id_halo_asset", "SRV-1")
    expect(page.get_by_text(NO_NEW_ONE)).to_be_visible()
    expect(page.get_by_text(NO_ASSET)).to_be_hidden()
    assert (is_inert(moved), is_inert(of_new)) == (False, True)
    look_at(page, "edit-mapping-linked-asset")
    choose(page, "id_wanted_site", "Branch")

    page.locator("#id_halo_asset + .select2 .select2-selection__clear").click()
    expect(page.get_by_text(NO_ASSET)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("PC-1 is to be exported from now on.")).to_be_visible()
    mapping = ComputerMapping.objects.get()
    assert (mapping.halo_asset, mapping.wanted_site, mapping.halo_site) == (None, None, scene.site)

    mapping.halo_asset = asset
    mapping.save()
    page.goto(reverse("admin:integrations_computer_edit_mapping", args=(scene.credential.pk, computer.pk)))
    expect(page.get_by_text(NO_NEW_ONE)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("PC-1 is SRV-1 from now on.")).to_be_visible()
    mapping.refresh_from_db()
    assert mapping.halo_site == scene.site, "what is left alone keeps what it held"
