"""A page costs the same number of statements for ten rows as for a hundred."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.halobridge.admin.rows import fill, make_world

pytestmark = pytest.mark.django_db

LISTS = [
    "index",
    "integrations_company_changelist",
    "integrations_computer_changelist",
    "integrations_console_changelist",
    "integrations_entry_changelist",
    "integrations_event_changelist",
    "integrations_haloasset_changelist",
    "integrations_haloasset_charts",
    "integrations_haloassettype_changelist",
    "integrations_halochange_changelist",
    "integrations_haloclient_changelist",
    "integrations_halocredential_changelist",
    "integrations_halofield_changelist",
    "integrations_halolicence_changelist",
    "integrations_halooption_changelist",
    "integrations_halosite_changelist",
    "integrations_halosoftware_changelist",
    "integrations_halouser_changelist",
    "integrations_instance_changelist",
    "integrations_intention_changelist",
    "integrations_location_changelist",
    "integrations_plan_changelist",
    "integrations_plannedchange_changelist",
    "integrations_rawdelivery_changelist",
    "integrations_auditentry_changelist",
    "integrations_run_changelist",
    "integrations_upload_changelist",
    "mappings_companychange_changelist",
    "mappings_companymapping_changelist",
    "mappings_companymapping_import",
    "mappings_newcomer_changelist",
    "mappings_suggestionfields_changelist",
    "mappings_computermapping_changelist",
    "mappings_computerreview_changelist",
    "mappings_ignoredcomputer_changelist",
    "mappings_ignorerule_changelist",
    "mappings_fieldmapping_changelist",
    "mappings_gap_changelist",
    "mappings_mappingsheet_changelist",
    "mappings_monthcount_changelist",
    "mappings_productmapping_changelist",
    "mappings_synclimits_changelist",
    "ticketing_alert_changelist",
    "ticketing_eventset_changelist",
    "ticketing_integrationprofile_changelist",
    "ticketing_ticket_changelist",
    "ticketing_ticketrule_changelist",
]
MOST = 30


def statements(client: Client, address: str) -> int:
    client.get(address)  # what is looked up once per process does not count
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_cost_the_same_for_ten_rows_and_for_a_hundred(browser: Client) -> None:
    world = make_world()
    fill(world, 10)
    few = {name: statements(browser, reverse(f"admin:{name}")) for name in LISTS}
    fill(world, 90)
    many = {name: statements(browser, reverse(f"admin:{name}")) for name in LISTS}

    grown = {name: (few[name], many[name]) for name in LISTS if many[name] > few[name]}
    assert grown == {}
    assert max(many.values()) <= MOST, many


def test_the_run_and_preview_pages_cost_the_same_for_any_number_of_rows(browser: Client) -> None:
    from integrations.models import Plan, Run

    world = make_world()
    fill(world, 5)
    run, plan = Run.objects.order_by("pk").first(), Plan.objects.order_by("pk").first()
    assert run is not None and plan is not None
    pages = [
        reverse("admin:integrations_run_change", args=(run.pk,)),
        reverse("admin:integrations_plan_change", args=(plan.pk,)),
    ]
    few = [statements(browser, page) for page in pages]
    from tests.integrations.admin.made import make_change, make_entry

    for _ in range(60):
        make_entry(run)
        make_change(plan)

    assert [statements(browser, page) for page in pages] == few
