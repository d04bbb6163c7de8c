"""Where an asset is to go and what type it is to become: only where staff have said so. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappings.planning.world import AssetType

MEMBER_COLUMNS: Final = (
    "wanted_type",
    "wanted_site__halo_id",
    "wanted_site__name",
    "wanted_site__active",
    "wanted_site__client_id",
    "wanted_site__client__halo_id",
    "wanted_site__client__name",
)
ASSET_COLUMNS: Final = ("client__halo_id", "site__halo_id", "site__name", "asset_type__name")


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff want of one computer's asset; `MEMBER_COLUMNS` reads it. `client_pk` is our id."""

    type_id: int | None = None
    site_id: int | None = None
    site_name: str | None = None
    site_active: bool | None = None
    client_pk: int | None = None
    client_id: int | None = None
    client_name: str | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """Where an asset is; `ASSET_COLUMNS` reads it."""

    client_id: int | None = None
    site_id: int | None = None
    site_name: str | None = None
    type_name: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Before and after of what changes, in the words of a plan's row; empty where nothing does."""

    before: dict[str, Any]
    after: dict[str, Any]


def wish_of(wishes: Collection[Wish], clients: Collection[int | None]) -> Wish:
    """What counts of several computers' wishes: the first site, in one of these clients (our ids), that is
    in use, and the first type."""
    fits = (wish for wish in wishes if wish.site_id and wish.site_active and wish.client_pk in clients)
    site = next(fits, Wish())
    type_id = next((wish.type_id for wish in wishes if wish.type_id is not None), None)
    return Wish(
        type_id,
        site.site_id,
        site.site_name,
        site.site_active,
        site.client_pk,
        site.client_id,
        site.client_name,
    )


def placed(
    wish: Wish, now: Now, client_name: str | None, type_id: int | None, types: Mapping[int, AssetType]
) -> Placed:
    """The change of place and type that a wish means for an asset that is there."""
    found = Placed({}, {})
    if wish.site_id is not None and wish.site_id != now.site_id:
        found.before.update(site_id=now.site_id, site_name=now.site_name or "")
        found.after.update(site_id=wish.site_id, site_name=wish.site_name)
    if wish.client_id is not None and wish.client_id != now.client_id:
        found.before.update(client_id=now.client_id, client_name=client_name or "")
        found.after.update(client_id=wish.client_id, client_name=wish.client_name)
    kind = types.get(wish.type_id) if wish.type_id is not None else None
    if kind is not None and kind.active and kind.halo_id != type_id:
        found.before.update(asset_type_id=type_id, asset_type_name=now.type_name or "")
        found.after.update(asset_type_id=kind.halo_id, asset_type_name=kind.name)
    return found
