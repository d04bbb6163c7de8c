"""Giving back what a dead worker held, and waking what nobody woke."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from integrations.choices import RunState, StepState
from integrations.models import BudgetPermit, Run, Step
from integrations.runs.request import wake

REWAKE_AFTER = timedelta(seconds=20)
"""A wake-up that has brought no claim for so long is taken as lost."""


def reap() -> int:
    """Wake every open run that has a step to take; return how many. Safe to call at any time, by anybody.

    Covers expired leases (their step is claimable again by itself), rests that are over, and wake-ups
    which the queue lost. Each run is woken by one conditional update, so several reapers do not add up.
    """
    now = timezone.now()
    resting_over = Q(state=StepState.QUEUED, not_before__lte=now)
    expired = Q(state=StepState.LEASED, lease_until__lt=now)
    forgotten = Q(state=StepState.QUEUED, not_before__isnull=True)
    due = (
        Step.objects.filter(resting_over | expired | forgotten)
        .filter(run__state__in=(RunState.QUEUED, RunState.RUNNING))
        .values_list("run_id", "run__woken_at", "not_before", "lease_until")[:500]
    )
    woken = 0
    for run_id, woken_at, not_before, lease_until in due:
        became_due = max(filter(None, (not_before, lease_until)), default=None)
        if woken_at > now - REWAKE_AFTER and (became_due is None or woken_at >= became_due):
            continue
        if Run.objects.filter(pk=run_id, woken_at=woken_at).update(woken_at=now):
            wake(Run.objects.get(pk=run_id))
            woken += 1
    return woken


def purge_permits() -> None:
    """Drop permits that no window can see any more."""
    BudgetPermit.objects.filter(taken_at__lt=timezone.now() - timedelta(hours=2)).delete()
