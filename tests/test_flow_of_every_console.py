"""Every kind of console over real HTTP: connected, read, mapped, exported, its alert one ticket to the end.

The table says how a console is connected and what makes an alert begin and end there. A kind that tells no
events goes as far as its assets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import Count, Q

from integrations.catalogue import EVENT_TYPES
from integrations.choices import ConnectionState, EventState, RunState
from integrations.management.reporting import execute_here
from integrations.models import (
    Company,
    Computer,
    Console,
    Event,
    HaloClient,
    HaloCredential,
    HaloOption,
    PlannedChange,
)
from integrations.registry import connector_class
from integrations.runs.request import request_delivery, request_events, request_routing
from integrations.sandbox import constants
from integrations.sandbox.connectsecure import constants as secure
from integrations.sandbox.connectwise_automate import constants as automate
from integrations.sandbox.connectwise_rmm import constants as asio
from integrations.sandbox.datto_rmm import constants as datto
from integrations.sandbox.itglue import constants as itglue
from integrations.sandbox.ncentral import constants as ncentral
from integrations.sandbox.ninjaone import constants as ninjaone
from integrations.sandbox.scalepad import constants as scalepad
from integrations.sandbox.server import Sandbox
from integrations.sandbox.tactical_rmm import constants as tactical
from mappings.linking import map_company
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview
from tests.connected import connect_console, connect_halo, read_console, read_halo
from tests.contract.recorded import READ_KINDS
from tests.exported import export, preview
from ticketing.models import EventSet, IntegrationProfile, Ticket, TicketRule, TicketState

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Kind:
    """`begin` and `end` are the sandbox's events; "" where the kind tells none."""

    credentials: dict[str, str]
    begin: str = ""
    end: str = ""
    asked: dict[str, str] = field(default_factory=dict)


KINDS = {
    "msp360": Kind(
        {"login": constants.MSP360_LOGIN, "password": constants.MSP360_PASSWORD}, "fail", "succeed"
    ),
    "ninjaone": Kind(
        {"client_id": ninjaone.CLIENT_ID, "client_secret": ninjaone.CLIENT_SECRET},
        "ninjaone-alert",
        "ninjaone-reset",
    ),
    "tactical_rmm": Kind({"api_key": tactical.KEY}, "tactical-alert", "tactical-resolve"),
    "ncentral": Kind({"token": ncentral.USER_TOKEN}, "ncentral-issue", "ncentral-normal"),
    "datto_rmm": Kind(
        {"api_key": datto.API_KEY, "api_secret": datto.API_SECRET}, "datto-alert", "datto-resolve"
    ),
    "connectsecure": Kind(
        {"tenant": secure.TENANT, "client_id": secure.CLIENT_ID, "client_secret": secure.CLIENT_SECRET},
        "connectsecure-event",
        "connectsecure-end",
        {"alert": "port"},
    ),
    "itglue": Kind({"api_key": itglue.KEY}),
    "scalepad": Kind({"api_key": scalepad.KEY}),
    "connectwise_rmm": Kind({"client_id": asio.CLIENT_ID, "client_secret": asio.CLIENT_SECRET}),
    "connectwise_automate": Kind(
        {"username": automate.USERNAME, "password": automate.PASSWORD, "client_id": automate.CLIENT_ID}
    ),
}
WITH_EVENTS = [name for name, kind in KINDS.items() if kind.begin]


def test_every_kind_that_is_read_is_in_the_table() -> None:
    assert KINDS.keys() == set(READ_KINDS)
    assert {name for name in READ_KINDS if connector_class(name).abilities.events} == set(WITH_EVENTS)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


