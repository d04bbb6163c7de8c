"""The steps of an uploaded spreadsheet: read it, judge its rows, store them, mark what is missing.

A step stops when its time is up and goes on at the next part of 1,000 rows. What it stores is an upsert, and
what it tells about a part is forgotten before the part is told again: a worker that dies costs time only.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from halobridge import verdicts
from integrations.choices import Action, Outcome, RunState, UploadedKind, UploadState
from integrations.ingest.uploads import counting, missing, storing
from integrations.ingest.uploads.judging import Judge, Judged
from integrations.ingest.uploads.parts import drop_content, layout_of, parts, read_into_parts
from integrations.models import Entry, Upload
from integrations.runs.request import request_routing
from integrations.runs.steps import Again, Done, Result, Then, Work
from integrations.sync.tables.cells import BadFile

LONGEST_READ: Final = 200.0
"""Seconds for the one pass over a file; the queue gives a task up after 300."""
GONE: Final = "The upload was deleted."
ROW: Final = "row"


def upload_of(work: Work) -> Upload | None:
    return (
        Upload.objects.select_related("console")
        .defer("content")
        .filter(pk=work.run.parameters.get("upload"))
        .first()
    )


# ---- looking --------------------------------------------------------------------------------


def look(work: Work) -> Result:
    """Read the file into parts and settle what has to be known before any row is judged."""
    upload = upload_of(work)
    if upload is None:
        return Done(RunState.FAILED, GONE)
    if upload.state in (UploadState.APPLYING, UploadState.APPLIED):
        return Done(error="This has been applied already; there is nothing left to look at.")
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.LOOKING, checksum="", counts={}, look_run=work.run
    )
    try:
        rows = read_into_parts(upload, watched(work, "Reading the file", "Upload it in parts."))
    except BadFile as problem:
        return _stop(upload, UploadState.FAILED, problem.sentence)
    if sentence := layout_of(upload).problem():
        return _stop(upload, UploadState.ASKS, sentence)
    if sentence := counting.settle_order(upload):
        return _stop(upload, UploadState.ASKS, sentence)
    return Then("judge", {"rows": rows, "position": 0, "counts": {}, "version": upload.version})


def watched(work: Work, phase: str, way_out: str) -> Callable[[int], None]:
    """Shows how far it is, and ends what would take too long: a file can't be taken up in the middle."""
    until = time.monotonic() + LONGEST_READ
    work.progress(phase, 0)

    def told(rows: int) -> None:
        if time.monotonic() > until:
            raise BadFile(f"Reading it takes too long: only {rows:,} rows so far. {way_out}")
        work.progress(phase, rows)

    return told


def judge(work: Work) -> Result:
    """What applying would do, row by row; nothing is stored but what staff are to read."""
    upload = upload_of(work)
    if upload is None:
        return Done(RunState.FAILED, GONE)
    if upload.version != work.cursor["version"]:
        return Done(error="The columns were changed meanwhile; it is looked at again.")
    counts, numbers = Counter(work.cursor["counts"]), dict(work.cursor.get("numbers", {}))
    again = _each_part(work, upload, counts, numbers, counting.count)
    if again is not None:
        return again
    work.count(**counts)
    counting.conclude(upload, counts, numbers)
    return Done()


def _stop(upload: Upload, state: UploadState, sentence: str) -> Done:
    Upload.objects.filter(pk=upload.pk, state=UploadState.LOOKING).update(state=state, reason=sentence)
    return Done(RunState.FAILED, sentence) if state == UploadState.FAILED else Done(error=sentence)


# ---- applying -------------------------------------------------------------------------------


def begin_apply(work: Work) -> Result:
    """Only what was looked at, and only once."""
    upload = upload_of(work)
    if upload is None:
        return Done(RunState.FAILED, GONE)
    if work.run.parameters.get("approved"):
        return Then("missing", {"approved": True})
    if upload.state == UploadState.APPLIED:
        return Done(error="This has been applied already; nothing was changed.")
    if upload.state != UploadState.APPLYING or upload.checksum != work.run.parameters.get("checksum"):
        return Done(RunState.FAILED, "The upload has changed since it was looked at; nothing was stored.")
    return Then("rows", {"rows": upload.found.get("rows", 0), "position": 0, "counts": {}})


def store_rows(work: Work) -> Result:
    upload = upload_of(work)
    if upload is None:
        return Done(RunState.FAILED, GONE)
    counts = Counter(work.cursor["counts"])
    again = _each_part(work, upload, counts, {}, storing.store)
    if again is not None:
        return again
    work.count(**counts)
    return Then("missing", {"created": counts.get(f"{upload.what} created", 0)})


def mark_missing(work: Work) -> Result:
    """Of a complete list; then it is over, and the file is dropped unless somebody has to decide."""
    upload = upload_of(work)
    if upload is None:
        return Done(RunState.FAILED, GONE)
    approved = bool(work.cursor.get("approved"))
    waits = False
    if upload.complete:
        work.progress("What is missing", 0)
        found = missing.mark(upload, created=work.cursor.get("created", 0), approved=approved)
        for what, stored in found.stored.items():
            verdicts.report(work, what, stored)
        verdicts.warn(work, found.warnings)
        verdicts.warn(work, found.waiting, Outcome.HELD)
        waits = found.waits
    storing.conclude(upload)
    if not waits:
        drop_content(upload)
    if upload.what == UploadedKind.EVENTS:
        request_routing()
        return Done()
    return Then("link")


# ---- part by part ---------------------------------------------------------------------------


def _each_part(
    work: Work, upload: Upload, counts: Counter[str], numbers: dict[str, int], act: Any
) -> Again | None:
    """Judge and `act` on each part from the cursor on; None when all are done."""
    start, rows = work.cursor["position"], work.cursor["rows"]
    _forget_what_was_told_of(work, start)
    judging = Judge(upload, start)
    done = 0
    for position, lines in parts(upload, start):
        if position > start and work.time_is_up:
            so_far = {"position": position, "counts": dict(counts), "numbers": numbers}
            return Again({**work.cursor, **so_far})
        judged = judging.judge(lines)
        act(upload, judged, counts)
        for label, row in judged.numbers_in.items():
            numbers.setdefault(label, row)
        _tell(work, judged, position)
        done = position * 1000 + len(lines)
        work.progress("Rows", min(done, rows), rows)
    return None


def _tell(work: Work, judged: Judged, position: int) -> None:
    for number, reason in judged.bad:
        work.entry(
            Action.SKIP, Outcome.FAILED, f"Row {number}", reason=reason, subject_kind=ROW, subject_id=position
        )
    for number, reason in judged.notes:
        work.entry(
            Action.UPDATE,
            Outcome.WARNING,
            f"Row {number}",
            reason=reason,
            subject_kind=ROW,
            subject_id=position,
        )


def _forget_what_was_told_of(work: Work, position: int) -> None:
    """What a worker that died had told of parts that are judged again."""
    told = Entry.objects.filter(run=work.run, subject_kind=ROW, subject_id__gte=position)
    told.delete()
