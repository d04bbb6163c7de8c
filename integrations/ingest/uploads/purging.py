"""Uploads are kept for a day; those that were applied leave a line in the history, without their content."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from integrations.choices import UploadState
from integrations.models import OPEN_STATES, Upload, UploadedRows

KEPT: Final = timedelta(days=1)


def purge_uploads(before: datetime) -> None:
    """Forget what was uploaded more than a day ago, and all of what was uploaded `before`."""
    old = Upload.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(
        apply_run__state__in=OPEN_STATES
    )
    applied = old.filter(state__in=(UploadState.APPLYING, UploadState.APPLIED))
    UploadedRows.objects.filter(upload__in=applied.values("pk")).delete()
    applied.exclude(content=b"").update(content=b"")
    old.exclude(state__in=(UploadState.APPLYING, UploadState.APPLIED)).delete()
    old.filter(created_at__lt=before).delete()
