"""Changing client or site of a mapped company in the admin: a preview first, where something hangs on it."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from integrations.choices import Action, RunKind
from integrations.models import HaloAsset, HaloClient, HaloSite, Plan, Run
from mappings.models import CompanyMapping
from mappings.planning import plan_assets
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import make_client, make_site
from tests.mappings.test_moving_companies import Moving

pytestmark = pytest.mark.django_db


def change(mapping: CompanyMapping) -> str:
    return reverse("admin:mappings_companymapping_change", args=[mapping.pk])


def choose(scene: Moving) -> str:
    return reverse("admin:mappings_companymapping_choose", args=[scene.credential.pk, scene.company.pk])


def inlines() -> dict[str, int]:
    return {"ticket_rules-TOTAL_FORMS": 0, "ticket_rules-INITIAL_FORMS": 0}


@pytest.mark.parametrize("page", ["change", "choose"])
def test_another_client_leads_to_a_preview_and_changes_nothing_yet(browser: Client, page: str) -> None:
    scene = Moving()
    address = change(scene.mapping) if page == "change" else choose(scene)
    answer = browser.post(address, {"halo_client": scene.other.pk, "create_tickets": "on", **inlines()})
    plan = Plan.objects.get()
    assert answer.headers["Location"] == reverse("admin:integrations_plan_change", args=[plan.pk])
    assert Run.objects.filter(kind=RunKind.PLAN_ASSETS, plan=plan).exists()
    scene.mapping.refresh_from_db()
    assert (scene.mapping.halo_client, scene.mapping.create_tickets) == (scene.client, True)


def test_the_preview_says_what_would_happen(browser: Client) -> None:
    scene = Moving()
    browser.post(change(scene.mapping), {"halo_client": scene.other.pk, **inlines()})
    plan = Plan.objects.get()
    plan_assets(plan)
    shown = browser.get(reverse("admin:integrations_plan_change", args=[plan.pk])).content.decode()
    assert "What another client or site for Alder Dental would do" in shown
    assert "the computer is unlinked" in shown
    assert shown.count('name="ticked"') == 1


def test_what_nothing_hangs_on_is_changed_at_once(browser: Client) -> None:
    scene = Moving()
    scene.company.computers.all().delete()
    browser.post(change(scene.mapping), {"halo_client": scene.other.pk, **inlines()})
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.other
    assert not Plan.objects.exists()


def test_switches_alone_need_no_preview(browser: Client) -> None:
    scene = Moving()
    values = {"halo_client": scene.client.pk, "halo_site": scene.site.pk, "no_notification": "on"}
    browser.post(change(scene.mapping), {**values, **inlines()})
    scene.mapping.refresh_from_db()
    assert scene.mapping.no_notification
    assert not Plan.objects.exists()


def test_a_client_without_a_site_is_refused_with_a_sentence(browser: Client) -> None:
    scene = Moving()
    empty = make_client(scene.credential, "Empty")
    values = {"halo_client": empty.pk, **inlines()}
    shown = browser.post(change(scene.mapping), values, follow=True).content.decode()
    assert "Empty has no active site where assets could go." in shown
    make_site(empty)
    browser.post(change(scene.mapping), values)
    assert Plan.objects.get().parameters["halo_client"] == empty.pk


def test_it_needs_the_right_to_make_previews(client: Client) -> None:
    scene = Moving()
    client.force_login(make_staff("desk", "mappings.view_companymapping", "mappings.change_companymapping"))
    assert client.post(choose(scene), {"halo_client": scene.other.pk}).status_code == 403
    assert not Plan.objects.exists()


# ---- merged clients -------------------------------------------------------------------------


def merge(scene: Moving) -> None:
    """As HaloPSA does it: assets and sites go along by themselves, the empty client is switched off."""
    HaloAsset.objects.update(client=scene.other)
    HaloSite.objects.filter(client=scene.client).update(client=scene.other)
    HaloClient.objects.filter(pk=scene.client.pk).update(active=False, merged_into=scene.other)


def follow(browser: Client, scene: Moving, **headers: str) -> HttpResponse:
    return browser.post(
        reverse("admin:mappings_companymapping_changelist"),
        {"do": f"follow:{scene.mapping.pk}"},
        headers=headers,
    )


def test_a_merged_client_is_followed_by_one_click(browser: Client) -> None:
    scene = Moving()
    merge(scene)
    page = reverse("admin:mappings_companymapping_changelist")
    assert f'value="follow:{scene.mapping.pk}"' in browser.get(page).content.decode()
    answer = follow(browser, scene)
    plan = Plan.objects.get()
    assert answer.headers["Location"] == reverse("admin:integrations_plan_change", args=[plan.pk])
    plan_assets(plan)
    rows = plan.changes.values_list("action", "after__client_name")
    assert list(rows) == [(Action.LINK, "Birch Ltd")]


def test_where_nothing_hangs_on_the_mapping_it_is_changed_at_once(browser: Client) -> None:
    scene = Moving()
    scene.company.computers.all().delete()
    merge(scene)
    follow(browser, scene)
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.other
    assert not Plan.objects.exists()


def test_the_page_that_htmx_swaps_is_left_for_the_preview(browser: Client) -> None:
    scene = Moving()
    merge(scene)
    answer = follow(browser, scene, HX_Request="true")
    assert answer.headers["HX-Redirect"] == reverse(
        "admin:integrations_plan_change", args=[Plan.objects.get().pk]
    )


def test_a_client_that_was_not_merged_is_not_followed(browser: Client) -> None:
    scene = Moving()
    page = reverse("admin:mappings_companymapping_changelist")
    assert "follow:" not in browser.get(page).content.decode()
    shown = browser.post(page, {"do": f"follow:{scene.mapping.pk}"}, follow=True).content.decode()
    assert "HaloPSA has not merged the client of this company" in shown
