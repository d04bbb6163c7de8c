"""Uploads are kept for a day; those that were applied leave a line in the history, without their content."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from integrations.choices import UploadState
from integrations.models import OPEN_STATES, Upload, UploadedRows

KEPT: Final = timedelta(days=1)
OVER: Final = (UploadState.APPLYING, UploadState.APPLIED)


def purge_uploads(before: datetime) -> None:
    """Forget what was uploaded more than a day ago, and all of what was uploaded `before`."""
    purge_files(Upload.objects.all(), lambda files: UploadedRows.objects.filter(upload__in=files), before)


def purge_files(
    files: QuerySet[Any], rows_of: Callable[[QuerySet[Any]], QuerySet[Any]], before: datetime
) -> None:
    """Of files that are looked at and applied: those of which a run is under way are left alone."""
    old = files.filter(created_at__lt=timezone.now() - KEPT).exclude(apply_run__state__in=OPEN_STATES)
    over = old.filter(state__in=OVER)
    rows_of(over.values("pk")).delete()
    over.exclude(content=b"").update(content=b"")
    old.exclude(state__in=OVER).delete()
    old.filter(created_at__lt=before).delete()
