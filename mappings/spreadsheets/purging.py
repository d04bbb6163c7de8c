"""Sheets are kept for a day; of those that were applied a line stays, without rows, for the retention."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from integrations.choices import UploadState
from integrations.models import OPEN_STATES
from mappings.models import MappingSheet, SheetRow

KEPT: Final = timedelta(days=1)


def purge_sheets(before: datetime) -> None:
    """Forget what was imported more than a day ago, and all of what was imported `before`."""
    old = MappingSheet.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(
        apply_run__state__in=OPEN_STATES
    )
    over = old.filter(state__in=(UploadState.APPLYING, UploadState.APPLIED))
    SheetRow.objects.filter(sheet__in=over.values("pk")).delete()
    over.exclude(content=b"").update(content=b"")
    old.exclude(state__in=(UploadState.APPLYING, UploadState.APPLIED)).delete()
    old.filter(created_at__lt=before).delete()
