"""The line of the log at the end of a run."""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from integrations.choices import Outcome, RunState
from integrations.models import Entry, Run

log = logging.getLogger(__name__)

BAD: Final = (Outcome.REFUSED, Outcome.FAILED, Outcome.CHANGED_MEANWHILE, Outcome.UNCERTAIN)
"""Outcomes with which a run has succeeded in part only."""


def tell_end(run_id: int) -> None:
    """What it was, how it ended, what it took and what failed. One statement; call it after the commit."""
    if not log.isEnabledFor(logging.WARNING):
        return
    for row in _with_failures(run_id):
        _tell(row)


def _with_failures(run_id: int) -> Any:
    bad = Entry.objects.filter(run=OuterRef("pk"), outcome__in=BAD).order_by().values("run")
    number = Subquery(bad.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return Run.objects.filter(pk=run_id, ended_at__isnull=False).annotate(failures=Coalesce(number, 0))


def _tell(run: Any) -> None:
    began = run.started_at or run.ended_at
    told = {
        "run": run.pk,
        "run_kind": run.kind,
        "state": run.state,
        "seconds": round((run.ended_at - began).total_seconds(), 1),
        "calls": run.calls,
        "failures": run.failures,
        "halo_credential": run.halo_credential_id,
        "console": run.console_id,
        "request_id": run.request_id,
        "error": run.error,
    }
    log.log(
        logging.WARNING if run.state == RunState.FAILED else logging.INFO,
        "Run %s (%s) ended %s after %s s: %s calls, %s failures%s",
        *(run.pk, run.kind, run.state, told["seconds"], run.calls, run.failures),
        f": {run.error}" if run.error else "",
        extra={name: value for name, value in told.items() if value not in (None, "")},
    )
