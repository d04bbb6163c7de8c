"""What a complete list does not hold: marked by the machinery of consoles, once for each list.

Two complete lists in a row have to miss a thing before it is gone; a large loss waits for an approval.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from integrations.ingest.console_side import close_read
from integrations.ingest.events import store_events
from integrations.ingest.stored import Stored
from integrations.ingest.uploads.judging import identities, series_of_rows
from integrations.ingest.uploads.parts import layout_of
from integrations.ingest.vanished import derived_resolves
from integrations.models import Company, Computer, Upload

NO_ID = (
    "{rows} rows say not of which {one} they are, so the list is in doubt: nothing of what is missing in it "
    "was counted as missing."
)
NO_SERIES = (
    "No column is a series key, so nothing tells which events have ended: none was ended by its absence."
)


@dataclass(slots=True)
class Missing:
    stored: dict[str, Stored] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide before all of it is done."""
        return bool(self.waiting) or any(stored.waits for stored in self.stored.values())


def mark(upload: Upload, *, created: int, approved: bool) -> Missing:
    """Mark what the list does not hold. Again for an approval: only what was held back is taken away.

    The list counts once, also where a worker died in the middle: the mark is stored together with the note
    that it has been made.
    """
    if upload.what == "events":
        return _mark_series(upload, approved)
    return _mark_rows(upload, created)


def _counts_now(upload: Upload) -> bool:
    """Whether this is the first time that the list is counted; in the transaction that marks."""
    first = Upload.objects.filter(pk=upload.pk, missing_counted=False)
    return bool(first.update(missing_counted=True))


def _mark_rows(upload: Upload, created: int) -> Missing:
    found = Missing()
    seen, without = identities(upload)
    if without:
        found.warnings.append(NO_ID.format(rows=without, one=layout_of(upload).table.one))
        return found
    model: type[Company] | type[Computer] = Company if upload.what == "companies" else Computer
    with transaction.atomic():
        found.stored[upload.what] = close_read(
            upload.console, model, seen, created=created, counted_before=not _counts_now(upload)
        )
    return found


def _mark_series(upload: Upload, approved: bool) -> Missing:
    found = Missing()
    if "series_key" not in layout_of(upload).columns:
        found.warnings.append(NO_SERIES)
        return found
    series = series_of_rows(upload)
    with transaction.atomic():
        if not _counts_now(upload) and not approved:
            return found
        ended = derived_resolves(
            upload.console, series, only_open=True, warnings=found.warnings, waiting=found.waiting
        )
        store_events(upload.console, ended)
    found.stored["events"] = Stored(gone=len(ended))
    return found
