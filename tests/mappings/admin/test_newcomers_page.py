"""New companies and clients: each with its suggestion, to be accepted, ignored or dismissed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Company, HaloClient, HaloCredential
from mappings.linking import open_todos, suggest_companies_for
from mappings.models import CompanyMapping, CompanySuggestion, IgnoredCompany
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_newcomer_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    """Known with one company and one client; another of each is new, of the same name."""
    credential, console = make_credential(), make_console()
    make_company(console)
    make_client(credential)
    suggest_companies_for(credential)
    make_company(console, "Alder", normalised_name="alder")
    make_client(credential, "Alder Ltd", normalised_name="alder")
    suggest_companies_for(credential)
    return credential


def test_each_side_is_listed_with_its_suggestion(browser: Client, credential: HaloCredential) -> None:
    page = browser.get(reverse(PAGE))
    assert {(str(row.company or row.halo_client), bool(row.best)) for row in page.context["page"]} == {
        ("Alder", True),
        ("Alder Ltd", True),
    }
    assert "nothing is created" in page.content.decode()
    assert [row.company.name for row in browser.get(reverse(PAGE), {"kind": "company"}).context["page"]] == [
        "Alder"
    ]
    assert browser.get(reverse(PAGE), {"q": "ltd"}).context["page"].paginator.count == 1


def test_accepting_maps_and_clears_both(browser: Client, credential: HaloCredential) -> None:
    suggestion = CompanySuggestion.objects.get()
    page = browser.post(reverse(PAGE), {"do": f"accept:{suggestion.pk}"}, follow=True).content.decode()
    assert "Alder is Alder Ltd from now on." in page
    assert CompanyMapping.objects.count() == 1
    assert not open_todos().exists()


def test_dismissing_and_ignoring_take_it_off_the_list_and_create_nothing(
    browser: Client, credential: HaloCredential
) -> None:
    counts = Company.objects.count(), HaloClient.objects.count()
    of_company = open_todos().get(company__isnull=False)
    browser.post(reverse(PAGE), {"do": "ignore", "todo": [of_company.pk]})
    assert IgnoredCompany.objects.get().company == of_company.company
    of_client = open_todos().get()
    browser.post(reverse(PAGE), {"do": f"dismiss:{of_client.pk}"})
    assert not open_todos().exists()
    assert (Company.objects.count(), HaloClient.objects.count()) == counts


def test_whoever_may_only_look_decides_nothing(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("auditor", "mappings.view_newcomer"))
    assert client.get(reverse(PAGE)).status_code == 200
    assert client.post(reverse(PAGE), {"do": "dismiss"}).status_code == 403
