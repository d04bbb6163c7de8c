"""Mapped assets, each with all the computers that it stands for, as one statement reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from mappings.attributes import COLUMNS, ComputerFacts
from mappings.linking.ignoring import is_ignored
from mappings.models import ComputerMapping
from mappings.planning.placing import ASSET_COLUMNS, MEMBER_COLUMNS, Now, Wish
from mappings.planning.world import Scope

_OWN = (
    "pk",
    "halo_asset_id",
    "held",
    "created_by_us",
    "retired_at",
    "status_before",
    "held_by",
    "console__name",
    "console__kind",
    "ignored",
)
_HELD = ("fields", "custom_fields", "properties", "status_id")
_ASSET = ("halo_id", "client_id", "client__name", "active", "asset_type__halo_id", *_HELD)


@dataclass(frozen=True, slots=True)
class Member:
    """One computer of an asset."""

    mapping_id: int
    held: bool
    created_by_us: bool
    retired_at: datetime | None
    status_before: int | None
    held_by: int | None
    console: str
    console_kind: str
    ignored: bool
    wish: Wish
    computer: ComputerFacts


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as the mirror holds it, with all its computers. `client_pk` is our id."""

    halo_id: int
    client_pk: int | None
    client_name: str | None
    active: bool
    type_id: int | None
    fields: dict[str, str] | None
    custom_fields: dict[str, str] | None
    properties: dict[str, str]
    status_id: int | None
    now: Now
    members: tuple[Member, ...]

    @property
    def created_by_us(self) -> bool:
        return any(member.created_by_us for member in self.members)

    @property
    def retired(self) -> Member | None:
        """The member that tells when we made the asset inactive; None if we did not."""
        return next((member for member in self.members if member.retired_at), None)


def read_assets(scope: Scope) -> Iterator[Asset]:
    """One statement, streamed: the assets which the scope selects, each with all its computers."""
    mappings = ComputerMapping.objects.filter(halo_credential=scope.credential, halo_asset__isnull=False)
    if not scope.is_everything:
        mappings = mappings.filter(halo_asset_id__in=scope.mappings().values("halo_asset_id"))
    columns = (
        *_OWN,
        *MEMBER_COLUMNS,
        *(f"halo_asset__{name}" for name in (*_ASSET, *ASSET_COLUMNS)),
        *(f"computer__{name}" for name in COLUMNS),
    )
    told = mappings.annotate(ignored=is_ignored("computer_id"))
    rows = told.order_by("halo_asset_id", "pk").values_list(*columns).iterator(chunk_size=2000)
    for _, group in groupby(rows, key=lambda row: row[1]):
        yield _asset(list(group))


def _asset(rows: Sequence[tuple[Any, ...]]) -> Asset:
    own = len(_OWN)
    split = own + len(MEMBER_COLUMNS)
    now = split + len(_ASSET)
    end = now + len(ASSET_COLUMNS)
    members = tuple(_member(row[:own], row[own:split], row[end:]) for row in rows)
    # As in `_ASSET`.
    return Asset(*rows[0][split:now], Now(*rows[0][now:end]), members)  # type: ignore[call-arg]


def _member(own: Sequence[Any], wish: Sequence[Any], computer: Sequence[Any]) -> Member:
    # As in `_OWN`, of which the asset is the second.
    return Member(*(own[0], *own[2:], Wish(*wish), ComputerFacts(*computer)))