class Flow:
    """A console of the kind, connected and read; its largest company mapped, its computers exported."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self.sandbox, self.kind = sandbox, KINDS[name]
        self.credential = connect_halo(sandbox)
        read_halo(self.credential)
        url = sandbox.url(name)
        self.console = connect_console(
            sandbox, name=name, kind=name, base_url=url, credentials=self.kind.credentials
        )
        assert self.console.state == ConnectionState.WORKING, self.console.state_reason
        run = read_console(self.console)
        assert run.state == RunState.SUCCEEDED, run.error
        self.mapping = self._map()

    def _map(self) -> CompanyMapping:
        usable = Q(computers__eligible=True, computers__active=True)
        company = (
            Company.objects.filter(console=self.console)
            .annotate(size=Count("computers", filter=usable))
            .order_by("-size", "pk")[0]
        )
        # A client without assets: what is exported is all that it has.
        without = HaloClient.objects.filter(active=True, sites__active=True, assets__isnull=True)
        client = without.order_by("pk").first()
        assert client is not None
        return map_company(company, client)

    def computers(self) -> list[Computer]:
        rows = Computer.objects.filter(company=self.mapping.company, active=True, eligible=True)
        return list(rows.order_by("pk"))

    def export(self) -> None:
        plan = preview(self.console, self.credential)
        run = export(plan)
        assert run.state == RunState.SUCCEEDED, run.error

    def switch_tickets_on(self) -> None:
        def option(kind: str, name: str) -> int:
            return int(HaloOption.objects.get(kind=kind, name=name, active=True).halo_id)

        self.read_events()
        self.deliver()
        profile = IntegrationProfile.objects.create(
            name="P",
            halo_credential=self.credential,
            ticket_type=option("ticket_type", "Alert"),
            status_open=option("status", "New"),
            status_closed=option("status", "Closed"),
        )
        event_set = EventSet.objects.create(name="All", event_types=list(EVENT_TYPES))
        TicketRule.objects.create(company_mapping=self.mapping, event_set=event_set, profile=profile)
        map_company(self.mapping.company, self.mapping.halo_client, create_tickets=True)

    def read_events(self) -> None:
        run = execute_here(request_events(Console.objects.get(pk=self.console.pk)))
        assert run.state == RunState.SUCCEEDED, run.error

    def deliver(self) -> None:
        execute_here(request_routing())
        credential = HaloCredential.objects.get(pk=self.credential.pk)
        execute_here(request_delivery(credential.instance))


def quiet_computer(flow: Flow) -> Computer:
    """One with an asset and a name of its own, of which nothing is open."""
    troubled = Event.objects.filter(console=flow.console, state=EventState.OPEN).values("computer")
    with_asset = ComputerMapping.objects.filter(halo_asset__isnull=False).values("computer")
    rows = [row for row in flow.computers() if row.host_name or row.name]
    names = [row.name for row in Computer.objects.filter(console=flow.console)]
    free = Computer.objects.filter(pk__in=with_asset).exclude(pk__in=troubled.exclude(computer=None))
    allowed = set(free.values_list("pk", flat=True))
    return next(row for row in rows if row.pk in allowed and names.count(row.name) == 1)


@pytest.mark.parametrize("name", KINDS)
def test_its_computers_become_assets_once(sandbox: Sandbox, name: str) -> None:
    flow = Flow(sandbox, name)
    expected = flow.computers()
    assert len(expected) > 3

    flow.export()

    mapped = ComputerMapping.objects.filter(computer__in=expected, halo_asset__isnull=False)
    told = set(PlannedChange.objects.filter(action="skip").values_list("subject_id", flat=True))
    told |= set(ComputerReview.objects.filter(decided_at=None).values_list("computer", flat=True))
    left = {row.pk for row in expected} - set(mapped.values_list("computer", flat=True))
    assert mapped.count() > len(expected) / 2
    assert left <= told | {row.pk for row in expected if not row.host_name}, "clones wait for staff"
    client = flow.mapping.halo_client.halo_id
    held = [asset for asset in sandbox.assets() if asset["client_id"] == client]
    assert len(held) == mapped.values("halo_asset").distinct().count()
    writes = len(sandbox.halo.writes)
    flow.export()
    assert len(sandbox.halo.writes) == writes, "a second export has nothing to write"


@pytest.mark.parametrize("name", WITH_EVENTS)
def test_its_alert_becomes_one_ticket_that_is_closed_when_it_ends(sandbox: Sandbox, name: str) -> None:
    flow = Flow(sandbox, name)
    flow.export()
    flow.switch_tickets_on()
    assert sandbox_tickets(sandbox) == [], "what was open before is the baseline"
    computer = quiet_computer(flow)

    asked: dict[str, Any] = {"computer": computer.name, **flow.kind.asked}
    sandbox.event(flow.kind.begin, **asked)
    for _ in range(2):
        flow.read_events()
        flow.deliver()

    ticket = Ticket.objects.get()
    assert ticket.state == TicketState.OPEN, ticket.reason
    [held] = sandbox_tickets(sandbox)
    assert held["client_id"] == flow.mapping.halo_client.halo_id
    asset = ComputerMapping.objects.get(computer=computer).halo_asset
    assert asset is not None
    assert held["assets"] == [asset.halo_id]

    sandbox.event(flow.kind.end, **asked)
    for _ in range(3):
        flow.read_events()
        flow.deliver()

    ticket.refresh_from_db()
    assert ticket.state == TicketState.CLOSED, ticket.reason
    [held] = sandbox_tickets(sandbox)
    assert held["hasbeenclosed"]
    assert sandbox.world.halo.mails == []


def sandbox_tickets(sandbox: Sandbox) -> list[Any]:
    """Those that the bridge has made."""
    markers = set(Ticket.objects.values_list("marker", flat=True))
    return [row for row in sandbox.tickets() if row["supplier_reference"] in markers - {""}]
