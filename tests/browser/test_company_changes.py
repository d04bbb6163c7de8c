"""Staff move a company to another client, and offboard one: looked at first, then applied, by clicks only."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from mappings.models import CompanyMapping
from tests.browser.pictures import look_at
from tests.browser.queue_beside import queue
from tests.browser.staff import Staff
from tests.mappings.fake_halo import FakeHalo
from tests.mappings.test_moving_companies import Moving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAPPINGS = "admin:mappings_companymapping_changelist"


@pytest.fixture
def scene() -> Moving:
    """One asset that was created here and one that was merely linked hang on the mapping."""
    return Moving()


@pytest.fixture
def halo(scene: Moving) -> FakeHalo:
    return FakeHalo().adopt_mirror()


def apply(page: Page, halo: FakeHalo) -> None:
    page.get_by_role("button", name="Apply the ticked changes").click()
    expect(page.locator("#hb-run-title")).to_be_visible()
    queue(halo)
    Staff(page).waits_for_run()


def test_a_company_gets_another_client(page: Page, scene: Moving, halo: FakeHalo) -> None:
    staff = Staff(page)
    page.goto(reverse(MAPPINGS))
    staff.row("Alder Dental").get_by_role("link", name="Edit the mapping").click()
    staff.choose("Halo client [customer]", "Birch Ltd")
    look_at(page, "company-other-client")
    staff.press("Save")
    staff.sees("Nothing has changed yet", anywhere=True)
    queue(halo)
    staff.sees("What another client or site for Alder Dental would do")
    staff.sees("the computer is unlinked", patience=15_000)
    look_at(page, "move-preview")
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.client

    apply(page, halo)

    look_at(page, "move-run")
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.other
    clients = {halo_id: asset["client_id"] for halo_id, asset in halo.assets.items()}
    assert clients == {
        scene.ours.halo_id: scene.other.halo_id,
        scene.theirs.halo_id: scene.client.halo_id,
    }


def test_a_company_is_offboarded_and_brought_back(page: Page, scene: Moving, halo: FakeHalo) -> None:
    staff = Staff(page)
    page.goto(reverse(MAPPINGS))
    staff.row("Alder Dental").get_by_role("link", name="Edit the mapping").click()
    staff.press("Offboard …")
    staff.sees("Nothing has changed yet", anywhere=True)
    queue(halo)
    staff.sees("Your ticks are the approval", patience=15_000)
    look_at(page, "offboard-preview")

    apply(page, halo)

    inactive = {halo_id for halo_id, asset in halo.assets.items() if asset["inactive"]}
    assert inactive == {scene.ours.halo_id}
    staff.open("Company mapping")
    staff.follow("Offboarded")
    look_at(page, "offboarded")
    staff.row("Alder Dental").get_by_role("link", name="Edit the mapping").click()
    look_at(page, "offboarded-mapping")
    staff.press("Bring back")
    staff.sees("Alder Dental is looked after again", anywhere=True)
    assert CompanyMapping.objects.get().archived_at is None
