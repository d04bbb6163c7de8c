"""A page of the admin costs at most fifteen statements, those that look up the account included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halobridge.sidebar import NAVIGATION
from integrations.choices import Role
from mappings.models import CompanyMapping
from tests.halobridge.admin.rows import fill, fill_system, make_event_set, make_profile, make_world
from tests.halobridge.roles.admin_doors import all_doors, make_rows
from tests.halobridge.roles.members import make_member
from ticketing.models import Alert, IntegrationProfile, TicketRule

pytestmark = pytest.mark.django_db
MOST = 15
NOT_SHOWN = {"django_q.OrmQ"}
"""Its rows are unpacked with the queue's own key; a made-up one cannot be shown."""


def addresses() -> Iterator[str]:
    """Lists, forms of new rows, and the pages of two rows of everything; and what the navigation leads to."""
    yield from {str(item["link"]) for group in NAVIGATION for item in group["items"]}
    for model, model_admin in admin.site._registry.items():
        if model._meta.label in NOT_SHOWN:
            continue
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{page}_changelist")
        yield reverse(f"{page}_add")
        for order in ("pk", "-pk"):
            row: Any = model_admin.model._default_manager.order_by(order).first()
            if row is not None:
                yield reverse(f"{page}_change", args=(row.pk,))


def statements(client: Client, address: str) -> int:
    client.get(address)  # what is looked up once per process does not count
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def costs_of(client: Client, pages: Iterable[str]) -> dict[str, int]:
    """Statements by address, of those that answer. Only what seems too much is asked once more: some of it is
    looked up once per process."""
    costs = {}
    for address in dict.fromkeys(pages):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        if answer.status_code == 200:
            costs[address] = len(captured) if len(captured) <= MOST else statements(client, address)
    return costs


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def test_pages_of_a_company_cost_no_more_with_many_rules_and_without_any(client: Client) -> None:
    client.force_login(make_member(Role.ADMINISTRATOR))
    world = make_world()
    fill(world, 1)
    alert = Alert.objects.get()
    mapping = CompanyMapping.objects.get(company=alert.company)
    with_one = statements(client, page_of(mapping))

    for _ in range(4):
        pair = {"event_set": make_event_set(), "profile": make_profile(world.credential)}
        TicketRule.objects.create(company_mapping=mapping, **pair)
    assert statements(client, page_of(mapping)) == with_one
    assert statements(client, page_of(alert)) <= MOST

    TicketRule.objects.all().delete()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(is_default=True)
    assert statements(client, page_of(mapping)) <= MOST
    assert statements(client, page_of(alert)) <= MOST


def test_no_page_costs_more_statements_than_it_may(client: Client) -> None:
    member = make_member(Role.ADMINISTRATOR)
    world = make_world()
    fill(world, 3)
    fill_system(member)
    client.force_login(member)

    costs = costs_of(client, addresses())

    assert len(costs) > 150
    assert {address: number for address, number in costs.items() if number > MOST} == {}


def test_no_other_page_does_either(client: Client) -> None:
    """What a button, a row or a bulk action leads to, and the questions before something is deleted."""
    member = make_member(Role.ADMINISTRATOR)
    make_rows(member)
    client.force_login(member)

    costs = costs_of(client, (door.url for door in all_doors() if door.method == "get"))

    assert len(costs) > 200
    assert {page: number for page, number in costs.items() if number > MOST} == {}
