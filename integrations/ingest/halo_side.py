"""HaloPSA's records → snapshots.

The lists that come page by page may be read in several steps: given `seen`, a function stores, adds the Halo
ids to it and marks nothing as missing; `close_read` does that once the read is complete. Without `seen` the
pages are one complete read. What Halo itself calls inactive is inactive at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar

from django.utils import timezone

from integrations.choices import Resource
from integrations.ingest import halo_rows
from integrations.ingest.absence import mark_absent, mark_gone
from integrations.ingest.history import SEPARATOR, Names, Recorder, note_gone
from integrations.ingest.reads import Read
from integrations.ingest.software import store_software as store_software
from integrations.ingest.stored import Stored
from integrations.ingest.upsert import Row, Scope, Shape
from integrations.models import (
    HaloAsset,
    HaloAssetType,
    HaloClient,
    HaloCredential,
    HaloLicence,
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

R = TypeVar("R")

_RESOURCES: Final[dict[type[HaloSnapshot], Resource]] = {
    HaloClient: Resource.CLIENTS,
    HaloSite: Resource.SITES,
    HaloUser: Resource.USERS,
    HaloAssetType: Resource.ASSET_TYPES,
    HaloLicence: Resource.LICENCES,
    HaloAsset: Resource.ASSETS,
}


class Targets:
    """Our ids of what rows point to. Each Halo id is asked for once per read, a page's together.

    `names` are the names by our id, of all that was asked for; made of the columns in `named_by`.
    """

    def __init__(
        self, model: type[HaloSnapshot], credential: HaloCredential, named_by: Sequence[str] = ("name",)
    ) -> None:
        self._rows = model._default_manager.filter(halo_credential=credential)
        self._ids: dict[int | None, int | None] = {None: None}
        self._named_by = named_by
        self._names: dict[int | None, str] = {}

    @property
    def names(self) -> Names:
        return self._names

    def of(self, halo_ids: Iterable[int | None]) -> halo_rows.Ids:
        """A mapping that holds at least these; what is not mirrored (yet) is None in it."""
        new = set(halo_ids) - self._ids.keys()
        if new:
            self._ids |= dict.fromkeys(new)
            found = self._rows.filter(halo_id__in=new).values_list("halo_id", "pk", *self._named_by)
            for halo_id, pk, *names in found:
                self._ids[halo_id] = pk
                self._names[pk] = SEPARATOR.join(filter(None, names))
        return self._ids


def store_clients(
    credential: HaloCredential, pages: Iterable[Sequence[ClientRecord]], seen: set[int] | None = None
) -> Stored:
    def rows(page: Sequence[ClientRecord]) -> list[Row]:
        return [halo_rows.client_row(record) for record in page]

    return _store_pages(
        credential, halo_rows.CLIENTS, pages, rows, seen, Recorder(credential, Resource.CLIENTS)
    )


def store_sites(
    credential: HaloCredential, pages: Iterable[Sequence[SiteRecord]], seen: set[int] | None = None
) -> Stored:
    clients = Targets(HaloClient, credential)

    def rows(page: Sequence[SiteRecord]) -> list[Row]:
        ids = clients.of(record.client_id for record in page)
        return [halo_rows.site_row(record, ids) for record in page]

    told = Recorder(credential, Resource.SITES, client=clients.names)
    return _store_pages(credential, halo_rows.SITES, pages, rows, seen, told)


def store_users(
    credential: HaloCredential, pages: Iterable[Sequence[UserRecord]], seen: set[int] | None = None
) -> Stored:
    sites = Targets(HaloSite, credential, named_by=("client__name", "name"))

    def rows(page: Sequence[UserRecord]) -> list[Row]:
        ids = sites.of(record.site_id for record in page)
        return [halo_rows.user_row(record, ids) for record in page]

    told = Recorder(credential, Resource.USERS, site=sites.names)
    return _store_pages(credential, halo_rows.USERS, pages, rows, seen, told)


def store_assets(
    credential: HaloCredential, pages: Iterable[Sequence[AssetRecord]], seen: set[int] | None = None
) -> Stored:
    clients, sites = Targets(HaloClient, credential), Targets(HaloSite, credential)
    types = Targets(HaloAssetType, credential)

    def rows(page: Sequence[AssetRecord]) -> list[Row]:
        client_ids = clients.of(record.client_id for record in page)
        site_ids = sites.of(record.site_id for record in page)
        type_ids = types.of(record.asset_type_id for record in page)
        return [halo_rows.asset_row(record, client_ids, site_ids, type_ids) for record in page]

    told = Recorder(
        credential, Resource.ASSETS, client=clients.names, site=sites.names, asset_type=types.names
    )
    return _store_pages(credential, halo_rows.ASSETS, pages, rows, seen, told)


def store_licences(
    credential: HaloCredential, pages: Iterable[Sequence[LicenceRecord]], seen: set[int] | None = None
) -> Stored:
    clients, sites = Targets(HaloClient, credential), Targets(HaloSite, credential)

    def rows(page: Sequence[LicenceRecord]) -> list[Row]:
        client_ids = clients.of(record.client_id for record in page)
        site_ids = sites.of(record.site_id for record in page)
        return [halo_rows.licence_row(record, client_ids, site_ids) for record in page]

    told = Recorder(credential, Resource.LICENCES)
    return _store_pages(credential, halo_rows.LICENCES, pages, rows, seen, told)


def store_asset_types(credential: HaloCredential, records: Iterable[AssetTypeRecord]) -> Stored:
    """The complete list of asset types; one whose fields were not read (None) keeps those that are known."""
    scope = {"halo_credential_id": credential.pk}
    read = Read(halo_rows.ASSET_TYPES, scope, told=Recorder(credential, Resource.ASSET_TYPES))
    read.store(halo_rows.asset_type_row(record) for record in records)
    return read.close()


def store_fields(
    credential: HaloCredential, records: Iterable[FieldRecord], kinds: Collection[str] | None = None
) -> Stored:
    """The complete lists of field definitions of some kinds, one after the other or together.

    Only fields of `kinds` can be missing (None: of the kinds that the records are of): a kind that could not
    be read keeps all of its fields.
    """
    by_kind: defaultdict[str, list[FieldRecord]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    stored = Stored()
    for kind in sorted(by_kind.keys() | set(kinds or ())):
        read = Read(halo_rows.FIELDS, {"halo_credential_id": credential.pk})
        read.store(halo_rows.field_row(record) for record in by_kind[kind])
        judged = kinds is None or kind in kinds
        within = {"halo_credential_id": credential.pk, "kind": kind}
        stored += read.close(within) if judged else read.leave_open()
    return stored


def store_options(
    credential: HaloCredential, kind: str, records: Iterable[OptionRecord], *, complete: bool = True
) -> Stored:
    """The complete list of one kind of option. Raises ValueError for a record of another kind.

    Not `complete`: some of them, in addition to those that are known.
    """
    rows = halo_rows.option_rows(kind, records)
    read = Read(halo_rows.OPTIONS, {"halo_credential_id": credential.pk, "kind": kind})
    read.store(rows)
    return read.close() if complete else read.leave_open()


def missing_from(
    credential: HaloCredential, model: type[HaloSnapshot], seen: set[int], *, within: Scope | None = None
) -> list[int]:
    """Halo ids of rows in use that a complete read did not hold, in order; `within` as in `close_read`."""
    rows = model._default_manager.filter(halo_credential=credential, active=True, **(within or {}))
    known = rows.order_by("halo_id").values_list("halo_id", flat=True)
    return [halo_id for halo_id in known.iterator(chunk_size=2000) if halo_id not in seen]


def close_read(
    credential: HaloCredential,
    model: type[HaloSnapshot],
    seen: set[int],
    *,
    created: int = 0,
    within: Scope | None = None,
    absent: Collection[int] = (),
) -> Stored:
    """Mark what a complete read, stored in several steps, did not hold.

    `seen` are the Halo ids of all its steps, `created` the sum of their `Stored.created`. A read that was
    limited judges only what it asked for: `within` are the conditions on our rows. `absent` are Halo ids of
    which HaloPSA has said, asked for each by itself, that there is no such object: they are gone at once.
    """
    shape, now = halo_rows.SHAPES[model], timezone.now()
    scope = {"halo_credential_id": credential.pk, **(within or {})}
    keys = {(halo_id,) for halo_id in seen}
    stored = mark_absent(shape, scope, keys, now, new={None: created})
    if absent and not stored.held_back:
        stored += Stored(gone=mark_gone(shape, {**scope, "halo_id__in": list(absent)}, now))
    if stored.gone:
        rows = model._default_manager.filter(**scope, active=False, gone_since=now)
        note_gone(credential, _RESOURCES[model], rows.order_by("pk").values_list("halo_id", "name"), now)
    return stored


def _store_pages(
    credential: HaloCredential,
    shape: Shape,
    pages: Iterable[Sequence[R]],
    rows: Callable[[Sequence[R]], list[Row]],
    seen: set[int] | None,
    told: Recorder,
) -> Stored:
    read = Read(shape, {"halo_credential_id": credential.pk}, told=told)
    for page in pages:
        stored = read.store(rows(page))
        if seen is not None:
            seen.update(halo_id for (halo_id,) in stored)
    return read.close() if seen is None else read.leave_open()
