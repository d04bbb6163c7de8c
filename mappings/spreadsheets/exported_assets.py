"""Assets of one HaloPSA as a sheet that its own import, and ours, takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from integrations.models import HaloAsset
from integrations.sync.cells import Cell, cell
from integrations.sync.days import to_date
from integrations.sync.tables.fields import Field, Kind, Table
from mappings.targets import together

BATCH: Final = 2000
_PATHS: Final = {
    "asset_id": "halo_id",
    "asset_tag": "inventory_number",
    "type_id": "asset_type__halo_id",
    "type": "asset_type__name",
    "client_id": "client__halo_id",
    "client": "client__name",
    "site_id": "site__halo_id",
    "site": "site__name",
}
_HELD: Final = ("fields", "custom_fields", "properties", "status_id")


def asset_cells(assets: QuerySet[HaloAsset], table: Table) -> Iterator[list[Cell]]:
    """The assets in the columns of the table, in one statement that is read as a stream."""
    rows = assets.values_list(*_PATHS.values(), *_HELD)
    for values in rows.iterator(chunk_size=BATCH):
        fields, custom_fields, properties, status_id = values[len(_PATHS) :]
        held: dict[str, Any] = together(fields, custom_fields, properties or {}, status_id)
        held |= dict(zip(_PATHS, values, strict=False))
        yield [cell(_told(field, held.get(field.name))) for field in table.fields]


def _told(field: Field, value: Any) -> Any:
    """Days as days, where it is one; HaloPSA says *not set* by a day as well."""
    return to_date(value) if field.kind == Kind.DAY else value
