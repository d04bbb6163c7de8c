"""Reading installed software, one call for an asset: when its page is opened, or slowly, when it is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from integrations.choices import Action, Outcome, RunState
from integrations.ingest.software import mark_as_read, store_software
from integrations.ingest.software_due import assets_due
from integrations.models import HaloAsset, HaloCredential
from integrations.net.errors import BadAnswer, NotFound, RateLimited, Refused, ServerFailed
from integrations.runs.budget import REST_AFTER_429
from integrations.runs.steps import Again, Done, Result, Work

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

WHAT: Final = "Installed software"
PERMISSION: Final = "read_software"

AT_ONCE: Final = 50
"""Assets that are looked up together; each is a call of its own."""
MOST_FAILURES: Final = 5
"""Assets that may fail before the reading in the background gives up until the next time."""


def read_one(work: Work, credential: HaloCredential, reader: HaloReader) -> Result:
    """Read one asset's software. That it is gone, or that it may not be read, is said and is no failure."""
    asset = HaloAsset.objects.filter(pk=work.run.parameters.get("asset"), halo_credential=credential).first()
    if asset is None:
        return _skipped(work, WHAT, "The asset is not known any more.")
    if reason := credential.lacks(PERMISSION):
        return _skipped(work, str(asset), reason)
    work.progress(WHAT, 0, 1)
    _read(work, asset, reader)
    return Done()


def read_what_is_due(work: Work, credential: HaloCredential, reader: HaloReader) -> Result:
    """Read asset by asset until nothing is due. When each was read is kept on the assets.

    An asset that fails is one result and is left alone for the rest of the run.
    """
    if reason := credential.lacks(PERMISSION):
        return _skipped(work, WHAT, reason)
    work.cursor = {"failed": list(work.cursor.get("failed", ())), "done": int(work.cursor.get("done", 0))}
    due = assets_due(credential, timezone.now())
    while assets := list(due.exclude(pk__in=work.cursor["failed"])[:AT_ONCE]):
        work.progress(WHAT, work.cursor["done"], work.cursor["done"] + due.count())
        for asset in assets:
            if work.time_is_up:
                return Again(work.cursor)
            if ends := _one_of_many(work, asset, reader):
                return ends
    return Done()


def _one_of_many(work: Work, asset: HaloAsset, reader: HaloReader) -> Result | None:
    """None: go on with the next one."""
    try:
        _read(work, asset, reader)
    except RateLimited as limited:
        rest = timedelta(seconds=limited.retry_after or REST_AFTER_429)
        return Again(work.cursor, not_before=timezone.now() + rest, progressed=False)
    except (Refused, ServerFailed, BadAnswer) as problem:
        work.cursor["failed"].append(asset.pk)
        work.entry(Action.SKIP, Outcome.FAILED, f"{WHAT} of {asset}", reason=str(problem))
        if len(work.cursor["failed"]) >= MOST_FAILURES:
            return Done(RunState.FAILED, f"{MOST_FAILURES} assets failed, the last one: {problem}")
    work.cursor["done"] += 1
    return None


def _read(work: Work, asset: HaloAsset, reader: HaloReader) -> None:
    try:
        records = reader.fetch_software(asset.halo_id)
    except NotFound:
        mark_as_read(asset)
        _skipped(work, str(asset), "HaloPSA does not know this asset any more.")
        return
    stored = store_software(asset, records)
    work.count(assets=1, created=stored.created, updated=stored.updated, gone=stored.gone)
    work.renew()


def _skipped(work: Work, subject: str, reason: str) -> Done:
    work.entry(Action.SKIP, Outcome.SKIPPED, subject, reason=reason)
    return Done()
