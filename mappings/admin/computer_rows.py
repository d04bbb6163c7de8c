"""The computers list: each row towards one HaloPSA credential, without a query of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from integrations.admin.credential_choice import PARAMETER, CredentialChoice, credential_choice
from integrations.models import Computer, HaloAssetType, HaloCredential, Product
from mappings.apply import lost_creates
from mappings.linking import ComputerState, in_computer_state, with_states
from mappings.models import CompanyMapping, ComputerMapping, ComputerReview, LocationMapping, ProductMapping

STATE_TONES: Final[Mapping[str, str]] = {
    ComputerState.MAPPED: "good",
    ComputerState.REVIEW: "warn",
    ComputerState.IGNORED: "neutral",
    ComputerState.HELD: "warn",
    ComputerState.INACTIVE: "warn",
    ComputerState.TO_EXPORT: "info",
    ComputerState.UNMAPPED: "warn",
    ComputerState.COMPANY_UNMAPPED: "warn",
    ComputerState.OFFBOARDED: "neutral",
    ComputerState.NO_COMPANY: "warn",
    ComputerState.NOT_ELIGIBLE: "neutral",
    ComputerState.GONE: "neutral",
}


def computer_rows(rows: QuerySet[Computer], credential: HaloCredential | None) -> QuerySet[Any]:
    """Add what a row shows, without a query per row.

    `mapping_state`, `mapping_reason`, `pairs` (0 or 1 mapping), `own_type` and `default_type` (names of asset
    types), `default_site` (name), `create_lost` (its create waits for staff), `review_id` (of its open
    review) and `bridge_credential` (id of
    the credential they are about; 0: none).
    """
    pairs = ComputerMapping.objects.filter(halo_credential=credential)
    chosen = pairs.filter(computer=OuterRef("pk")).values("asset_type")[:1]
    companies = CompanyMapping.objects.filter(company=OuterRef("company"), halo_credential=credential)
    places = LocationMapping.objects.in_use().filter(
        location=OuterRef("location"), company_mapping__halo_credential=credential
    )
    reviews = ComputerReview.objects.filter(
        computer=OuterRef("pk"), halo_credential=credential, decided_at__isnull=True
    )
    default = ProductMapping.objects.filter(product=OuterRef("product"), halo_credential=credential)
    return (
        with_states(rows, credential)
        .annotate(
            bridge_credential=Value(credential.pk if credential else 0),
            create_lost=Exists(
                pairs.filter(computer=OuterRef("pk"), pk__in=lost_creates().values("subject_id"))
            ),
            review_id=Subquery(reviews.values("pk")[:1]),
            own_type_id=Subquery(chosen),
            default_site=Coalesce(
                Subquery(places.values("halo_site__name")[:1]),
                Subquery(companies.values("halo_site__name")[:1]),
            ),
            default_type_id=Subquery(default.values("asset_type")[:1]),
        )
        .annotate(
            own_type=_type_name(credential, "own_type_id"),
            default_type=_type_name(credential, "default_type_id"),
        )
        .select_related("console", "company", "product")
        .prefetch_related(
            Prefetch(
                "mappings",
                queryset=pairs.select_related(
                    "halo_asset__asset_type", "halo_asset__site", "halo_site", "halo_credential"
                ),
                to_attr="pairs",
            )
        )
    )


def _type_name(credential: HaloCredential | None, halo_id: str) -> Subquery:
    """The name of the asset type whose Halo id another annotation holds."""
    types = HaloAssetType.objects.filter(halo_credential=credential, halo_id=OuterRef(halo_id))
    return Subquery(types.values("name")[:1])


class ProductFilter(RelatedDropdownFilter):
    """Products of one name are told apart by their consoles."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = list(
            Product.objects.order_by("name", "console__name", "pk").values_list("pk", "name", "console__name")
        )
        names = Counter(name.casefold() for _, name, _ in rows)
        return [
            (pk, name if names[name.casefold()] == 1 else f"{name} ({console})") for pk, name, console in rows
        ]


class CredentialFilter(DropdownFilter):
    """Which HaloPSA the list looks at. It is always one of them: without a choice the first."""

    title = "HaloPSA credential"
    parameter_name = PARAMETER
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        choice = chosen_credential(request)
        return [(row.pk, row.name) for row in choice.all] if choice.several else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "mapping_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(ComputerState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return in_computer_state(queryset, chosen_credential(request).chosen, state) if state else queryset


def chosen_credential(request: Any) -> CredentialChoice:
    """The credential of this request; several callers ask, the database is asked once."""
    if not hasattr(request, "credential_choice"):
        request.credential_choice = credential_choice(request)
    choice: CredentialChoice = request.credential_choice
    return choice
