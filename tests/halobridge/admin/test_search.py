"""Whatever page staff are on, they find companies, clients, computers, assets, tickets and events by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.models import Event
from tests.halobridge.admin.rows import fill, make_ticket, make_world
from tests.integrations.admin.made import (
    make_asset,
    make_client,
    make_company,
    make_computer,
    make_console,
    make_credential,
    make_event,
    make_staff,
)

pytestmark = pytest.mark.django_db


def found(browser: Client, text: str) -> list[tuple[str, str]]:
    """(kind, name) of each result."""
    response = browser.get(reverse("admin:search"), {"s": text, "extended": 1})
    results = response.context["results"] if response.context else []
    return [(item.description.partition(":")[0], item.title) for item in results]


@pytest.fixture
def world() -> dict[str, Any]:
    credential, console = make_credential(), make_console()
    client = make_client(credential, name="Acme Ltd")
    company = make_company(console, name="Acme")
    return {
        "credential": credential,
        "console": console,
        "client": client,
        "company": company,
        "computer": make_computer(company, name="ACME-WS-12", serial_number="SN12345"),
        "asset": make_asset(client, name="ACME-WS-12", serial_number="SN12345"),
        "ticket": make_ticket(credential, summary="Acme: backup failed", halo_id=4711),
        "event": make_event(console, company=company, title="Acme disk is full"),
    }


def test_a_name_is_found_in_everything_that_has_it(browser: Client, world: dict[str, Any]) -> None:
    assert found(browser, "acme") == [
        ("Company", "Acme"),
        ("Halo client [customer]", "Acme Ltd"),
        ("Computer", "ACME-WS-12"),
        ("Halo asset", "ACME-WS-12"),
        ("Ticket", "4711: Acme: backup failed"),
        ("Event", "Acme disk is full"),
    ]


def test_each_result_leads_to_its_page(browser: Client, world: dict[str, Any]) -> None:
    response = browser.get(reverse("admin:search"), {"s": "acme", "extended": 1})

    links = [item.link for item in response.context["results"]]

    assert {browser.get(link).status_code for link in links} == {200}
    assert all(f'href="{link}"' in response.content.decode() for link in links)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("device acme", ["Computer"]),
        ("computers ACME-WS", ["Computer"]),
        ("customer acme", ["Halo client [customer]"]),
        ("client acme", ["Halo client [customer]"]),
        ("asset sn12", ["Halo asset"]),
        ("ticket #4711", ["Ticket"]),
        ("4711", ["Ticket"]),
        ("SN12345", ["Computer", "Halo asset"]),
        ("ws-12", []),
    ],
)
def test_a_kind_can_be_named_first(
    browser: Client, world: dict[str, Any], text: str, kinds: list[str]
) -> None:
    assert [kind for kind, _ in found(browser, text)] == kinds


def test_pages_are_found_by_the_words_that_people_use(browser: Client) -> None:
    assert ("Mapping", "Computers") in found(browser, "device")
    assert ("Halo data", "Clients [customers]") in found(browser, "customer")
    assert ("Connections", "Consoles") in found(browser, "console")


def test_nobody_finds_what_they_may_not_see(client: Client, world: dict[str, Any]) -> None:
    client.force_login(make_staff("desk", "integrations.view_computer"))

    assert found(client, "acme") == [("Computer", "ACME-WS-12")]
    assert found(client, "console") == []


def test_a_right_that_was_taken_away_hides_at_once(client: Client, world: dict[str, Any]) -> None:
    staff = make_staff("desk", "integrations.view_computer")
    client.force_login(staff)
    assert found(client, "acme")

    staff.user_permissions.clear()

    assert found(client, "acme") == []


def test_events_of_long_ago_are_left_to_their_list(browser: Client, world: dict[str, Any]) -> None:
    Event.objects.update(received_at=timezone.now() - timedelta(days=8))

    assert "Event" not in [kind for kind, _ in found(browser, "acme")]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "99999999999999999999", "%", "_", "x" * 5000, "²"])
def test_whatever_is_typed_is_answered(browser: Client, world: dict[str, Any], text: str) -> None:
    assert found(browser, text) == []


def test_a_search_costs_the_same_however_much_there_is(browser: Client) -> None:
    world = make_world()
    costs = []
    for rows in (2, 15):
        fill(world, rows)
        with CaptureQueriesContext(connection) as captured:
            assert len(found(browser, "backup")) <= 40
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 8


def test_nobody_searches_without_logging_in(client: Client) -> None:
    assert client.get(reverse("admin:search"), {"s": "acme"}).status_code == 302


def test_tickets_and_events_are_found_by_any_word_of_theirs(browser: Client, world: dict[str, Any]) -> None:
    assert ("Ticket", "4711: Acme: backup failed") in found(browser, "backup failed")
    assert ("Event", "Acme disk is full") in found(browser, "disk is")
