"""The end of a complete read: what it did not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from halobridge.mirror.job import Job, Paused, concerns_all
from halobridge.mirror.resources import Paged
from halobridge.mirror.rounds import within_of
from halobridge.verdicts import report
from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.net.errors import NetError

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

MOST_LOOK_UPS: Final = 10
"""So many missing objects are asked for one by one; of more, two complete reads have to miss each."""


_UNKNOWN: Final = object()


def close(job: Job, paged: Paged, seen: set[int]) -> Stored:
    """Look up what is missing, if it is little; then mark what is. Raises as `read_pages`."""
    within = within_of(job.limits)
    missing = halo_side.missing_from(job.credential, paged.model, seen, within=within)
    if paged.one and len(missing) <= MOST_LOOK_UPS:
        _look_up(job, paged, missing, seen)
    return halo_side.close_read(
        job.credential,
        paged.model,
        seen,
        created=int(job.at.get("created", 0)),
        within=within,
        absent=job.at.get("absent", ()),
    )


def _look_up(job: Job, paged: Paged, missing: list[int], seen: set[int]) -> None:
    """One call for each. HaloPSA has it: stored as it is told, and not missing. It says no: gone."""
    assert paged.one  # noqa: S101
    absent: list[int] = job.at.setdefault("absent", [])
    for halo_id in missing:
        if halo_id in absent:
            continue
        found = _ask(job, paged.one, halo_id)
        if found is _UNKNOWN:
            continue
        if found is None:
            absent.append(halo_id)
        else:
            report(job.work, paged.label, paged.store(job.credential, [[found]], seen=seen))
            job.at["seen"] = sorted(seen)
        if job.work.time_is_up:
            raise Paused


def _ask(job: Job, one: Callable[[HaloReader, int], Any], halo_id: int) -> Any:
    """The record, None, or _UNKNOWN where HaloPSA does not say: missed once, like any other."""
    try:
        return one(job.reader, halo_id)
    except NetError as problem:
        if concerns_all(problem):
            raise
        return _UNKNOWN
