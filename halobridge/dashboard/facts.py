"""What the overview is computed from, read once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from integrations.choices import ConnectionState, WriteMode
from integrations.models import Company, Computer, Console, HaloCredential, Product
from mappings.models import CompanyMapping, CompanySuggestion, ComputerMapping, IgnoredCompany, ProductMapping
from ticketing.models import EventSet, IntegrationProfile


@dataclass(frozen=True, slots=True)
class Coverage:
    console: Console
    companies: int
    companies_mapped: int
    computers: int
    computers_mapped: int
    within_reach: int
    """Computers of mapped companies: those that an export can take."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checklist is computed from; read once."""

    credentials: list[HaloCredential]
    consoles: list[Console]
    coverage: list[Coverage]
    mapped: int
    suggested: int
    tickets_on: int
    products: int
    products_typed: int
    event_sets: int
    profiles: int

    @property
    def halo_ready(self) -> bool:
        return any(row.synced_at and row.state == ConnectionState.WORKING for row in self.credentials)

    @property
    def console_ready(self) -> bool:
        return any(row.synced_at and row.state == ConnectionState.WORKING for row in self.consoles)

    @property
    def writes(self) -> bool:
        return any(row.write_mode == WriteMode.WRITE for row in self.credentials)


def read_facts() -> Facts:
    mappings = CompanyMapping.objects.aggregate(
        all=Count("pk"), on=Count("pk", filter=Q(create_tickets=True))
    )
    used = Product.objects.filter(
        Exists(Computer.objects.filter(product=OuterRef("pk"), active=True, eligible=True))
    )
    typed = Exists(ProductMapping.objects.filter(product=OuterRef("pk")))
    products = used.aggregate(all=Count("pk"), typed=Count("pk", filter=Q(typed)))
    return Facts(
        credentials=list(HaloCredential.objects.select_related("instance")),
        consoles=(consoles := list(Console.objects.all())),
        coverage=_coverage(consoles),
        mapped=mappings["all"],
        suggested=CompanySuggestion.objects.filter(company__active=True).values("company").distinct().count(),
        tickets_on=mappings["on"],
        products=products["all"],
        products_typed=products["typed"],
        event_sets=EventSet.objects.count(),
        profiles=IntegrationProfile.objects.count(),
    )


def _coverage(consoles: list[Console]) -> list[Coverage]:
    mapped = CompanyMapping.objects.filter(company=OuterRef("pk"))
    company_mapped = Exists(mapped.in_use())
    # Whom staff leave alone, and who is offboarded, is not missing.
    left = Exists(IgnoredCompany.objects.filter(company=OuterRef("pk"))) | Exists(mapped)
    companies = (
        Company.objects.filter(active=True).exclude(left & ~company_mapped).order_by().values_list("console")
    )
    by_company = companies.annotate(all=Count("pk"), mapped=Count("pk", filter=Q(company_mapped)))
    pair = Exists(ComputerMapping.objects.filter(computer=OuterRef("pk"), halo_asset__isnull=False))
    reached = Exists(CompanyMapping.objects.in_use().filter(company=OuterRef("company")))
    computers = Computer.objects.filter(active=True, eligible=True).order_by().values_list("console")
    by_computer = computers.annotate(
        all=Count("pk"), mapped=Count("pk", filter=Q(pair)), reach=Count("pk", filter=Q(reached))
    )
    of_companies = {console: (total, mapped) for console, total, mapped in by_company}
    of_computers = {console: tuple(counts) for console, *counts in by_computer}
    return [
        Coverage(row, *of_companies.get(row.pk, (0, 0)), *of_computers.get(row.pk, (0, 0, 0)))
        for row in consoles
    ]
