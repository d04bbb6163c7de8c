"""The columns and rows of exported mappings, each list in one statement that is read as a stream."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from integrations.models import Company, Computer, HaloAssetType, HaloCredential, Product
from integrations.sync.sheets import SheetColumn
from mappings.linking import CompanyState, ComputerState

COMPANY_COLUMNS: Final = (
    *(SheetColumn("Console", "console__name"), SheetColumn("Company ID", "external_id")),
    *(SheetColumn("Company", "name"), SheetColumn("State", "state", lambda state: CompanyState(state).label)),
    SheetColumn("Halo client ID", "pair__halo_client__halo_id"),
    SheetColumn("Halo client", "pair__halo_client__name"),
    SheetColumn("Default site ID", "pair__halo_site__halo_id"),
    SheetColumn("Default site", "pair__halo_site__name"),
    SheetColumn("Create tickets", "pair__create_tickets"),
    SheetColumn("No notification", "pair__no_notification"),
    SheetColumn("Enable configuration", "pair__enable_configuration"),
    SheetColumn("Reason", "pair__reason"),
    SheetColumn("Mapped (UTC)", "pair__mapped_at"),
    SheetColumn("Mapped by", "pair__mapped_by__username"),
    SheetColumn("HaloPSA credential", "credential_name"),
)
PRODUCT_COLUMNS: Final = (
    *(SheetColumn("Console", "console__name"), SheetColumn("Product", "name")),
    SheetColumn("Computers", "computers"),
    SheetColumn("Asset type ID", "pair__asset_type"),
    SheetColumn("Asset type", "type_name"),
    SheetColumn("HaloPSA credential", "credential_name"),
)
COMPUTER_COLUMNS: Final = (
    *(SheetColumn("Console", "console__name"), SheetColumn("Computer ID", "external_id")),
    *(SheetColumn("Computer", "name"), SheetColumn("Serial number", "serial_number")),
    *(SheetColumn("Company", "company__name"), SheetColumn("Product", "product__name")),
    SheetColumn("State", "mapping_state", lambda state: ComputerState(state).label),
    SheetColumn("Reason", "mapping_reason"),
    SheetColumn("Asset ID", "pair__halo_asset__halo_id"),
    SheetColumn("Asset", "pair__halo_asset__name"),
    SheetColumn("Asset tag", "pair__halo_asset__inventory_number"),
    *(SheetColumn("Site ID", "site_number"), SheetColumn("Site", "site_name")),
    *(SheetColumn("Asset type ID", "type_number"), SheetColumn("Asset type", "type_name")),
    SheetColumn("Mapped (UTC)", "pair__mapped_at"),
    SheetColumn("Mapped by", "pair__mapped_by__username"),
    SheetColumn("HaloPSA credential", "credential_name"),
)


def company_sheet(companies: QuerySet[Company], credential: HaloCredential) -> QuerySet[Any]:
    """Companies of `with_company_state`, mapped or not."""
    return _with_pair(companies, credential).order_by("name", "pk")


def product_sheet(products: QuerySet[Product], credential: HaloCredential) -> QuerySet[Any]:
    """Products, with a default asset type or without."""
    used = Count("computer", filter=Q(computer__active=True), distinct=True)
    rows = _with_pair(products, credential).annotate(computers=used)
    return rows.annotate(type_name=type_name(credential, "pair__asset_type")).order_by("name", "pk")


def computer_sheet(computers: QuerySet[Computer], credential: HaloCredential | None) -> QuerySet[Any]:
    """Computers of `with_states`, in their order: site and type are what the asset has, or what the next
    export makes of it; of a computer that is to be exported they are what was chosen for it."""
    asset, pair = "pair__halo_asset__", "pair__"
    return (
        _with_pair(computers, credential)
        .annotate(
            site_number=Coalesce(
                f"{pair}wanted_site__halo_id", f"{asset}site__halo_id", f"{pair}halo_site__halo_id"
            ),
            site_name=Coalesce(f"{pair}wanted_site__name", f"{asset}site__name", f"{pair}halo_site__name"),
            type_number=Coalesce(f"{pair}wanted_type", f"{asset}asset_type__halo_id", f"{pair}asset_type"),
        )
        .annotate(type_name=type_name(credential, "type_number"))
    )


def type_name(credential: HaloCredential | None, halo_id: str) -> Subquery:
    """The name of the asset type whose Halo id another column holds."""
    types = HaloAssetType.objects.filter(halo_credential=credential, halo_id=OuterRef(halo_id))
    return Subquery(types.values("name")[:1])


def _with_pair(rows: QuerySet[Any], credential: HaloCredential | None) -> QuerySet[Any]:
    """`pair` is the row's mapping in the credential."""
    own = Q(mappings__halo_credential=credential)
    told = Value(credential.name if credential else "")
    return rows.annotate(pair=FilteredRelation("mappings", condition=own), credential_name=told)
