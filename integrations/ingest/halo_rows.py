"""Halo's records → rows of our tables. Relations come resolved; a target that is not mirrored yet is None."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from integrations.choices import Resource
from integrations.ingest.history import WATCHED
from integrations.ingest.upsert import Row, Shape
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloField,
    HaloLicence,
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
    LicenceRecord,
    OptionRecord,
    SiteRecord,
    UserRecord,
)
from integrations.sync.names import normalise_name
from integrations.sync.storable import storable_key

Ids = Mapping[int | None, int | None]
"""Our id by Halo's."""

FROM_FIELDS: Final = (
    "serial_number",
    "manufacturer",
    "model",
    "purchased_on",
    "warranty_starts_on",
    "warranty_ends_on",
)
"""Columns of an asset that may come from its fields: without them an empty one is not known to be empty."""

CLIENTS, SITES, USERS, ASSET_TYPES, LICENCES, ASSETS = (
    Shape(model, key=("halo_id",), find_by="halo_id", watched=WATCHED[resource])
    for model, resource in (
        (HaloClient, Resource.CLIENTS),
        (HaloSite, Resource.SITES),
        (HaloUser, Resource.USERS),
        (HaloAssetType, Resource.ASSET_TYPES),
        (HaloLicence, Resource.LICENCES),
        (HaloAsset, Resource.ASSETS),
    )
)
FIELDS: Final = Shape(HaloField, key=("kind", "halo_id"), find_by="halo_id")
OPTIONS: Final = Shape(HaloOption, key=("parent", "halo_id"), find_by="halo_id")

SHAPES: Final[Mapping[type[HaloSnapshot], Shape]] = {
    HaloClient: CLIENTS,
    HaloSite: SITES,
    HaloUser: USERS,
    HaloAssetType: ASSET_TYPES,
    HaloLicence: LICENCES,
    HaloAsset: ASSETS,
}
"""Kinds whose read may be cut into pieces: one Halo id is the whole key."""


def client_row(record: ClientRecord) -> Row:
    """A row without custom fields keeps those that are stored."""
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "normalised_name": normalise_name(record.name),
            "main_site_id": record.main_site_id,
            "domain": record.domain,
            "reference": record.reference,
            "links": record.links,
            "custom_fields": record.custom_fields,
        },
        volatile={"updated_at": record.updated_at},
        active=record.active,
        unread=frozenset() if record.custom_fields is not None else frozenset({"custom_fields"}),
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


def asset_name(record: AssetRecord) -> str:
    """The first key field, else the asset tag."""
    return record.key_field or record.inventory_number or f"Asset {record.halo_id}"


def asset_row(record: AssetRecord, clients: Ids, sites: Ids, types: Ids) -> Row:
    """A row of a list without asset fields, or without custom fields, keeps those that are stored."""
    return Row(
        key=(record.halo_id,),
        content={
            "name": asset_name(record),
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
            "custom_fields": record.custom_fields,
            "properties": record.properties,
            **{name: getattr(record, name) for name in FROM_FIELDS},
        },
        volatile={"updated_at": record.updated_at},
        active=record.active,
        unread=frozenset(_unread(record)),
    )


def _unread(record: AssetRecord) -> Iterator[str]:
    if record.custom_fields is None:
        yield "custom_fields"
    if record.fields is None:
        yield "fields"
        yield from (name for name in FROM_FIELDS if not getattr(record, name))


def licence_row(record: LicenceRecord, clients: Ids, sites: Ids) -> Row:
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "client_id": clients[record.client_id],
            "site_id": sites[record.site_id],
            "licence_type": record.licence_type,
            "vendor": record.vendor,
            "manufacturer": record.manufacturer,
            "product_sku": record.product_sku,
            "count": record.count,
            "in_use": record.in_use,
            "starts_on": record.starts_on,
            "ends_on": record.ends_on,
        },
        active=record.active,
    )


def asset_type_row(record: AssetTypeRecord) -> Row:
    """A row of a list without the fields of the types keeps those that are stored."""
    return Row(
        key=(record.halo_id,),
        content={
            "name": record.name,
            "group_id": record.group_id,
            "group_name": record.group_name,
            "key_field_ids": record.key_field_ids,
            "field_ids": record.field_ids or (),
        },
        active=record.active,
        unread=frozenset({"field_ids"}) if record.field_ids is None else frozenset(),
    )


def field_row(record: FieldRecord) -> Row:
    return Row(
        key=(record.kind, record.halo_id),
        content={
            "name": record.name,
            "data_length": record.data_length,
            "lookup_id": record.lookup_id,
            "mandatory": record.mandatory,
            "data_type": record.data_type,
            "values": record.values,
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
