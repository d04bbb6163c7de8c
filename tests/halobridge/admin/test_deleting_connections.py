"""Before a connection is deleted the page says what goes and what stays, and does not ask for long."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.admin.display import admin_url
from integrations.models import Company, Console, HaloCredential, KnownSeries, MirrorState
from tests.halobridge.admin.rows import fill, make_world

pytestmark = pytest.mark.django_db
MOST = 15


@pytest.fixture
def credential() -> HaloCredential:
    world = make_world()
    fill(world, 2)
    return world.credential


@pytest.fixture
def console(credential: HaloCredential) -> Console:
    return Company.objects.all()[0].console


def test_a_console_says_that_assets_and_tickets_stay(browser: Client, console: Console) -> None:
    page = browser.get(admin_url(console, "delete"))

    assert "Assets and tickets in HaloPSA stay as they are." in page.content.decode()
    counts = dict(page.context["model_count"])
    assert counts["companies"] == Company.objects.filter(console=console).count()


def test_so_do_several_that_are_ticked(browser: Client, console: Console) -> None:
    ticked = {"action": "delete_selected", "_selected_action": str(console.pk)}

    page = browser.post(reverse("admin:integrations_console_changelist"), ticked).content.decode()

    assert "Assets and tickets in HaloPSA stay as they are." in page
    assert Console.objects.filter(pk=console.pk).exists()


def test_a_halopsa_credential_says_that_halopsa_stays(browser: Client, credential: HaloCredential) -> None:
    page = browser.get(admin_url(credential, "delete")).content.decode()

    assert "Everything in HaloPSA stays as it is." in page


def test_what_the_bridge_remembers_for_itself_is_not_counted(
    browser: Client, console: Console, credential: HaloCredential
) -> None:
    KnownSeries.objects.create(console=console, series_key="x")
    MirrorState.objects.get_or_create(halo_credential=credential, resource="clients")

    for row in (console, credential):
        counts = dict(browser.get(admin_url(row, "delete")).context["model_count"])
        assert not {"known series", "mirror states"} & set(counts)


def test_the_question_takes_few_statements(
    browser: Client, console: Console, credential: HaloCredential
) -> None:
    for row in (console, credential):
        address = admin_url(row, "delete")
        browser.get(address)  # what is looked up once per process does not count
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        assert len(captured) <= MOST, [query["sql"][:90] for query in captured]
