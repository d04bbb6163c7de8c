"""What is sent (by REST, in spreadsheets) goes the whole way: mapped, exported, one ticket to the end.

HaloPSA is the sandbox's, over real HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.models import Console, Event
from integrations.sandbox.server import Sandbox
from mappings.models import ComputerMapping
from tests.builders import make_console
from tests.connected import connect_halo, read_halo
from tests.integrations.api.clients import make_caller
from tests.integrations.ingest.uploads.flow import applied, make_spreadsheet_console
from tests.integrations.sync.tables.sheets import xlsx_of
from tests.test_flow_of_every_console import Flow, sandbox_tickets
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db

COMPUTERS = [f"ALD-PC{number}" for number in range(1, 6)]
COMPANY = "Alder Dental"


class Sent(Flow):
    """Nothing is read of the console: `send` brings what it has."""

    def __init__(self, sandbox: Sandbox, console: Console) -> None:
        self.sandbox, self.console = sandbox, console
        self.credential = connect_halo(sandbox)
        read_halo(self.credential)
        self.send_computers()
        self.mapping = self._map()

    def read_events(self) -> None:
        """They come by themselves."""

    def send_computers(self) -> None:
        raise NotImplementedError

    def send_event(self, state: str) -> None:
        raise NotImplementedError


class ByRest(Sent):
    def post(self, path: str, rows: list[dict[str, Any]]) -> None:
        of_console = [{"console": self.console.pk, **row} for row in rows]
        answer = make_caller().post(f"/api/v1/{path}/", of_console, format="json")
        assert answer.status_code in (200, 201, 202), answer.content

    def send_computers(self) -> None:
        self.post("companies", [{"external_id": "c1", "name": COMPANY}])
        rows = [
            {"external_id": name, "name": name, "company_external_id": "c1", "serial_number": f"SN-{name}"}
            for name in COMPUTERS
        ]
        self.post("computers", rows)

    def send_event(self, state: str) -> None:
        event = {"external_id": f"e1:{state}", "event_type": "backup.failed", "state": state}
        self.post(
            "events",
            [
                {
                    **event,
                    "title": "Backup failed",
                    "company": "c1",
                    "computer": COMPUTERS[0],
                    "series_key": "e1",
                }
            ],
        )


class BySheet(Sent):
    def send_computers(self) -> None:
        applied(self.console, "companies", xlsx_of([["Customer ID", "Customer"], ["c1", COMPANY]]))
        rows = [[name, COMPANY, f"SN-{name}"] for name in COMPUTERS]
        applied(self.console, "computers", xlsx_of([["Device", "Customer", "S/N"], *rows]))

    def send_event(self, state: str) -> None:
        headers = ["Alert ID", "Type", "Subject", "Device", "Status", "Job"]
        told = {"open": "Failed", "resolved": "OK"}[state]
        row = ["a1", "backup.failed", "Backup failed", COMPUTERS[0], told, "nightly"]
        applied(self.console, "events", xlsx_of([headers, row]))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture(params=["push", "spreadsheet"])
def flow(sandbox: Sandbox, request: pytest.FixtureRequest) -> Sent:
    if request.param == "push":
        return ByRest(sandbox, make_console(kind="push"))
    return BySheet(sandbox, make_spreadsheet_console())


def test_computers_that_were_sent_become_assets_once(sandbox: Sandbox, flow: Sent) -> None:
    flow.export()

    mapped = ComputerMapping.objects.filter(halo_asset__isnull=False)
    assert mapped.count() == len(COMPUTERS)
    client = flow.mapping.halo_client.halo_id
    assert len([asset for asset in sandbox.assets() if asset["client_id"] == client]) == len(COMPUTERS)
    writes = len(sandbox.halo.writes)
    flow.send_computers()
    flow.export()
    assert len(sandbox.halo.writes) == writes, "what was sent twice is written once"


def test_an_event_that_was_sent_becomes_one_ticket_that_is_closed_when_it_ends(
    sandbox: Sandbox, flow: Sent
) -> None:
    flow.export()
    flow.switch_tickets_on()
    for _ in range(2):
        flow.send_event("open")
        flow.deliver()

    assert Event.objects.filter(state="open").count() == 1, "a repeat is recognised"
    assert Ticket.objects.get().state == TicketState.OPEN, Ticket.objects.get().reason
    [held] = sandbox_tickets(sandbox)
    asset = ComputerMapping.objects.get(computer__name=COMPUTERS[0]).halo_asset
    assert asset is not None and held["assets"] == [asset.halo_id]

    flow.send_event("resolved")
    flow.deliver()

    assert Ticket.objects.get().state == TicketState.CLOSED, Ticket.objects.get().reason
    [held] = sandbox_tickets(sandbox)
    assert held["hasbeenclosed"]
