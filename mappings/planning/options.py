"""What staff chose for an export: in the dialog for all of it, in the preview for single rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integrations.models import HaloSite, Plan
from mappings.models import ExportChoice
from mappings.planning.tags import HOST
from mappings.planning.world import Site

SITE_COLUMNS = ("halo_site_id", "halo_site__halo_id", "halo_site__name", "halo_site__client_id")


@dataclass(frozen=True, slots=True)
class RowChoice:
    """For one computer; None and "" leave it as it would be."""

    asset_type: int | None
    tag: str
    site: Site | None


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`asset_type`: Halo's id, for computers whose product decides none. `product_types`: product (our id) →
    asset type, in place of the default of the product (None: it decides none). `site`: for new assets of its
    client. `main_site`: where a company has no default site, its client's main site is taken. `only_fields`:
    Halo's ids; None: all.
    """

    asset_type: int | None = None
    product_types: dict[int, int | None] = field(default_factory=dict)
    only_fields: frozenset[int] | None = None
    tag: str = HOST
    template: str = ""
    site: Site | None = None
    main_site: bool = False
    rows: dict[int, RowChoice] = field(default_factory=dict)

    def row(self, computer_id: int) -> RowChoice:
        return self.rows.get(computer_id) or _NOTHING_CHOSEN


_NOTHING_CHOSEN = RowChoice(None, "", None)


def read_options(plan: Plan) -> ExportOptions:
    """From the plan's parameters (as `new_plan` explains them). Two statements at most."""
    chosen = plan.parameters
    fields = chosen.get("fields")
    return ExportOptions(
        asset_type=chosen.get("asset_type"),
        product_types={int(product): kind for product, kind in chosen.get("product_types", {}).items()},
        only_fields=frozenset(fields) if fields is not None else None,
        tag=chosen.get("tag", HOST),
        template=chosen.get("tag_template", ""),
        site=_site(chosen.get("halo_site")),
        main_site=bool(chosen.get("main_site")),
        rows=_rows(plan),
    )


def _site(number: Any) -> Site | None:
    if number is None:
        return None
    row = HaloSite.objects.filter(pk=number, active=True).values_list("pk", "halo_id", "name", "client_id")
    return next((Site(*values) for values in row), None)


def _rows(plan: Plan) -> dict[int, RowChoice]:
    """Only what was chosen for a row: a choice without content is there to name the computer. A scheduled
    update compares without a stored plan."""
    if plan.pk is None:
        return {}
    rows = ExportChoice.objects.filter(plan=plan).exclude(
        asset_type__isnull=True, halo_site__isnull=True, inventory_number=""
    )
    columns = ("computer_id", "asset_type", "inventory_number", "halo_site__active", *SITE_COLUMNS)
    return {
        row[0]: RowChoice(row[1], row[2], Site(*row[4:]) if row[4] and row[3] else None)
        for row in rows.values_list(*columns).iterator(chunk_size=2000)
    }
