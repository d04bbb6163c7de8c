"""What the company mapping page costs, whatever the number of companies."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.models import HaloCredential
from mappings.linking import map_company, suggest_companies_for
from mappings.models import CompanyMapping
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_location,
    make_staff,
)

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def test_the_page_takes_at_most_fifteen_statements_for_whoever_looks(
    client: Client, credential: HaloCredential
) -> None:
    client.force_login(make_staff("mapper", "mappings.view_companymapping", "mappings.change_companymapping"))
    console = make_console()
    for number in range(40):
        company = make_company(console)
        make_location(company)
        if number % 2:
            map_company(company, make_client(credential))
    suggest_companies_for(credential)
    client.get(reverse(PAGE))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(PAGE), {"q": "c", "size": "100"})
    assert len(queries) <= 15


def test_a_switch_for_five_hundred_takes_a_few_statements(
    browser: Client, credential: HaloCredential
) -> None:
    console = make_console()
    client = make_client(credential)
    companies = [make_company(console) for _ in range(500)]
    CompanyMapping.objects.bulk_create(
        CompanyMapping(company=company, halo_client=client, halo_credential=credential)
        for company in companies
    )
    ids = [company.pk for company in companies]
    with CaptureQueriesContext(connection) as queries:
        browser.post(reverse(PAGE), {"do": "bulk", "bulk": "create_tickets:on", "company": ids})
    assert CompanyMapping.objects.filter(create_tickets=True, tickets_since__isnull=False).count() == 500
    assert len(queries) <= 30
