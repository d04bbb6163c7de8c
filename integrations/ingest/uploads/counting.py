"""What applying an upload would do, counted beforehand."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from django.utils import timezone

from integrations.choices import UploadState
from integrations.ingest.console_side import compare_companies, compare_computers
from integrations.ingest.novelty import fingerprints_of_new, messages_of
from integrations.ingest.stored import Stored
from integrations.ingest.uploads.judging import Judged
from integrations.ingest.uploads.parts import layout_of, parts
from integrations.models import Upload
from integrations.sync.tables.fields import ID
from integrations.sync.tables.rows import evidence_of
from integrations.sync.tables.times import Order

NEW: Final = "new"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
BAD: Final = "not usable"
REPEATED: Final = "repeated"

ORDERS: Final = {Order.DAY: "the day first", Order.MONTH: "the month first"}


def settle_order(upload: Upload) -> str:
    """Find out whether days or months come first; the question for staff where the file does not say."""
    chosen = upload.choices.get("order")
    evidence = evidence_of((line for _, lines in parts(upload) for line in lines), layout_of(upload))
    found, fact = "", ""
    if not chosen and evidence.has_to_be_chosen:
        example = f" (row {evidence.either_row}: {evidence.example})" if evidence.example else ""
        return (
            f"Dates like these can be read in two ways{example}: choose whether the day or the month "
            "comes first."
        )
    if not chosen and evidence.order is not None:
        found = evidence.order.value
        row = evidence.day_row or evidence.month_row
        fact = f"Dates were read with {ORDERS[evidence.order]}: row {row} can be read in no other way."
    upload.found |= {"order": found}
    upload.facts = [fact] if fact else []
    upload.save(update_fields=["found", "facts"])
    return ""


def count(upload: Upload, judged: Judged, counts: Counter[str]) -> None:
    """At most three queries, whatever the number of rows."""
    stored = _COUNT[upload.what](upload, judged)
    for name, number in (
        (NEW, stored.created),
        (CHANGED, stored.updated),
        (UNCHANGED, stored.unchanged),
        (BAD, len(judged.bad)),
        (REPEATED, judged.repeated),
    ):
        counts[name] += number


def _events(upload: Upload, judged: Judged) -> Stored:
    console = upload.console
    fingerprints = fingerprints_of_new(console.pk, messages_of(console, judged.records))
    new = sum(fingerprint is not None for fingerprint in fingerprints)
    return Stored(created=new, unchanged=len(fingerprints) - new)


_COUNT: Final[Mapping[str, Callable[[Upload, Judged], Stored]]] = {
    "companies": lambda upload, judged: compare_companies(upload.console, judged.records),
    "computers": lambda upload, judged: compare_computers(upload.console, judged.records),
    "events": _events,
}


def conclude(upload: Upload, counts: Counter[str], numbers: Mapping[str, int]) -> None:
    """The upload is ready to be applied, unless its columns were changed meanwhile."""
    facts = [*upload.facts, *_facts(upload, numbers)]
    Upload.objects.filter(pk=upload.pk, state=UploadState.LOOKING, version=upload.version).update(
        state=UploadState.READY,
        counts=dict(counts),
        facts=facts,
        checksum=checksum_of(upload, counts),
        looked_at=timezone.now(),
    )


def _facts(upload: Upload, numbers: Mapping[str, int]) -> list[str]:
    layout = layout_of(upload)
    facts = [
        f"{label}: some cells are numbers (the first in row {row}). If they had zeros in front, "
        "the spreadsheet program has dropped them; format the column as text to keep them."
        for label, row in numbers.items()
    ]
    if ID not in layout.columns:
        names = " and ".join(layout.table.by_name[name].label for name in layout.keys)
        facts.append(
            f"No column is an id, so rows are told apart by {names}. Where that changes, the row counts as "
            f"another {layout.table.one}."
        )
    return facts


def checksum_of(upload: Upload, counts: Mapping[str, int]) -> str:
    """Of everything that staff have looked at."""
    looked_at = [
        upload.pk,
        upload.digest,
        upload.what,
        upload.complete,
        upload.choices,
        upload.found.get("order"),
        sorted(counts.items()),
    ]
    return hashlib.sha256(json.dumps(looked_at, sort_keys=True).encode()).hexdigest()
