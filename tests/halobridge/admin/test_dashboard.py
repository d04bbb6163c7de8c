"""The overview leads a newcomer through the set-up and tells a regular what needs attention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.choices import ConnectionState, EventStatus, WriteMode
from integrations.models import BudgetPermit, Heartbeat
from mappings.models import CompanyMapping, ComputerMapping, ProductMapping
from tests.halobridge.admin.rows import make_event_set, make_profile, make_ticket
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_event,
    make_heartbeat,
    make_held_loss,
    make_product,
    make_superuser,
)
from ticketing.models import TicketState

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def states(browser: Client) -> list[str]:
    return [step.state for step in browser.get(reverse("admin:index")).context["steps"]]


def attention(browser: Client) -> list[str]:
    return [item.text for item in browser.get(reverse("admin:index")).context["attention"]]


def test_a_newcomer_begins_with_the_connections(browser: Client) -> None:
    response = browser.get(reverse("admin:index"))
    page = response.content.decode()

    assert states(browser) == ["todo", "todo", "blocked", "blocked", "blocked", "blocked", "blocked"]
    assert response.context["next_step"].title == "Connect HaloPSA"
    assert reverse("admin:integrations_halocredential_add") in page
    assert "Blocked: HaloPSA and a console must be connected and synced first." in page


def test_what_is_entered_but_not_synced_is_in_progress(browser: Client) -> None:
    make_credential(state=ConnectionState.UNTESTED, synced_at=None)

    assert states(browser)[0] == "progress"


def make_mapped_company() -> Any:
    credential, console = make_credential(), make_console()
    client = make_client(credential)
    company = make_company(console)
    mapping = CompanyMapping.objects.create(company=company, halo_credential=credential, halo_client=client)
    return credential, company, client, mapping


def test_each_step_is_done_when_its_work_is(browser: Client) -> None:
    credential, company, client, mapping = make_mapped_company()
    asset_type, product = make_asset_type(credential), make_product(company.console)
    computer = make_computer(company, product=product)
    assert states(browser) == ["done", "done", "done", "todo", "todo", "todo", "blocked"]

    ProductMapping.objects.create(
        console=company.console, product=product, halo_credential=credential, asset_type=asset_type.halo_id
    )
    ComputerMapping.objects.create(
        computer=computer, halo_credential=credential, halo_asset=make_asset(client)
    )
    make_event_set()
    make_profile(credential)
    assert states(browser) == ["done", "done", "done", "done", "done", "done", "todo"]

    mapping.create_tickets = True
    mapping.save()
    credential.write_mode = WriteMode.WRITE
    credential.save()
    assert browser.get(reverse("admin:index")).context["set_up"]
    assert "Set-up" not in browser.get(reverse("admin:index")).content.decode()


def test_tickets_on_in_observe_mode_leads_to_the_switch(browser: Client) -> None:
    credential, _, _, mapping = make_mapped_company()
    make_event_set()
    make_profile(credential)
    mapping.create_tickets = True
    mapping.save()

    step = browser.get(reverse("admin:index")).context["steps"][-1]

    assert (step.state, step.action) == ("progress", "Switch to write")


def test_a_quiet_day_needs_no_attention(browser: Client) -> None:
    make_credential(write_mode="write")
    make_heartbeat()

    assert attention(browser) == []


def test_a_credential_that_only_observes_is_said(browser: Client) -> None:
    make_credential("Desk", write_mode="observe")
    make_heartbeat()

    assert attention(browser) == ["Desk only observes: nothing is written to HaloPSA."]


def test_it_tells_what_needs_attention(browser: Client) -> None:
    credential = make_credential(
        "Desk",
        state=ConnectionState.FAILED,
        state_reason="The secret is wrong.",
        secret_expires=timezone.localdate(),
    )
    credential.instance.writes_stopped = True
    credential.instance.save()
    console = make_console()
    make_event(console, company=make_company(console), status=EventStatus.WAITING)
    make_ticket(credential, state=TicketState.REFUSED)
    make_ticket(credential, state=TicketState.STAFF)
    make_held_loss(credential)
    make_profile(credential, name="Broken", ticket_type=777_000)

    told = "\n".join(attention(browser))

    for words in (
        "The queue is not at work",
        "Desk: The secret is wrong.",
        "The client secret of Desk ends on",
        "All writing to",
        "1 ticket refused by HaloPSA.",
        "1 ticket waiting for staff.",
        "Desk: 30 of 40 Halo assets are missing. Decide whether they are gone.",
        "1 company with 1 waiting event not mapped.",
        "The profile 'Broken' uses the ticket type 777000",
    ):
        assert words in told


def test_a_queue_that_fell_silent_is_told(browser: Client) -> None:
    make_heartbeat()
    Heartbeat.objects.update(stamped_at=timezone.now() - timedelta(minutes=6))

    assert any("The queue is not at work" in text for text in attention(browser))


def test_the_gauge_counts_the_calls_of_the_window(browser: Client) -> None:
    instance = make_credential(budget_calls=100, budget_seconds=300).instance
    now = timezone.now()
    for age in (1, 10, 299, 400):
        BudgetPermit.objects.create(instance=instance, taken_at=now - timedelta(seconds=age), purpose=60)

    page = browser.get(reverse("admin:index")).content.decode()

    assert "API limit: 3 of 100 calls" in page
    assert "97 left in 300 s" in page


def test_coverage_counts_active_and_eligible_ones_only(browser: Client) -> None:
    credential, company, client, _ = make_mapped_company()
    make_company(company.console)
    make_company(company.console, active=False)
    ComputerMapping.objects.create(
        computer=make_computer(company), halo_credential=credential, halo_asset=make_asset(client)
    )
    make_computer(company)
    make_computer(company, eligible=False)

    (row,) = browser.get(reverse("admin:index")).context["coverage"]

    assert (row.companies, row.companies_mapped, row.computers, row.computers_mapped) == (2, 1, 2, 1)


def test_a_secret_that_has_ended_is_told_as_such(browser: Client) -> None:
    make_credential("Desk", secret_expires=timezone.localdate() - timedelta(days=3))
    make_credential("Later", secret_expires=timezone.localdate() + timedelta(days=60))
    told = "\n".join(attention(browser))
    assert "The client secret of Desk ended on" in told
    assert "make a new one in HaloPSA" in told
    assert "Later ends" not in told
