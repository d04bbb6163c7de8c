"""The set-up checklist leads from nothing to tickets, and whoever may not do a step to nobody's refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import ConnectionState, Role, WriteMode
from integrations.models import HaloCredential, Run
from mappings.models import CompanyMapping, CompanySuggestion, ComputerMapping, ProductMapping
from tests.halobridge.admin.rows import make_event_set, make_profile, make_ticket
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
    make_run,
)
from ticketing.models import EventSet, Ticket, TicketRule

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
    make_event_set(is_default=True)
    make_profile(credential, is_default=True)
    assert states(browser) == ["done", "done", "done", "done", "done", "done", "todo"]

    mapping.create_tickets = True
    mapping.save()
    credential.write_mode = WriteMode.WRITE
    credential.save()
    assert browser.get(reverse("admin:index")).context["set_up"]
    assert "Set-up" not in browser.get(reverse("admin:index")).content.decode()


def test_tickets_on_in_observe_mode_leads_to_the_switch(browser: Client) -> None:
    credential, _, _, mapping = make_mapped_company()
    make_event_set(is_default=True)
    make_profile(credential, is_default=True)
    mapping.create_tickets = True
    mapping.save()

    step = browser.get(reverse("admin:index")).context["steps"][-1]

    assert (step.state, step.action) == ("progress", "Switch to write")


def test_a_set_and_a_profile_that_nothing_chooses_are_not_done(browser: Client) -> None:
    credential, _, _, mapping = make_mapped_company()
    event_set, profile = make_event_set(), make_profile(credential)

    *_, made, on = steps(browser)
    assert (made.state, made.action, on.state) == ("progress", "Set as default", "blocked")
    assert f"no event set and no profile of {credential} is the default" in made.told
    assert made.url == reverse("admin:ticketing_eventset_change", args=(event_set.pk,))

    EventSet.objects.update(is_default=True)
    made = steps(browser)[5]
    assert made.told.count("no event set") == 0
    assert made.url == reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,))

    CompanyMapping.objects.update(create_tickets=True)
    response = browser.get(reverse("admin:index"))
    last = response.context["steps"][-1]
    assert (last.state, last.action, last.url) == ("progress", "Set as default", made.url)
    text = (
        f"1 company has tickets on, but no profile of {credential} is the default: "
        "their alerts become no tickets."
    )
    assert [item.url for item in response.context["attention"] if item.text == text] == [made.url]

    TicketRule.objects.create(company_mapping=mapping, event_set=event_set, profile=profile)
    response = browser.get(reverse("admin:index"))
    assert response.context["steps"][5].state == "done"
    assert not [item for item in response.context["attention"] if "tickets on" in item.text]


def test_each_credential_needs_its_own_default_profile(browser: Client) -> None:
    make_mapped_company()
    other, _, _, _ = make_mapped_company()
    CompanyMapping.objects.update(create_tickets=True)
    make_event_set(is_default=True)
    for credential in HaloCredential.objects.exclude(pk=other.pk):
        make_profile(credential, is_default=True)

    attention = browser.get(reverse("admin:index")).context["attention"]

    (line,) = [item for item in attention if "tickets on" in item.text]
    assert f"no profile of {other} is the default" in line.text
    assert line.url.endswith(
        f"{reverse('admin:ticketing_integrationprofile_add')}?halo_credential={other.pk}"
    )


def test_what_is_only_observed_is_said_where_it_waits(browser: Client) -> None:
    credential, company, _, _ = make_mapped_company()
    make_computer(company)

    export = steps(browser)[4]

    words = f"HaloPSA credential {credential} only observes: nothing is written until you switch it to write."
    assert export.told.endswith(words)
    assert export.more_url == reverse("admin:integrations_halocredential_change", args=(credential.pk,))
    HaloCredential.objects.update(write_mode=WriteMode.WRITE)
    assert "only observes" not in steps(browser)[4].told


def test_an_export_that_had_to_leave_some_out_is_done_and_names_them(browser: Client) -> None:
    credential, company, client, _ = make_mapped_company()
    ComputerMapping.objects.create(
        computer=make_computer(company), halo_credential=credential, halo_asset=make_asset(client)
    )
    make_computer(company)
    run = make_run("apply_assets", halo_credential=credential, totals={"observed": 1})
    assert steps(browser)[4].state == "progress"

    Run.objects.filter(pk=run.pk).update(totals={"created": 1, "skipped": 1})
    export = steps(browser)[4]
    assert (export.state, "Left: 1 unmapped" in export.told) == ("done", True)


def test_the_first_ticket_folds_the_checklist(browser: Client) -> None:
    credential, _, _, _ = make_mapped_company()
    make_ticket(credential, state="planned")
    assert "<details><summary" not in browser.get(reverse("admin:index")).content.decode()

    Ticket.objects.update(state="open")
    page = browser.get(reverse("admin:index")).content.decode()
    assert '<details><summary class="hb-fold">' in page
    assert "3 of 7 done" in page


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
    make_event_set(is_default=True)
    make_profile(credential, is_default=True)
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
