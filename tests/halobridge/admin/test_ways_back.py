"""Nobody is left alone: what is not found, what is empty and what was only looked at lead on, in words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.display import state_badge
from integrations.choices import RunKind
from tests.halobridge.admin.rows import make_alert, make_ticket
from tests.integrations.admin.made import make_console, make_credential, make_run

pytestmark = pytest.mark.django_db


def test_what_is_not_found_has_the_navigation_and_a_way_back(browser: Client) -> None:
    answer = browser.get(f"{reverse('admin:integrations_run_changelist')}99999/change/")
    page = answer.content.decode()

    assert answer.status_code == 404
    assert "There is no such run (any more)." in page
    assert f'href="{reverse("admin:integrations_run_changelist")}">Back to the list' in page
    assert reverse("admin:ticketing_ticket_changelist") in page

    nowhere = browser.get("/admin/nowhere/")
    assert nowhere.status_code == 404
    assert "There is no page under this address" in nowhere.content.decode()


def test_who_has_not_logged_in_gets_no_page_of_the_admin(client: Client) -> None:
    assert "Back to the list" not in client.get("/admin/nowhere/", follow=True).content.decode()


def test_a_run_says_in_words_what_it_counted(browser: Client) -> None:
    run = make_run(RunKind.GAPS, totals={"not_in_halo": 78, "clients created": 3, "some_thing": 2, "done": 0})

    for address in ("admin:integrations_run_changelist",):
        page = browser.get(reverse(address)).content.decode()
        assert "78 in a console, not in HaloPSA, 3 clients created, 2 some thing" in page
    page = browser.get(reverse("admin:integrations_run_change", args=(run.pk,))).content.decode()
    assert "<b>78</b><span>in a console, not in HaloPSA</span>" in page
    assert "not_in_halo" not in page


def test_an_empty_list_says_which_right_is_missing(browser: Client) -> None:
    address = reverse("admin:integrations_halolicence_changelist")
    refused = {
        "key": "read_licences",
        "name": "Read software licences",
        "state": "refused",
        "grant": "read:softwarelicensing",
    }
    credential = make_credential("Desk", permissions=[refused])
    page = browser.get(address).content.decode()
    assert "Desk: &#x27;Read software licences&#x27; is refused by HaloPSA." in page
    assert "Needed: read:softwarelicensing." in page

    credential.permissions = []
    credential.save()
    assert "It is filled by the first sync" in browser.get(address).content.decode()


def test_a_page_to_look_at_leads_back_to_its_list(browser: Client) -> None:
    ticket = make_ticket(make_credential())
    page = browser.get(reverse("admin:ticketing_ticket_change", args=(ticket.pk,))).content.decode()

    assert "Back to the list" in page


def test_what_is_open_has_one_colour() -> None:
    credential = make_credential()
    ticket, alert = make_ticket(credential, state="open"), make_alert(credential, make_console())

    assert state_badge(ticket) == state_badge(alert)
