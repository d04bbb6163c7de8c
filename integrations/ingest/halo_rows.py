"""Halo's records → rows of our tables. Relations come resolved; a target that is not mirrored yet is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from integrations.ingest.upsert import Row, Shape
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloOption,
    HaloSite,
    HaloSnapshot,
    HaloUser,
)
from integrations.records import (
    AssetRecord,
    AssetTypeRecord,
    ClientRecord,
    FieldRecord,
    OptionRecord,
    SiteRecord,
    UserRecord,
)
from integrations.sync.names import normalise_name
from integrations.sync.storable import storable_key

Ids = Mapping[int | None, int | None]
"""Our id by Halo's."""

CLIENTS, SITES, USERS, ASSET_TYPES, ASSETS = (
    Shape(model, key=("halo_id",), find_by="halo_id")
    for model in (HaloClient, HaloSite, HaloUser, HaloAssetType, HaloAsset)
)
FIELDS: Final = Shape(HaloField, key=("kind", "halo_id"), find_by="halo_id")
OPTIONS: Final = Shape(HaloOption, key=("parent", "halo_id"), find_by="halo_id")

SHAPES: Final[Mapping[type[HaloSnapshot], Shape]] = {
    HaloClient: CLIENTS,
    HaloSite: SITES,
    HaloUser: USERS,
    HaloAssetType: ASSET_TYPES,
    HaloAsset: ASSETS,
}
"""Kinds whose read may be cut into pieces: one Halo id is the whole key."""


def client_row(record: ClientRecord) -> Row:
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "normalised_name": normalise_name(record.name),
            "main_site_id": record.main_site_id,
            "domain": record.domain,
            "reference": record.reference,
            "links": record.links,
        },
        volatile={"updated_at": record.updated_at},
        active=record.active,
    )


def site_row(record: SiteRecord, clients: Ids) -> Row:
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "client_id": clients[record.client_id],
            "general_user_id": record.general_user_id,
        },
        volatile={"updated_at": record.updated_at},
        active=record.active,
    )


def user_row(record: UserRecord, sites: Ids) -> Row:
    return Row(
        key=(record.halo_id,),
        content={"name": record.name, "site_id": sites[record.site_id], "email": record.email},
        volatile={"updated_at": record.updated_at},
        active=record.active,
    )


def asset_row(record: AssetRecord, clients: Ids, sites: Ids, types: Ids) -> Row:
    """A row of a list without asset fields keeps the fields that are stored."""
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.key_field or record.inventory_number or f"Asset {record.halo_id}",
            "client_id": clients[record.client_id],
            "site_id": sites[record.site_id],
            "asset_type_id": types[record.asset_type_id],
            "inventory_number": record.inventory_number,
            "key_field2": record.key_field2,
            "key_field3": record.key_field3,
            "status_id": record.status_id,
            "fields": None
            if record.fields is None
            else {str(field.field_id): field.value for field in record.fields},
            "users": record.users,
            "links": record.links,
        },
        volatile={"updated_at": record.updated_at},
        active=record.active,
        unread=frozenset({"fields"}) if record.fields is None else frozenset(),
    )


def asset_type_row(record: AssetTypeRecord) -> Row:
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "group_id": record.group_id,
            "group_name": record.group_name,
            "key_field_ids": record.key_field_ids,
            "field_ids": record.field_ids,
        },
        active=record.active,
    )


def field_row(record: FieldRecord) -> Row:
    return Row(
        key=(record.kind, record.halo_id),
        content={
            "name": record.name,
            "data_length": record.data_length,
            "lookup_id": record.lookup_id,
            "mandatory": record.mandatory,
        },
    )


def option_rows(kind: str, records: Iterable[OptionRecord]) -> list[Row]:
    """Raises ValueError for a record of another kind: it would be marked as missing by the next read."""
    rows = []
    for record in records:
        if record.kind != kind:
            raise ValueError(f"An option of kind {record.kind} came in the list of kind {kind}.")
        rows.append(_option_row(record))
    return rows


def _option_row(record: OptionRecord) -> Row:
    return Row(
        key=(storable_key(record.parent, 60), storable_key(record.halo_id, 255)),
        content={"name": record.name, "extra": record.extra},
        active=record.active,
    )
