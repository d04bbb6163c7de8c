"""What the company mapping page shows: each company of the consoles towards one HaloPSA credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from integrations.admin.choosers import id_of
from integrations.admin.pages import Choice, choices, page_of
from integrations.models import Company, Computer, HaloCredential
from mappings.models import CompanyMapping, CompanySuggestion

PER_PAGE: Final = 50
STATES: Final = [("unmapped", "Unmapped"), ("suggested", "Suggested"), ("mapped", "Mapped")]
EXACT: Final = 100


@dataclass(frozen=True, slots=True)
class CompanyRows:
    """One page of companies; each has `state`, `mapping`, `best` (suggestion) and `computers_found`."""

    page: Any
    states: list[Choice]
    exact: int


def company_rows(request: HttpRequest, credential: HaloCredential) -> CompanyRows:
    """Six queries, however many companies there are."""
    found = _with_state(_searched(request, companies_of(credential)), credential)
    told = found.order_by().values_list("state").annotate(number=Count("pk"))
    counts: dict[str, int] = dict(told)
    state = request.GET.get("state", "")
    count = counts.get(state, 0) if state else sum(counts.values())
    rows = _for_the_page(found.filter(state=state) if state else found, credential)
    page = page_of(request, rows, PER_PAGE, count)
    for company in page:
        company.mapping = next(iter(company.mapped), None)
        company.best = next(iter(company.suggested), None)
    return CompanyRows(page, choices(request, "state", STATES, counts), exact_suggestions(credential).count())


def companies_of(credential: HaloCredential) -> QuerySet[Company]:
    """Those that can be mapped through it: all active ones, or its associated company alone."""
    companies = Company.objects.filter(Q(active=True) | Q(mappings__halo_credential=credential)).distinct()
    return (
        companies.filter(pk=credential.associated_company_id)
        if credential.associated_company_id
        else companies
    )


def exact_suggestions(credential: HaloCredential) -> QuerySet[CompanySuggestion]:
    """Suggestions with the same normalised name where nothing else fits as well."""
    return CompanySuggestion.objects.filter(halo_credential=credential, score=EXACT, ambiguous=False)


def _searched(request: HttpRequest, companies: QuerySet[Company]) -> QuerySet[Company]:
    console = id_of(request, "console")
    if console is not None:
        companies = companies.filter(console=console)
    for word in request.GET.get("q", "").split():
        companies = companies.filter(Q(name__icontains=word) | Q(mappings__halo_client__name__icontains=word))
    return companies


def _with_state(companies: QuerySet[Company], credential: HaloCredential) -> QuerySet[Any]:
    mapped = CompanyMapping.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    suggested = CompanySuggestion.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    return companies.annotate(
        state=Case(
            When(Exists(mapped), then=Value("mapped")),
            When(Exists(suggested), then=Value("suggested")),
            default=Value("unmapped"),
            output_field=CharField(),
        )
    )


def _for_the_page(companies: QuerySet[Any], credential: HaloCredential) -> QuerySet[Any]:
    computers = Computer.objects.filter(company=OuterRef("pk"), active=True).order_by().values("company")
    number = computers.annotate(number=Count("pk")).values("number")
    pairs = CompanyMapping.objects.filter(halo_credential=credential).select_related(
        "halo_client", "halo_site"
    )
    guesses = CompanySuggestion.objects.filter(halo_credential=credential).select_related("halo_client")
    return (
        companies.select_related("console")
        .annotate(computers_found=Coalesce(Subquery(number, output_field=IntegerField()), 0))
        .prefetch_related(
            Prefetch("mappings", queryset=pairs, to_attr="mapped"),
            Prefetch(
                "suggestions", queryset=guesses.order_by("-score", "halo_client__name"), to_attr="suggested"
            ),
        )
        .order_by("name", "pk")
    )
