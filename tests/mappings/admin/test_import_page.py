"""*Import from Halo*: search, pages, the ticked ones or all that match."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Company, HaloClient, HaloCredential, Run
from mappings.models import CompanyMapping
from tests.integrations.admin.made import (
    make_client,
    make_console,
    make_credential,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_import"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def test_the_ticked_clients_are_imported_and_matched(browser: Client, credential: HaloCredential) -> None:
    console = make_console(kind="push")
    wanted, _ = make_client(credential, "Alder"), make_client(credential, "Birch")
    page = browser.post(reverse(PAGE), {"client": [wanted.pk], "ticked": "1"}, follow=True).content.decode()
    assert "1 company was made in" in page
    assert [row.halo_client for row in CompanyMapping.objects.filter(company__console=console)] == [wanted]
    assert Run.objects.filter(kind=RunKind.MATCH).exists()


def test_all_of_the_filter_are_imported_over_all_pages(browser: Client, credential: HaloCredential) -> None:
    make_console(kind="push")
    for number in range(60):
        make_client(credential, f"Alder {number}")
    make_client(credential, "Birch")
    assert len(browser.get(reverse(PAGE), {"size": "25"}).context["page"]) == 25
    browser.post(f"{reverse(PAGE)}?q=alder&size=25", {"all": "1"})
    assert Company.objects.count() == 60


def test_without_a_tick_nothing_is_imported(browser: Client, credential: HaloCredential) -> None:
    make_console(kind="push")
    make_client(credential)
    assert "No client was ticked." in browser.post(reverse(PAGE), follow=True).content.decode()
    by_enter = browser.post(reverse(PAGE), {"do": "", "client": [HaloClient.objects.get().pk]}, follow=True)
    assert "No client was ticked." in by_enter.content.decode()
    assert not Company.objects.exists()


def test_it_says_that_nothing_is_created_in_halo_and_which_consoles_fit(
    browser: Client, credential: HaloCredential
) -> None:
    make_console(kind="msp360")
    page = browser.get(reverse(PAGE)).content.decode()
    assert "Nothing is created in HaloPSA" in page
    assert "No console takes companies from HaloPSA." in page


def test_it_needs_the_right_to_add_mappings(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("viewer", "mappings.view_companymapping"))
    assert client.get(reverse(PAGE)).status_code == 403


def test_without_such_a_console_it_leads_to_adding_one(browser: Client, credential: HaloCredential) -> None:
    page = browser.get(reverse(PAGE)).content.decode()
    for kind in ("push", "spreadsheet"):
        assert f'href="{reverse("admin:integrations_console_add")}?kind={kind}"' in page
        assert browser.get(reverse("admin:integrations_console_add"), {"kind": kind}).status_code == 200
    assert "?kind=msp360" not in page


def test_who_may_not_add_consoles_is_told_that_somebody_else_has_to(
    client: Client, credential: HaloCredential
) -> None:
    rights = ("mappings.add_companymapping", "mappings.change_companymapping", "mappings.view_companymapping")
    client.force_login(make_staff("mapper", *rights))
    page = client.get(reverse(PAGE)).content.decode()
    assert "Somebody who may add consoles has to add one first." in page
    assert "?kind=" not in page
