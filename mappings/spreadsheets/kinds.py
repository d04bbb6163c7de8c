"""What each kind of sheet is made of. Mappings are applied by themselves; assets become a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from integrations.models import HaloCredential
from integrations.sync.tables.fields import Table
from mappings.linking import SWITCHES
from mappings.models import SheetKind, SheetRow
from mappings.spreadsheets import companies, computers, products
from mappings.spreadsheets.assets import asset_table
from mappings.spreadsheets.columns import COMPANIES, COMPUTERS, PRODUCTS, SheetLine
from mappings.spreadsheets.judged import Values


class Judge(Protocol):
    """Made for a sheet, and told of each part before its rows are judged."""

    def begin(self, lines: Sequence[SheetLine]) -> None:
        """Find what they name: a fixed number of statements, however many there are."""

    def judge(self, line: SheetLine) -> SheetRow:
        """What the row would do."""


class Present(Protocol):
    def __call__(
        self, ids: Iterable[int], credential: HaloCredential, *, lock: bool = False
    ) -> dict[int, Values]:
        """How these subjects are mapped now; those that are not are not in it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`right`: what staff need to import it. `labels`: what the values of a row are called.

    `apply` does a row as the single mapping does and returns the company mapping (our id) whose tickets it
    switched on, if it did; it raises `ValidationError`.
    """

    table: Table
    right: str
    labels: Mapping[str, str]
    judge: Callable[[HaloCredential], Judge]
    present: Present
    apply: Callable[[SheetRow, HaloCredential, Any], int | None]


KINDS: Final[Mapping[str, Kind]] = {
    SheetKind.COMPANIES: Kind(
        COMPANIES,
        "mappings.change_companymapping",
        {"halo_client": "Halo client", "halo_site": "Default site", **SWITCHES},
        companies.CompanyJudge,
        companies.present,
        companies.apply_row,
    ),
    SheetKind.PRODUCTS: Kind(
        PRODUCTS,
        "mappings.change_productmapping",
        {"asset_type": "Asset type"},
        products.ProductJudge,
        products.present,
        products.apply_row,
    ),
    SheetKind.COMPUTERS: Kind(
        COMPUTERS,
        "mappings.change_computermapping",
        {"halo_asset": "Asset", "site": "Site", "asset_type": "Asset type"},
        computers.ComputerJudge,
        computers.present,
        computers.apply_row,
    ),
}

RIGHTS: Final[Mapping[str, str]] = {
    **{what: kind.right for what, kind in KINDS.items()},
    SheetKind.ASSETS: "integrations.add_plan",
}
"""What staff need to import each kind: assets become a preview, which is applied as any other."""


def table_of(what: str, credential: HaloCredential) -> Table:
    """What a sheet of this kind may hold."""
    return asset_table(credential) if what == SheetKind.ASSETS else KINDS[what].table
