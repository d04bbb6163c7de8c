"""Where nothing is listed, one sentence says why, or how something comes there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from tests.halobridge.admin.rows import make_event_set
from tests.integrations.admin import made

pytestmark = pytest.mark.django_db


def read(browser: Client, page: str, *args: object) -> str:
    return browser.get(reverse(f"admin:{page}", args=args)).content.decode()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("integrations_halosoftware_changelist", "the credential needs the right read:software"),
        ("integrations_rawdelivery_changelist", "shows the address that its webhook is to be sent to"),
        ("ticketing_noisesettings_changelist", "has the defaults until settings for it are added here"),
        ("django_q_failure_changelist", "A task that breaks off with an error is kept here."),
        ("django_q_success_changelist", "If it stays empty, the queue is not started."),
        ("django_q_schedule_changelist", "The bridge makes its own schedules when its queue is started."),
        ("django_q_ormq_changelist", "Nothing waits for a worker."),
    ],
)
def test_an_empty_list_says_how_something_comes_there(browser: Client, page: str, told: str) -> None:
    assert told in read(browser, page)


def test_software_that_may_not_be_read_is_said(browser: Client) -> None:
    refused = {"key": "read_software", "state": "refused", "name": "Software", "grant": "read:software"}
    made.make_credential("Desk", permissions=[refused])

    page = read(browser, "integrations_halosoftware_changelist")

    assert "Desk: &#x27;Software&#x27; is refused by HaloPSA." in page


def test_silence_is_not_taken_for_events_that_are_all_selected(browser: Client) -> None:
    make_event_set("backup.failed")
    unselected = "ticketing_eventset_unselected"
    assert "No console has told of any trouble in this time." in read(browser, unselected)

    made.make_event(made.make_console())
    assert "Everything that consoles told of in this time is in an event set." in read(browser, unselected)


def test_a_run_that_counted_nothing_leads_to_no_figures(browser: Client) -> None:
    tested = made.make_run(RunKind.TEST_HALO, totals={})
    synced = made.make_run(RunKind.SYNC_HALO, totals={"clients": 3})

    assert "is counted above" not in read(browser, "integrations_run_change", tested.pk)
    assert "is counted above" in read(browser, "integrations_run_change", synced.pk)


def test_the_overview_says_that_there_were_no_tickets(browser: Client) -> None:
    assert read(browser, "index").count("None in these days.") == 3
