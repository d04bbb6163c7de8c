"""The overview leads a newcomer through the set-up and tells a regular what needs attention."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.choices import ConnectionState, EventStatus
from integrations.models import BudgetPermit, Heartbeat
from tests.halobridge.admin.rows import make_profile, make_ticket
from tests.integrations.admin.made import (
    make_company,
    make_console,
    make_credential,
    make_event,
    make_heartbeat,
    make_held_loss,
)
from ticketing.models import TicketState

pytestmark = pytest.mark.django_db


def attention(browser: Client) -> list[str]:
    return [item.text for item in browser.get(reverse("admin:index")).context["attention"]]


def test_a_quiet_day_needs_no_attention(browser: Client) -> None:
    make_credential(write_mode="write")
    make_heartbeat()

    assert attention(browser) == []


def test_a_credential_that_only_observes_is_said(browser: Client) -> None:
    make_credential("Desk", write_mode="observe")
    make_heartbeat()

    assert attention(browser) == ["Desk only observes: nothing is written to HaloPSA."]


def test_it_tells_what_needs_attention(browser: Client) -> None:
    credential = make_credential(
        "Desk",
        state=ConnectionState.FAILED,
        state_reason="The secret is wrong.",
        secret_expires=timezone.localdate(),
    )
    credential.instance.writes_stopped = True
    credential.instance.save()
    console = make_console()
    make_event(console, company=make_company(console), status=EventStatus.WAITING)
    make_ticket(credential, state=TicketState.REFUSED)
    make_ticket(credential, state=TicketState.STAFF)
    make_held_loss(credential)
    make_profile(credential, name="Broken", ticket_type=777_000)

    told = "\n".join(attention(browser))

    for words in (
        "The queue is not at work",
        "Desk: The secret is wrong.",
        "The client secret of Desk ends on",
        "All writing to",
        "1 ticket refused by HaloPSA.",
        "1 ticket waiting for staff.",
        "Desk: 30 of 40 Halo assets are missing. Decide whether they are gone.",
        "1 event is waiting.",
        "1 company is not mapped while its events wait: map it, or ignore it.",
        "The profile 'Broken' uses the ticket type 777000",
    ):
        assert words in told


def test_a_queue_that_fell_silent_is_told(browser: Client) -> None:
    make_heartbeat()
    Heartbeat.objects.update(stamped_at=timezone.now() - timedelta(minutes=6))

    assert any("The queue is not at work" in text for text in attention(browser))


def test_the_gauge_counts_the_calls_of_the_window(browser: Client) -> None:
    instance = make_credential(budget_calls=100, budget_seconds=300).instance
    now = timezone.now()
    for age in (1, 10, 299, 400):
        BudgetPermit.objects.create(instance=instance, taken_at=now - timedelta(seconds=age), purpose=60)

    page = browser.get(reverse("admin:index")).content.decode()

    assert "API limit: 3 of 100 calls" in page
    assert "97 left in 300 s" in page


def test_a_secret_that_has_ended_is_told_as_such(browser: Client) -> None:
    make_credential("Desk", secret_expires=timezone.localdate() - timedelta(days=3))
    make_credential("Later", secret_expires=timezone.localdate() + timedelta(days=60))
    told = "\n".join(attention(browser))
    assert "The client secret of Desk ended on" in told
    assert "make a new one in HaloPSA" in told
    assert "Later ends" not in told
