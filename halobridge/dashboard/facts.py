"""What the overview is computed from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from halobridge.dashboard.coverage import Coverage
from halobridge.dashboard.figures import Figures
from integrations.choices import ConnectionState, RunKind, WriteMode
from integrations.models import Computer, Console, HaloCredential, Product, Run
from mappings.models import CompanyMapping, ProductMapping

WROTE: Final = Q(totals__created__gt=0) | Q(totals__updated__gt=0) | Q(totals__linked__gt=0)
"""Of an export: it has done some of it, and has not only observed."""


@dataclass(frozen=True)
class Facts:
    """`figures` are those of `set_up_figures` and of whatever else was counted in the same statement.

    `counted_at`: when they and the coverage were counted, if not just now.
    """

    credentials: list[HaloCredential]
    consoles: list[Console]
    coverage: list[Coverage]
    figures: Figures
    counted_at: datetime | None = None

    def figure(self, name: str) -> int:
        return sum(self.figures.get(name, {}).values())

    @cached_property
    def halo(self) -> HaloCredential | None:
        """The credential that the next steps are about: the first one that is connected and synced."""
        return next((row for row in self.credentials if _is_ready(row)), None)

    @property
    def halo_ready(self) -> bool:
        return self.halo is not None

    @property
    def console_ready(self) -> bool:
        return any(_is_ready(row) for row in self.consoles)

    @property
    def writes(self) -> bool:
        return any(row.write_mode == WriteMode.WRITE for row in self.credentials)

    @property
    def observing(self) -> HaloCredential | None:
        """The credential that only observes, where nothing is written at all."""
        if self.writes:
            return None
        observing = (row for row in self.credentials if row.enabled)
        return self.halo or next(observing, None)


def _is_ready(row: HaloCredential | Console) -> bool:
    return bool(row.synced_at) and row.state == ConnectionState.WORKING


def set_up_figures() -> dict[str, QuerySet[Any]]:
    """What the checklist counts, for the statement of all figures."""
    used = Product.objects.filter(
        Exists(Computer.objects.filter(product=OuterRef("pk"), active=True, eligible=True))
    )
    mappings = CompanyMapping.objects.in_use()
    return {
        "mapped": mappings,
        "tickets_on": mappings.filter(create_tickets=True),
        "products": used,
        "products_typed": used.filter(Exists(ProductMapping.objects.filter(product=OuterRef("pk")))),
        "exports": Run.objects.filter(WROTE, kind=RunKind.APPLY_ASSETS),
    }
