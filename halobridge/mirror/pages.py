"""Reading a resource page by page: all of it, or what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from halobridge.mirror.closing import close
from halobridge.mirror.job import Job, Paused
from halobridge.mirror.proving import prove_list_fields
from halobridge.mirror.resources import PAGED, Ask, Paged
from halobridge.verdicts import report
from integrations.choices import Resource
from integrations.ingest.stored import Stored
from integrations.models import HaloField
from integrations.net.errors import NetError
from integrations.net.paging import Part
from integrations.runs import mirror_states
from integrations.sync.safety import BudgetExhausted

MOST_CUSTOM_FIELDS: Final = 100
"""Their ids stand in the address of each call."""


def read_pages(job: Job) -> None:
    """Raises `Paused` or `BudgetExhausted` with the place kept in the job, and `NetError`."""
    paged, at = PAGED[job.resource], job.at
    seen = set(at.get("seen", ()))
    if not at.get("closing"):
        _read(job, paged, seen)
    closed = Stored()
    if job.since is None:
        at["closing"] = True
        closed = close(job, paged, seen)
        report(job.work, paged.label, closed)
    _keep_verdict(job, closed, seen)


def _read(job: Job, paged: Paged, seen: set[int]) -> None:
    """Store page after page; what was stored is counted and its place kept, however it ends."""
    pages = _Pages(job, paged)
    stored = paged.store(job.credential, pages, seen=seen)
    report(job.work, paged.label, stored)
    job.at["created"] = int(job.at.get("created", 0)) + stored.created
    if job.since is None:
        job.at["seen"] = sorted(seen)
    if pages.problem:
        raise pages.problem


class _Pages:
    """The pages from the job's place on. They end where a step has to; `problem` then says why."""

    def __init__(self, job: Job, paged: Paged) -> None:
        self.problem: Exception | None = None
        self._job = job
        self._paged = paged

    def __iter__(self) -> Iterator[Part[Any]]:
        try:
            for part in self._paged.pages(self._job.reader, _ask(self._job)):
                self._note(part)
                yield part
                # Stored by now: whoever takes it up goes on behind it.
                self._job.at |= {"page": part.number + 1, "before": part.arrived}
                self._job.show(part.arrived, part.total)
                if self._job.resource == Resource.ASSETS:
                    prove_list_fields(self._job, part)
                if self._job.work.time_is_up and not part.last:
                    raise Paused
        except (Paused, BudgetExhausted, NetError) as problem:
            self.problem = problem
        self._note(Part([]))

    def _note(self, part: Part[Any]) -> None:
        """The position of this read is the time of its first answer: what changes later is read next time."""
        at, told = self._job.at, self._job.reader.halo_time
        if told and "position" not in at:
            at["position"] = told.isoformat()
        newest = max((row.updated_at for row in part if getattr(row, "updated_at", None)), default=None)
        if newest:
            at["newest"] = max(at.get("newest", ""), newest.isoformat())


def _ask(job: Job) -> Ask:
    return Ask(
        since=job.since,
        first=int(job.at.get("page", 1)),
        before=int(job.at.get("before", 0)),
        inactive=job.limits["inactive"],
        types=tuple(job.limits.get("types", ())),
        groups=tuple(job.limits.get("groups", ())),
        custom_fields=_custom_fields(job),
    )


_KIND_OF_CUSTOM_FIELDS: Final = {Resource.ASSETS: "custom", Resource.CLIENTS: "client"}
"""Kind of `HaloField` by the list that can be asked for the values."""


def _custom_fields(job: Job) -> tuple[int, ...]:
    kind = _KIND_OF_CUSTOM_FIELDS.get(job.resource)
    if kind is None:
        return ()
    known = HaloField.objects.filter(halo_credential=job.credential, kind=kind, active=True)
    return tuple(known.order_by("halo_id").values_list("halo_id", flat=True)[:MOST_CUSTOM_FIELDS])


def _keep_verdict(job: Job, closed: Stored, seen: set[int]) -> None:
    """The read was whole: from its position on changes are read."""
    at = job.at
    found: dict[str, Any] = {"calls": job.calls, "reason": " ".join([*job.notes, closed.held_back]).strip()}
    # Where HaloPSA tells no time of its own, the newest of its rows is as good.
    if told := at.get("position") or at.get("newest"):
        found["position"] = datetime.fromisoformat(told)
    rows = int(at.get("before", 0))
    found |= {"done": rows, "total": rows}
    if job.since is None:
        found |= mirror_states.whole(len(seen), job.limits)
    mirror_states.read(job.credential, job.resource, **found)
