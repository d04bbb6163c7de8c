"""Staff export computers with choices of their own, and take it all back, by clicks only."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.models import HaloAsset
from mappings.models import ComputerMapping
from tests.browser.pictures import look_at
from tests.browser.queue_beside import queue
from tests.mappings.builders import SERVER, Scene, make_asset_type
from tests.mappings.fake_halo import FakeHalo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_export_is_chosen_previewed_changed_applied_and_undone(page: Page) -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    make_asset_type(scene.credential, SERVER, "Server")
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{reverse('admin:integrations_computer_changelist')}?q=ALD-PC")
    page.get_by_role("link", name="Export the 3 filtered").click()
    expect(page.get_by_text("3 chosen computers:")).to_be_visible()
    look_at(page, "export-dialog")
    page.get_by_role("button", name="Show the preview").click()
    queue(halo)
    expect(page.get_by_text("3 changes ticked in all.")).to_be_visible(timeout=15_000)
    look_at(page, "export-preview")
    page.get_by_label("Apply: Create ALD-PC00002").uncheck()
    expect(page.get_by_text("2 changes ticked in all.")).to_be_visible()
    page.get_by_role("button", name="Change the ticked rows").click()
    expect(page.get_by_text("the new assets of 2 computers")).to_be_visible()
    look_at(page, "export-change-rows")
    page.locator("select[name=asset_type]").select_option(label="Server", force=True)
    page.get_by_role("button", name="Show the preview").click()
    queue(halo)
    expect(page.get_by_text("2 changes ticked in all.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Asset type chosen in this preview.").first).to_be_visible()

    page.get_by_role("button", name="Apply the ticked changes").click()
    queue(halo)
    assert {asset["assettype_id"] for asset in halo.assets.values()} == {SERVER}
    page.reload()
    look_at(page, "export-run")
    page.get_by_role("button", name="Undo …").click()
    queue(halo)
    expect(page.get_by_text("2 changes ticked in all.")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="What undoing run")).to_be_visible()
    look_at(page, "undo-preview")
    page.get_by_role("button", name="Apply the ticked changes").click()
    queue(halo)
    assert [asset["inactive"] for asset in halo.assets.values()] == [True, True]
    assert not HaloAsset.objects.filter(active=True).exists()

    page.reload()
    page.get_by_role("link", name="Preview", exact=True).click()
    page.get_by_role("link", name="Release them").click()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("2 mappings are released")).to_be_visible()
    assert not ComputerMapping.objects.filter(held=True).exists()
    assert said == []
