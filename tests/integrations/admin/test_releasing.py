"""A credential that is held back: its badge, the sentence on its page, and the button that releases it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.backups import hold
from integrations.choices import RunKind
from integrations.models import HaloCredential, Instance, Run
from tests.integrations.admin.made import make_credential, make_staff

pytestmark = pytest.mark.django_db
LIST = "admin:integrations_halocredential_changelist"
CHANGE = "admin:integrations_halocredential_change"
BADGE = "Held back</span>"


@pytest.fixture
def held() -> HaloCredential:
    credential = make_credential(write_mode="write")
    hold("It is a copy.", timezone.now() - timedelta(hours=1))
    return credential


def page(browser: Client, name: str, *arguments: object) -> str:
    return browser.get(reverse(name, args=arguments)).content.decode()


def release_address(credential: HaloCredential) -> str:
    return reverse("admin:integrations_halocredential_release", args=(credential.pk,))


def test_the_list_says_held_back_in_place_of_the_write_mode(browser: Client, held: HaloCredential) -> None:
    assert BADGE in page(browser, LIST)
    HaloCredential.objects.update(held_since=None)
    assert BADGE not in page(browser, LIST)


@pytest.mark.parametrize("change", ["stopped", "off"])
def test_what_stops_it_anyhow_is_said_first(browser: Client, held: HaloCredential, change: str) -> None:
    if change == "stopped":
        Instance.objects.update(writes_stopped=True)
    else:
        HaloCredential.objects.update(enabled=False)
    assert BADGE not in page(browser, LIST)


def test_its_page_says_why_and_offers_the_release(browser: Client, held: HaloCredential) -> None:
    told = page(browser, CHANGE, held.pk)
    assert "It is a copy." in told
    assert "What HaloPSA got after" in told
    assert release_address(held) in told
    HaloCredential.objects.update(held_since=None)
    assert release_address(held) not in page(browser, CHANGE, held.pk)


def test_the_button_leads_to_the_run_that_reads_everything_before(
    browser: Client, held: HaloCredential
) -> None:
    answer = browser.post(release_address(held))
    run = Run.objects.get(kind=RunKind.SYNC_HALO)
    assert answer["Location"] == reverse("admin:integrations_run_change", args=(run.pk,))
    assert run.parameters["release"] is True
    assert run.requested_by is not None
    held.refresh_from_db()
    assert held.held_since


def test_who_may_not_allow_writing_releases_nothing(client: Client, held: HaloCredential) -> None:
    client.force_login(make_staff("looks", "integrations.view_halocredential"))
    assert client.post(release_address(held)).status_code == 403
    assert not Run.objects.exists()


def test_a_credential_that_is_switched_off_is_not_released_and_says_why(
    browser: Client, held: HaloCredential
) -> None:
    HaloCredential.objects.update(enabled=False)
    told = browser.post(release_address(held), follow=True).content.decode()
    assert "is switched off: nothing can be read" in told
    assert not Run.objects.exists()
