"""What matching compares, read from the database client by client: three streams, merged.

The number of statements does not depend on the number of rows, and memory holds one client at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from integrations.choices import OptionKind
from integrations.models import Computer, HaloAsset, HaloAssetType, HaloCredential, HaloField, HaloOption
from integrations.registry import UnknownKind, connector_class
from mappings.attributes import KeyFields
from mappings.linking.states import eligible_computers
from mappings.matching import AssetKeys, ComputerKeys, Holder, Ignored, Side, link_key
from mappings.models import CompanyMapping, ComputerMapping, FieldMapping, SourceKind, TargetKind

CHUNK = 2000
_KEYS = ("pk", "serial_number", "mac_addresses", "host_name", "name", "external_id", "console__kind")


class Found(NamedTuple):
    """A computer with the console it is of and, if it has one, the asset it stands for."""

    console_id: int
    keys: ComputerKeys
    asset_id: int | None = None
    gone: bool = False
    to_export: bool = False


@dataclass(slots=True)
class OneClient:
    """All that matching may compare within one Halo client."""

    assets: list[AssetKeys] = field(default_factory=list)
    computers: list[Found] = field(default_factory=list)
    linked: list[Found] = field(default_factory=list)

    def sides(self) -> dict[int, Side]:
        """Per console with anything to match."""
        consoles = {row.console_id for row in self.computers if not row.to_export}
        return {number: self._side(number) for number in consoles}

    def _side(self, console_id: int) -> Side:
        mine = [row for row in self.computers if row.console_id == console_id]
        return Side(
            tuple(row.keys for row in mine if not row.to_export),
            tuple(row.keys for row in mine if row.to_export),
            {
                row.asset_id: Holder(row.keys.id, row.gone)
                for row in self.linked
                if row.console_id == console_id and row.asset_id is not None
            },
        )

    @property
    def known(self) -> list[tuple[int, ComputerKeys]]:
        return [(row.asset_id, row.keys) for row in self.linked if row.asset_id is not None]


def read_clients(credential: HaloCredential, clients: Collection[int] | None = None) -> Iterator[OneClient]:
    """Clients (our ids) that have computers to match; None: all that are mapped."""
    streams = [
        _by_client(_computers(credential, clients)),
        _by_client(_linked(credential, clients)),
        _by_client(_assets(credential, clients)),
    ]
    heads = [next(stream, None) for stream in streams]
    while heads[0] is not None:
        number = heads[0][0]
        found: list[list[Any]] = []
        for place, stream in enumerate(streams):
            while (head := heads[place]) is not None and head[0] < number:
                heads[place] = next(stream, None)
            mine = head is not None and head[0] == number
            found.append(head[1] if mine and head else [])
            if mine:
                heads[place] = next(stream, None)
        yield OneClient(computers=found[0], linked=found[1], assets=found[2])


def _by_client(rows: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, list[Any]]]:
    for number, group in groupby(rows, key=lambda row: row[0]):
        yield number, [thing for _, thing in group]


# ---- computers ------------------------------------------------------------------------------


@cache
def halo_links(kind: str) -> tuple[str, ...]:
    """Properties of a Halo asset that hold the ids of this kind of console."""
    try:
        return connector_class(kind).halo_asset_links
    except UnknownKind:
        return ()


def keys_of(row: tuple[Any, ...], client_id: int) -> ComputerKeys:
    """From the columns `_KEYS`."""
    pk, serial, macs, host, name, external_id, kind = row
    links = tuple(key for prop in halo_links(kind) if (key := link_key(prop, external_id)))
    return ComputerKeys(pk, client_id, serial, tuple(macs or ()), host or name, links)


def _computers(credential: HaloCredential, clients: Collection[int] | None) -> Iterator[tuple[int, Found]]:
    """Eligible ones that stand for no asset."""
    mine = ComputerMapping.objects.filter(computer=OuterRef("pk"), halo_credential=credential)
    rows = _with_client(eligible_computers(credential), credential, clients)
    rows = rows.filter(~Exists(mine.filter(halo_asset__isnull=False))).annotate(chosen=Exists(mine))
    columns = rows.order_by("client", "pk").values_list("client", "console_id", "chosen", *_KEYS)
    for client, console_id, chosen, *keys in columns.iterator(chunk_size=CHUNK):
        yield client, Found(console_id, keys_of(tuple(keys), client), to_export=chosen)


def _with_client(
    computers: QuerySet[Computer], credential: HaloCredential, clients: Collection[int] | None
) -> Any:
    rows = computers.filter(company__mappings__halo_credential=credential).annotate(
        client=F("company__mappings__halo_client_id")
    )
    return rows if clients is None else rows.filter(client__in=clients)


def _linked(credential: HaloCredential, clients: Collection[int] | None) -> Iterator[tuple[int, Found]]:
    """Computers that stand for an asset, gone ones too, within the asset's client."""
    rows = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__client__isnull=False)
    if clients is not None:
        rows = rows.filter(halo_asset__client__in=clients)
    columns = rows.order_by("halo_asset__client_id", "pk").values_list(
        "halo_asset__client_id",
        "console_id",
        "halo_asset_id",
        "computer__active",
        *(f"computer__{name}" for name in _KEYS),
    )
    for client, console_id, asset_id, active, *keys in columns.iterator(chunk_size=CHUNK):
        yield client, Found(console_id, keys_of(tuple(keys), client), asset_id, gone=not active)


# ---- assets ---------------------------------------------------------------------------------


def _assets(credential: HaloCredential, clients: Collection[int] | None) -> Iterator[tuple[int, AssetKeys]]:
    """Keys of the active assets of mapped clients."""
    read = AssetReader(credential)
    mapped = CompanyMapping.objects.filter(halo_credential=credential).values("halo_client_id")
    rows = HaloAsset.objects.filter(halo_credential=credential, active=True)
    rows = rows.filter(client_id__in=mapped if clients is None else clients)
    for row in rows.order_by("client_id", "pk").values_list(*AssetReader.COLUMNS).iterator(chunk_size=CHUNK):
        yield row[1], read.keys(row)


class AssetReader:
    """Keys of assets of one credential. Three statements, then none."""

    COLUMNS = ("pk", "client_id", "asset_type_id", "name", "key_field2", "key_field3", "fields", "links",
               "serial_number")  # fmt: skip

    def __init__(self, credential: HaloCredential) -> None:
        named = HaloField.objects.filter(halo_credential=credential, kind="asset")
        table = FieldMapping.objects.filter(
            halo_credential=credential, target=TargetKind.FIELD, source=SourceKind.ATTRIBUTE
        )
        mapped = [(row.field_id, row.attribute) for row in table if row.field_id is not None]
        self._fields = KeyFields(named.values_list("halo_id", "name"), mapped)
        types = HaloAssetType.objects.filter(halo_credential=credential)
        self._types = dict(types.values_list("pk", "key_field_ids"))

    def keys(self, row: tuple[Any, ...]) -> AssetKeys:
        """From `COLUMNS`."""
        pk, client_id, type_id, name, second, third, fields, links, serial = row
        return self._fields.keys_of(
            pk,
            client_id,
            fields=fields,
            key_values=(name, second, third),
            key_field_ids=self._types.get(type_id) or (),
            serial=serial,
            links=tuple(key for prop, value in (links or {}).items() if (key := link_key(prop, str(value)))),
        )


def ignored_values(credential: HaloCredential) -> Ignored:
    """HaloPSA's own list of values that are never used for matching."""
    listed = HaloOption.objects.filter(halo_credential=credential, kind=OptionKind.IGNORED_VALUE, active=True)
    return Ignored(listed.values_list("name", flat=True))
