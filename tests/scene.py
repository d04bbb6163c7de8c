"""A small mapped world against a running sandbox: one company with tickets on, one profile that works."""

from __future__ import annotations

from typing import Any

from integrations.choices import ConnectionState
from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.events import store_events
from integrations.management.reporting import execute_here
from integrations.models import Company, Console, HaloClient, HaloCredential, HaloOption, Run
from integrations.records import CompanyRecord, ComputerRecord, EventRecord
from integrations.runs.request import request_delivery, request_routing
from integrations.sandbox.server import Sandbox
from mappings.linking import map_company
from tests.connected import connect_halo, read_halo
from ticketing.models import EventSet, IntegrationProfile, TicketRule


class Scene:
    """A pushed company, mapped, with tickets on and one profile that works."""

    def __init__(self, sandbox: Sandbox, credential: HaloCredential | None = None) -> None:
        self.sandbox = sandbox
        self.credential = credential or connect_halo(sandbox)
        read_halo(self.credential)
        self.console = Console.objects.create(name="Push", kind="push", state=ConnectionState.WORKING)
        store_companies(self.console, [CompanyRecord("c1", "Mapped"), CompanyRecord("c2", "Not mapped")])
        store_computers(self.console, [ComputerRecord("pc1", "PC-1", company_external_id="c1")])
        client = HaloClient.objects.filter(active=True, sites__active=True).last()
        assert client
        company = Company.objects.get(external_id="c1")
        self.mapping = map_company(company, client, create_tickets=True)
        self.profile = IntegrationProfile.objects.create(
            name="P1",
            halo_credential=self.credential,
            ticket_type=self._option("ticket_type", "Alert"),
            status_open=self._option("status", "New"),
            status_closed=self._option("status", "Closed"),
            note_minutes=0,
            reopen_hours=0,
        )
        event_set = EventSet.objects.create(name="Backup", event_types=["backup.failed"])
        TicketRule.objects.create(company_mapping=self.mapping, event_set=event_set, profile=self.profile)

    @staticmethod
    def _option(kind: str, name: str) -> int:
        return int(HaloOption.objects.get(kind=kind, name=name, active=True).halo_id)

    def event(self, external_id: str, **values: Any) -> list[str]:
        defaults: dict[str, Any] = {
            "event_type": "backup.failed",
            "state": "open",
            "title": f"Backup {external_id}",
            "series_key": external_id,
            "company_external_id": "c1",
        }
        return store_events(self.console, [EventRecord(external_id, **{**defaults, **values})])

    def deliver(self) -> Run:
        execute_here(request_routing())
        return execute_here(request_delivery(self.credential.instance))
