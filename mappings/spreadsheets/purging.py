"""Sheets are kept for a day; of those that were applied a line stays, without rows, for the retention."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from integrations.choices import PlanState
from integrations.ingest.uploads.purging import KEPT, purge_files
from integrations.models import OPEN_STATES, Plan
from mappings.models import MappingSheet, SheetAsset, SheetRow
from mappings.planning import ASSET_SHEET


def purge_sheets(before: datetime) -> None:
    """Forget what was imported more than a day ago, and all of what was imported `before`.

    A row that stands for an asset stays: by it an asset is known as made here, and its run can be undone.
    """
    _purge_previews()
    purge_files(MappingSheet.objects.all(), lambda files: SheetRow.objects.filter(sheet__in=files), before)


def _purge_previews() -> None:
    """Those of sheets of assets that nobody applied; of applied ones what was in their cells."""
    old = Plan.objects.filter(kind=ASSET_SHEET, created_at__lt=timezone.now() - KEPT)
    old = old.exclude(runs__state__in=OPEN_STATES)
    done = SheetAsset.objects.filter(plan__in=old.filter(state=PlanState.APPLIED).values("pk"))
    done.filter(halo_asset__isnull=True).delete()
    done.exclude(told={}).update(told={})
    old.exclude(state=PlanState.APPLIED).delete()
