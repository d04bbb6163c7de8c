"""Entering a console: its kind first, then the fields that its connector declares."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from integrations.choices import RunKind
from integrations.models import Console, Run
from integrations.registry import connector_class, console_kinds
from tests.integrations.admin.made import SECRET, make_console

pytestmark = pytest.mark.django_db

ADD = "admin:integrations_console_add"
TYPED = {
    "name": "Main backup",
    "base_url": "",
    "credential_login": "api-login",
    "credential_password": SECRET,
    "time_zone": "Europe/Vienna",
    "enabled": "on",
}


def test_adding_begins_with_the_kind(browser: Client) -> None:
    page = browser.get(reverse(ADD)).content.decode()

    for kind, label in console_kinds():
        assert f"?kind={kind}" in page
        assert label in page


def test_the_form_has_the_fields_of_its_kind(browser: Client) -> None:
    page = browser.get(reverse(ADD), {"kind": "msp360"}).content.decode()

    for field in connector_class("msp360").credential_fields:
        assert f'name="credential_{field.name}"' in page


def test_a_console_that_is_pushed_to_needs_no_address_and_takes_a_webhook_secret(browser: Client) -> None:
    page = browser.get(reverse(ADD), {"kind": "push"}).content.decode()

    assert 'name="base_url"' not in page
    assert set(re.findall(r'name="(credential_\w+)"', page)) == {"credential_webhook_secret"}


@pytest.mark.parametrize("kind", sorted(kind for kind, _ in console_kinds()))
def test_help_texts_are_read_as_they_were_written(browser: Client, kind: str) -> None:
    """What is to be filled in stands in angle brackets: it is no tag."""
    page = browser.get(reverse(ADD), {"kind": kind}).content.decode()

    connector = connector_class(kind)
    texts = [item.help_text for item in connector.credential_fields]
    if not (connector.abilities.pushed or connector.abilities.uploaded):
        texts.append(connector.address_help)
    for text in texts:
        assert str(escape(text)) in page


def test_an_address_may_be_copied_out_of_the_browser(browser: Client) -> None:
    browser.post(f"{reverse(ADD)}?kind=msp360", {**TYPED, "base_url": "“https://backup.example.com/#/home”"})

    assert Console.objects.get().base_url == "https://backup.example.com"


def test_saving_stores_the_keys_and_leads_to_the_run_of_its_test(browser: Client) -> None:
    response = browser.post(f"{reverse(ADD)}?kind=msp360", TYPED)

    console = Console.objects.get()
    run = Run.objects.get(kind=RunKind.TEST_CONSOLE)
    assert (console.kind, console.time_zone) == ("msp360", "Europe/Vienna")
    assert console.credentials == {"login": "api-login", "password": SECRET}
    assert response["Location"] == reverse("admin:integrations_run_change", args=(run.pk,))


def test_a_missing_key_is_said_beside_its_field(browser: Client) -> None:
    response = browser.post(f"{reverse(ADD)}?kind=msp360", {**TYPED, "credential_password": ""})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["credential_password"]
    assert not Console.objects.exists()


def test_an_address_with_a_password_in_it_is_refused(browser: Client) -> None:
    response = browser.post(
        f"{reverse(ADD)}?kind=msp360", {**TYPED, "base_url": "https://u:p@backup.example.com"}
    )

    assert response.context["adminform"].form.errors["base_url"]


def test_the_page_of_a_console_shows_no_secret_and_keeps_it(browser: Client) -> None:
    console = make_console()
    address = reverse("admin:integrations_console_change", args=(console.pk,))

    page = browser.get(address).content.decode()
    browser.post(address, {**TYPED, "credential_login": "other", "credential_password": ""})

    console.refresh_from_db()
    assert SECRET not in page
    assert "api-login" in page
    assert console.credentials == {"login": "other", "password": SECRET}


def test_an_optional_secret_can_be_forgotten(browser: Client) -> None:
    console = make_console(credentials={"login": "l", "password": SECRET, "rmm_token": SECRET})
    address = reverse("admin:integrations_console_change", args=(console.pk,))

    browser.post(address, {**TYPED, "credential_password": "", "forget_rmm_token": "on"})

    console.refresh_from_db()
    assert "rmm_token" not in console.credentials
    assert console.credentials["password"] == SECRET


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        ("test_now", RunKind.TEST_CONSOLE),
        ("sync_now", RunKind.SYNC_CONSOLE),
        ("fetch_events", RunKind.EVENTS),
    ],
)
def test_buttons_ask_for_a_run(browser: Client, button: str, kind: str) -> None:
    console = make_console()

    browser.post(reverse(f"admin:integrations_console_{button}", args=(console.pk,)))

    assert Run.objects.get(kind=kind).console == console


def test_a_console_that_cannot_be_read_has_no_button_for_it(browser: Client) -> None:
    console = make_console(kind="push", credentials={})

    page = browser.get(reverse("admin:integrations_console_change", args=(console.pk,))).content.decode()

    assert "Test now" in page
    assert "Sync now" not in page
    assert "Fetch events now" not in page


def test_a_kind_that_is_not_known_any_more_can_be_looked_at_only(browser: Client) -> None:
    console = make_console(kind="gone")
    address = reverse("admin:integrations_console_change", args=(console.pk,))

    assert browser.get(address).status_code == 200
    assert browser.post(address, TYPED).status_code == 403
