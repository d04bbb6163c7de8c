"""The page of a profile says whether HaloPSA would take its tickets, and sends a test ticket."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import OptionKind, RunKind, WriteMode
from integrations.models import HaloClient, HaloCredential, Run
from tests.halobridge.admin.rows import make_profile
from tests.integrations.admin.made import make_client, make_credential, make_option, make_site
from ticketing.models import IntegrationProfile, Preflight, PreflightState, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential("Desk", write_mode=WriteMode.WRITE)


@pytest.fixture
def profile(credential: HaloCredential) -> IntegrationProfile:
    return make_profile(credential, name="P1")


@pytest.fixture
def halo_client(credential: HaloCredential) -> HaloClient:
    client = make_client(credential)
    make_site(client)
    return client


def page_of(browser: Client, profile: IntegrationProfile, name: str = "change") -> str:
    url = reverse(f"admin:ticketing_integrationprofile_{name}", args=(profile.pk,))
    return str(browser.get(url).content.decode())


def found(level: str, words: str) -> dict[str, str]:
    return {"level": level, "about": "", "words": words}


def looks(profile: IntegrationProfile, state: PreflightState, *rows: dict[str, str]) -> None:
    Preflight.objects.create(profile=profile, state=state, findings=list(rows))


def test_before_the_first_look_the_page_says_when_it_happens(
    browser: Client, profile: IntegrationProfile
) -> None:
    assert "Not looked at yet" in page_of(browser, profile)


def test_the_page_lists_what_was_found(browser: Client, profile: IntegrationProfile) -> None:
    looks(
        profile,
        PreflightState.FAILED,
        found("fails", "The team “Night <b>Shift</b>” is inactive."),
        found("unknown", "Whether it closes."),
    )
    page = page_of(browser, profile)

    assert "Tickets would fail" in page
    assert "Night &lt;b&gt;Shift&lt;/b&gt;" in page
    assert "API does not tell" in page


def test_the_list_and_the_overview_tell_of_profiles_that_would_fail(
    browser: Client, profile: IntegrationProfile
) -> None:
    make_profile(profile.halo_credential, name="P2")
    looks(profile, PreflightState.FAILED, found("fails", "The team is gone."))

    listed = browser.get(reverse("admin:ticketing_integrationprofile_changelist")).content.decode()
    assert listed.count("Tickets would fail") >= 1
    assert "Tickets of the profile “P1” would fail: The team is gone." in browser.get(
        reverse("admin:index")
    ).content.decode().replace("&quot;", '"')

    profile.save()  # what was found may be mended by now; the next look will tell
    assert "would fail: The team is gone" not in browser.get(reverse("admin:index")).content.decode()


def test_saving_asks_for_a_look(browser: Client, credential: HaloCredential) -> None:
    chosen = {
        "ticket_type": make_option(credential, OptionKind.TICKET_TYPE, "Alert").halo_id,
        "status_open": make_option(credential, OptionKind.STATUS, "New").halo_id,
        "status_closed": make_option(credential, OptionKind.STATUS, "Closed").halo_id,
    }
    preset: dict[str, Any] = {
        "name": "P9", "wait_minutes": 0, "grouping": "none", "note_minutes": 60, "closing_policy": "at_once",
        "quiet_minutes": 15, "reopen_hours": 24, "after_person": "stay_quiet", "after_person_hours": 24,
    }  # fmt: skip
    url = f"{reverse('admin:ticketing_integrationprofile_add')}?halo_credential={credential.pk}"
    assert browser.post(url, {**preset, **chosen}).status_code == 302

    assert Run.objects.filter(kind=RunKind.PREFLIGHT, halo_credential=credential).count() == 1


def test_a_button_asks_for_a_look_now(browser: Client, profile: IntegrationProfile) -> None:
    browser.post(reverse("admin:ticketing_integrationprofile_check_now", args=(profile.pk,)))

    assert Run.objects.filter(kind=RunKind.PREFLIGHT).exists()


def test_a_test_ticket_is_sent_after_its_page_has_said_what_happens(
    browser: Client, profile: IntegrationProfile, halo_client: HaloClient
) -> None:
    assert "It stays in HaloPSA as a closed ticket" in page_of(browser, profile, "test_ticket")

    url = reverse("admin:ticketing_integrationprofile_test_ticket", args=(profile.pk,))
    answer = browser.post(url, {"client": halo_client.pk})

    assert answer.status_code == 302
    ticket = Ticket.objects.get(is_test=True)
    assert ticket.profile == profile
    assert "Last test ticket" in page_of(browser, profile)


def test_in_observe_mode_the_page_says_why_none_is_sent(
    browser: Client, profile: IntegrationProfile, halo_client: HaloClient
) -> None:
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    url = reverse("admin:ticketing_integrationprofile_test_ticket", args=(profile.pk,))
    page = browser.post(url, {"client": halo_client.pk}).content.decode()

    assert "only observes or is stopped" in page
    assert not Ticket.objects.exists()


def test_a_refused_test_is_no_matter_for_the_overview(browser: Client, profile: IntegrationProfile) -> None:
    Ticket.objects.create(
        instance=profile.halo_credential.instance,
        halo_credential=profile.halo_credential,
        group_key="test:x",
        current=False,
        is_test=True,
        marker="HB-x",
        state="refused",
        summary="[Test]",
        profile=profile,
    )

    assert "refused by HaloPSA" not in browser.get(reverse("admin:index")).content.decode()
