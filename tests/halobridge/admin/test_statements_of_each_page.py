"""A page of the admin costs at most fifteen statements, those that look up the account included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from halobridge.sidebar import NAVIGATION
from integrations.choices import Role
from tests.halobridge.admin.rows import fill, fill_system, make_world
from tests.halobridge.roles.members import make_member

pytestmark = pytest.mark.django_db
MOST = 15
ABOVE = {
    "integrations_halocredential_change": 21,
    "mappings_companymapping_change": 20,
    "mappings_computerreview_change": 16,
    "mappings_fieldmapping_change": 16,
    "ticketing_alert_change": 36,
    "ticketing_eventset_change": 17,
}
"""Pages of one row that explain more than that; they may become cheaper, never dearer."""
NOT_SHOWN = {"django_q.OrmQ"}
"""Its rows are unpacked with the queue's own key; a made-up one cannot be shown."""


def addresses() -> Iterator[str]:
    """Lists, forms of new rows, and the page of one row of everything; and what the navigation leads to."""
    yield from {str(item["link"]) for group in NAVIGATION for item in group["items"]}
    for model, model_admin in admin.site._registry.items():
        if model._meta.label in NOT_SHOWN:
            continue
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{page}_changelist")
        yield reverse(f"{page}_add")
        row: Any = model_admin.model._default_manager.order_by("-pk").first()
        if row is not None:
            yield reverse(f"{page}_change", args=(row.pk,))


def test_no_page_costs_more_statements_than_it_may(client: Client) -> None:
    member = make_member(Role.ADMINISTRATOR)
    world = make_world()
    fill(world, 3)
    fill_system(member)
    client.force_login(member)

    costs = {}
    for address in dict.fromkeys(addresses()):
        if client.get(address).status_code != 200:
            continue
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        costs[address] = len(captured)

    most = {address: ABOVE.get(str(resolve(address).url_name), MOST) for address in costs}
    assert len(costs) > 150
    assert {address: number for address, number in costs.items() if number > most[address]} == {}
