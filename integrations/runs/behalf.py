"""For whom a run changes mappings and settings: who asked for it, where that was to apply something."""

from __future__ import annotations

from functools import cache

from integrations.acting import Actor, AuditSource, Known
from integrations.models import Run

APPLIES = "apply_"
"""Kinds of runs whose names begin so do what somebody has looked at; all others are the machine's own."""


def on_behalf(run: Run) -> Known | None:
    """Who is told in the audit log of what the run changes; None for nobody."""
    if run.requested_by_id is None or not run.kind.startswith(APPLIES):
        return None

    return cache(lambda: asker_of(run))


def asker_of(run: Run) -> Actor:
    """Whoever asked for the run, as the audit log names them for what the queue does then."""
    return Actor(
        who=str(run.requested_by or "unknown"),
        source=AuditSource.QUEUE,
        account_id=run.requested_by_id,
        place=str(run),
        request_id=run.request_id,
    )
