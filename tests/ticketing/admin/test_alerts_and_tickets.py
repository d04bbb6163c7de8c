"""Alerts and tickets: why, and what staff can still do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import IntentionKind, IntentionState, RunKind
from integrations.models import HaloCredential, Intention, Run
from tests.halobridge.admin.rows import make_alert, make_ticket
from tests.integrations.admin.made import (
    make_console,
    make_credential,
    make_intention,
    make_staff,
    make_superuser,
)
from ticketing.models import Decision, Ticket, TicketState

pytestmark = pytest.mark.django_db

ALERTS = "admin:ticketing_alert_changelist"
TICKETS = "admin:ticketing_ticket_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def make_refused(credential: HaloCredential) -> Ticket:
    """A ticket that HaloPSA refused, with its open alert and its intention."""
    ticket = make_ticket(credential, halo_id=None, state=TicketState.REFUSED, reason="HaloPSA says: no.")
    make_alert(credential, make_console(), ticket=ticket, decision=Decision.WANTED)
    make_intention(credential, lane=f"ticket:{ticket.pk}", state=IntentionState.REFUSED, answer="no")
    return ticket


def test_the_list_of_alerts_tells_decision_and_reason(browser: Client, credential: HaloCredential) -> None:
    make_alert(credential, make_console(), decision=Decision.NOT_WANTED, reason="No rule selects it.")

    page = browser.get(reverse(ALERTS)).content.decode()

    assert "Not wanted" in page
    assert "No rule selects it." in page
    assert "Backup failed" in page


def test_choosing_baseline_alerts_gives_them_tickets(browser: Client, credential: HaloCredential) -> None:
    console = make_console()
    chosen, other = make_alert(credential, console), make_alert(credential, console)
    wrong = make_alert(credential, console, decision=Decision.NOT_WANTED)
    typed = {"action": "choose_selected", "_selected_action": [chosen.pk, wrong.pk]}

    page = browser.post(reverse(ALERTS), typed, follow=True).content.decode()

    for alert in (chosen, other, wrong):
        alert.refresh_from_db()
    assert (chosen.decision, chosen.pending) == (Decision.WANTED, True)
    assert (other.decision, wrong.decision) == (Decision.BASELINE, Decision.NOT_WANTED)
    assert "1 alert will get a ticket. 1 left alone" in page
    assert Run.objects.get(kind=RunKind.DELIVER).instance == credential.instance


def test_one_baseline_alert_is_chosen_on_its_own_page(browser: Client, credential: HaloCredential) -> None:
    alert = make_alert(credential, make_console())

    browser.post(reverse("admin:ticketing_alert_choose", args=(alert.pk,)))

    alert.refresh_from_db()
    assert alert.decision == Decision.WANTED


def test_whoever_may_only_look_chooses_nothing(client: Client, credential: HaloCredential) -> None:
    client.force_login(make_staff("auditor", "ticketing.view_alert"))
    alert = make_alert(credential, make_console())

    client.post(reverse(ALERTS), {"action": "choose_selected", "_selected_action": [alert.pk]})
    pressed = client.post(reverse("admin:ticketing_alert_choose", args=(alert.pk,)))

    alert.refresh_from_db()
    assert pressed.status_code == 403
    assert alert.decision == Decision.BASELINE


def test_a_ticket_links_into_halo(browser: Client, credential: HaloCredential) -> None:
    make_ticket(credential, halo_id=4711)

    page = browser.get(reverse(TICKETS)).content.decode()

    server = credential.resource_server.removesuffix("/api")
    assert f"{server}/tickets?id=4711" in page


def test_a_refused_ticket_tells_halos_words_and_is_sent_again(
    browser: Client, credential: HaloCredential
) -> None:
    ticket = make_refused(credential)
    address = reverse("admin:ticketing_ticket_retry", args=(ticket.pk,))

    page = browser.get(reverse(TICKETS)).content.decode()
    question = browser.get(address).content.decode()
    browser.post(address)

    ticket.refresh_from_db()
    assert "HaloPSA says: no." in page
    assert "same bridge reference" in question
    assert ticket.state == TicketState.PLANNED
    assert Intention.objects.get(kind=IntentionKind.CREATE_TICKET).state == IntentionState.PLANNED
    assert Run.objects.filter(kind=RunKind.DELIVER).exists()


def test_several_refused_tickets_are_sent_again_at_once(browser: Client, credential: HaloCredential) -> None:
    refused, fine = make_refused(credential), make_ticket(credential, state=TicketState.OPEN)
    typed = {"action": "retry_selected", "_selected_action": [refused.pk, fine.pk]}

    page = browser.post(reverse(TICKETS), typed, follow=True).content.decode()

    assert "1 ticket will be sent again. 1 left alone" in page


def test_the_page_of_a_ticket_tells_its_alerts_and_writes(
    browser: Client, credential: HaloCredential
) -> None:
    ticket = make_refused(credential)

    page = browser.get(reverse("admin:ticketing_ticket_change", args=(ticket.pk,))).content.decode()

    assert "Its alerts" in page
    assert "Create ticket" in page


def test_alerts_whose_ticket_a_person_closed_are_on_the_overview_and_one_click_away(client: Client) -> None:
    client.force_login(make_superuser())
    credential, console = make_credential(), make_console()
    closed = make_ticket(credential, state="closed", closed_by_person=True, current=False)
    make_alert(credential, console, title="Still failing", ticket=closed)
    make_alert(credential, console, title="Quite another")

    overview = client.get(reverse("admin:index")).content.decode()
    words = "1 alert is still open in the console although a person closed the ticket in HaloPSA."
    assert words in overview
    address = (
        reverse("admin:ticketing_alert_changelist") + "?ticket__closed_by_person__exact=1&state__exact=open"
    )
    listed = client.get(address).content.decode()
    assert "Still failing" in listed
    assert "Quite another" not in listed


def test_a_refused_ticket_shows_what_was_sent_to_be_copied(
    browser: Client, credential: HaloCredential
) -> None:
    ticket = make_refused(credential)
    Intention.objects.update(
        request={"summary": "<b>Disk</b>", "note": "password=hunter2secret"}, answer_status=400
    )
    page = browser.get(reverse("admin:ticketing_ticket_change", args=(ticket.pk,))).content.decode()
    assert "What was sent; answered with 400" in page
    assert "&lt;b&gt;Disk&lt;/b&gt;" in page
    assert "hunter2secret" not in page
    write = Intention.objects.get()
    assert (
        "What was sent"
        in browser.get(reverse("admin:integrations_intention_change", args=(write.pk,))).content.decode()
    )
