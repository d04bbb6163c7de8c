"""Staff decide about clones in the review queue, and choose an asset in the edit dialog."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from mappings.linking import match_computers_for
from mappings.models import ComputerMapping, IgnoreRule
from tests.browser.pictures import look_at
from tests.mappings.builders import NAME, SERIAL, Scene, make_asset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def listening(page: Page) -> list[str]:
    """What the browser complains of."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_clones_are_told_apart_with_one_click(page: Page) -> None:
    scene = Scene()
    for name in ("ALD-PC1", "ALD-PC2"):
        scene.computer(name, serial_number="5CG1", host_name=name)
    make_asset(scene.client, {NAME: "ALD-PC1", SERIAL: "5CG1"}, site=scene.site)
    match_computers_for(scene.credential)
    said = listening(page)
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Computers to review").first.click()
    page.get_by_role("link", name="ALD-PC1").first.click()
    expect(page.get_by_text("Several computers of this console fit the asset")).to_be_visible()
    expect(page.locator(".hb-evidence > section")).to_have_count(3)
    look_at(page, "computer-review")
    page.get_by_role("button", name="It is this asset").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("ALD-PC1 is ALD-PC1 from now on.")).to_be_visible()
    expect(page.get_by_role("heading", name="ALD-PC2").first).to_be_visible()
    assert ComputerMapping.objects.get().computer.name == "ALD-PC1"
    assert said == []


def test_the_edit_dialog_searches_the_assets_of_the_client(page: Page) -> None:
    scene = Scene()
    scene.computer("ALD-PC1")
    make_asset(scene.client, {NAME: "RECEPTION"}, site=scene.site)
    said = listening(page)
    page.goto(reverse("admin:integrations_computer_changelist"))
    page.get_by_role("link", name="Edit mapping of ALD-PC1").click()
    expect(page.get_by_role("group", name="Or a new asset")).to_contain_text("Main")
    page.locator(".select2-selection[aria-label='Halo asset']").click()
    page.keyboard.type("recep")
    page.get_by_role("option", name="RECEPTION").click()
    look_at(page, "edit-mapping")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ALD-PC1 is RECEPTION from now on.")).to_be_visible()
    mapping = ComputerMapping.objects.get()
    assert (mapping.halo_asset.name, mapping.wanted_site) == ("RECEPTION", None)
    assert said == []


def test_an_ignore_rule_shows_what_it_catches_while_one_types(page: Page) -> None:
    scene = Scene()
    for name in ("TEST-1", "TEST-2", "PC-1"):
        scene.computer(name)
    page.goto(reverse("admin:mappings_ignorerule_add"))
    told = page.locator("[aria-labelledby=hb-caught]")
    expect(told).to_contain_text("Set at least one condition")
    page.get_by_label("Name pattern").fill("test-*")
    expect(told).to_contain_text("2 computers")
    expect(told).to_contain_text("TEST-1, TEST-2")
    look_at(page, "ignore-rule")
    page.get_by_label("Name", exact=False).first.fill("Test bench")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("ignores 2 computers by now")).to_be_visible()
    assert IgnoreRule.objects.get().ignored.count() == 2
