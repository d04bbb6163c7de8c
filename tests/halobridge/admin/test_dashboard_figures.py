"""Every figure of the overview leads to a list that holds just as many rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.choices import EventStatus, IntentionKind, IntentionState, Role, RunKind, RunState
from integrations.models import Event, RawDelivery
from mappings.models import (
    CompanyMapping,
    CompanySuggestion,
    ComputerMapping,
    ComputerReview,
    IgnoredComputer,
)
from tests.halobridge.admin.rows import fill, fill_system, make_alert, make_ticket, make_world
from tests.halobridge.roles.members import make_member
from tests.integrations.admin import made
from ticketing.models import TicketState

pytestmark = pytest.mark.django_db
MOST = 15


def overview(browser: Client) -> Any:
    return browser.get(reverse("admin:index")).context


def listed(browser: Client, url: str) -> int:
    """How many rows the list behind an address holds, whichever kind of page it is."""
    context = browser.get(url).context
    return int(context["cl"].result_count if "cl" in context else context["page"].paginator.count)


def make_days(world: Any) -> None:
    """Tickets and notes of several days, some of them no tickets of alerts, or not opened yet."""
    now = timezone.now()
    for back in (0, 0, 1, 5, 20):
        at = now - timedelta(days=back)
        make_ticket(world.credential, created_at=at, closed_at=at, state=TicketState.CLOSED)
        made.make_intention(
            world.credential,
            lane=f"ticket:{made.number()}",
            kind=IntentionKind.ADD_NOTE,
            state=IntentionState.DONE,
            finished_at=at,
        )
    make_ticket(world.credential, halo_id=None, state=TicketState.PLANNED)
    make_ticket(world.credential, is_test=True)
    make_ticket(world.credential, is_test=True, state=TicketState.REFUSED, closed_at=now)


def test_tickets_and_events_are_counted_as_their_lists_count_them(browser: Client) -> None:
    world = make_world()
    make_days(world)
    console = made.make_console()
    for event_type in ("backup.failed", "backup.failed", "agent.offline", "never.heard_of"):
        made.make_event(console, event_type=event_type)
    Event.objects.create(
        console=console,
        external_id="old",
        fingerprint="old",
        event_type="backup.failed",
        occurred_at=timezone.now(),
        received_at=timezone.now() - timedelta(days=9),
    )
    told = overview(browser)

    for state, _, number in told["tickets"]:
        url = f"{reverse('admin:ticketing_ticket_changelist')}?state__exact={state}&is_test__exact=0"
        assert listed(browser, url) == number, state
    bars = [bar for chart in told["ticket_charts"] for bar in chart.bars] + told["event_chart"].bars
    assert {bar.url: bar.count for bar in bars} == {bar.url: listed(browser, bar.url) for bar in bars}
    assert [chart.total for chart in told["ticket_charts"]] == [4, 4, 4]
    assert [(bar.label, bar.count) for bar in told["event_chart"].bars] == [
        ("Backup", 2),
        ("Agent", 1),
        ("Not in the catalogue", 1),
    ]


def test_companies_and_computers_are_counted_as_their_lists_count_them(browser: Client) -> None:
    world = make_world()
    credential, console = world.credential, made.make_console()
    client = made.make_client(credential)
    mapped, suggested = made.make_company(console), made.make_company(console)
    made.make_company(console)
    made.make_company(console, active=False)
    CompanyMapping.objects.create(company=mapped, halo_credential=credential, halo_client=client)
    broken = made.make_company(console)
    CompanyMapping.objects.create(
        company=broken, halo_credential=credential, halo_client=made.make_client(credential, active=False)
    )
    CompanySuggestion.objects.create(
        company=suggested, halo_credential=credential, halo_client=client, score=90
    )
    pair = {"halo_credential": credential, "halo_asset": made.make_asset(client)}
    ComputerMapping.objects.create(computer=made.make_computer(mapped), **pair)
    to_export = made.make_computer(mapped)
    ComputerMapping.objects.create(computer=to_export, halo_credential=credential)
    doubtful, ignored = made.make_computer(mapped), made.make_computer(mapped)
    ComputerReview.objects.create(
        computer=doubtful, halo_credential=credential, kind="one_to_many", reason="Two fit."
    )
    IgnoredComputer.objects.create(computer=ignored, reason="A test machine.")
    made.make_computer(mapped)
    made.make_computer(mapped, eligible=False)
    made.make_computer(suggested)

    (row,) = overview(browser)["coverage"]

    links = [*row.company_links, *row.computer_links]
    assert [(label, number) for label, number, _ in links] == [
        ("mapped", 1),
        ("unmapped", 1),
        ("suggested", 1),
        ("broken", 1),
        ("mapped", 1),
        ("unmapped", 1),
        ("to be exported", 1),
        ("to review", 1),
    ]
    assert [listed(browser, url) for _, _, url in links] == [number for _, number, _ in links]
    assert (row.companies_percent, row.computers_percent) == (33, 25)


def test_computers_whose_asset_is_not_in_use_are_not_counted_as_mapped(browser: Client) -> None:
    credential, console = made.make_credential(), made.make_console()
    client, company = made.make_client(credential), made.make_company(console)
    CompanyMapping.objects.create(company=company, halo_credential=credential, halo_client=client)
    made_up: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        ({}, {}, {}),
        ({}, {"active": False}, {}),
        ({}, {"active": False}, {"held": True}),
        ({"active": False}, {"active": False}, {}),
    ]
    for computer, asset, pair in made_up:
        ComputerMapping.objects.create(
            computer=made.make_computer(company, **computer),
            halo_credential=credential,
            halo_asset=made.make_asset(client, **asset),
            **pair,
        )

    (row,) = overview(browser)["coverage"]

    assert [(label, number) for label, number, _ in row.computer_links] == [
        ("mapped", 1),
        ("held after an undo", 1),
        ("asset inactive", 1),
    ]
    assert [listed(browser, url) for _, _, url in row.computer_links] == [1, 1, 1]
    assert row.computers_percent == 33


def test_a_console_is_told_of_towards_each_halopsa_that_it_is_mapped_in(browser: Client) -> None:
    first, second = made.make_credential("Alpha"), made.make_credential("Beta")
    mapped, other = made.make_console(), made.make_console()
    company = made.make_company(mapped)
    made.make_company(other)
    CompanyMapping.objects.create(
        company=company, halo_credential=second, halo_client=made.make_client(second)
    )

    rows = overview(browser)["coverage"]

    assert {(row.console, row.credential) for row in rows} == {(mapped, second), (other, first)}


def test_what_needs_attention_is_counted_as_its_list_counts_it(browser: Client) -> None:
    world = make_world()
    fill(world, 3)
    console = made.make_console()
    made.make_event(console, company=made.make_company(console), status=EventStatus.WAITING)
    made.make_event(console, status=EventStatus.WAITING)
    for state in (TicketState.REFUSED, TicketState.STAFF):
        make_ticket(world.credential, state=state)
        make_ticket(world.credential, state=state, is_test=True)
    closed = make_ticket(world.credential, closed_by_person=True)
    make_alert(world.credential, console, ticket=closed)
    made.make_intention(world.credential, lane="ticket:9", state=IntentionState.STAFF)
    delivery = made.make_delivery(console)
    RawDelivery.objects.filter(pk=delivery.pk).update(error="It can't be read.")
    client = made.make_client(world.credential, active=False)
    CompanyMapping.objects.create(
        company=made.make_company(console), halo_credential=world.credential, halo_client=client
    )

    counted = [item for item in overview(browser)["attention"] if item.figure is not None]

    assert len(counted) >= 8
    assert {item.text: item.figure for item in counted} == {
        item.text: listed(browser, item.url) for item in counted
    }


def test_losses_and_updates_beyond_five_are_counted_and_lead_to_their_lists(browser: Client) -> None:
    credential = made.make_credential()
    for number in range(7):
        made.make_held_loss(credential, resource=f"assets {number}")
        made.make_run(
            RunKind.KEEP_ASSETS,
            state=RunState.WAITING,
            halo_credential=credential,
            plan=made.make_plan(credential),
            error="No limits are set.",
        )
    made.make_held_loss(credential, resource="sites", dismissed_at=timezone.now())

    lines = {item.text: item.url for item in overview(browser)["attention"]}

    assert listed(browser, lines["And 2 more losses to be decided."]) == 7
    assert listed(browser, lines["And 2 more scheduled updates to be decided."]) == 7


def test_waiting_events_lead_to_just_the_companies_that_are_to_be_mapped(browser: Client) -> None:
    console = made.make_console()
    waiting, _other = made.make_company(console), made.make_company(console)
    for _ in range(2):
        made.make_event(console, company=waiting, status=EventStatus.WAITING)

    lines = {item.text: item.url for item in overview(browser)["attention"]}

    url = lines["1 company is not mapped while its events wait: map it, or ignore it."]
    assert list(browser.get(url).context["cl"].queryset) == [waiting]


def test_the_overview_costs_at_most_fifteen_statements(client: Client) -> None:
    """Those that look up the account and its roles included."""
    world = make_world()
    fill(world, 3)
    member = make_member(Role.ADMINISTRATOR)
    fill_system(member)
    client.force_login(member)
    client.get(reverse("admin:index"))  # what is looked up once per process does not count

    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("admin:index")).status_code == 200

    assert len(captured) <= MOST, [query["sql"][:120] for query in captured]
