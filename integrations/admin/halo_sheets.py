"""The columns of exported lists: their names, where they come from, how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from django.utils import timezone

from integrations.sync.days import to_date
from integrations.sync.lifecycle import WARRANTY_LABELS, age_in_months, warranty_state
from integrations.sync.sheets import SheetColumn


def _months(bought_on: date | None) -> int | None:
    return None if bought_on is None else age_in_months(bought_on, timezone.localdate())


def _warranty(ends_on: date | None) -> str:
    return WARRANTY_LABELS[warranty_state(ends_on, timezone.localdate())]


def _day_of(name: str, properties: Mapping[str, str] | None) -> date | None:
    return to_date((properties or {}).get(name, ""))


_ID = SheetColumn("HaloPSA ID", "halo_id")
_NAME = SheetColumn("Name", "name")
_LAST = (
    SheetColumn("Active", "active"),
    SheetColumn("Changed in HaloPSA (UTC)", "updated_at"),
    SheetColumn("HaloPSA credential", "halo_credential__name"),
)

CLIENT_COLUMNS = (
    *(_ID, _NAME, SheetColumn("Domain", "domain"), SheetColumn("Reference", "reference")),
    SheetColumn("Merged into", "merged_into__name"),
    *_LAST,
)
SITE_COLUMNS = (_ID, _NAME, SheetColumn("Client", "client__name"), *_LAST)
USER_COLUMNS = (
    *(_ID, _NAME, SheetColumn("Email", "email")),
    *(SheetColumn("Client", "site__client__name"), SheetColumn("Site", "site__name")),
    *_LAST,
)
ASSET_COLUMNS = (
    *(_ID, _NAME, SheetColumn("Asset tag", "inventory_number")),
    *(SheetColumn("Asset type", "asset_type__name"), SheetColumn("Asset group", "asset_type__group_name")),
    *(SheetColumn("Client", "client__name"), SheetColumn("Site", "site__name")),
    SheetColumn("Serial number", "serial_number"),
    *(SheetColumn("Manufacturer", "manufacturer"), SheetColumn("Model", "model")),
    SheetColumn("Purchased", "purchased_on"),
    SheetColumn("Warranty start", "warranty_starts_on"),
    SheetColumn("Warranty end", "warranty_ends_on"),
    SheetColumn("Warranty", "warranty_ends_on", _warranty),
    SheetColumn("Age (months)", "bought_on", _months),
    *_LAST,
)
ASSET_IMPORT_COLUMNS = (
    *(SheetColumn("id", "halo_id"), SheetColumn("inventory_number", "inventory_number")),
    SheetColumn("assettype_name", "asset_type__name"),
    *(SheetColumn("client_name", "client__name"), SheetColumn("site_name", "site__name")),
    SheetColumn("status_id", "status_id"),
    *(
        SheetColumn(name, "properties", partial(_day_of, name))
        for name in ("warranty_start", "warranty_end", "supplier_purchasedate")
    ),
)
"""As HaloPSA's API calls them, which is how its import of assets does; fields follow by name."""
LICENCE_COLUMNS = (
    *(_ID, _NAME, SheetColumn("Client", "client__name"), SheetColumn("Site", "site__name")),
    *(SheetColumn("Vendor", "vendor"), SheetColumn("Manufacturer", "manufacturer")),
    SheetColumn("SKU", "product_sku"),
    *(SheetColumn("Count", "count"), SheetColumn("In use", "in_use"), SheetColumn("Left", "left")),
    *(SheetColumn("Starts", "starts_on"), SheetColumn("Ends", "ends_on")),
    SheetColumn("Active", "active"),
    SheetColumn("HaloPSA credential", "halo_credential__name"),
)
