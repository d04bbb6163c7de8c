"""What the queue calls: a run's id in, one call, nothing else."""

from __future__ import annotations

from halobridge.pipeline import TABLE
from integrations.net.log_context import telling
from integrations.runs.steps import work


def execute(run_id: int) -> None:
    """Work at this run for up to a minute. Safe to call twice, at once, and for an ended run."""
    with telling(run=run_id):
        work(run_id, TABLE)
