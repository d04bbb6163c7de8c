"""Builders of a small mapped world; every test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from integrations.choices import EventState, OptionKind
from integrations.models import (
    Company,
    Computer,
    Console,
    Event,
    HaloAsset,
    HaloClient,
    HaloCredential,
    HaloOption,
    HaloSite,
    HaloUser,
)
from mappings.models import CompanyMapping, ComputerMapping
from tests.builders import make_console, make_credential
from ticketing.models import Alert, EventSet, IntegrationProfile, Ticket, TicketRule
from ticketing.routing import route_events

_numbers = count(1)
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


class World:
    """One credential, console, company (mapped, tickets on since yesterday), computer, rule and profile."""

    def __init__(self, **credential: Any) -> None:
        self.credential: HaloCredential = make_credential(**credential)
        self.instance = self.credential.instance
        self.console: Console = make_console(name=f"MSP360 {next(_numbers)}")
        self.company = make_company(self.console, name="Alder Dental")
        self.client = make_client(self.credential, name="Alder Dental Group", halo_id=12)
        self.site = make_site(self.client, halo_id=31, general_user_id=88)
        self.mapping = make_mapping(self.company, self.client, halo_site=self.site)
        self.computer = make_computer(self.company, name="ALD-SRV01")
        self.event_set = EventSet.objects.create(
            name=f"Backup {next(_numbers)}", event_types=["backup.failed", "backup.overdue"]
        )
        self.profile = make_profile(self.credential, name="P1")
        self.rule = TicketRule.objects.create(
            company_mapping=self.mapping, event_set=self.event_set, profile=self.profile
        )

    def event(self, state: str = EventState.OPEN, **values: Any) -> Event:
        defaults: dict[str, Any] = {
            "company": self.company,
            "computer": self.computer,
            "series_key": "plan:1",
        }
        return make_event(self.console, state=state, **{**defaults, **values})

    def opened(self, **values: Any) -> Event:
        return self.event(EventState.OPEN, **values)

    def resolved(self, **values: Any) -> Event:
        return self.event(EventState.RESOLVED, **{"title": "File backup succeeded: Nightly", **values})

    def alert(self) -> Alert:
        return Alert.objects.get()

    def tickets(self) -> list[Ticket]:
        return list(Ticket.objects.order_by("id"))

    def map_asset(self, **values: Any) -> HaloAsset:
        asset = make_asset(self.client, **{"site": self.site, **values})
        ComputerMapping.objects.create(
            computer=self.computer, halo_credential=self.credential, halo_asset=asset
        )
        return asset


def make_company(console: Console, **values: Any) -> Company:
    number = next(_numbers)
    return Company.objects.create(
        **{"console": console, "external_id": f"c{number}", "name": f"Company {number}", **values}
    )


def make_computer(company: Company, **values: Any) -> Computer:
    number = next(_numbers)
    return Computer.objects.create(
        **{
            "console": company.console,
            "company": company,
            "external_id": f"pc{number}",
            "name": f"PC-{number}",
            **values,
        }
    )


def make_client(credential: HaloCredential, **values: Any) -> HaloClient:
    number = next(_numbers)
    return HaloClient.objects.create(
        **{"halo_credential": credential, "halo_id": 1000 + number, "name": f"Client {number}", **values}
    )


def make_site(client: HaloClient, **values: Any) -> HaloSite:
    number = next(_numbers)
    return HaloSite.objects.create(
        **{
            "halo_credential": client.halo_credential,
            "client": client,
            "halo_id": 2000 + number,
            "name": f"Site {number}",
            **values,
        }
    )


def make_user(site: HaloSite, **values: Any) -> HaloUser:
    number = next(_numbers)
    return HaloUser.objects.create(
        **{
            "halo_credential": site.halo_credential,
            "site": site,
            "halo_id": 3000 + number,
            "name": f"End user {number}",
            **values,
        }
    )


def make_asset(client: HaloClient, **values: Any) -> HaloAsset:
    number = next(_numbers)
    return HaloAsset.objects.create(
        **{
            "halo_credential": client.halo_credential,
            "client": client,
            "halo_id": 500 + number,
            "name": f"Asset {number}",
            **values,
        }
    )


def make_mapping(company: Company, client: HaloClient, **values: Any) -> CompanyMapping:
    return CompanyMapping.objects.create(
        **{
            "company": company,
            "halo_client": client,
            "halo_credential": client.halo_credential,
            "create_tickets": True,
            "tickets_since": timezone.now() - timedelta(days=1),
            **values,
        }
    )


def make_profile(credential: HaloCredential, **values: Any) -> IntegrationProfile:
    return IntegrationProfile.objects.create(
        **{
            "halo_credential": credential,
            "name": f"Profile {next(_numbers)}",
            "ticket_type": 21,
            "status_open": 1,
            "status_closed": 9,
            "note_minutes": 0,
            "reopen_hours": 0,
            **values,
        }
    )


def make_option(credential: HaloCredential, kind: OptionKind, halo_id: int, **values: Any) -> HaloOption:
    return HaloOption.objects.create(
        **{
            "halo_credential": credential,
            "kind": kind,
            "halo_id": str(halo_id),
            "name": f"{kind} {halo_id}",
            **values,
        }
    )


def make_event(console: Console, **values: Any) -> Event:
    """An event a second after the one before, unless it says when it happened."""
    number = next(_numbers)
    return Event.objects.create(
        **{
            "console": console,
            "external_id": f"e{number}",
            "fingerprint": f"fingerprint {number}",
            "event_type": "backup.failed",
            "state": EventState.OPEN,
            "title": "File backup failed: Nightly on ALD-SRV01",
            "message": "Error: disk full",
            "occurred_at": START + timedelta(seconds=number),
            **values,
        }
    )


def route_all() -> None:
    while route_events().events:
        pass
