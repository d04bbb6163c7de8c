"""Ticket rules on the page of a company mapping."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Run
from mappings.models import CompanyMapping
from tests.halobridge.admin.rows import make_alert, make_event_set, make_profile
from tests.integrations.admin.made import (
    make_client,
    make_company,
    make_console,
    make_credential,
    make_event,
)
from ticketing.models import AlertEvent, Decision, TicketRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def mapping() -> CompanyMapping:
    credential = make_credential()
    return CompanyMapping.objects.create(
        company=make_company(make_console()), halo_credential=credential, halo_client=make_client(credential)
    )


def page_of(mapping: CompanyMapping) -> str:
    return reverse("admin:mappings_companymapping_change", args=(mapping.pk,))


def save(browser: Client, mapping: CompanyMapping, **rule: Any) -> Any:
    typed = {
        "halo_client": mapping.halo_client_id,
        "halo_site": "",
        "ticket_rules-TOTAL_FORMS": "1",
        "ticket_rules-INITIAL_FORMS": "0",
        "ticket_rules-0-position": "0",
        "ticket_rules-0-company_mapping": mapping.pk,
        **{f"ticket_rules-0-{name}": value for name, value in rule.items()},
    }
    return browser.post(page_of(mapping), typed)


def test_a_rule_is_added_in_line_and_waiting_events_are_routed(
    browser: Client, mapping: CompanyMapping
) -> None:
    event_set, profile = make_event_set(), make_profile(mapping.halo_credential)

    save(browser, mapping, event_set=event_set.pk, profile=profile.pk)

    rule = TicketRule.objects.get()
    assert (rule.company_mapping, rule.event_set, rule.profile) == (mapping, event_set, profile)
    assert Run.objects.filter(kind=RunKind.ROUTE).exists()


def test_without_an_event_set_the_profiles_own_is_taken(browser: Client, mapping: CompanyMapping) -> None:
    event_set = make_event_set()
    profile = make_profile(mapping.halo_credential, event_set=event_set)

    save(browser, mapping, event_set="", profile=profile.pk)

    assert TicketRule.objects.get().event_set == event_set


def test_a_profile_that_proposes_none_asks_for_an_event_set(browser: Client, mapping: CompanyMapping) -> None:
    profile = make_profile(mapping.halo_credential, name="Bare")

    page = save(browser, mapping, event_set="", profile=profile.pk).content.decode()

    assert "the profile “Bare” proposes none" in page
    assert not TicketRule.objects.exists()


def test_profiles_of_another_credential_are_not_offered(browser: Client, mapping: CompanyMapping) -> None:
    make_profile(mapping.halo_credential, name="Own profile")
    foreign = make_profile(make_credential(), name="Foreign profile")

    page = browser.get(page_of(mapping)).content.decode()
    refused = save(browser, mapping, event_set=make_event_set().pk, profile=foreign.pk)

    assert "Own profile" in page
    assert "Foreign profile" not in page
    assert refused.status_code == 200
    assert not TicketRule.objects.exists()


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({}, "<em>Create tickets</em> is off"),
        ({"create_tickets": True, "no_notification": True}, "<em>No notification</em> is on"),
        ({"create_tickets": True}, "Nothing becomes a ticket yet"),
    ],
)
def test_the_page_says_what_keeps_tickets_away(
    browser: Client, mapping: CompanyMapping, switches: dict[str, bool], words: str
) -> None:
    CompanyMapping.objects.filter(pk=mapping.pk).update(**switches)

    assert words in browser.get(page_of(mapping)).content.decode()


def test_the_page_says_when_the_defaults_serve_it(browser: Client, mapping: CompanyMapping) -> None:
    CompanyMapping.objects.filter(pk=mapping.pk).update(create_tickets=True)
    make_event_set(is_default=True)
    make_profile(mapping.halo_credential, is_default=True)

    assert "the defaults serve it" in browser.get(page_of(mapping)).content.decode()


@pytest.mark.parametrize("way", ["switch", "bulk", "choose", "page"])
def test_what_is_open_when_tickets_are_switched_on_is_listed_as_baseline(
    browser: Client, mapping: CompanyMapping, way: str
) -> None:
    console = mapping.company.console
    alert = make_alert(
        mapping.halo_credential, console, company=mapping.company, decision=Decision.NOT_WANTED
    )
    event = make_event(console, company=mapping.company)
    AlertEvent.objects.create(alert=alert, event=event, occurrence=alert.occurrence)
    page = reverse("admin:mappings_companymapping_changelist")
    chosen = {"halo_client": mapping.halo_client_id, "halo_site": "", "create_tickets": "on"}
    choose = reverse(
        "admin:mappings_companymapping_choose", args=(mapping.halo_credential_id, mapping.company_id)
    )
    no_rules = {"ticket_rules-TOTAL_FORMS": "0", "ticket_rules-INITIAL_FORMS": "0"}
    posts: dict[str, tuple[str, dict[str, Any]]] = {
        "switch": (page, {"do": f"switch:create_tickets:{mapping.pk}:on"}),
        "bulk": (page, {"do": "bulk", "bulk": "create_tickets:on", "company": [mapping.company_id]}),
        "choose": (choose, chosen),
        "page": (page_of(mapping), {**chosen, **no_rules}),
    }

    browser.post(*posts[way])

    mapping.refresh_from_db()
    alert.refresh_from_db()
    assert mapping.create_tickets
    assert alert.decision == Decision.BASELINE
