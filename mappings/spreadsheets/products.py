"""Rows of default asset types: what each would do, and doing it as their page does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from integrations.models import HaloAssetType, HaloCredential, Product
from mappings.linking import set_default_types
from mappings.models import ProductMapping, SheetRow
from mappings.spreadsheets.columns import SheetLine
from mappings.spreadsheets.finding import PRODUCT, TYPE, Consoles, Index, types_of
from mappings.spreadsheets.judged import Judged, Values, type_thing
from mappings.spreadsheets.problems import NotFound, Problems


class ProductJudge:
    """What rows would do with default types of one credential."""

    def __init__(self, credential: HaloCredential) -> None:
        # A console has dozens of products, not thousands: all of them, so that any spelling is found.
        products = list(Product.objects.select_related("console"))
        self._consoles = Consoles()
        self._products = Index(PRODUCT, products)
        types = types_of(credential)
        self._types = Index(TYPE, types)
        self._names = {row.halo_id: row.name for row in types}
        stored = mappings_of([row.pk for row in products], credential)
        self._stored = {pk: _values(number, self._names) for pk, number in stored.items()}

    def begin(self, lines: Sequence[SheetLine]) -> None:
        """All are there already."""

    def judge(self, line: SheetLine, problems: Problems) -> Judged:
        product = problems.attempt(partial(self._product, line), "console", *PRODUCT.columns)
        kind = problems.attempt(partial(self._types.named, line), *TYPE.columns)
        if product is None or kind is None:
            return Judged(product)
        return Judged(product, self._stored.get(product.pk), _values(kind.halo_id, self._names))

    def _product(self, line: SheetLine) -> Product:
        product: Product | None = self._consoles.named(PRODUCT, line, self._products.candidates(line))
        if product is None:
            raise NotFound("product", "The row names no product.")
        return product


def mappings_of(products: Iterable[int], credential: HaloCredential, *, lock: bool = False) -> dict[int, int]:
    """Product (our id) → asset type (Halo's id). Locked they stay so until the transaction ends."""
    rows = ProductMapping.objects.filter(product__in=list(products), halo_credential=credential)
    rows = rows.select_for_update() if lock else rows
    return dict(rows.order_by("pk").values_list("product_id", "asset_type"))


def present(ids: Iterable[int], credential: HaloCredential, *, lock: bool = False) -> dict[int, Values]:
    """The default types of these products now; those without are not in it."""
    return {pk: _values(number, {}) for pk, number in mappings_of(ids, credential, lock=lock).items()}


def apply_row(row: SheetRow, credential: HaloCredential, staff: Any) -> None:
    """As on their page. Raises `DoesNotExist` where HaloPSA has no such type any more."""
    wanted = HaloAssetType.objects.get(
        halo_credential=credential, halo_id=row.after["asset_type"]["id"], active=True
    )
    set_default_types(credential, {Product.objects.get(pk=row.subject_id or 0): wanted.halo_id})


def _values(number: int, names: Mapping[int, str]) -> Values:
    return {"asset_type": type_thing(number, names)}
