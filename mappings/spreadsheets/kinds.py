"""What each kind of sheet is made of. Mappings are applied by themselves; assets become a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from integrations.models import HaloCredential
from integrations.sync.tables.fields import Table
from mappings.linking import SWITCHES, Above
from mappings.models import SheetKind, SheetRow
from mappings.spreadsheets import companies, computers, products
from mappings.spreadsheets.assets import asset_table
from mappings.spreadsheets.columns import COMPANIES, COMPUTERS, PRODUCTS, SheetLine
from mappings.spreadsheets.judged import Judged, Values
from mappings.spreadsheets.problems import Problems


class Judge(Protocol):
    """Made for a sheet, and told of each part before its rows are judged."""

    def begin(self, lines: Sequence[SheetLine]) -> None:
        """Find what they name: a fixed number of statements, however many there are."""

    def judge(self, line: SheetLine, problems: Problems) -> Judged:
        """What the row would do; all that speaks against it is added to `problems`."""


class Present(Protocol):
    def __call__(
        self, ids: Iterable[int], credential: HaloCredential, *, lock: bool = False
    ) -> dict[int, Values]:
        """How these subjects are mapped now; those that are not are not in it."""


def nothing_against(rows: Sequence[SheetRow], credential: HaloCredential, above: Above) -> dict[int, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """`right`: what staff need to import it. `labels`: what the values of a row are called.

    `apply` does a row as the single mapping does and returns the company mapping (our id) whose tickets it
    switched on, if it did; it raises `ValidationError`. `refusals`: of rows that are just to be applied, what
    speaks against them now, by subject.
    """

    table: Table
    right: str
    labels: Mapping[str, str]
    judge: Callable[[HaloCredential, Above], Judge]
    present: Present
    apply: Callable[[SheetRow, HaloCredential, Any], int | None]
    refusals: Callable[[Sequence[SheetRow], HaloCredential, Above], dict[int, str]] = nothing_against


KINDS: Final[Mapping[str, Kind]] = {
    SheetKind.COMPANIES: Kind(
        COMPANIES,
        "mappings.change_companymapping",
        {"halo_client": "Halo client", "halo_site": "Default site", **SWITCHES},
        companies.CompanyJudge,
        companies.present,
        companies.apply_row,
        companies.refusals,
    ),
    SheetKind.PRODUCTS: Kind(
        PRODUCTS,
        "mappings.change_productmapping",
        {"asset_type": "Asset type"},
        lambda credential, _: products.ProductJudge(credential),
        products.present,
        products.apply_row,
    ),
    SheetKind.COMPUTERS: Kind(
        COMPUTERS,
        "mappings.change_computermapping",
        {"halo_asset": "Asset", "site": "Site", "asset_type": "Asset type"},
        lambda credential, _: computers.ComputerJudge(credential),
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
