"""Sheets are kept for a day; of those that were applied a line stays, without rows, for the retention."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from integrations.choices import PlanState, UploadState
from integrations.models import OPEN_STATES, Plan
from mappings.models import MappingSheet, SheetAsset, SheetRow
from mappings.planning import ASSET_SHEET

KEPT: Final = timedelta(days=1)


def purge_sheets(before: datetime) -> None:
    """Forget what was imported more than a day ago, and all of what was imported `before`.

    A row that stands for an asset stays: by it an asset is known as made here, and its run can be undone.
    """
    _purge_previews()
    old = MappingSheet.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(
        apply_run__state__in=OPEN_STATES
    )
    over = old.filter(state__in=(UploadState.APPLYING, UploadState.APPLIED))
    SheetRow.objects.filter(sheet__in=over.values("pk")).delete()
    over.exclude(content=b"").update(content=b"")
    old.exclude(state__in=(UploadState.APPLYING, UploadState.APPLIED)).delete()
    old.filter(created_at__lt=before).delete()


def _purge_previews() -> None:
    """Those of sheets of assets that nobody applied; of applied ones what was in their cells."""
    old = Plan.objects.filter(kind=ASSET_SHEET, created_at__lt=timezone.now() - KEPT)
    old = old.exclude(runs__state__in=OPEN_STATES)
    done = SheetAsset.objects.filter(plan__in=old.filter(state=PlanState.APPLIED).values("pk"))
    done.filter(halo_asset__isnull=True).delete()
    done.exclude(told={}).update(told={})
    old.exclude(state=PlanState.APPLIED).delete()
