"""Storing the rows of an upload: upserts by external id, events once."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.utils import timezone

from integrations.choices import UploadState
from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.events import DUPLICATE, store_events
from integrations.ingest.stored import Stored
from integrations.ingest.uploads.judging import Judged
from integrations.models import Upload


def store(upload: Upload, judged: Judged, counts: Counter[str]) -> None:
    """Store a part and count it; stored twice it is unchanged the second time."""
    stored = _stored(upload, judged)
    for name, number in (
        (f"{upload.what} created", stored.created),
        (f"{upload.what} updated", stored.updated),
        (f"{upload.what} unchanged", stored.unchanged),
        ("rows not usable", len(judged.bad)),
        ("rows repeated", judged.repeated),
    ):
        counts[name] += number


def _stored(upload: Upload, judged: Judged) -> Stored:
    if upload.what == "companies":
        return store_companies(upload.console, judged.records, seen=set())
    if upload.what == "computers":
        return store_computers(upload.console, judged.records, seen=set())
    outcomes = store_events(upload.console, judged.records)
    duplicates = outcomes.count(DUPLICATE)
    return Stored(created=len(outcomes) - duplicates, unchanged=duplicates)


def conclude(upload: Upload) -> None:
    """All rows are stored."""
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk, state=UploadState.APPLYING).update(
            state=UploadState.APPLIED, applied_at=timezone.now()
        )
