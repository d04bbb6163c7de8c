"""A connection that is switched off looks so wherever its state is shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.display import admin_url
from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential
from tests.integrations.admin.made import make_company, make_console, make_credential

pytestmark = pytest.mark.django_db
OFF = 'title="It is not used. At its last test: Working.">Switched off</span>'
WORKS = "hb-badge--good"


@pytest.fixture
def console() -> Console:
    console = make_console("Sandbox")
    make_company(console, "Baker")
    Console.objects.update(enabled=False, state=ConnectionState.WORKING)
    return console


def test_a_console_says_it_in_the_list_and_on_its_page(browser: Client, console: Console) -> None:
    for address in (reverse("admin:integrations_console_changelist"), admin_url(console)):
        page = browser.get(address).content.decode()
        assert OFF in page, address
        assert WORKS not in page, address


def test_the_overview_says_it_beside_the_coverage(browser: Client, console: Console) -> None:
    make_credential()

    page = browser.get(reverse("admin:index")).content.decode()

    assert OFF in page[page.index('id="hb-coverage"') :]


def test_a_halopsa_credential_says_it_too(browser: Client) -> None:
    credential = make_credential()
    HaloCredential.objects.update(enabled=False, state=ConnectionState.WORKING)

    for address in (reverse("admin:integrations_halocredential_changelist"), admin_url(credential)):
        assert OFF in browser.get(address).content.decode(), address


def test_one_that_is_on_tells_its_state(browser: Client, console: Console) -> None:
    Console.objects.update(enabled=True)

    page = browser.get(admin_url(console)).content.decode()

    assert OFF not in page
    assert ">Working</span>" in page
