"""The resources that come in pages: how each is asked for, found by its id, and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from integrations.choices import Resource
from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.models import HaloAsset, HaloClient, HaloLicence, HaloSite, HaloUser
from integrations.net.paging import Part

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

INCREMENTAL: Final = frozenset({Resource.CLIENTS, Resource.SITES, Resource.USERS, Resource.ASSETS})
"""What can be limited to changes. HaloPSA API: `lastupdatefromdate` is known of these lists."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a list: changes since when (None: all of it), from which page on, limited to what."""

    since: datetime | None = None
    first: int = 1
    before: int = 0
    inactive: bool = True
    types: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    custom_fields: tuple[int, ...] = ()

    @property
    def place(self) -> dict[str, Any]:
        return {"first": self.first, "before": self.before, "inactive": self.inactive}


@dataclass(frozen=True, slots=True)
class Paged:
    """`one` reads a single object by Halo's id; None where HaloPSA is not known to give one."""

    label: str
    model: type[Any]
    pages: Callable[[HaloReader, Ask], Iterator[Part[Any]]]
    store: Callable[..., Stored]
    one: Callable[[HaloReader, int], Any] | None = None


def _assets(reader: HaloReader, ask: Ask) -> Iterator[Part[Any]]:
    return reader.fetch_assets(
        ask.since, types=ask.types, groups=ask.groups, custom_fields=ask.custom_fields, **ask.place
    )


PAGED: Final[dict[Resource, Paged]] = {
    Resource.CLIENTS: Paged(
        "Halo clients",
        HaloClient,
        lambda reader, ask: reader.fetch_clients(ask.since, custom_fields=ask.custom_fields, **ask.place),
        halo_side.store_clients,
        lambda reader, halo_id: reader.fetch_client(halo_id),
    ),
    Resource.SITES: Paged(
        "Halo sites",
        HaloSite,
        lambda reader, ask: reader.fetch_sites(ask.since, **ask.place),
        halo_side.store_sites,
        lambda reader, halo_id: reader.fetch_site(halo_id),
    ),
    Resource.USERS: Paged(
        "Halo users",
        HaloUser,
        lambda reader, ask: reader.fetch_users(ask.since, **ask.place),
        halo_side.store_users,
        lambda reader, halo_id: reader.fetch_user(halo_id),
    ),
    Resource.LICENCES: Paged(
        "software licences",
        HaloLicence,
        lambda reader, ask: reader.fetch_licences(**ask.place),
        halo_side.store_licences,
    ),
    Resource.ASSETS: Paged(
        "Halo assets",
        HaloAsset,
        _assets,
        halo_side.store_assets,
        lambda reader, halo_id: reader.fetch_asset(halo_id),
    ),
}
