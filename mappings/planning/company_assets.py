"""The assets that a mapped company's computers stand for, each with all its computers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from mappings.linking.ignoring import is_ignored
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning.rows import told_of


@dataclass(frozen=True, slots=True)
class Member:
    """One computer of an asset; `_MEMBER` reads it."""

    mapping_id: int
    computer_id: int
    held: bool
    held_by: int | None
    created_by_us: bool
    ignored: bool
    company_id: int | None
    company: str | None
    computer: str
    location_id: int | None
    console: str

    @property
    def told(self) -> str:
        return told_of(self.computer, self.company, self.console)


_MEMBER: Final = (
    "pk", "computer_id", "held", "held_by", "created_by_us", "ignored", "computer__company_id",
    "computer__company__name", "computer__name", "computer__location_id", "computer__console__name",
)  # fmt: skip
_ASSET: Final = (
    "halo_asset_id", "halo_asset__halo_id", "halo_asset__name", "halo_asset__active", "halo_asset__client_id",
    "halo_asset__client__halo_id", "halo_asset__client__name", "halo_asset__site_id",
    "halo_asset__site__halo_id", "halo_asset__site__name", "halo_asset__status_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyAsset:
    """`_ASSET` reads it. `…_pk` are our ids."""

    pk: int
    halo_id: int
    name: str
    active: bool
    client_pk: int | None
    client_id: int | None
    client_name: str | None
    site_pk: int | None
    site_id: int | None
    site_name: str | None
    status_id: int | None
    members: tuple[Member, ...]

    @property
    def place(self) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "client_name": self.client_name or "",
            "site_id": self.site_id,
            "site_name": self.site_name or "",
        }


def read_assets_of(mapping: CompanyMapping) -> Iterator[CompanyAsset]:
    """One statement, streamed: the assets of the company's computers, each with all that it stands for."""
    all_of_it = ComputerMapping.objects.filter(halo_credential=mapping.halo_credential_id)
    mine = all_of_it.filter(computer__company=mapping.company_id, halo_asset__isnull=False)
    same = all_of_it.filter(halo_asset__in=mine.values("halo_asset"))
    rows = same.annotate(ignored=is_ignored("computer_id")).order_by("halo_asset_id", "pk")
    told = rows.values_list(*_ASSET, *_MEMBER).iterator(chunk_size=2000)
    for _, group in groupby(told, key=lambda row: row[0]):
        yield _asset(list(group))


def _asset(rows: Sequence[tuple[Any, ...]]) -> CompanyAsset:
    split = len(_ASSET)
    # As in `_ASSET` and `_MEMBER`.
    members = tuple(Member(*row[split:]) for row in rows)
    return CompanyAsset(*rows[0][:split], members)  # type: ignore[call-arg]
