"""The reading of one resource in one round: where it stands, and what it shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from halobridge.mirror.rounds import limits_of
from integrations.choices import Action, Outcome, Resource
from integrations.models import HaloCredential, SyncSettings
from integrations.net.errors import (
    Forbidden,
    HostNotAllowed,
    NetError,
    RateLimited,
    Unauthorised,
    Unavailable,
)
from integrations.runs import mirror_states
from integrations.runs.steps import Work
from integrations.sync.rights import OPTIONAL

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader


class Paused(Exception):
    """There was no time for more; the place that was reached is in the job's `at`."""


class Job:
    """`at` is what has to be known to go on in another step, as JSON: the cursor's part of the resource.

    `since` is None where all of it is read. `notes` are sentences about parts that could not be read.
    """

    def __init__(
        self, work: Work, credential: HaloCredential, reader: HaloReader, settings: SyncSettings
    ) -> None:
        self.work = work
        self.credential = credential
        self.reader = reader
        self.resource = Resource(work.cursor["resource"])
        since = work.cursor["todo"][self.resource]
        self.since = datetime.fromisoformat(since) if since else None
        self.at: dict[str, Any] = dict(work.cursor.get("at", {}))
        self.notes: list[str] = self.at.setdefault("notes", [])
        # Those of its first step: a list that is limited in another way in its middle would be none.
        self.limits: dict[str, Any] = self.at.setdefault("limits", limits_of(settings, self.resource))

    @property
    def calls(self) -> int:
        """Calls that this resource has taken, also in earlier steps."""
        return int(self.at.get("calls", 0)) + self.reader.session.calls

    def reads(self, resource: Resource) -> bool:
        """Whether this round has read another resource in full before this one."""
        return self.work.cursor["todo"].get(resource) == "" and resource not in self.work.cursor["failed"]

    def show(self, done: int, total: int | None) -> None:
        """Three statements, at most once for each page: run, lease, state of the resource."""
        self.work.progress(self.resource.label, done, total or 0)
        mirror_states.reading(self.credential, self.resource, done, total)

    def refused(self, what: str, key: str, problem: NetError) -> None:
        """Something could not be read (`key`: the permission it needs); the rest goes on.

        A permission that is missing and that is not needed for the rest is told by the state of the resource
        alone, else each sync would tell it again. Raises what concerns more than this resource.
        """
        if concerns_all(problem):
            raise problem
        if key not in OPTIONAL or not isinstance(problem, Forbidden | Unauthorised):
            self.work.entry(Action.SKIP, Outcome.FAILED, what, reason=str(problem))


def concerns_all(problem: NetError) -> bool:
    """Whether the next call would fail as well: not reached, not signed in, not available, too many calls."""
    return problem.never_sent or isinstance(problem, HostNotAllowed | Unavailable | RateLimited)
