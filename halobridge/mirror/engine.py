"""One resource after the other, in slices; what one of them meets does not stop the others.

A cursor holds `todo` (see `Round`), the `resource` whose turn it is and `at` (its place, see `Job`), and
which have been `read` and have `failed` so far.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from halobridge.mirror.job import Job, Paused
from halobridge.mirror.lists import read_asset_types, read_fields, read_options
from halobridge.mirror.pages import read_pages
from halobridge.mirror.rounds import plan_round
from integrations.choices import Resource, RunState
from integrations.models import HaloCredential
from integrations.net.errors import NetError, RateLimited
from integrations.runs import mirror_states
from integrations.runs.mirror_forecast import foretell
from integrations.runs.request import full_sync_begins
from integrations.runs.steps import Again, Done, Result, Then, Work
from integrations.runs.sync_settings import settings_of
from integrations.sync.rights import RESOURCE_NEEDS
from integrations.sync.safety import BudgetExhausted

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader

READ: Final[dict[Resource, Callable[[Job], None]]] = {
    Resource.ASSET_TYPES: read_asset_types,
    Resource.FIELDS: read_fields,
    Resource.OPTIONS: read_options,
}
"""What does not come in pages."""

ORDER: Final = (Resource.FIELDS, *(resource for resource in Resource if resource != Resource.FIELDS))
"""Of reading. Definitions come first: lists are asked for the custom fields that they name."""


def start(work: Work, credential: HaloCredential) -> Result:
    """Decide what this round reads: all of it if that was asked for before now, else what is due."""
    full = bool(work.run.parameters.get("full"))
    states = mirror_states.states_of(credential)
    planned = plan_round(credential, settings_of(credential), states, full=full, now=timezone.now())
    return Then("begin", {"full": full, "todo": planned.todo, "off": planned.off})


def begin(work: Work, credential: HaloCredential) -> Result | None:
    """Show what is to come. Nothing has been read yet: a full sync that was asked for until now is this one.

    Done twice (a worker that died) it does the same. None where nothing is to be read.
    """
    cursor = work.cursor
    if cursor["full"]:
        full_sync_begins(work.run)
    mirror_states.queue(credential, cursor["todo"], cursor["off"])
    foretell(work.run, {name: not since for name, since in cursor["todo"].items()})
    return _next({"todo": cursor["todo"], "read": [], "failed": {}}, None)


def read(work: Work, credential: HaloCredential, reader: HaloReader) -> Result | None:
    """Read on where the cursor stands; None after the last resource. Raises what concerns all of them."""
    job = Job(work, credential, reader, settings_of(credential))
    cursor: dict[str, Any] = {**work.cursor, "at": {}}
    try:
        READ.get(job.resource, read_pages)(job)
    except Paused:
        return _again(job)
    except BudgetExhausted as full:
        return _again(job, _in(full.seconds))
    except RateLimited as limited:
        # Not executed, and the gate is closed for as long as HaloPSA wants: the same page later.
        return _again(job, _in(limited.retry_after or 1.0))
    except NetError as problem:
        mirror_states.failed(credential, job.resource, str(problem), job.calls)
        job.refused(job.resource.label, RESOURCE_NEEDS[job.resource], problem)
        cursor["failed"] = {**cursor["failed"], job.resource: str(problem)}
    else:
        cursor["read"] = [*cursor["read"], job.resource]
    return _next(cursor, job.resource)


def _next(cursor: dict[str, Any], after: str | None) -> Result | None:
    """The step of the resource that follows; a round of which nothing could be read has failed."""
    names = [name for name in ORDER if name in cursor["todo"]]
    place = names.index(Resource(after)) + 1 if after else 0
    if place < len(names):
        return Then("read", {**cursor, "resource": names[place], "at": {}})
    if cursor["failed"] and not cursor["read"]:
        return Done(RunState.FAILED, next(iter(cursor["failed"].values())))
    return None


def _again(job: Job, not_before: datetime | None = None) -> Again:
    at = {**job.at, "calls": job.calls}
    return Again({**job.work.cursor, "at": at}, not_before=not_before)


def _in(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=max(0.2, seconds))
