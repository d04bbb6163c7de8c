"""What the company mapping page shows: each company of the consoles towards one HaloPSA credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from integrations.admin.choosers import id_of
from integrations.admin.namesakes import name_apart, with_namesakes
from integrations.admin.pages import Choice, choices, page_of
from integrations.listing import count_rows
from integrations.models import Company, Computer, HaloCredential, Location
from mappings.linking import CompanyState, companies_of, exact_suggestions, in_state, with_company_state
from mappings.models import CompanyMapping, CompanySuggestion, IgnoredCompany, LocationMapping

SIZES: Final = (25, 50, 100, 250)
PER_PAGE: Final = 50
MOST_PLACES: Final = 4
"""Locations that a row names; the rest is a number."""
OF_MAPPING: Final = ("halo_client", "halo_site", "halo_client__merged_into")
OF_GUESS: Final = "halo_client"
"""What a row shows by name and that may have a namesake."""


@dataclass(frozen=True, slots=True)
class CompanyRows:
    """One page of companies.

    Each has `state`, `mapping`, `best` (suggestion), `suggested`, `ignored_at`, `ignored_by` and
    `ignored_because`, `broken` (a sentence), `places` (locations), `places_left` and `computers_found`; and
    `apart`, as their clients and sites have, where several are of one name.
    """

    page: Any
    states: list[Choice]
    exact: int
    size: int


def company_rows(request: HttpRequest, credential: HaloCredential) -> CompanyRows:
    """Seven statements, however many companies there are. More than 10,000 are not counted by state."""
    searched = searched_companies(request, credential)
    number, counts, exact = _counted(searched, credential)
    state, size = request.GET.get("state", ""), page_size(request)
    found = in_state(searched, credential, state)
    if counts is not None:
        count = counts.get(state, 0) if state else number
        page = page_of(request, _for_the_page(found, credential), size, count)
    else:
        # The ids first: then a database can't prepare the columns of all companies for one page of them.
        ids = found.order_by("name", "pk").values_list("pk", flat=True)
        page = page_of(request, ids, size, None if state else (number, False))
        shown = with_company_state(Company.objects.filter(pk__in=list(page.object_list)), credential)
        page.object_list = _for_the_page(shown, credential)
    for company in page:
        _describe(company)
    return CompanyRows(page, choices(request, "state", list(CompanyState.choices), counts), exact, size)


def _counted(
    searched: QuerySet[Company], credential: HaloCredential
) -> tuple[int, dict[str, int] | None, int]:
    """How many, how many by state (None: of too many to look at each), how many with an exact suggestion."""
    number, is_all = count_rows(searched)
    if not is_all:
        of_these = exact_suggestions(credential).filter(company__in=searched.values("pk"))
        return number, None, count_rows(of_these)[0]
    found = with_company_state(searched, credential).order_by()
    told = found.values_list("state").annotate(
        number=Count("pk"), sure=Count("pk", filter=_exact(credential))
    )
    rows = list(told)
    return number, {state: many for state, many, _ in rows}, sum(sure for *_, sure in rows)


def listed_companies(request: HttpRequest, credential: HaloCredential) -> QuerySet[Any]:
    """All companies that the page lists, on whichever of its pages."""
    return in_state(searched_companies(request, credential), credential, request.GET.get("state", ""))


def page_size(request: HttpRequest) -> int:
    wanted = id_of(request, "size")
    return wanted if wanted in SIZES else PER_PAGE


def chosen_exact(request: HttpRequest, credential: HaloCredential) -> QuerySet[CompanySuggestion]:
    """The exact suggestions of what is looked at: console and search, whatever the state and page."""
    companies = searched_companies(request, credential)
    return exact_suggestions(credential).filter(company__in=companies.order_by().values("pk"))


def _exact(credential: HaloCredential) -> Q:
    return Q(Exists(exact_suggestions(credential).filter(company=OuterRef("pk"))))


def searched_companies(request: HttpRequest, credential: HaloCredential) -> QuerySet[Company]:
    """Those that the filters of the page leave, in any state."""
    companies = companies_of(credential)
    console = id_of(request, "console")
    if console is not None:
        companies = companies.filter(console=console)
    mapped = CompanyMapping.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    guessed = CompanySuggestion.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    for word in _words(request, "q"):
        companies = companies.filter(pk__in=_by_name(word, credential))
    for word in _words(request, "client"):
        named = {"halo_client__name__icontains": word}
        companies = companies.filter(Exists(mapped.filter(**named)) | Exists(guessed.filter(**named)))
    return companies


def _by_name(word: str, credential: HaloCredential) -> QuerySet[Any]:
    """Ids of companies that are called so, or whose client is. Apart, each by its own index: an OR over two
    tables reads both of them from the beginning to the end."""
    own = Company.objects.filter(name__icontains=word).order_by().values("pk")
    mapped = CompanyMapping.objects.filter(halo_credential=credential, halo_client__name__icontains=word)
    return own.union(mapped.order_by().values("company_id"))


def _words(request: HttpRequest, name: str) -> list[str]:
    return request.GET.get(name, "").replace("\x00", "").split()[:10]


def _for_the_page(companies: QuerySet[Any], credential: HaloCredential) -> QuerySet[Any]:
    computers = Computer.objects.filter(company=OuterRef("pk"), active=True).order_by().values("company")
    # Of the rows, not of their ids: an index tells that alone.
    number = computers.annotate(number=Count("*")).values("number")
    pairs = CompanyMapping.objects.filter(halo_credential=credential).select_related(
        "halo_client__merged_into", "halo_site", "mapped_by"
    )
    guesses = CompanySuggestion.objects.filter(halo_credential=credential).select_related(OF_GUESS)
    sites = LocationMapping.objects.in_use().filter(company_mapping__halo_credential=credential)
    ignored = IgnoredCompany.objects.filter(company=OuterRef("pk"), halo_credential=credential)
    places = Location.objects.filter(active=True).order_by("name", "pk")
    return (
        with_namesakes(companies.select_related("console"))
        .annotate(
            computers_found=Coalesce(Subquery(number, output_field=IntegerField()), 0),
            ignored_at=Subquery(ignored.values("ignored_at")[:1]),
            ignored_by=Subquery(ignored.values("ignored_by__username")[:1]),
            ignored_because=Subquery(ignored.values("reason")[:1]),
        )
        .prefetch_related(
            Prefetch("mappings", queryset=with_namesakes(pairs, *OF_MAPPING), to_attr="mapped"),
            Prefetch(
                "suggestions",
                queryset=with_namesakes(guesses, OF_GUESS).order_by("-score", "halo_client__name"),
                to_attr="suggested",
            ),
            Prefetch(
                "locations",
                queryset=places.annotate(site_name=_site_of(sites)),
                to_attr="all_places",
            ),
        )
        .order_by("name", "pk")
    )


def _site_of(sites: QuerySet[LocationMapping]) -> Subquery:
    return Subquery(sites.filter(location=OuterRef("pk")).values("halo_site__name")[:1])


def _describe(company: Any) -> None:
    company.mapping = next(iter(company.mapped), None)
    company.best = next(iter(company.suggested), None)
    company.broken = company.mapping.why_broken() if company.mapping else ""
    name_apart(company)
    if company.mapping:
        name_apart(company.mapping, *OF_MAPPING)
    for guess in company.suggested:
        name_apart(guess, OF_GUESS)
    company.places = company.all_places[:MOST_PLACES]
    company.places_left = len(company.all_places) - len(company.places)
