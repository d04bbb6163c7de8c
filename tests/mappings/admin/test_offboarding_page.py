"""Offboarding and bringing back in the admin and by REST."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Plan
from mappings.linking import archive
from mappings.planning import plan_assets
from tests.integrations.admin.made import make_staff
from tests.integrations.api.clients import make_caller
from tests.mappings.test_moving_companies import Moving

pytestmark = pytest.mark.django_db

LIST = "admin:mappings_companymapping_changelist"


def page(scene: Moving, name: str) -> str:
    return reverse(f"admin:mappings_companymapping_{name}", args=[scene.mapping.pk])


def test_the_button_leads_to_a_preview_that_says_what_ends(browser: Client) -> None:
    scene = Moving()
    answer = browser.post(page(scene, "offboard"))
    plan = Plan.objects.get()
    assert answer.headers["Location"] == reverse("admin:integrations_plan_change", args=[plan.pk])
    plan_assets(plan)
    shown = browser.get(answer.headers["Location"]).content.decode()
    assert "What offboarding Alder Dental would do" in shown
    scene.mapping.refresh_from_db()
    assert scene.mapping.archived_at is None


def test_an_offboarded_company_says_so_and_has_no_switches(browser: Client) -> None:
    scene = Moving()
    archive(scene.mapping)
    shown = browser.get(reverse(LIST), {"state": "archived"}).content.decode()
    assert "Alder Dental" in shown
    assert ">Offboarded<" in shown
    assert "switch:create_tickets" not in shown
    assert "Bring back" in browser.get(page(scene, "change")).content.decode()


def test_it_is_brought_back_by_one_click(browser: Client) -> None:
    scene = Moving()
    archive(scene.mapping)
    shown = browser.post(page(scene, "bring_back"), follow=True).content.decode()
    assert "Alder Dental is looked after again" in shown
    scene.mapping.refresh_from_db()
    assert scene.mapping.archived_at is None


def test_offboarding_needs_the_right_to_make_previews(client: Client) -> None:
    scene = Moving()
    rights = ("mappings.view_companymapping", "mappings.change_companymapping")
    client.force_login(make_staff("desk", *rights))
    assert client.post(page(scene, "offboard")).status_code == 403
    assert not Plan.objects.exists()


def test_a_program_brings_it_back_once() -> None:
    scene = Moving()
    archive(scene.mapping)
    address = f"/api/v1/company-mappings/{scene.mapping.pk}/bring_back/"
    answer = make_caller().post(address)
    assert (answer.status_code, answer.data["archived_at"]) == (200, None)
    assert make_caller().post(address).status_code == 409
