"""The set-up checklist leads from nothing to tickets, and whoever may not do a step to nobody's refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import ConnectionState, Role, WriteMode
from mappings.models import CompanyMapping, CompanySuggestion, ComputerMapping, ProductMapping
from tests.halobridge.admin.rows import make_event_set, make_profile
from tests.halobridge.roles.members import make_member
from tests.integrations.admin.made import (
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_product,
)

pytestmark = pytest.mark.django_db


def steps(browser: Client) -> list[Any]:
    return list(browser.get(reverse("admin:index")).context["steps"])


def states(browser: Client) -> list[str]:
    return [step.state for step in steps(browser)]


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


def test_a_done_checklist_can_be_shown_again(browser: Client) -> None:
    credential, company, client, mapping = make_mapped_company()
    make_everything(credential, company, client, mapping)

    page = browser.get(reverse("admin:index")).content.decode()
    assert "Show the set-up checklist again" in page

    again = browser.get(reverse("admin:index"), {"set-up": 1}).content.decode()
    assert "7 of 7 done" in again


def make_everything(credential: Any, company: Any, client: Any, mapping: Any) -> None:
    asset_type, product = make_asset_type(credential), make_product(company.console)
    computer = make_computer(company, product=product)
    ProductMapping.objects.create(
        console=company.console, product=product, halo_credential=credential, asset_type=asset_type.halo_id
    )
    ComputerMapping.objects.create(
        computer=computer, halo_credential=credential, halo_asset=make_asset(client)
    )
    make_event_set()
    make_profile(credential)
    mapping.create_tickets = True
    mapping.save()
    credential.write_mode = WriteMode.WRITE
    credential.save()


def test_each_step_leads_to_its_page_with_what_is_known_filled_in(browser: Client) -> None:
    credential, company, _, _ = make_mapped_company()
    other = make_company(company.console)
    CompanySuggestion.objects.create(
        company=other, halo_credential=credential, halo_client=make_client(credential), score=100
    )
    make_computer(company)
    make_event_set()
    here = f"halo_credential={credential.pk}&console={company.console.pk}"

    urls = [step.url for step in steps(browser)]

    assert urls[2].endswith(f"{reverse('admin:mappings_companymapping_changelist')}?{here}&state=suggested")
    assert urls[3].endswith(f"{reverse('admin:mappings_productmapping_changelist')}?{here}")
    assert urls[4].endswith(f"{reverse('admin:integrations_plan_add')}?{here}")
    assert urls[5].endswith(
        f"{reverse('admin:ticketing_integrationprofile_add')}?halo_credential={credential.pk}"
    )
    assert {browser.get(url).status_code for url in urls} == {200}
    assert browser.get(urls[4]).context["form"]["console"].value() == str(company.console.pk)


def test_a_connection_that_fails_leads_to_its_own_page_and_says_why(browser: Client) -> None:
    credential = make_credential(
        "Desk", state=ConnectionState.FAILED, state_reason="The secret is wrong.", synced_at=None
    )

    step = steps(browser)[0]

    assert (step.state, step.told) == ("progress", "Entered; Desk: The secret is wrong.")
    assert step.url == reverse("admin:integrations_halocredential_change", args=(credential.pk,))


def test_who_may_not_do_a_step_reads_whose_it_is(client: Client) -> None:
    client.force_login(make_member(Role.ENGINEER))
    response = client.get(reverse("admin:index"))

    first, *_, events, _ = response.context["steps"]
    assert (first.url, first.who) == ("", "Needs a staff account with the role “Administrator”.")
    assert first.who in response.content.decode()
    assert events.who == ""


@pytest.mark.parametrize("role", list(Role))
def test_no_step_leads_to_a_page_that_refuses(client: Client, role: Role) -> None:
    make_mapped_company()
    make_event_set()
    client.force_login(make_member(role))

    for step in steps(client):
        assert not step.url or client.get(step.url, follow=True).status_code == 200, step.title
