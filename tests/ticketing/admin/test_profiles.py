"""Integration profiles: every choice by its name, only those of the credential, all of them still there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import OptionKind
from integrations.models import HaloCredential, HaloOption
from tests.halobridge.admin.rows import make_event_set, make_profile
from tests.integrations.admin.made import (
    make_client,
    make_credential,
    make_end_user,
    make_option,
    make_site,
)
from ticketing.models import IntegrationProfile

pytestmark = pytest.mark.django_db

ADD = "admin:ticketing_integrationprofile_add"
KINDS = {
    "ticket_type": OptionKind.TICKET_TYPE,
    "status_open": OptionKind.STATUS,
    "status_closed": OptionKind.STATUS,
    "sla": OptionKind.SLA,
    "team": OptionKind.TEAM,
    "agent": OptionKind.AGENT,
    "category": OptionKind.CATEGORY,
    "urgency": OptionKind.URGENCY,
    "impact": OptionKind.IMPACT,
    "note_action": OptionKind.OUTCOME,
    "closing_action": OptionKind.OUTCOME,
}


PRESET = {
    "wait_minutes": 0,
    "grouping": "none",
    "note_minutes": 60,
    "closing_policy": "at_once",
    "quiet_minutes": 15,
    "reopen_hours": 24,
    "after_person": "stay_quiet",
    "after_person_hours": 24,
}
"""What the form shows already chosen."""


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential("Desk")


def make_choices(credential: HaloCredential) -> dict[str, str]:
    """One choice for each select, with the value that a browser would send."""
    chosen = {name: make_option(credential, kind, f"The {name}").halo_id for name, kind in KINDS.items()}
    make_option(credential, OptionKind.PRIORITY, "High", parent=chosen["sla"], halo_id="2")
    return chosen


def add(browser: Client, credential: HaloCredential, **typed: Any) -> Any:
    return browser.post(f"{reverse(ADD)}?halo_credential={credential.pk}", {"name": "P2", **PRESET, **typed})


def test_with_one_credential_the_first_step_is_skipped(browser: Client, credential: HaloCredential) -> None:
    response = browser.get(reverse(ADD))

    assert response["Location"] == f"{reverse(ADD)}?halo_credential={credential.pk}"


def test_with_several_the_credential_is_chosen_first(browser: Client, credential: HaloCredential) -> None:
    make_credential("Other desk")

    page = browser.get(reverse(ADD)).content.decode()

    assert "Other desk" in page
    assert 'name="ticket_type"' not in page


def test_all_parameters_are_chosen_by_name_and_stored_by_halos_id(
    browser: Client, credential: HaloCredential
) -> None:
    chosen = make_choices(credential)
    client = make_client(credential)
    user = make_end_user(make_site(client), "Ann")
    event_set = make_event_set()
    page = browser.get(f"{reverse(ADD)}?halo_credential={credential.pk}").content.decode()

    more = {"client": client.pk, "user": user.pk, "event_set": event_set.pk}
    add(browser, credential, **chosen, priority=f"{chosen['sla']}/2", **more)

    profile = IntegrationProfile.objects.get()
    assert profile.halo_credential == credential
    assert {name: str(getattr(profile, name)) for name in KINDS} == chosen
    assert (profile.priority, profile.client, profile.user) == (2, client, user)
    assert profile.event_set == event_set
    assert (profile.mail_end_user, profile.run_halo_rules) == (False, False)
    for name in KINDS:
        assert f"The {name}" in page


def test_choices_of_another_credential_are_not_offered(browser: Client, credential: HaloCredential) -> None:
    make_choices(credential)
    make_option(make_credential(), OptionKind.TEAM, "Foreign team")

    page = browser.get(f"{reverse(ADD)}?halo_credential={credential.pk}").content.decode()

    assert "Foreign team" not in page


def test_a_status_that_the_ticket_type_does_not_allow_is_refused(
    browser: Client, credential: HaloCredential
) -> None:
    chosen = make_choices(credential)
    HaloOption.objects.filter(kind=OptionKind.TICKET_TYPE).update(
        extra={"statuses": [int(chosen["status_open"])]}
    )

    page = add(browser, credential, **chosen).content.decode()

    assert "The ticket type The ticket_type does not allow this status in HaloPSA." in page
    assert not IntegrationProfile.objects.exists()


def test_a_priority_without_an_sla_chooses_its_sla(browser: Client, credential: HaloCredential) -> None:
    chosen = make_choices(credential)

    add(browser, credential, **{**chosen, "sla": ""}, priority=f"{chosen['sla']}/2")

    assert IntegrationProfile.objects.get().sla == int(chosen["sla"])


def test_a_priority_of_another_sla_is_refused(browser: Client, credential: HaloCredential) -> None:
    chosen = make_choices(credential)
    other = make_option(credential, OptionKind.SLA, "Silver").halo_id
    make_option(credential, OptionKind.PRIORITY, "High", parent=other, halo_id="2")

    page = add(browser, credential, **chosen, priority=f"{other}/2").content.decode()

    assert "This priority belongs to another SLA." in page
    assert not IntegrationProfile.objects.exists()


def test_a_status_that_halo_no_longer_has_is_said_and_must_be_replaced(
    browser: Client, credential: HaloCredential
) -> None:
    profile = make_profile(credential, status_open=987_654)
    address = reverse("admin:ticketing_integrationprofile_change", args=(profile.pk,))
    typed = {
        "name": profile.name,
        "ticket_type": profile.ticket_type,
        "status_open": "987654",
        "status_closed": profile.status_closed,
        **PRESET,
    }

    shown = browser.get(address).content.decode()
    refused = browser.post(address, typed).content.decode()

    assert "which no longer exists in HaloPSA" in shown
    assert "This status for creation no longer exists in HaloPSA. Choose another." in refused


def test_a_name_twice_in_a_credential_is_refused_with_a_sentence(
    browser: Client, credential: HaloCredential
) -> None:
    make_profile(credential, name="P2")

    page = add(browser, credential, **make_choices(credential)).content.decode()

    assert "already exists" in page
    assert IntegrationProfile.objects.count() == 1


def test_each_credential_has_its_own_default(browser: Client, credential: HaloCredential) -> None:
    old, new = make_profile(credential, is_default=True), make_profile(credential)
    foreign = make_profile(make_credential(), is_default=True)
    address = reverse("admin:ticketing_integrationprofile_set_default", args=(new.pk,))

    assert "the present default no longer does" in browser.get(address).content.decode()
    browser.post(address)

    defaults = set(IntegrationProfile.objects.filter(is_default=True))
    assert defaults == {new, foreign}
    assert old not in defaults


def test_the_first_profile_of_a_credential_is_its_default(
    browser: Client, credential: HaloCredential
) -> None:
    make_profile(make_credential(), is_default=True)
    chosen = make_choices(credential)

    page = browser.post(
        f"{reverse(ADD)}?halo_credential={credential.pk}", {"name": "P2", **PRESET, **chosen}, follow=True
    ).content.decode()
    assert "“P2” is the default profile of Desk, as it is the first one" in page

    add(browser, credential, **chosen | {"name": "P3"})
    of_desk = IntegrationProfile.objects.filter(halo_credential=credential)
    assert list(of_desk.order_by("pk").values_list("name", "is_default")) == [("P2", True), ("P3", False)]


def test_the_list_shows_names_not_ids(browser: Client, credential: HaloCredential) -> None:
    make_profile(credential)
    make_profile(credential, ticket_type=555_444)

    page = browser.get(reverse("admin:ticketing_integrationprofile_changelist")).content.decode()

    assert "Alert" in page
    assert "No longer in HaloPSA" in page
    assert "555444" not in page


def test_what_means_wont_fix_is_chosen_by_name_too(browser: Client, credential: HaloCredential) -> None:
    chosen = make_choices(credential)
    lost = make_option(credential, OptionKind.STATUS, "Accepted risk").halo_id

    add(browser, credential, **chosen, wont_fix_statuses=[lost], wont_fix_categories=[chosen["category"]])

    profile = IntegrationProfile.objects.get()
    assert profile.wont_fix_statuses == [int(lost)]
    assert profile.wont_fix_categories == [int(chosen["category"])]


def test_an_interval_of_years_is_refused_at_its_field(browser: Client, credential: HaloCredential) -> None:
    page = add(browser, credential, **make_choices(credential), note_minutes=99_999_999).content.decode()

    assert "Ensure this value is less than or equal to 10080." in page


def test_a_new_profile_preselects_the_ticket_type_for_alerts(
    browser: Client, credential: HaloCredential
) -> None:
    for name in ("Incident", "Monitoring alert", "Service request"):
        make_option(credential, OptionKind.TICKET_TYPE, name)

    page = browser.get(f"{reverse(ADD)}?halo_credential={credential.pk}").content.decode()

    chosen = re.search(r'<option value="\d+" selected[^>]*>\s*([^<]+?)\s*</option>', page)
    assert chosen
    assert chosen[1] == "Monitoring alert"
