"""The overview says which companies need somebody, and does not count those that are left alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import HaloClient
from mappings.linking import ignore_companies, map_company, suggest_companies_for
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_heartbeat,
    make_superuser,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_superuser())
    make_heartbeat()
    return client


def test_broken_mappings_and_newcomers_lead_to_their_lists(browser: Client) -> None:
    credential, console = make_credential(), make_console()
    map_company(make_company(console), make_client(credential))
    suggest_companies_for(credential)
    make_company(console)
    suggest_companies_for(credential)
    HaloClient.objects.update(active=False)

    told = {row.text: row.url for row in browser.get(reverse("admin:index")).context["attention"]}

    page = reverse("admin:mappings_companymapping_changelist")
    broken = "1 company mapping is broken: client or site was changed in HaloPSA."
    assert told[broken] == f"{page}?halo_credential={credential.pk}&state=broken"
    assert told["1 new company or client to be looked at."] == reverse("admin:mappings_newcomer_changelist")


def test_ignored_companies_are_not_missing(browser: Client) -> None:
    credential, console = make_credential(), make_console()
    map_company(make_company(console), make_client(credential))
    ignore_companies([make_company(console).pk], credential)

    (coverage,) = browser.get(reverse("admin:index")).context["coverage"]

    assert (coverage.mapped, coverage.companies_percent) == (1, 100)
