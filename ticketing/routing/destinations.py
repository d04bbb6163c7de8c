"""Whose an event is: its company and computer by the console's ids, and the credentials that it goes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.choices import EventStatus
from integrations.models import Company, Computer, Event
from mappings.models import CompanyMapping
from ticketing import rules
from ticketing.models import IntegrationProfile
from ticketing.routing.occurrences import company_of


def find_places(events: Sequence[Event]) -> list[Event]:
    """Give events the company and computer that became known after they had been stored.

    Returns those that changed, unsaved. Two queries.
    """
    before = {event.pk: (event.company_id, event.computer_id) for event in events}
    consoles = {event.console_id for event in events}
    companies = _companies(consoles, {event.company_external_id for event in events})
    computers = _computers(consoles, {event.computer_external_id for event in events})
    for event in events:
        event.company = event.company or companies.get((event.console_id, event.company_external_id))
        event.computer = event.computer or computers.get((event.console_id, event.computer_external_id))
        event.company = company_of(event)
    return [event for event in events if (event.company_id, event.computer_id) != before[event.pk]]


def _companies(consoles: Iterable[int], ids: set[str]) -> dict[tuple[int, str], Company]:
    rows = Company.objects.filter(console_id__in=consoles, external_id__in=ids - {""})
    return {(row.console_id, row.external_id): row for row in rows}


def _computers(consoles: Iterable[int], ids: set[str]) -> dict[tuple[int, str], Computer]:
    rows = Computer.objects.filter(console_id__in=consoles, external_id__in=ids - {""})
    return {(row.console_id, row.external_id): row for row in rows.select_related("company")}


@dataclass(frozen=True, slots=True)
class Destinations:
    """Which credentials map which company, and which take what belongs to no company."""

    by_company: dict[int, list[int]]
    without_company: list[int]

    @classmethod
    def of(cls, events: Sequence[Event]) -> Destinations:
        companies = {company.pk for event in events if (company := company_of(event))}
        by_company: dict[int, list[int]] = defaultdict(list)
        rows = CompanyMapping.objects.in_force().filter(company_id__in=companies)
        pairs = rows.order_by("halo_credential_id").values_list("company_id", "halo_credential_id")
        for company_id, credential_id in pairs:
            by_company[company_id].append(credential_id)
        return cls(by_company, list(_catch_all().values_list("halo_credential_id", flat=True)))

    def credentials(self, event: Event) -> list[int]:
        company = company_of(event)
        if company is not None:
            return self.by_company.get(company.pk, [])
        return [] if _somebody_unknown(event) else self.without_company

    def why_waiting(self, event: Event) -> str:
        """The sentence for an event that goes nowhere yet."""
        if company := company_of(event):
            return rules.not_mapped(company.name)
        if event.company_external_id:
            return rules.unknown_company(event.company_external_id)
        if _somebody_unknown(event):
            return rules.unknown_computer(event.computer_external_id)
        return rules.NO_COMPANY


def _somebody_unknown(event: Event) -> bool:
    """The console named a company or computer that isn't known yet: it must not pass for *no company*."""
    unknown_computer = event.computer_external_id and event.computer is None
    return bool(event.company_external_id or unknown_computer)


def _catch_all() -> QuerySet[IntegrationProfile]:
    """A credential that is restricted to one company takes nothing that belongs to none."""
    return IntegrationProfile.objects.filter(
        is_default=True, client__isnull=False, halo_credential__associated_company__isnull=True
    ).order_by("halo_credential")


def waiting_with_a_destination() -> QuerySet[Event]:
    """Waiting events that would go somewhere by now: `Destinations` in SQL, so that others stay put."""
    mapped = CompanyMapping.objects.in_force()
    by_company = Exists(mapped.filter(company=OuterRef("company")))
    named = mapped.filter(
        company__console=OuterRef("console"), company__external_id=OuterRef("company_external_id")
    )
    computers = Computer.objects.filter(
        console=OuterRef("console"), external_id=OuterRef("computer_external_id")
    )
    nameless = Q(company__isnull=True, company_external_id="")
    at_home = Q(Exists(computers.filter(company__in=mapped.values("company"))))
    alone = Q(computer_external_id="") | Q(Exists(computers.filter(company__isnull=True)))
    routable = Q(by_company) | (Q(company__isnull=True) & Q(Exists(named))) | (nameless & at_home)
    if _catch_all().exists():
        routable |= nameless & alone
    return Event.objects.filter(routable, status=EventStatus.WAITING)
