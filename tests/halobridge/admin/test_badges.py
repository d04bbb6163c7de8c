"""What waits for somebody is told beside the navigation, as a number and in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from halobridge.badges import MOST, WAITING
from halobridge.sidebar import NAVIGATION
from integrations.choices import IntentionState, MailState, RunKind, RunState
from integrations.models import RawDelivery
from mappings.models import CompanyMapping, CompanySuggestion, ComputerReview, Newcomer
from tests.halobridge.admin.rows import World, make_ticket, make_world
from tests.integrations.admin import made
from tests.integrations.admin.made_mails import make_mail, make_mail_rule
from ticketing.models import TicketState

pytestmark = pytest.mark.django_db
ANY_PAGE = "admin:guide"


@pytest.fixture
def world() -> World:
    return make_world()


def told(client: Client, page: str = ANY_PAGE) -> dict[str, str]:
    """By the model of the list: what is told beside it, in the words for those who cannot see the number."""
    html = client.get(reverse(page)).content.decode()
    items = {
        item["lists"]: str(item["link"]) for group in NAVIGATION for item in group["items"] if "lists" in item
    }
    found = {}
    for name, link in items.items():
        inside = re.search(rf'<a href="{re.escape(link)}"[^>]*>(.*?)</a>', html, re.DOTALL)
        words = inside and re.search(r'class="hb-waiting" title="([^"]*)"', inside[1])
        if words:
            found[name] = words[1]
    return found


def make_review(world: World, **more: Any) -> ComputerReview:
    company = made.make_company(made.make_console())
    values = {"kind": "one_to_many", "reason": "Two assets fit.", **more}
    return ComputerReview.objects.create(
        computer=made.make_computer(company), halo_credential=world.credential, **values
    )


def make_one_of_each(world: World) -> None:
    """Of everything that can wait."""
    credential, console = world.credential, made.make_console()
    company, client = made.make_company(console), made.make_client(credential)
    CompanySuggestion.objects.create(
        company=company, halo_credential=credential, halo_client=client, score=90
    )
    Newcomer.objects.create(company=company, halo_credential=credential, state="open")
    make_review(world)
    made.make_run(RunKind.KEEP_ASSETS, state=RunState.WAITING, plan=made.make_plan(credential))
    made.make_held_loss(made.make_credential())
    make_ticket(credential, state=TicketState.REFUSED)
    made.make_intention(credential, state=IntentionState.STAFF)
    RawDelivery.objects.create(console=console, door="webhook", body="{", error="It is no JSON.")
    make_mail(make_mail_rule(speaks_for=console), state=MailState.REFUSED)


def test_where_nothing_waits_no_number_stands(browser: Client, world: World) -> None:
    make_ticket(world.credential, state=TicketState.OPEN)
    make_review(world, decided_at=timezone.now())
    made.make_delivery(made.make_console())

    assert told(browser) == {}


def test_whatever_waits_is_told_beside_its_list(browser: Client, world: World) -> None:
    make_one_of_each(world)

    assert told(browser) == {name: f"1 {waits.words}" for name, waits in WAITING.items()}


def test_the_number_goes_when_the_work_is_done(browser: Client, world: World) -> None:
    make_one_of_each(world)
    suggestion = CompanySuggestion.objects.get()
    CompanyMapping.objects.create(
        company=suggestion.company, halo_credential=world.credential, halo_client=suggestion.halo_client
    )
    ComputerReview.objects.update(decided_at=timezone.now())
    RawDelivery.objects.update(error="")

    left = set(WAITING) - set(told(browser))
    assert left == {
        "mappings.companymapping",
        "mappings.newcomer",
        "mappings.computerreview",
        "integrations.rawdelivery",
    }


def test_tests_of_tickets_wait_for_nobody(browser: Client, world: World) -> None:
    make_ticket(world.credential, state=TicketState.REFUSED, is_test=True)

    assert told(browser) == {}


def test_nobody_is_told_of_what_they_may_not_see(client: Client, world: World) -> None:
    make_one_of_each(world)
    client.force_login(made.make_staff("desk", "ticketing.view_ticket", "mappings.change_computerreview"))
    with CaptureQueriesContext(connection) as captured:
        assert set(told(client)) == {"ticketing.ticket", "mappings.computerreview"}
    assert not [query for query in captured if "rawdelivery" in query["sql"]]

    client.force_login(made.make_staff("new"))
    assert told(client) == {}


def test_counting_stops_where_it_does_not_matter_any_more(browser: Client, world: World) -> None:
    for _ in range(MOST):
        make_ticket(world.credential, state=TicketState.STAFF)
    assert told(browser)["ticketing.ticket"].startswith("99 refused")

    for _ in range(5):
        make_ticket(world.credential, state=TicketState.STAFF)
    assert told(browser)["ticketing.ticket"].startswith("99+ refused")
    page = browser.get(reverse(ANY_PAGE)).content.decode()
    assert '<span aria-hidden="true">99+</span><span class="hb-hidden">: 99+ refused' in page


def test_all_numbers_of_a_page_cost_one_statement(browser: Client, world: World) -> None:
    def reads() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse(ANY_PAGE))
        return [query["sql"] for query in captured if "figure" in query["sql"]]

    make_one_of_each(world)
    reads()
    assert len(reads()) == 1
    make_one_of_each(world)
    assert len(reads()) == 1


def test_each_list_that_can_have_a_number_stands_in_the_navigation() -> None:
    listed = {item.get("lists") for group in NAVIGATION for item in group["items"]}

    assert set(WAITING) <= listed
